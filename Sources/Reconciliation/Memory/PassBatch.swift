public import Metainfo

/// All that one commit of a pass makes durable, in one transaction.
public struct PassBatch: Equatable, Sendable {
    /// The pass, from 1, and when it began.
    public var pass: UInt64
    public var at: Timestamp
    /// New values of subjects; `nil` forgets the subject.
    public var subjects: [SubjectKey: SubjectMemory?] = [:]
    /// Newly accepted generations with what must be kept of them.
    public var accepted: [AcceptedRequest] = []
    /// What sources that had to be fetched turned out to be.
    public var resolved: [ResolvedSource] = []
    /// Last observed torrents of ours that changed in more than counters, with their counters; `nil` when
    /// gone. The store itself appends to the change log what became of them: what is recorded and what the
    /// log says cannot part.
    public var torrents: [ObservedKey: Torrent?] = [:]
    /// Who follows them, for the log.
    public var followers: [ObservedKey: SubjectKey] = [:]
    /// Appended to the change log, in this order, before what became of the torrents.
    public var changes: [Change] = []
    /// A snapshot is due: the counters of all recorded torrents that can be seen. Never a reason to commit.
    public var snapshot: [ObservedKey: Torrent.Counters]?
    /// New values of holds; `nil` lifts the hold.
    public var holds: [Hold.Kind: Hold?] = [:]
    /// New approvals; `nil` uses one up.
    public var approvals: [Hold.Kind: [UInt8]?] = [:]
    /// The next value of ``Acceptance/order``, where it moved.
    public var nextOrder: Int64?
    /// Status files that this commit makes due: compared byte for byte by the next process that starts.
    public var publishing: Set<SubjectKey> = []

    public init(pass: UInt64, at: Timestamp) {
        self.pass = pass
        self.at = at
    }

    /// The log moves with it.
    public var movesLog: Bool { !changes.isEmpty || !torrents.isEmpty }

    /// Nothing to make durable: no commit is made.
    public var isEmpty: Bool {
        subjects.isEmpty && accepted.isEmpty && resolved.isEmpty && torrents.isEmpty && changes.isEmpty
            && holds.isEmpty
            && approvals.isEmpty && nextOrder == nil
    }
}

/// A torrent of one client, as key of the last observed.
public struct ObservedKey: Hashable, Comparable, Sendable {
    public let client: String
    public let id: TorrentID

    public init(client: String, id: TorrentID) {
        self.client = client
        self.id = id
    }

    public static func < (left: ObservedKey, right: ObservedKey) -> Bool {
        left.client == right.client
            ? left.id < right.id : left.client.utf8.lexicographicallyPrecedes(right.client.utf8)
    }
}

/// What the source of an accepted generation turned out to be.
public struct ResolvedSource: Equatable, Sendable {
    public let key: SubjectKey
    public let generation: Int
    public let found: FoundSource
    /// Which source it was, where it had to be fetched: it is not fetched again while it is kept.
    public let place: SourcePlace?

    public init(key: SubjectKey, generation: Int, found: FoundSource, place: SourcePlace? = nil) {
        self.key = key
        self.generation = generation
        self.found = found
        self.place = place
    }
}

/// One of a request's sources, whatever else the request says.
public struct SourcePlace: Hashable, Sendable {
    /// Of all its sources: ``Request/sourcesDigest``.
    public let digest: [UInt8]
    /// Position among them.
    public let index: Int

    public init(digest: [UInt8], index: Int) {
        self.digest = digest
        self.index = index
    }
}

/// A generation of a request with its bytes and the payload of its source.
public struct AcceptedRequest: Equatable, Sendable {
    public let key: SubjectKey
    public let generation: Int
    /// `nil` while its source is still to be fetched.
    public let identity: TorrentIdentity?
    public let payload: RequestPayload
    /// ``Request/sourcesDigest``: what is kept of the same sources stays known.
    public let sourcesDigest: [UInt8]

    public init(
        key: SubjectKey, generation: Int, identity: TorrentIdentity?, payload: RequestPayload,
        sourcesDigest: [UInt8] = []
    ) {
        self.key = key
        self.generation = generation
        self.identity = identity
        self.payload = payload
        self.sourcesDigest = sourcesDigest
    }
}
