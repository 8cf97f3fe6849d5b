import HTTP
import Reconciliation

/// How long an answer asks to be left alone (`Retry-After`, RFC 9110 §10.2.3).
enum RetryAfter {
    /// No host keeps us away for longer. Unit: milliseconds; a day.
    static let mostMilliseconds: Int64 = 86_400_000

    /// - Parameter now: Only for a date in an answer that does not tell its own time.
    /// - Returns: Milliseconds from now, 0 to a day; `nil` when the answer asks for nothing, or nobody can
    ///   tell for what.
    static func milliseconds(_ response: HTTPResponse, now: WallTime) -> Int64? {
        guard let text = response.header("retry-after")?.split(separator: " ").joined(separator: " "),
            !text.isEmpty
        else { return nil }
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // More digits than fit are more than a day.
            return bounded(seconds: Int64(text) ?? Int64.max)
        }
        guard let date = HTTPDate.seconds(text) else { return nil }
        // By the clock that wrote the date, where it says so: ours may be wrong.
        let base = response.header("date").flatMap { HTTPDate.seconds($0) } ?? now.milliseconds / 1_000
        return bounded(seconds: date - base)
    }

    private static func bounded(seconds: Int64) -> Int64 {
        min(max(seconds, 0), mostMilliseconds / 1_000) * 1_000
    }

    /// For a sentence: `90 s`, `15 min`, `3 h`, rounded up.
    static func text(milliseconds: Int64) -> String {
        let seconds = (milliseconds + 999) / 1_000
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7_200 ? "\((seconds + 59) / 60) min" : "\((seconds + 3_599) / 3_600) h"
    }
}
