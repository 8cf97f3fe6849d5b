public import Metainfo
public import Reconciliation

/// How a pass reaches the world: seven doors, each with one real implementation and one in the tests' world.
/// Nothing else in the daemon touches a clock, a file, a socket or chance.
public struct Doors {
    public let clock: any ClockDoor
    public let spool: any SpoolDoor
    /// By client name.
    public let servers: [String: any ServerDoor]
    public let sources: any SourceDoor
    public let store: any StoreDoor
    public let publication: any PublicationDoor
    public let disk: any DiskDoor
    /// Seeds the jitter of delays.
    public var random: any RandomNumberGenerator

    public init(
        clock: any ClockDoor, spool: any SpoolDoor, servers: [String: any ServerDoor],
        sources: any SourceDoor = NoSources(), store: any StoreDoor, publication: any PublicationDoor,
        disk: any DiskDoor = NoDisk(),
        random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.clock = clock
        self.spool = spool
        self.servers = servers
        self.sources = sources
        self.store = store
        self.publication = publication
        self.disk = disk
        self.random = random
    }
}

/// The time, and waiting for it.
public protocol ClockDoor: Sendable {
    func now() -> Timestamp
    /// Returns early, without error, when the task is cancelled.
    func sleep(milliseconds: Int64) async
}

/// The request files and the orders.
public protocol SpoolDoor: AnyObject {
    /// The spool's identity as the store knows it: any other spool is unavailable. Empty: not known yet.
    var expectedIdentity: String? { get set }
    /// Reads what changed since the last reading; the first one carries everything.
    ///
    /// - Parameters:
    ///   - scope: The whole tree, or the paths that events named.
    ///   - isKnown: Whether the store already holds this content of a request: its payload is not needed.
    func read(
        _ scope: SpoolScope, now: WallTime, isKnown: (SubjectKey, RequestVersion, TorrentIdentity) -> Bool
    ) -> SpoolDelta
    func orders() -> [Order]
    /// Called when the pass that obeyed the orders is durable.
    func finish(_ orders: [Order])
}

/// How much of the spool a reading covers.
public enum SpoolScope: Equatable, Sendable {
    case everything
    /// Paths below `requests/`, as events named them.
    case paths(Set<String>)
    /// Nothing changed by all that is known.
    case nothing
}

/// What a reading of the spool found to be new.
public struct SpoolDelta: Sendable {
    public var availability: DesiredState.Availability = .complete
    /// The identity that was read, where one was.
    public var identity: String?
    /// A request that is new or says something else than before.
    public struct Arrival: Sendable {
        public let request: Request
        /// Only where the store does not hold it yet.
        public let payload: RequestPayload?
        /// Its sources, where there is a choice or something to fetch.
        public let candidates: [SourceCandidate]

        public init(
            request: Request, payload: RequestPayload?, candidates: [SourceCandidate] = []
        ) {
            self.request = request
            self.payload = payload
            self.candidates = candidates
        }

        /// The payload with what is sent for the source in use.
        func payload(for request: Request) -> RequestPayload? {
            guard !candidates.isEmpty else { return payload }
            var payload = payload
            payload?.source =
                candidates.lazy.compactMap(\.found).first { $0.identity == request.identity }?
                .payload
            return payload
        }
    }

    public var accepted: [Arrival] = []
    public var rejected: [(key: SubjectKey, rejection: Rejection)] = []
    public var gone: [SubjectKey] = []
    /// The present maps, whole.
    public var unreadable: [SubjectKey: String] = [:]
    public var heldFolders: [String: HeldFolder] = [:]
    public var problems: [SpoolProblem] = []
    /// When a file that is being written should be looked at again.
    public var lookAgainAt: WallTime?

    public init() {}
}

/// One qBittorrent.
public protocol ServerDoor: Sendable {
    /// All its torrents.
    ///
    /// - Parameter patienceMilliseconds: How long to wait for the answer; `nil`: until it comes.
    /// - Returns: `nil` when it did not come by then. The call goes on, and the next listing has its answer.
    func listing(patienceMilliseconds: Int64?) async -> Result<[Torrent], ClientTrouble>?
    /// These torrents, as far as it has them. Never called with an empty list.
    func look(at ids: [TorrentID]) async -> Result<[Torrent], ClientTrouble>
    /// One outcome for each action, in the same order.
    func perform(_ actions: [Action], payloads: [TorrentIdentity: SourcePayload]) async -> [Outcome]
    /// What the calls so far told about the server besides torrents.
    func impression() async -> ServerImpression
    /// A cheap call that keeps the session from being idle for too long; does nothing while it is fresh.
    func keepAlive() async
}

/// What calls tell about a server besides torrents.
public struct ServerImpression: Equatable, Sendable {
    public var facts: ServerFacts?
    /// It was started anew since the last full listing.
    public var hasRestarted: Bool
    public var readingCalls: Int
    public var changingCalls: Int
    /// How long the last full listing kept it busy, in milliseconds.
    public var listingMilliseconds: Int64
    /// The same of the last look at single torrents.
    public var lookMilliseconds: Int64

    public init(
        facts: ServerFacts? = nil, hasRestarted: Bool = false, readingCalls: Int = 0, changingCalls: Int = 0,
        listingMilliseconds: Int64 = 0, lookMilliseconds: Int64 = 0
    ) {
        self.facts = facts
        self.hasRestarted = hasRestarted
        self.readingCalls = readingCalls
        self.changingCalls = changingCalls
        self.listingMilliseconds = listingMilliseconds
        self.lookMilliseconds = lookMilliseconds
    }
}

/// The embedded memory.
public protocol StoreDoor: AnyObject {
    /// Of the spool that this store belongs to; `nil` for a store that belongs to none yet.
    func spoolIdentity() throws -> String?
    /// A person confirmed that this store now belongs to that spool.
    func adopt(spoolIdentity: String) throws
    func recall() throws -> Recalled
    /// Makes a batch durable, in one transaction. An empty batch makes no commit.
    func commit(_ batch: PassBatch) throws
    func payload(for identity: TorrentIdentity) throws -> SourcePayload?
    /// What a source of a request turned out to be when it was fetched, as long as that is kept.
    func resolution(of key: SubjectKey, at place: SourcePlace) throws -> FoundSource?
    func figures() throws -> Summary.StoreFigures
    /// Deletes log entries and snapshots of before `limit`, so that every instant from there on can still be
    /// rebuilt, and younger ones where there is no room. Bounded. `nil`: only where there is no room.
    func tidy(olderThan limit: WallTime?, now: WallTime) throws -> Tidying
    /// Durable commits since it was opened.
    var commits: Int { get }
}

extension StoreDoor {
    /// A store without a log that grows has nothing to tidy.
    public func tidy(olderThan limit: WallTime?, now: WallTime) throws -> Tidying { Tidying() }
}

/// What tidying the store did.
public struct Tidying: Equatable, Sendable {
    /// Log entries that were old enough to go.
    public var trimmed: Int
    /// Log entries that went before their time, for want of room.
    public var compacted: Int
    /// There are more to go.
    public var hasMore: Bool
    /// The share of the map that is used now.
    public var mapUsed: Double

    public init(trimmed: Int = 0, compacted: Int = 0, hasMore: Bool = false, mapUsed: Double = 0) {
        self.trimmed = trimmed
        self.compacted = compacted
        self.hasMore = hasMore
        self.mapUsed = mapUsed
    }
}

extension PublicationDoor {
    /// Whoever cannot tell has no news: the heartbeat makes good for it.
    public func isNews(_ summary: Summary) throws -> Bool { false }
}

/// Everything that a process starts from.
public struct Recalled: Sendable {
    public var memory: Memory
    public var lastPass: UInt64
    public var lastPassAt: Timestamp?
    /// Statuses that the last commit made due and that may not have reached their files.
    public var publishing: Set<SubjectKey>
    public var observed: [ObservedKey: Torrent]
    /// When the last snapshot was made.
    public var lastSnapshotAt: Timestamp?

    public init(
        memory: Memory = Memory(), lastPass: UInt64 = 0, lastPassAt: Timestamp? = nil,
        publishing: Set<SubjectKey> = [], observed: [ObservedKey: Torrent] = [:],
        lastSnapshotAt: Timestamp? = nil
    ) {
        self.lastSnapshotAt = lastSnapshotAt
        self.memory = memory
        self.lastPass = lastPass
        self.lastPassAt = lastPassAt
        self.publishing = publishing
        self.observed = observed
    }
}

/// Status files and the summary.
public protocol PublicationDoor: AnyObject {
    /// SHA-256 over the status without counters.
    func digest(of status: RequestStatus) -> [UInt8]
    /// Writes the file unless it already says the same. Returns whether it wrote.
    func publish(_ status: RequestStatus, at: WallTime) throws -> Bool
    /// When the file was written last; `nil` when there is none.
    func modifiedAt(_ key: SubjectKey) throws -> WallTime?
    func remove(_ name: RequestName) throws
    /// The names of all status files.
    func names() throws -> Set<RequestName>
    func publish(_ summary: Summary, at: WallTime) throws
    /// When the summary was written last; `nil` when there is none.
    func summaryModifiedAt() -> WallTime?
    /// Whether the summary that is there differs from this one in more than the last pass's figures.
    func isNews(_ summary: Summary) throws -> Bool
}
