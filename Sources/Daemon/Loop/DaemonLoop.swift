import Logging
import Reconciliation

/// What the world tells the daemon.
public enum LoopEvent: Sendable {
    /// These paths below `requests/` changed; `nil`: anything may have.
    case spool(Set<String>?)
    case orders
    /// A source was fetched, or could not be.
    case sources
    /// A timer ran out.
    case wake
    case stop
    case reload
    /// The pass that ran has ended.
    case passEnded(Result<PassReport, any Error>)
}

/// The daemon: passes one after another, each when it is due, until it is told to stop.
///
/// Events only tell the scheduler to look again; the pass reads the world for itself.
public struct DaemonLoop {
    /// Why the loop ended.
    public enum End: Sendable {
        case stopped, reload
    }

    /// How long a running pass may go on after a stop before its call is cut off; the supervisor waits
    /// longer.
    private static let patienceMilliseconds: Int64 = 3_000

    private let reconciler: Reconciler
    private let clock: any ClockDoor
    private let readiness: Readiness
    private let events: AsyncStream<LoopEvent>
    private let post: AsyncStream<LoopEvent>.Continuation
    private let isIntact: () -> Bool
    private let log = Logger(label: "qspool.loop")
    private var scheduler: PassScheduler

    /// - Parameter isIntact: Whether the instance lock still holds; asked before each pass.
    public init(
        reconciler: Reconciler, clock: any ClockDoor, readiness: Readiness,
        channel: (stream: AsyncStream<LoopEvent>, continuation: AsyncStream<LoopEvent>.Continuation),
        intervalMilliseconds: Int64, fullScanMilliseconds: Int64,
        isIntact: @escaping () -> Bool
    ) {
        self.reconciler = reconciler
        self.clock = clock
        self.readiness = readiness
        events = channel.stream
        post = channel.continuation
        self.isIntact = isIntact
        scheduler = PassScheduler(
            intervalMilliseconds: intervalMilliseconds, fullScanMilliseconds: fullScanMilliseconds)
    }

    /// - Throws: What ends the daemon: the store failing, no status can be written, the lock lost.
    public mutating func run() async throws -> End {
        var iterator = events.makeAsyncIterator()
        var running: Task<Void, Never>?
        var end: End?
        while true {
            if running == nil {
                if let end { return end }
                running = try startPass()
            }
            let timer = startTimer(isRunning: running != nil)
            defer { timer?.cancel() }
            guard let event = await iterator.next() else { return end ?? .stopped }
            let now = clock.now()
            switch event {
            case .spool(let paths): scheduler.spoolChanged(paths, at: now)
            case .orders: scheduler.ordersChanged(at: now)
            case .sources: scheduler.sourceAnswered(at: now)
            case .wake: break
            case .stop, .reload:
                if case .stop = event {
                    end = .stopped
                    readiness.stopping()
                } else {
                    end = end ?? .reload
                }
                if let running { cutOff(running) }
            case .passEnded(let result):
                running = nil
                finish(try result.get())
            }
        }
    }

    private mutating func startPass() throws -> Task<Void, Never>? {
        guard let scope = scheduler.begin(at: clock.now()) else { return nil }
        guard isIntact() else {
            throw Failure(.busy, "the lock file was replaced: another qspool may work on this root")
        }
        return Task { [reconciler, post] in
            do {
                await reconciler.keepAlive()
                post.yield(.passEnded(.success(try await reconciler.pass(scope))))
            } catch {
                post.yield(.passEnded(.failure(error)))
            }
        }
    }

    private func startTimer(isRunning: Bool) -> Task<Void, Never>? {
        guard !isRunning else { return nil }
        let now = clock.now()
        let pause = scheduler.wake(from: now).milliseconds(since: now) ?? 0
        return Task { [clock, post] in
            await clock.sleep(milliseconds: max(pause, 0))
            if !Task.isCancelled { post.yield(.wake) }
        }
    }

    /// A pass stops between two calls; one that hangs in a call is cut off, and the next start settles by
    /// looking what became of it.
    private func cutOff(_ pass: Task<Void, Never>) {
        reconciler.stopSoon()
        Task { [clock] in
            await clock.sleep(milliseconds: Self.patienceMilliseconds)
            pass.cancel()
        }
    }

    private mutating func finish(_ report: PassReport) {
        scheduler.ended(report, at: clock.now())
        readiness.alive()
        tell(report)
    }

    private func tell(_ report: PassReport) {
        let requests = report.phases.filter { $0.key != .removed }.values.reduce(0, +)
        readiness.ready()
        readiness.status("\(requests) requests, \(report.holds.count) holds, pass \(report.number)")
        let facts: Logger.Metadata = [
            "pass": "\(report.number)", "actions": "\(report.figures.actions)",
            "commits": "\(report.figures.commits)", "files": "\(report.figures.filesWritten)",
            "seconds": "\(report.figures.duration)",
        ]
        if report.figures.actions > 0 {
            log.info("pass", metadata: facts)
        } else {
            log.debug("pass", metadata: facts)
        }
    }
}
