import CSimdJSON

/// Builds nodes from the flat tokens of the C side and keeps the limits that concern keys and strings.
///
/// The recursion is as deep as the text is nested, and that was bounded before.
struct JSONTreeBuilder {
    private let tokens: UnsafeBufferPointer<qs_value>
    private let start: Int
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var next = 0
    private var keys = 0

    /// - Parameters:
    ///   - start: Added to the offset of every token.
    ///   - bytes: The text, for the place of a fault.
    init(tokens: UnsafeBufferPointer<qs_value>, start: Int, bytes: [UInt8], limits: JSONLimits) {
        self.tokens = tokens
        self.start = start
        self.bytes = bytes
        self.limits = limits
    }

    /// The node of the whole text.
    mutating func build() throws(JSONError) -> JSONNode {
        let node = try node()
        precondition(next == tokens.count, "every token belongs to the one value")
        return node
    }

    private mutating func node() throws(JSONError) -> JSONNode {
        let token = tokens[next]
        next += 1
        let place = JSONPlace(offset: start + token.offset)
        let value: JSONValue =
            switch Int(token.kind) {
            case QS_NULL: .null
            case QS_BOOL: .bool(token.integer != 0)
            case QS_INTEGER: .integer(token.integer)
            case QS_DOUBLE: .double(token.number)
            case QS_STRING: .string(try text(token, at: place))
            case QS_ARRAY: .array(try elements(token.size))
            case QS_OBJECT: .object(try members(token.size))
            default: preconditionFailure("a token of an unknown kind")
            }
        return JSONNode(value: value, place: place)
    }

    private mutating func elements(_ count: Int) throws(JSONError) -> [JSONNode] {
        var elements: [JSONNode] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try node()) }
        return elements
    }

    private mutating func members(_ count: Int) throws(JSONError) -> [JSONMember] {
        var members: [JSONMember] = []
        members.reserveCapacity(count)
        // Keyed by bytes: two spellings of one character are two keys.
        var places: [[UInt8]: Int] = [:]
        for _ in 0..<count {
            let token = tokens[next]
            next += 1
            let place = JSONPlace(offset: start + token.offset)
            let key = try text(token, at: place)
            try countKey(at: place)
            let node = try node()
            let member = JSONMember(key: key, keyPlace: place, node: node)
            if let earlier = places.updateValue(members.count, forKey: Array(key.utf8)) {
                guard limits.allowsDuplicateKeys else { throw duplicate(key, at: place) }
                members[earlier] = member
                places[Array(key.utf8)] = earlier
            } else {
                members.append(member)
            }
        }
        return members
    }

    private mutating func countKey(at place: JSONPlace) throws(JSONError) {
        keys += 1
        guard let limit = limits.keys, keys > limit else { return }
        throw JSONError(
            code: "too-large", message: "There are more than \(limit) keys.", offset: place.offset, in: bytes)
    }

    private func text(_ token: qs_value, at place: JSONPlace) throws(JSONError) -> String {
        let units = UnsafeBufferPointer(start: token.text, count: token.size)
        if let limit = limits.stringBytes, units.count > limit {
            throw JSONError(
                code: "too-large", message: "A text is longer than \(limit) bytes.", offset: place.offset,
                in: bytes)
        }
        guard limits.allowsNUL || !units.contains(0) else {
            throw JSONError(
                code: "bad-encoding", message: "A text holds the character NUL.", offset: place.offset,
                in: bytes)
        }
        return String(decoding: units, as: UTF8.self)
    }

    private func duplicate(_ key: String, at place: JSONPlace) -> JSONError {
        JSONError(
            code: "duplicate-key", message: "The key \"\(key)\" is there twice.", offset: place.offset,
            in: bytes)
    }
}
