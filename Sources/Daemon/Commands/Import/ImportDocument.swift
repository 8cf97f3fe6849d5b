import JSON
import Reconciliation

/// The JSON of a request that is made of a torrent.
enum ImportDocument {
    /// - Parameters:
    ///   - source: `nil` where a `.torrent` beside it is the source.
    ///   - client: `nil` for the one that requests are for unless they say otherwise.
    static func render(source: String?, client: String?, fields: [Field: FieldValue]) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        if let source { writer.field("source", source) }
        if let client { writer.field("client", client) }
        for (field, value) in fields.sorted(by: { $0.key < $1.key }) { write(field, value, to: &writer) }
        writer.endObject()
        return writer.bytes + [10]
    }

    static func write(_ field: Field, _ value: FieldValue, to writer: inout JSONWriter) {
        switch value {
        case .text(let text): writer.field(field.rawValue, text)
        case .flag(let flag): writer.field(field.rawValue, flag)
        case .number(let number): writer.field(field.rawValue, number)
        case .list(let texts): writer.field(field.rawValue, texts)
        case .goals(let goals):
            writer.key(field.rawValue)
            writer.beginObject()
            write("ratio", goals.ratio, to: &writer) { $1.value($0) }
            write("time", goals.time, to: &writer) { $1.value($0) }
            write("inactiveTime", goals.inactiveTime, to: &writer) { $1.value($0) }
            writer.endObject()
        case .selection:
            preconditionFailure("a torrent does not show by which patterns its files were chosen")
        }
    }

    private static func write<Value>(
        _ key: String, _ goal: SeedGoals.Goal<Value>?, to writer: inout JSONWriter,
        _ write: (Value, inout JSONWriter) -> Void
    ) {
        switch goal {
        case nil: return
        case .unlimited?:
            writer.key(key)
            writer.null()
        case .at(let value)?:
            writer.key(key)
            write(value, &writer)
        }
    }
}
