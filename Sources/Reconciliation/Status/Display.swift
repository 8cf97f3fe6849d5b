/// Figures for people.
public enum Display {
    /// `37.5 %`. Rounded down, so that 100 % means complete. What is no number is 0 %.
    public static func percent(_ share: Double) -> String {
        guard !share.isNaN else { return "0 %" }
        let permille = Int((min(max(share, 0), 1) * 1000).rounded(.down))
        return permille % 10 == 0 ? "\(permille / 10) %" : "\(permille / 10).\(permille % 10) %"
    }

    /// `4.2 GiB`; whole bytes below 1 KiB.
    public static func bytes(_ count: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
        var value = Double(max(count, 0))
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return (unit == 0 ? String(max(count, 0)) : decimal(value, places: 1)) + " " + units[unit]
    }

    /// `45 seconds`, `12 minutes`, `3 hours`, `5 days`.
    public static func duration(seconds: Int64) -> String {
        func many(_ count: Int64, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }
        switch seconds {
        case ..<60: return many(max(seconds, 0), "second")
        case ..<3_600: return many(seconds / 60, "minute")
        case ..<172_800: return many(seconds / 3_600, "hour")
        default: return many(seconds / 86_400, "day")
        }
    }

    /// A number with a fixed count of decimals.
    public static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return value > 0 ? "∞" : "0" }
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let padded = String(repeating: "0", count: max(0, places - fraction.utf8.count)) + fraction
        return (value < 0 && scaled > 0 ? "-" : "") + String(scaled / scale)
            + (places > 0 ? "." + padded : "")
    }
}
