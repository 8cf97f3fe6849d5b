/// The decision on one subject.
public enum Verdict: Equatable, Sendable {
    /// Desired and observed agree; nothing to do.
    case settled
    /// These calls, in this order.
    case act([Action])
    /// Nothing now; look again at the given instant, or when the world changes.
    case wait(until: Timestamp?, WaitReason)
    /// Wanted and not allowed.
    case hold(Hold.Kind)
    /// Not ours to judge (rejected, conflict, unreadable).
    case ignore
}

/// Why a subject waits. The raw value is the word of status files.
public enum WaitReason: String, Sendable {
    case clientUnreachable = "ClientUnreachable"
    case credentialsRefused = "CredentialsRefused"
    case backoff = "Backoff"
    case suspended = "Suspended"
    case unreadable = "Unreadable"
    case admission = "Admission"
    /// Less room on the server's disk than asked for.
    case diskSpace = "DiskSpace"
    /// `notBefore` is not reached.
    case notBefore = "NotBefore"
    /// Its source is being fetched.
    case resolving = "Resolving"
    /// A time without progress is being counted.
    case stalling = "Stalling"
    /// A call was made; its effect is not visible yet.
    case verifying = "Verifying"
    /// The request is gone; grace runs.
    case grace = "Grace"
}

/// Where a subject stands after a judgement: the derived part of its status.
public struct Standing: Equatable, Sendable {
    public var phase: Phase
    /// One CamelCase word or empty.
    public var reason: String
    public var message: String
    public var nextAt: WallTime?

    public init(_ phase: Phase, reason: String = "", message: String = "", nextAt: WallTime? = nil) {
        self.phase = phase
        self.reason = reason
        self.message = message
        self.nextAt = nextAt
    }
}

/// All that one pass decided about one subject.
public struct Judgement: Equatable, Sendable {
    public var verdict: Verdict
    /// What to remember; `nil` forgets the subject and takes its status away.
    public var memory: SubjectMemory?
    /// `nil`: the last status stays as it is (nothing new is known).
    public var standing: Standing?
    public var torrent: Torrent?
    public var drift: [Drift] = []
    public var changes: [Change] = []
    /// Wishes that the server cannot carry out, or not safely, and why.
    public var unsupported: [Field: String] = [:]
    /// Wishes that bear on the add alone and came too late for it, in their order.
    public var lateFields: [Field] = []
    /// The subject under whose name this one was known before: a renamed file, or a taken-over conflict.
    public var continues: SubjectKey?
    /// The source in use is to be fetched now.
    public var wantsSource = false
    /// Judged again at this instant whatever happens, although nothing is waited for.
    public var recheckAt: Timestamp?

    public init(
        _ verdict: Verdict, memory: SubjectMemory?, standing: Standing?, torrent: Torrent? = nil
    ) {
        self.verdict = verdict
        self.memory = memory
        self.standing = standing
        self.torrent = torrent
    }
}

extension Judgement {
    /// Says in the standing that there was no progress for a while.
    mutating func complain(ofIdle milliseconds: Int64, _ request: Request) {
        guard var standing else { return }
        standing.reason = "NoProgress"
        standing.message += ", no progress for \(Display.duration(seconds: milliseconds / 1_000))"
        let hasNext = (memory?.sources?.index ?? 0) + 1 < request.sources.count
        if request.terms.stall?.then == .next, request.identity != nil, !hasNext {
            standing.message += ", and there is no further source"
        }
        self.standing = standing
    }
}

/// All verdicts and actions of one pass. A value: it can be printed, filtered and compared.
public struct Plan: Equatable, Sendable {
    public private(set) var judgements: [SubjectKey: Judgement] = [:]
    /// What must be held although a subject would act, by kind.
    public var holds: [Hold.Kind: Hold] = [:]
    /// Holds that are over.
    public var lifted: Set<Hold.Kind> = []
    /// Approvals that this plan relies on: used up when its actions are carried out.
    public var usedApprovals: Set<Hold.Kind> = []
    /// Changes that belong to no subject.
    public var changes: [Change] = []
    /// The next value of ``Acceptance/order``.
    public var nextOrder: Int64
    /// Clients of which something can only be told from a full listing: observe them in full and plan
    /// again.
    public var needsFullListing: Set<String> = []

    public init(nextOrder: Int64 = 1) { self.nextOrder = nextOrder }

    /// Records the one judgement of a subject.
    public mutating func record(_ judgement: Judgement, for key: SubjectKey) {
        let previous = judgements.updateValue(judgement, forKey: key)
        precondition(previous == nil, "a subject is judged once per pass")
    }

    /// Replaces a judgement by a stricter one: only policy does this, after all are recorded.
    public mutating func restrict(_ key: SubjectKey, to judgement: Judgement) {
        precondition(judgements[key] != nil, "only a judged subject can be restricted")
        judgements[key] = judgement
    }

    /// Subjects in the order in which they are carried out and logged.
    public var order: [SubjectKey] { judgements.keys.sorted() }

    /// All actions, subject after subject.
    public var actions: [Action] {
        order.flatMap { key -> [Action] in
            guard case .act(let actions)? = judgements[key]?.verdict else { return [] }
            return actions
        }
    }

    /// The earliest instant at which a waiting subject is due.
    public var nextDue: Timestamp? {
        judgements.values.flatMap { judgement -> [Timestamp] in
            var due = [judgement.recheckAt].compactMap { $0 }
            if case .wait(let until?, _) = judgement.verdict { due.append(until) }
            return due
        }.min { $0.bootMilliseconds < $1.bootMilliseconds }
    }
}

/// Which subjects a pass judges.
public enum Selection: Equatable, Sendable {
    case all
    /// Only these: what changed in the spool, in qBittorrent, or came due.
    case only(Set<SubjectKey>)
}
