public import Metainfo

/// What earlier passes recorded about one subject. A value; the store keeps it.
public struct SubjectMemory: Equatable, Sendable {
    /// The request as last accepted. `nil` for one that was never accepted (rejected from the start).
    public var acceptance: Acceptance?
    /// The torrent that the subject follows. `nil` before it is added or adopted and after it ended.
    public var following: Following?
    /// The last value of each field that the server acknowledged from us: the third side of drift.
    public var applied: [Field: FieldValue] = [:]
    /// When each field was corrected lately, in wall-clock milliseconds: three within an hour are
    /// `Contested`.
    public var corrections: [Field: [Int64]] = [:]
    public var attempt: Attempt?
    public var intent: Intent?
    public var withdrawal: Withdrawal?
    /// How it ended, where it did: nothing more is done until the request changes.
    public var ending: Ending?
    /// Where it stands with its sources; `nil`: at the first.
    public var sources: SourceProgress?
    /// When the present generation was accepted, on both clocks: `giveUpAfter` runs from here.
    public var acceptedAt: Timestamp?
    /// Torrents that it followed before it came to mean another one: they go once that one is there.
    public var leaving: [Following] = []
    /// Counted only where a request says what a stall means.
    public var patience: Patience?
    public var selection: SelectionProgress?
    /// What the last durable pass published about it.
    public var published: Published?

    public init() {}
}

/// What was last said in a status file, as far as later passes need it.
public struct Published: Equatable, Sendable {
    /// Since when a condition has its present truth.
    public struct Truth: Hashable, Sendable {
        public var isTrue: Bool
        public var since: WallTime

        public init(isTrue: Bool, since: WallTime) {
            self.isTrue = isTrue
            self.since = since
        }
    }

    public var phase: Phase
    public var reason: String
    /// SHA-256 over the status without counters: equal digests need no prompt rewrite.
    public var digest: [UInt8]
    public var conditions: [Condition.Kind: Truth]
    /// Of the request's labels and the torrent's category, what `list` filters by without reading files.
    public var category: String
    public var labels: [String: String]

    public init(
        phase: Phase, reason: String, digest: [UInt8], conditions: [Condition.Kind: Truth], category: String,
        labels: [String: String]
    ) {
        self.phase = phase
        self.reason = reason
        self.digest = digest
        self.conditions = conditions
        self.category = category
        self.labels = labels
    }
}

/// A request as accepted: what is needed when its file is gone.
public struct Acceptance: Equatable, Sendable {
    /// From 1; goes up when the request's content changes.
    public var generation: Int
    public var digest: [UInt8]
    /// Position among all first acceptances: of two requests for one torrent the lower one owns it.
    public var order: Int64
    public var at: WallTime
    /// `nil` while its source is still to be fetched.
    public var identity: TorrentIdentity?
    public var onDelete: OnDelete
    public var labels: [String: String]

    public init(
        generation: Int, digest: [UInt8], order: Int64, at: WallTime, identity: TorrentIdentity?,
        onDelete: OnDelete, labels: [String: String]
    ) {
        self.generation = generation
        self.digest = digest
        self.order = order
        self.at = at
        self.identity = identity
        self.onDelete = onDelete
        self.labels = labels
    }
}

/// The torrent that a subject follows, and what is known about the bond.
public struct Following: Equatable, Sendable {
    public var ownership: Ownership
    /// The server that has it, where that is not the subject's own: the request was moved since, and the
    /// torrent goes from there once the new one is followed.
    public var client: String?
    /// Where the server listed it last.
    public var id: TorrentID
    public var identity: TorrentIdentity
    /// When we added or adopted it, or changed it last: what the server may still forget.
    public var lastCallAt: Timestamp?
    /// The first complete look that showed it as it should be; confirmed when another, 60 s later, agrees.
    public var seenSince: Timestamp?
    /// Seen by two complete looks at least 60 s apart: a loss from here on is a person's doing.
    public var isConfirmed: Bool = false
    /// Our tag was seen on it since it was added.
    public var wasTagged: Bool = false
    /// How many observations in a row showed it complete: 2 make `completed`.
    public var completeLooks: Int = 0
    /// It was complete once in this generation.
    public var hasCompleted: Bool = false
    /// How often it vanished and was added again in this generation.
    public var readds: Int = 0

    public init(ownership: Ownership, id: TorrentID, identity: TorrentIdentity) {
        self.ownership = ownership
        self.id = id
        self.identity = identity
    }

    /// The server that has it.
    public func place(of key: SubjectKey) -> String { client ?? key.client }
}

/// Failures in a row.
public struct Attempt: Equatable, Sendable {
    public var failures: Int
    public var lastAt: Timestamp
    public var nextAt: Timestamp
    public var error: LastError

    public init(failures: Int, lastAt: Timestamp, nextAt: Timestamp, error: LastError) {
        self.failures = failures
        self.lastAt = lastAt
        self.nextAt = nextAt
        self.error = error
    }
}

/// The last error of a subject, as its status file shows it.
public struct LastError: Hashable, Sendable {
    /// Stable: `timeout`, `refused`, or a problem's code.
    public var code: String
    public var message: String
    public var isRetriable: Bool
    public var at: WallTime

    public init(code: String, message: String, isRetriable: Bool, at: WallTime) {
        self.code = code
        self.message = message
        self.isRetriable = isRetriable
        self.at = at
    }
}

/// An action about to be tried: written before the call, cleared with its outcome. After a crash it says what
/// may have happened.
public struct Intent: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case add, change, release, prune
        /// A removal because the goal of `seed` is met: what is gone then is finished, and not added again.
        case finish
    }

    public var kind: Kind
    public var at: Timestamp

    public init(kind: Kind, at: Timestamp) {
        self.kind = kind
        self.at = at
    }
}

/// The request's file is gone, or a person said that it shall go.
public struct Withdrawal: Equatable, Sendable {
    /// The first complete pass that showed it gone, on the boot clock; grace runs from here.
    public var since: Timestamp
    /// A person said so by `qspool remove`: no grace.
    public var isSaidByPerson: Bool

    public init(since: Timestamp, isSaidByPerson: Bool) {
        self.since = since
        self.isSaidByPerson = isSaidByPerson
    }
}

/// How a subject ended.
public struct Ending: Equatable, Sendable {
    public enum Kind: String, Sendable {
        /// Nothing more to do: completed and taken out by a person, or its goal met.
        case finished
        /// Removed or released on request.
        case removed
        /// Given up; says what would start it again.
        case failed
    }

    public var kind: Kind
    /// One CamelCase word: `RemovedByUser`, `Withdrawn`, `Released`, `KeepsVanishing`.
    public var reason: String
    public var message: String
    public var at: WallTime

    public init(kind: Kind, reason: String, message: String, at: WallTime) {
        self.kind = kind
        self.reason = reason
        self.message = message
        self.at = at
    }

    /// It ended because its torrent was no longer there: there is nothing to follow any more.
    var lostItsTorrent: Bool { reason == "RemovedByUser" || reason == "KeepsVanishing" }
}
