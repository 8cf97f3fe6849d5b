import JSON
import Reconciliation

/// A speed as a request says it: bytes per second as an integer, or text with a unit.
enum LimitText {
    /// The fastest limit that servers can keep: they count it in 32 bits.
    static let largest: Int64 = 2_147_483_647

    /// - Returns: 0 (unlimited) for `null`.
    static func bytesPerSecond(_ place: FieldPlace) throws(Problem) -> Int64 {
        switch place.node.value {
        case .null: return 0
        case .integer(let number): return try checked(Double(number), place)
        case .double(let number):
            guard number == number.rounded() else {
                throw place.problem("bad-range", "\(place.key) is a whole number of bytes per second.")
            }
            return try checked(number, place)
        case .string(let text): return try checked(try parse(text, place), place)
        default: throw place.wrongType("a number or text with a unit")
        }
    }

    /// For the fields of tools that count in KiB/s where we count in bytes/s.
    static func unitMissing(_ place: FieldPlace) -> Problem {
        guard case .integer(let number) = place.node.value else { return place.wrongType("text with a unit") }
        return place.problem(
            "bad-range",
            "\(place.key): \(number) could mean \(number) B/s or \(number) KiB/s; write it as text with "
                + "the unit."
        )
    }

    private static let units: [String: Double] = [
        "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1_024, "MiB": 1_048_576, "GiB": 1_073_741_824,
    ]

    private static func parse(_ text: String, _ place: FieldPlace) throws(Problem) -> Double {
        let bytes = Array(text.utf8)
        let digits = bytes.prefix { (48...57).contains($0) || $0 == 46 }
        let rest = bytes.dropFirst(digits.count).drop { $0 == 32 }
        guard digits.first != 46, digits.last != 46, digits.count <= 20,
            let number = Double(String(decoding: digits, as: UTF8.self))
        else { throw malformed(place) }
        var unit = String(decoding: rest, as: UTF8.self)
        if unit.hasSuffix("/s") { unit.removeLast(2) }
        if let factor = units[unit] { return number * factor }
        let shown = String(decoding: digits, as: UTF8.self)
        switch unit {
        case "":
            throw place.problem("bad-range", "\(place.key) as text needs a unit, such as \"\(shown) KiB/s\".")
        case "k", "K", "KB": throw ambiguous(shown, "kB", "KiB", place)
        case "M", "m": throw ambiguous(shown, "MB", "MiB", place)
        case "G", "g": throw ambiguous(shown, "GB", "GiB", place)
        default: throw malformed(place)
        }
    }

    private static func checked(_ number: Double, _ place: FieldPlace) throws(Problem) -> Int64 {
        guard number >= 0, number <= Double(largest) else {
            throw place.problem(
                "bad-range", "\(place.key) is 0 (unlimited) to \(largest) bytes per second.")
        }
        let whole = Int64(number)
        // What rounds to 0 would mean the opposite of what was written.
        guard whole > 0 || number == 0 else {
            throw place.problem(
                "bad-range", "\(place.key) is less than a byte per second; 0 means unlimited.")
        }
        return whole
    }

    private static func ambiguous(
        _ number: String, _ decimal: String, _ binary: String, _ place: FieldPlace
    ) -> Problem {
        place.problem(
            "bad-range",
            "\(place.key) could mean \(number) \(decimal)/s or \(number) \(binary)/s; write one of them.")
    }

    private static func malformed(_ place: FieldPlace) -> Problem {
        place.problem(
            "bad-range",
            "\(place.key) is a number of bytes per second or text such as \"2 MiB/s\" (B, kB, MB, "
                + "GB, KiB, MiB, GiB).")
    }
}
