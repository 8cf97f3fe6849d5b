public import Reconciliation

/// Fetches sources, each in a task of its own; who waits for whom is decided by what fetches them.
public actor LiveSources: SourceDoor {
    /// How a candidate is fetched.
    public typealias Fetch = @Sendable (SourceCandidate) async -> Result<FoundSource, SourceFailure>

    private struct Errand {
        let quest: SourceQuest
        let task: Task<Void, Never>
    }

    private let fetch: Fetch
    private let clock: any ClockDoor
    private let onFinding: @Sendable () -> Void
    private var errands: [SubjectKey: Errand] = [:]
    private var answers: [SourceFinding] = []
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// - Parameter onFinding: Called whenever an answer came: it is time for a pass.
    public init(clock: any ClockDoor, onFinding: @escaping @Sendable () -> Void, fetch: @escaping Fetch) {
        self.clock = clock
        self.onFinding = onFinding
        self.fetch = fetch
    }

    deinit { for errand in errands.values { errand.task.cancel() } }

    public func want(_ quests: [SourceQuest]) {
        for quest in quests {
            if let running = errands[quest.key] {
                if running.quest == quest { continue }
                running.task.cancel()
            }
            errands[quest.key] = Errand(
                quest: quest,
                task: Task { [fetch, weak self] in
                    let result = await fetch(quest.candidate)
                    await self?.answered(quest, result)
                })
        }
    }

    public func forget(_ keys: [SubjectKey]) {
        for key in keys { errands.removeValue(forKey: key)?.task.cancel() }
        wake()
    }

    public func findings() -> [SourceFinding] {
        defer { answers = [] }
        return answers
    }

    public func underWay() -> Int { errands.count + answers.count }

    public func wait(atMostMilliseconds: Int64) async {
        guard answers.isEmpty, !errands.isEmpty else { return }
        let timer = Task { [clock, weak self] in
            await clock.sleep(milliseconds: atMostMilliseconds)
            await self?.wake()
        }
        await withCheckedContinuation { waiters.append($0) }
        timer.cancel()
    }

    private func answered(_ quest: SourceQuest, _ result: Result<FoundSource, SourceFailure>) {
        // One that was replaced or forgotten meanwhile has nothing to say any more.
        guard errands[quest.key]?.quest == quest else { return }
        errands[quest.key] = nil
        answers.append(SourceFinding(quest, result: result, at: clock.now()))
        wake()
        onFinding()
    }

    private func wake() {
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
