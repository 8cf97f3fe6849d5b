public import Reconciliation

/// The rules of a status, stated once: every scenario runs it over every status after every pass.
public enum StatusLinter {
    /// - Parameter previous: What the same name said before, if anything.
    /// - Returns: One sentence for each broken rule.
    public static func complaints(_ status: RequestStatus, previous: RequestStatus? = nil) -> [String] {
        (conditions(status) + phases(status) + failures(status) + history(status, previous))
            .map { "\(status.key): \($0)" }
    }

    private static func conditions(_ status: RequestStatus) -> [String] {
        var complaints: [String] = []
        for condition in status.conditions {
            if condition.reason.isEmpty { complaints.append("\(condition.kind.rawValue) has no reason") }
            if !isWord(condition.reason) { complaints.append("“\(condition.reason)” is not one word") }
            if condition.generation != status.generation {
                complaints.append("\(condition.kind.rawValue) is of another generation")
            }
        }
        if Set(status.conditions.map(\.kind)).count != status.conditions.count {
            complaints.append("a condition is said twice")
        }
        let isInSync = status.conditions.contains { $0.kind == .inSync && $0.isTrue }
        if isInSync, !status.drift.isEmpty { complaints.append("in sync, and yet it drifted") }
        return complaints
    }

    private static func phases(_ status: RequestStatus) -> [String] {
        var complaints: [String] = []
        if !isWord(status.reason) { complaints.append("“\(status.reason)” is not one word") }
        switch status.phase {
        case .waiting, .removed, .finished, .failed, .rejected, .conflict, .error, .removing:
            if status.reason.isEmpty { complaints.append("\(status.phase.rawValue) says no reason") }
            if status.message.isEmpty { complaints.append("\(status.phase.rawValue) says nothing") }
        case .completed, .seeding:
            if (status.torrent?.torrent.counters.progress ?? 0) < 1 {
                complaints.append("complete without all of its data")
            }
        case .downloading, .stalled, .stopped, .metadata, .queued, .checking, .moving:
            if status.torrent == nil { complaints.append("\(status.phase.rawValue) without a torrent") }
        case .pending, .resolving, .adding: break
        }
        if status.phase == .removed || status.phase == .rejected, status.torrent != nil {
            complaints.append("\(status.phase.rawValue) with a torrent")
        }
        return complaints
    }

    private static func failures(_ status: RequestStatus) -> [String] {
        var complaints: [String] = []
        let failure = status.failure
        if failure.attempts > 0, failure.lastError == nil { complaints.append("attempts without an error") }
        switch status.phase {
        case .rejected:
            if failure.problem == nil { complaints.append("rejected without a problem") }
        case .removed, .finished, .failed, .conflict:
            if failure.nextAttemptAt != nil { complaints.append("ended, and yet to be tried again") }
        default: break
        }
        return complaints
    }

    private static func history(_ status: RequestStatus, _ previous: RequestStatus?) -> [String] {
        guard let previous else { return [] }
        var complaints: [String] = []
        if status.generation < previous.generation { complaints.append("the generation went back") }
        for condition in status.conditions {
            guard let old = previous.conditions.first(where: { $0.kind == condition.kind }) else { continue }
            if old.isTrue == condition.isTrue, old.since != condition.since {
                complaints.append("\(condition.kind.rawValue) moved its since without changing")
            }
        }
        return complaints
    }

    /// One CamelCase word, or nothing.
    private static func isWord(_ text: String) -> Bool {
        text.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 32)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        } && (text.utf8.first.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) } ?? true)
    }
}
