/// What a status file says about one request. Built purely from facts; written by the spool.
public struct RequestStatus: Equatable, Sendable {
    public var key: SubjectKey
    public var generation: Int
    /// Of the request's present content; `nil` when it could not be read.
    public var version: RequestVersion?
    public var phase: Phase
    /// One CamelCase word, or empty.
    public var reason: String
    public var message: String
    public var torrent: TorrentStatus?
    public var labels: [String: String]
    public var conditions: [Condition]
    public var drift: [Drift]
    public var failure: FailureStatus
    /// Where there is a choice, or something to fetch: each source and what became of it.
    public var sources: [SourceStatus]

    public init(
        key: SubjectKey, generation: Int, version: RequestVersion?, phase: Phase, reason: String,
        message: String, torrent: TorrentStatus? = nil, labels: [String: String] = [:],
        conditions: [Condition] = [], drift: [Drift] = [], failure: FailureStatus = FailureStatus(),
        sources: [SourceStatus] = []
    ) {
        self.sources = sources
        self.key = key
        self.generation = generation
        self.version = version
        self.phase = phase
        self.reason = reason
        self.message = message
        self.torrent = torrent
        self.labels = labels
        self.conditions = conditions
        self.drift = drift
        self.failure = failure
    }

    /// The same without what changes by itself: two statuses that are equal here need no prompt rewrite.
    public var withoutCounters: RequestStatus {
        var copy = self
        if let settled = torrent?.torrent.settledForm { copy.torrent?.torrent = settled }
        if hasMovingMessage { copy.message = "" }
        return copy
    }

    /// The message holds figures that change by themselves: progress, or the place in a line.
    public var hasMovingMessage: Bool {
        switch phase {
        case .downloading, .stalled, .seeding, .metadata: true
        case .waiting:
            reason == WaitReason.admission.rawValue || reason == WaitReason.diskSpace.rawValue
        default: false
        }
    }
}

/// One of a request's sources and what became of it.
public struct SourceStatus: Hashable, Sendable {
    /// The raw value is the word of status files.
    public enum Verdict: String, CaseIterable, Sendable {
        /// Not tried, because one before it is in use.
        case waiting
        case inUse = "in-use"
        /// Being fetched, or to be fetched again after a failure.
        case trying
        /// Given up, with the reason.
        case abandoned
    }

    /// Masked.
    public var source: String
    public var verdict: Verdict
    /// Why it was given up, or did not work last time.
    public var code: String?
    public var message: String?
    public var at: WallTime?

    public init(
        source: String, verdict: Verdict, code: String? = nil, message: String? = nil, at: WallTime? = nil
    ) {
        self.source = source
        self.verdict = verdict
        self.code = code
        self.message = message
        self.at = at
    }
}

/// The torrent's part of a status.
public struct TorrentStatus: Equatable, Sendable {
    public var torrent: Torrent
    public var ownership: Ownership
    /// The content's path as this machine sees it, where a path map names it.
    public var localPath: String?

    public init(torrent: Torrent, ownership: Ownership, localPath: String?) {
        self.torrent = torrent
        self.ownership = ownership
        self.localPath = localPath
    }
}

/// One named fact about a request.
public struct Condition: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        case inSync = "InSync"
        case aliasUsed = "AliasUsed"
        case defaultsInvalid = "DefaultsInvalid"
        case contested = "Contested"
        case unsupported = "Unsupported"
        case atAddOnly = "AtAddOnly"
        case suspended = "Suspended"
    }

    public var kind: Kind
    public var isTrue: Bool
    public var reason: String
    public var message: String
    /// When it last changed between true and false.
    public var since: WallTime
    public var generation: Int

    public init(
        kind: Kind, isTrue: Bool, reason: String, message: String, since: WallTime, generation: Int
    ) {
        self.kind = kind
        self.isTrue = isTrue
        self.reason = reason
        self.message = message
        self.since = since
        self.generation = generation
    }
}

/// A field whose observed value is not the wanted one.
public struct Drift: Hashable, Sendable {
    public enum Verdict: String, CaseIterable, Sendable {
        /// The call to correct it was made or is due.
        case corrected
        /// Only reported, by policy.
        case reported
        /// Corrected too often; left alone until the request changes.
        case contested
    }

    public var field: Field
    public var wanted: FieldValue
    public var observed: FieldValue
    public var verdict: Verdict

    public init(field: Field, wanted: FieldValue, observed: FieldValue, verdict: Verdict) {
        self.field = field
        self.wanted = wanted
        self.observed = observed
        self.verdict = verdict
    }
}

/// The failing side of a status: attempts, the next one and the last error.
public struct FailureStatus: Equatable, Sendable {
    public var attempts: Int
    public var nextAttemptAt: WallTime?
    public var lastError: LastError?
    /// Where in the file, for a rejected request.
    public var problem: Problem?

    public init(
        attempts: Int = 0, nextAttemptAt: WallTime? = nil, lastError: LastError? = nil,
        problem: Problem? = nil
    ) {
        self.attempts = attempts
        self.nextAttemptAt = nextAttemptAt
        self.lastError = lastError
        self.problem = problem
    }
}
