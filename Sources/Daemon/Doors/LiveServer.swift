public import Metainfo
public import QBittorrent
public import Reconciliation

/// A real qBittorrent behind its client.
public actor LiveServer: ServerDoor {
    /// How often the facts that change by themselves (free space) are asked for.
    private static let factsMilliseconds: Int64 = 300_000
    /// The same where new work waits for room.
    private static let roomMilliseconds: Int64 = 10_000

    private let client: QBittorrent.Client
    private let clock: any ClockDoor
    private var facts: ServerFacts?
    private var factsAt: Timestamp?

    /// Where this machine has a directory of the server, where it has it.
    private let localPath: @Sendable (String) -> String?
    private let factsMilliseconds: Int64

    /// - Parameters:
    ///   - clock: Tells how old the facts are.
    ///   - isRoomWatched: Whether decisions depend on the free space, so that it must be fresh.
    ///   - localPath: Of a directory of the server. Old servers do not tell how much room they have.
    public init(
        _ client: QBittorrent.Client, clock: any ClockDoor = SystemClock(), isRoomWatched: Bool = false,
        localPath: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.client = client
        self.clock = clock
        self.localPath = localPath
        factsMilliseconds = isRoomWatched ? Self.roomMilliseconds : Self.factsMilliseconds
    }

    public func listing() async -> Result<[Torrent], ClientTrouble> {
        let result = await client.listing()
        if case .success = result { await refreshFacts() }
        return result
    }

    private func refreshFacts() async {
        let now = clock.now()
        let isRestarted = await client.hasRestartedSinceLastListing
        let isStale = await client.needsFacts || isRestarted
        if let factsAt, !isStale, let age = now.milliseconds(since: factsAt), age < factsMilliseconds {
            return
        }
        guard case .success(var facts) = await client.facts() else { return }
        if facts.freeSpace == nil, let path = facts.savePath.flatMap(localPath) {
            facts.freeSpace = FreeSpace.at(path)
        }
        self.facts = facts
        factsAt = now
    }

    public func look(at ids: [TorrentID]) async -> Result<[Torrent], ClientTrouble> {
        await client.look(at: ids)
    }

    public func perform(
        _ actions: [Action], payloads: [TorrentIdentity: SourcePayload]
    ) async -> [Outcome] {
        await client.perform(actions) { payloads[$0] }
    }

    public func impression() async -> ServerImpression {
        let calls = await client.callsMade
        return ServerImpression(
            facts: facts, hasRestarted: await client.hasRestartedSinceLastListing,
            readingCalls: calls.reading, changingCalls: calls.changing,
            listingMilliseconds: await client.lastListingCost?.wholeMilliseconds ?? 0,
            lookMilliseconds: await client.lastLookCost?.wholeMilliseconds ?? 0)
    }

    public func keepAlive() async { _ = await client.keepAlive() }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
