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
    private var pending: Pending?
    /// How often something was called that changes the server.
    private var changes = 0

    /// Where this machine has a directory of the server, where it has it.
    private let localPath: @Sendable (String) -> String?
    private let look: DataLook
    private let factsMilliseconds: Int64
    private let onAnswer: @Sendable () -> Void

    /// - Parameters:
    ///   - clock: Tells how old the facts are.
    ///   - isRoomWatched: Whether decisions depend on the free space, so that it must be fresh.
    ///   - localPath: Of a directory of the server. Old servers do not tell how much room they have.
    ///   - look: For files of a torrent that is to go with its data.
    ///   - onAnswer: Called when a listing came for which nobody waited any more.
    public init(
        _ client: QBittorrent.Client, clock: any ClockDoor = SystemClock(), isRoomWatched: Bool = false,
        localPath: @escaping @Sendable (String) -> String? = { _ in nil },
        look: @escaping DataLook = { _, _ in nil },
        onAnswer: @escaping @Sendable () -> Void = {}
    ) {
        self.look = look
        self.client = client
        self.clock = clock
        self.localPath = localPath
        self.onAnswer = onAnswer
        factsMilliseconds = isRoomWatched ? Self.roomMilliseconds : Self.factsMilliseconds
    }

    /// A listing under way, and how much we had called before it was asked for.
    private struct Pending {
        let task: Task<Answered, Never>
        let changes: Int
    }

    private struct Answered: Sendable {
        let result: Result<[Torrent], ClientTrouble>
        let at: Timestamp
    }

    /// What was answered longer ago than this is not how things are now.
    private static let freshMilliseconds: Int64 = 5_000

    public func listing(
        patienceMilliseconds: Int64?
    ) async -> Result<[Torrent], ClientTrouble>? {
        // What was asked for before a call of ours does not show its effect.
        if let pending, pending.changes != changes { self.pending = nil }
        while true {
            let isNew = pending == nil
            let current = pending ?? Pending(task: Task { await self.list() }, changes: changes)
            pending = current
            guard let answer = await answer(of: current.task, within: patienceMilliseconds) else {
                if isNew { tell(when: current.task) }
                return nil
            }
            pending = nil
            let age = clock.now().milliseconds(since: answer.at) ?? 0
            if isNew || age < Self.freshMilliseconds { return answer.result }
        }
    }

    private func tell(when task: Task<Answered, Never>) {
        Task { [onAnswer] in
            _ = await task.value
            onAnswer()
        }
    }

    /// Returns when no listing is under way.
    public func settled() async { _ = await pending?.task.value }

    private func list() async -> Answered {
        let result = await client.listing()
        if case .success = result { await refreshFacts() }
        return Answered(result: result, at: clock.now())
    }

    /// Whichever comes first: the answer, or the end of the patience.
    private func answer(of task: Task<Answered, Never>, within milliseconds: Int64?) async -> Answered? {
        guard let milliseconds else { return await task.value }
        let (stream, continuation) = AsyncStream<Answered>.makeStream()
        Task {
            continuation.yield(await task.value)
            continuation.finish()
        }
        let patience = Task { [clock] in
            await clock.sleep(milliseconds: milliseconds)
            continuation.finish()
        }
        defer { patience.cancel() }
        for await answer in stream { return answer }
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
        changes += 1
        return await client.perform(actions, look: look) { payloads[$0] }
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
