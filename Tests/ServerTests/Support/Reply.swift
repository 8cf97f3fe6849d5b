import JSON

/// A JSON text, read without ceremony: what is not there is an empty reply.
struct Reply: Sendable, CustomStringConvertible {
    let node: JSONNode?

    init(node: JSONNode?) { self.node = node }

    /// - Throws: When it is not exactly one JSON value.
    init(_ bytes: [UInt8]) throws {
        node = try JSONReader.document(bytes, limits: .server)
    }

    init(_ text: String) throws { try self.init(Array(text.utf8)) }

    subscript(key: String) -> Reply { Reply(node: node?[key]) }

    var exists: Bool { node != nil }
    var isNull: Bool { node?.value == .null }

    var text: String? {
        guard case .string(let text)? = node?.value else { return nil }
        return text
    }

    var integer: Int? {
        guard case .integer(let number)? = node?.value else { return nil }
        return Int(number)
    }

    var number: Double? {
        if case .double(let number)? = node?.value { return number }
        return integer.map(Double.init)
    }

    var flag: Bool? {
        guard case .bool(let flag)? = node?.value else { return nil }
        return flag
    }

    var items: [Reply] {
        guard case .array(let nodes)? = node?.value else { return [] }
        return nodes.map { Reply(node: $0) }
    }

    var keys: [String] {
        guard case .object(let members)? = node?.value else { return [] }
        return members.map(\.key)
    }

    var description: String { node.map { Self.describe($0.value) } ?? "nothing" }

    private static func describe(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): "\"\(text)\""
        case .array(let nodes): "[" + nodes.map { describe($0.value) }.joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\($0.key): \(describe($0.node.value))" }.joined(separator: ", ") + "}"
        }
    }
}
