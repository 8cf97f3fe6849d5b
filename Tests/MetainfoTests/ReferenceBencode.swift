/// Bencode once more, naive and lenient, to hold the strict parser against.
///
/// A text is in its one allowed form exactly when reading it leniently and writing it canonically gives the
/// same bytes.
enum ReferenceBencode {
    case integer(Int64)
    case string([UInt8])
    case list([ReferenceBencode])
    case dictionary([(key: [UInt8], value: ReferenceBencode)])

    /// Reads what can be read at all: leading zeros, keys in any order, keys that come twice.
    ///
    /// - Returns: `nil` when it cannot, when bytes are left over, or when it is nested deeper than `depth`.
    init?(lenient bytes: [UInt8], depth: Int = 32) {
        var rest = bytes[...]
        guard let value = Self.read(&rest, depth: depth), rest.isEmpty else { return nil }
        self = value
    }

    /// The one allowed form: keys sorted, each once, numbers without needless digits.
    var canonical: [UInt8] {
        switch self {
        case .integer(let number): Array("i\(number)e".utf8)
        case .string(let bytes): Array("\(bytes.count):".utf8) + bytes
        case .list(let elements): [UInt8(ascii: "l")] + elements.flatMap(\.canonical) + [UInt8(ascii: "e")]
        case .dictionary(let members):
            [UInt8(ascii: "d")] + Self.sorted(members).flatMap { Self.string($0.key) + $0.value.canonical }
                + [UInt8(ascii: "e")]
        }
    }

    subscript(key: String) -> ReferenceBencode? {
        guard case .dictionary(let members) = self else { return nil }
        return members.first { $0.key.elementsEqual(key.utf8) }?.value
    }

    private static func string(_ bytes: [UInt8]) -> [UInt8] { ReferenceBencode.string(bytes).canonical }

    private static func sorted(
        _ members: [(key: [UInt8], value: ReferenceBencode)]
    ) -> [(key: [UInt8], value: ReferenceBencode)] {
        var seen: Set<[UInt8]> = []
        return members.filter { seen.insert($0.key).inserted }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private static func read(_ rest: inout ArraySlice<UInt8>, depth: Int) -> ReferenceBencode? {
        guard let first = rest.first else { return nil }
        switch first {
        case UInt8(ascii: "i"):
            rest.removeFirst()
            return number(&rest, until: UInt8(ascii: "e")).map { .integer($0) }
        case UInt8(ascii: "l"), UInt8(ascii: "d"):
            guard depth > 0 else { return nil }
            rest.removeFirst()
            var values: [ReferenceBencode] = []
            while let next = rest.first, next != UInt8(ascii: "e") {
                guard let value = read(&rest, depth: depth - 1) else { return nil }
                values.append(value)
            }
            guard rest.popFirst() != nil else { return nil }
            return first == UInt8(ascii: "l") ? .list(values) : dictionary(values)
        default:
            guard let length = number(&rest, until: UInt8(ascii: ":")), length >= 0, length <= rest.count
            else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return .string(Array(rest.prefix(Int(length))))
        }
    }

    private static func dictionary(_ values: [ReferenceBencode]) -> ReferenceBencode? {
        guard values.count % 2 == 0 else { return nil }
        var members: [(key: [UInt8], value: ReferenceBencode)] = []
        for index in stride(from: 0, to: values.count, by: 2) {
            guard case .string(let key) = values[index] else { return nil }
            members.append((key, values[index + 1]))
        }
        return .dictionary(members)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, until end: UInt8) -> Int64? {
        guard let place = rest.prefix(64).firstIndex(of: end) else { return nil }
        defer { rest = rest[(place + 1)...] }
        return Int64(String(decoding: rest[..<place], as: UTF8.self))
    }
}
