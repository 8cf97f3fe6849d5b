import JSON

/// What `add` writes besides the source: request fields with their values, in the order in which they were
/// set. What they may be is judged by the rules of requests, not here.
public struct SubmissionWishes {
    /// The value of a field.
    public indirect enum Value: Equatable {
        case text(String)
        case number(Double)
        case flag(Bool)
        case texts([String])
        case object([Member])
    }

    public struct Member: Equatable {
        public let key: String
        public let value: Value

        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    private(set) var members: [Member] = []

    public init() {}

    var isEmpty: Bool { members.isEmpty }

    /// Sets a field; nothing, an empty list and an empty object set nothing.
    public mutating func set(_ key: String, _ value: Value?) {
        switch value {
        case nil, .texts([]), .object([]): return
        case .some(let value): members.append(Member(key, value))
        }
    }

    /// A number where the text is one, as for limits: `1000000` or `2 MiB/s`.
    public mutating func set(_ key: String, numberOrText text: String?) {
        guard let text else { return }
        set(key, Int64(text).map { .number(Double($0)) } ?? .text(text))
    }

    /// The request's JSON. Without a source the `.torrent` beside it is the source.
    ///
    /// - Parameter sources: One, or several alternatives.
    func document(sources: [String]) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        if sources.count == 1 {
            writer.field("source", sources[0])
        } else if !sources.isEmpty {
            writer.field("source", sources)
        }
        for member in members { Self.write(member, to: &writer) }
        writer.endObject()
        return writer.bytes + [10]
    }

    private static func write(_ member: Member, to writer: inout JSONWriter) {
        switch member.value {
        case .text(let text): writer.field(member.key, text)
        case .flag(let flag): writer.field(member.key, flag)
        case .texts(let texts): writer.field(member.key, texts)
        case .number(let number):
            if let whole = Int64(exactly: number) {
                writer.field(member.key, whole)
            } else {
                writer.field(member.key, number)
            }
        case .object(let members):
            writer.key(member.key)
            writer.beginObject()
            for inner in members { write(inner, to: &writer) }
            writer.endObject()
        }
    }
}
