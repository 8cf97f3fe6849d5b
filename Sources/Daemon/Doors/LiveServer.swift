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
    /// A listing that was given up waiting for.
    private var pending: Task<Result<[Torrent], ClientTrouble>, Never>?

    /// Where this machine has a directory of the server, where it has it.
    private let localPath: @Sendable (String) -> String?
    private let factsMilliseconds: Int64
    private let onAnswer: @Sendable () -> Void

    /// - Parameters:
    ///   - clock: Tells how old the facts are.
    ///   - isRoomWatched: Whether decisions depend on the free space, so that it must be fresh.
    ///   - localPath: Of a directory of the server. Old servers do not tell how much room they have.
    ///   - onAnswer: Called when a listing came for which nobody waited any more.
    public init(
        _ client: QBittorrent.Client, clock: any ClockDoor = SystemClock(), isRoomWatched: Bool = false,
        localPath: @escaping @Sendable (String) -> String? = { _ in nil },
        onAnswer: @escaping @Sendable () -> Void = {}
    ) {
        self.client = client
        self.clock = clock
        self.localPath = localPath
        self.onAnswer = onAnswer
        factsMilliseconds = isRoomWatched ? Self.roomMilliseconds : Self.factsMilliseconds
    }

    public func listing(
        patienceMilliseconds: Int64?
    ) async -> Result<[Torrent], ClientTrouble>? {
        let isNew = pending == nil
        let task = pending ?? Task { await self.list() }
        pending = task
        guard let patienceMilliseconds else {
            let result = await task.value
            pending = nil
            return result
        }
        guard let result = await Self.answer(of: task, within: patienceMilliseconds, clock) else {
            if isNew {
                Task { [onAnswer] in
                    _ = await task.value
                    onAnswer()
                }
            }
            return nil
        }
        pending = nil
        return result
    }

    /// Returns when no listing is under way.
    public func settled() async { _ = await pending?.value }

    private func list() async -> Result<[Torrent], ClientTrouble> {
        let result = await client.listing()
        if case .success = result { await refreshFacts() }
        return result
    }

    /// Whichever comes first: the answer, or the end of the patience.
    private static func answer<Value: Sendable>(
        of task: Task<Value, Never>, within milliseconds: Int64, _ clock: any ClockDoor
    ) async -> Value? {
        let (stream, continuation) = AsyncStream<Value>.makeStream()
        Task {
            continuation.yield(await task.value)
            continuation.finish()
        }
        let patience = Task {
            await clock.sleep(milliseconds: milliseconds)
            continuation.finish()
        }
        defer { patience.cancel() }
        for await value in stream { return value }
        return nil
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
