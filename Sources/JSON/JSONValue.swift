/// A JSON value as it was written, with the place of everything inside it.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent that fits. `-0` is 0.
    case integer(Int64)
    /// Any other number, integers beyond 64 bits included.
    case double(Double)
    case string(String)
    case array([JSONNode])
    /// The members in the order of the text.
    case object([JSONMember])

    /// The word a person knows the type by: `null`, `boolean`, `number`, `string`, `array`, `object`.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// A value and where it begins.
public struct JSONNode: Equatable, Sendable {
    public let value: JSONValue
    public let place: JSONPlace

    public init(value: JSONValue, place: JSONPlace) {
        self.value = value
        self.place = place
    }

    /// The member of that name, when this is an object that has it. Names are compared byte by byte.
    public subscript(key: String) -> JSONNode? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.node
    }
}

/// One key of an object with its value.
public struct JSONMember: Equatable, Sendable {
    public let key: String
    /// Where the key's opening quote is.
    public let keyPlace: JSONPlace
    public let node: JSONNode

    public init(key: String, keyPlace: JSONPlace, node: JSONNode) {
        self.key = key
        self.keyPlace = keyPlace
        self.node = node
    }
}
