/// What a soak came to.
struct SoakReport: Sendable, CustomStringConvertible {
    /// The least and the most that was seen of something, and what it was at first and at last.
    struct Gauge: Sendable {
        private(set) var first: Int?
        private(set) var last = 0
        private(set) var most = 0

        mutating func note(_ value: Int) {
            first = first ?? value
            last = value
            most = max(most, value)
        }
    }

    var rounds = 0
    var faults: [SoakFault: Int] = [:]
    /// Looks at all promises, once all had settled.
    var looks = 0
    var downloads = 0
    /// Not complete in time, and said to be so.
    var slowDownloads = 0
    var daemons = 0
    var violations: [Violation] = []
    /// Of the daemon, in KiB.
    var memory = Gauge()
    var descriptors = Gauge()
    /// In KiB.
    var store = Gauge()
    var logLines = 0
    var took = Duration.zero

    var description: String {
        var lines = [
            "  \(took.components.seconds / 60) minutes, \(rounds) rounds, \(daemons) daemons,"
                + " \(looks) looks at all promises",
            "  \(downloads) downloads, \(slowDownloads) more not in time",
        ]
        for fault in SoakFault.allCases { lines.append("  \(faults[fault] ?? 0) × \(fault.rawValue)") }
        lines.append("  memory: \(Self.text(memory)) KiB")
        lines.append("  descriptors: \(Self.text(descriptors))")
        lines.append("  store: \(Self.text(store)) KiB; log lines: \(logLines)")
        for promise in Promise.allCases {
            let broken = violations.filter { $0.promise == promise }
            lines.append("  \(promise.rawValue): \(broken.isEmpty ? "kept" : "\(broken.count) violations")")
            lines += broken.prefix(5).map { "    \($0.what.prefix(1_500))" }
        }
        return lines.joined(separator: "\n")
    }

    private static func text(_ gauge: Gauge) -> String {
        "\(gauge.first ?? 0) at first, \(gauge.most) at most, \(gauge.last) at last"
    }
}
