/// The forms of values that the three schemas share.
extension Schema {
    static func type(_ name: String) -> Schema { Schema([("type", .text(name))]) }

    static let flag = type("boolean")
    static let text = type("string")
    static let integer = type("integer")
    static let number = type("number")

    /// From 0.
    static let count = integer.with("minimum", 0)
    /// From 0 to 1.
    static let share = number.with("minimum", 0).with("maximum", 1)

    /// One of these words.
    static func words(_ words: [String]) -> Schema {
        text.with("enum", .list(words.map { .text($0) }))
    }

    /// Text of a form. The pattern is one that every dialect of regular expressions reads alike.
    static func text(like pattern: String) -> Schema { text.with("pattern", .text(pattern)) }

    /// The instants of qspool: RFC 3339 in UTC with whole seconds.
    static let instant = text(like: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")
        .with("format", .text("date-time"))

    /// One word of CamelCase, or nothing.
    static let reason = text(like: "^([A-Z][A-Za-z0-9]*)?$")

    /// One word with hyphens.
    static let code = text(like: "^[a-z0-9]+(-[a-z0-9]+)*$")

    /// Text that is escaped and cut where it is long.
    static let shown = text.with("maxLength", DisplayText.limit)

    static func list(of items: Schema) -> Schema { type("array").with("items", .schema(items)) }

    static func any(of schemas: [Schema]) -> Schema { Schema([("anyOf", .schemas(schemas))]) }

    /// A part that the document defines under that name.
    static func reference(_ name: String) -> Schema { Schema([("$ref", .text("#/$defs/\(name)"))]) }

    /// An object whose names are free.
    static func map(of values: Schema) -> Schema {
        type("object").with("additionalProperties", .schema(values))
    }

    /// An object with these members and no others.
    ///
    /// - Parameters:
    ///   - isWhole: Whether each of them must be there.
    ///   - exceptions: Those that need not even then.
    static func object(
        _ members: [(name: String, schema: Schema)], isWhole: Bool = true, but exceptions: Set<String> = []
    ) -> Schema {
        let object = type("object").with("properties", .named(members))
        let closed = object.with("additionalProperties", .flag(false))
        let required = members.map(\.name).filter { !exceptions.contains($0) }
        return isWhole ? closed.with("required", .list(required.map { .text($0) })) : closed
    }
}
