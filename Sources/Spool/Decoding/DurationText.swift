import JSON
import Reconciliation

/// A duration as a request says it: whole numbers with units, the largest first, such as `7d`, `36h`, `90m`,
/// `45s` or `1d12h`; the units' English names are understood too (`2 days`).
enum DurationText {
    /// Of durations that are no goals of seeding. Unit: days.
    static let mostDays: Int64 = 36_500

    /// - Returns: Milliseconds, more than 0.
    /// - Throws: `bad-type`; `bad-range` for a number without unit, which could be anything, and for what
    ///   is no duration.
    static func milliseconds(_ place: FieldPlace) throws(Problem) -> Int64 {
        guard case .string(let text) = place.node.value else {
            guard case .integer(let number) = place.node.value else {
                throw place.wrongType("a duration such as \"6h\"")
            }
            throw unitMissing(String(number), ("seconds", "s"), ("minutes", "m"), place)
        }
        let seconds = try seconds(text, place)
        guard (1...mostDays * 86_400).contains(seconds) else {
            throw place.problem(
                "bad-range", "\(place.key) must be more than 0 and at most \(mostDays) days.")
        }
        return seconds * 1_000
    }

    /// - Returns: Whole minutes, 0 to `most`.
    /// - Throws: `bad-type`; `bad-range` for what is no duration, and for one that is not of whole minutes.
    static func minutes(_ place: FieldPlace, most: Int64) throws(Problem) -> Int64 {
        guard case .string(let text) = place.node.value else {
            switch place.node.value {
            case .integer, .double: return try place.integer(0...most, unit: " minutes")
            default: throw place.wrongType("a duration such as \"7d\", or minutes as a number")
            }
        }
        let seconds = try seconds(text, place)
        guard seconds % 60 == 0 else {
            throw place.problem(
                "bad-range", "\(place.key) is counted in whole minutes; this is no whole number of them.")
        }
        guard seconds / 60 <= most else {
            throw place.problem(
                "bad-range",
                "\(place.key) is at most \(most / 1_440) days (\(most) minutes): servers keep no more.")
        }
        return seconds / 60
    }

    /// Seconds of each unit, by its names.
    private static let units: [String: Int64] = {
        let names: [(Int64, [String])] = [
            (1, ["s", "sec", "second", "seconds"]), (60, ["m", "min", "minute", "minutes"]),
            (3_600, ["h", "hour", "hours"]), (86_400, ["d", "day", "days"]),
            (604_800, ["w", "week", "weeks"]),
        ]
        return Dictionary(uniqueKeysWithValues: names.flatMap { size, names in names.map { ($0, size) } })
    }()

    private static func seconds(_ text: String, _ place: FieldPlace) throws(Problem) -> Int64 {
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0
        var smallest = Int64.max
        repeat {
            _ = takeFirst(&rest) { $0 == 32 }
            let digits = takeFirst(&rest) { (48...57).contains($0) }
            _ = takeFirst(&rest) { $0 == 32 }
            let unit = takeFirst(&rest) { $0 >= 65 }
            _ = takeFirst(&rest) { $0 == 32 }
            guard !digits.isEmpty, digits.utf8.count <= 9, let number = Int64(digits) else {
                throw malformed(place)
            }
            switch unit {
            case "" where rest.isEmpty && smallest == Int64.max:
                throw unitMissing(digits, ("minutes", "m"), ("days", "d"), place)
            case "M":
                throw place.problem(
                    "bad-range",
                    "\(place.key): \(digits)M could mean \(digits) minutes or \(digits) months; write "
                        + "\"\(digits)m\" for minutes, or days.")
            default: break
            }
            guard let size = units[unit], size < smallest else { throw malformed(place) }
            total += number * size
            smallest = size
        } while !rest.isEmpty
        return total
    }

    private static func takeFirst(_ rest: inout ArraySlice<UInt8>, while isPart: (UInt8) -> Bool) -> String {
        let part = rest.prefix(while: isPart)
        rest = rest.dropFirst(part.count)
        return String(decoding: part, as: UTF8.self)
    }

    private static func unitMissing(
        _ number: String, _ one: (name: String, unit: String), _ other: (name: String, unit: String),
        _ place: FieldPlace
    ) -> Problem {
        place.problem(
            "bad-range",
            "\(place.key): \(number) could mean \(number) \(one.name) or \(number) \(other.name); write "
                + "\"\(number)\(one.unit)\" or \"\(number)\(other.unit)\".")
    }

    private static func malformed(_ place: FieldPlace) -> Problem {
        place.problem(
            "bad-range",
            "\(place.key) is a duration such as \"7d\", \"36h\", \"90m\", \"45s\" or \"1d12h\": whole "
                + "numbers with units, the largest first.")
    }
}
