/// Numbers with units as a person writes them: `30s`, `50 GiB`, `0.10`. Everything is checked for overflow.
enum Quantity {
    private static let durationUnits: [(name: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Powers of ten for kB, MB, GB, TB and of two for KiB, MiB, GiB, TiB (IEC 80000-13).
    private static let sizeUnits: [(name: String, bytes: Int)] = [
        ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000),
        ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1000), ("KB", 1000), ("B", 1), ("", 1),
    ]

    /// ASCII digits only, at most 18 of them.
    static func digits(_ text: String) -> Int? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    /// Digits with at most one point between them.
    static func decimal(_ text: String) -> Double? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ digits(String($0)) != nil }) else { return nil }
        return Double(text)
    }

    /// A whole number and `ms`, `s`, `m`, `h` or `d`, with nothing between.
    static func duration(_ text: String) -> Duration? {
        guard let (number, unit) = split(text),
            let scale = durationUnits.first(where: { $0.name == unit })?.milliseconds
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    /// A whole number and a unit, with or without a space between; without a unit, bytes.
    static func bytes(_ text: String) -> Int? {
        guard let (number, unit) = split(text) else { return nil }
        let name = unit.hasPrefix(" ") ? unit.dropFirst() : unit
        guard let scale = sizeUnits.first(where: { $0.name == name })?.bytes, !(name.isEmpty && unit != name)
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
        return overflow ? nil : bytes
    }

    /// In the largest unit that is exact: `5m`, not `300s`.
    static func durationText(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
        guard milliseconds > 0 else { return "0s" }
        let unit = durationUnits.first { milliseconds.isMultiple(of: $0.milliseconds) }
        return unit.map { "\(milliseconds / $0.milliseconds)\($0.name)" } ?? "\(milliseconds)ms"
    }

    /// In the largest unit that is exact.
    static func sizeText(_ bytes: Int) -> String {
        let unit = sizeUnits.first { bytes >= $0.bytes && bytes.isMultiple(of: $0.bytes) }
        return unit.map { "\(bytes / $0.bytes)\($0.name)" } ?? "\(bytes)B"
    }

    private static func split(_ text: String) -> (number: Int, unit: Substring)? {
        let number = text.prefix { $0.isASCII && $0.isNumber }
        return digits(String(number)).map { ($0, text[number.endIndex...]) }
    }
}
