import JSON

/// A JSON Schema (draft 2020-12) or a part of one, as it is put together here.
///
/// Keywords stand in the order in which they were given, so that equal schemas are equal texts.
struct Schema: Sendable {
    /// The value of a keyword.
    indirect enum Value: Sendable {
        case text(String)
        case number(Double)
        case flag(Bool)
        case null
        case list([Value])
        case schema(Schema)
        case schemas([Schema])
        case named([(name: String, schema: Schema)])
    }

    private(set) var keywords: [(name: String, value: Value)]

    init(_ keywords: [(name: String, value: Value)] = []) { self.keywords = keywords }

    /// The same with a keyword set; one that is there keeps its place.
    func with(_ name: String, _ value: Value) -> Schema {
        var copy = self
        if let index = keywords.firstIndex(where: { $0.name == name }) {
            copy.keywords[index].value = value
        } else {
            copy.keywords.append((name, value))
        }
        return copy
    }

    func with(_ name: String, _ number: Int) -> Schema { with(name, .number(Double(number))) }

    /// The same with what an editor shows beside the value, before all other keywords.
    func described(_ text: String) -> Schema {
        Schema([("description", .text(text))] + keywords.filter { $0.name != "description" })
    }

    /// The same or `null`.
    var orNull: Schema {
        var copy = self
        for (index, keyword) in keywords.enumerated() {
            switch (keyword.name, keyword.value) {
            case ("type", .text(let type)): copy.keywords[index].value = .list([.text(type), .text("null")])
            case ("enum", .list(let words)): copy.keywords[index].value = .list(words + [.null])
            case ("anyOf", .schemas(let all)):
                copy.keywords[index].value = .schemas(all + [Schema.type("null")])
            default: break
            }
        }
        return copy
    }

    /// The whole document: the schema under its name, with a line break at the end.
    ///
    /// - Parameters:
    ///   - name: `request`, `status` or `summary`.
    ///   - definitions: What the schema refers to as `#/$defs/NAME`.
    func document(_ name: String, definitions: [(name: String, schema: Schema)] = []) -> [UInt8] {
        var whole = Schema([
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("$id", .text("urn:qspool:\(name):1")),
        ])
        whole.keywords += keywords
        if !definitions.isEmpty { whole = whole.with("$defs", .named(definitions)) }
        var writer = JSONWriter(pretty: true)
        Self.write(.schema(whole), to: &writer)
        return writer.bytes + [10]
    }

    private static func write(_ value: Value, to writer: inout JSONWriter) {
        switch value {
        case .text(let text): writer.value(text)
        case .number(let number): writer.value(number)
        case .flag(let flag): writer.value(flag)
        case .null: writer.null()
        case .list(let values): write(values, to: &writer)
        case .schemas(let schemas): write(schemas.map { .schema($0) }, to: &writer)
        case .schema(let schema):
            writer.beginObject()
            for keyword in schema.keywords {
                writer.key(keyword.name)
                write(keyword.value, to: &writer)
            }
            writer.endObject()
        case .named(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.name)
                write(.schema(member.schema), to: &writer)
            }
            writer.endObject()
        }
    }

    private static func write(_ values: [Value], to writer: inout JSONWriter) {
        writer.beginArray()
        for value in values { write(value, to: &writer) }
        writer.endArray()
    }
}
