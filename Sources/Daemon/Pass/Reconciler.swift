import Dispatch
import Logging
import Metainfo
public import Reconciliation

/// One pass after another: read, observe, recall, plan, permit, intend, apply, record, publish.
///
/// Every step may be cut off by a crash. Nothing is lost: intents are durable before the first call, a
/// torrent is added together with our tag, and statuses never run ahead of the store. The pictures are kept
/// between passes, so that a pass judges what changed and not what exists.
///
/// *Limits*: it is one actor on a queue of its own, because the store and the files block; passes never
/// overlap.
public actor Reconciler {
    private let executor = BlockingExecutor(label: "qspool.reconciler")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let stopFlag = StopFlag()
    let clock: any ClockDoor
    let sources: any SourceDoor
    let spool: any SpoolDoor
    let store: any StoreDoor
    let publication: any PublicationDoor
    let disk: any DiskDoor
    var random: AnyGenerator
    let rules: Rules
    let settings: PassSettings
    let log = Logger(label: "qspool.pass")

    // The pictures, kept current by what each pass reads anew.
    var desired = DesiredState()
    var memory: Memory
    var observed = ObservedState()
    /// Last observed as the store has it.
    var recorded: [ObservedKey: Torrent]
    /// What new requests bring, until it is durable.
    var payloads: [SubjectKey: RequestPayload] = [:]
    /// What requests have to choose from, where there is a choice or something to fetch.
    var candidates: [SubjectKey: [SourceCandidate]] = [:]
    /// What was found and is not durable yet.
    var fetched: [TorrentIdentity: SourcePayload] = [:]
    /// Answers that the store had, for the next pass.
    var recalledFindings: [SourceFinding] = []
    /// Subjects whose source is being fetched.
    var questing: Set<SubjectKey> = []
    var number: UInt64
    var publishingBook: PublishingBook
    /// Names whose status files are to go.
    var obsolete: Set<RequestName> = []
    /// Subjects whose last verdict was not `settled`: judged in every pass.
    var unsettled: Set<SubjectKey> = []
    /// Subjects whose torrent is not yet seen by two listings a minute apart: judged at every listing.
    var unconfirmed: Set<SubjectKey> = []
    var isFirstPass = true
    /// Status files that nobody has were taken away.
    var hasSwept = false
    /// The servers, by client name.
    var clients: [String: ClientWatch]
    /// What the summary said last about who can be reached.
    var summaryReachable: [String: Bool]?
    /// When the last snapshot was made, and what keeps the store small.
    var lastSnapshotAt: Timestamp?
    var upkeep = Upkeep()

    /// - Parameter doors: Used by this actor alone from here on.
    /// - Throws: What the store throws when it cannot be read.
    public init(doors: sending Doors, rules: Rules, settings: PassSettings) throws {
        clock = doors.clock
        sources = doors.sources
        spool = doors.spool
        store = doors.store
        publication = doors.publication
        disk = doors.disk
        random = AnyGenerator(doors.random)
        self.rules = rules
        self.settings = settings
        let recalled = try doors.store.recall()
        memory = recalled.memory
        recorded = recalled.observed
        lastSnapshotAt = recalled.lastSnapshotAt
        number = recalled.lastPass
        publishingBook = PublishingBook(recalled, now: doors.clock.now())
        clients = Dictionary(
            uniqueKeysWithValues: doors.servers.map { name, server in
                (
                    name,
                    ClientWatch(
                        name: name, server: server, intervalMilliseconds: settings.intervalMilliseconds)
                )
            })
        doors.spool.expectedIdentity = try doors.store.spoolIdentity()
    }

    /// - Throws: Only what ends the pass: the store failing, or no status can be written. An unreachable
    ///   server or spool is an unknown picture; a refused torrent is an outcome.
    public func pass(_ scope: PassScope) async throws -> PassReport {
        var work = PassWork(number: number + 1, at: clock.now(), commits: store.commits)
        let before = await callsMade()
        try read(scope, &work)
        await takeFindings(&work)
        await observe(scope, &work)
        let plan = surveyed(try await consider(&work))
        try intend(plan, &work)
        await apply(&work)
        try record(&work)
        try await seek(&work)
        finishOrders()
        publish(&work)
        try keepHouse(work)
        return try await report(work, since: before)
    }

    /// Plans, and looks again at whatever the plan needs to have seen whole: all torrents where only a full
    /// listing can tell, and the whole spool where something would go because its request is gone.
    private func consider(_ work: inout PassWork) async throws -> Plan {
        var plan = decide(work)
        var listed: Set<String> = []
        // What one listing shows may call for another server's.
        while case let wanted = plan.needsFullListing.intersection(clients.keys).subtracting(listed),
            !wanted.isEmpty
        {
            listed.formUnion(wanted)
            await list(wanted, &work)
            if work.selection != .all { work.selection = .only(work.touched) }
            plan = decide(work)
        }
        if plan.takesAway, !work.hasReadAll {
            try readAll(&work)
            if work.selection != .all { work.selection = .only(work.touched) }
            plan = decide(work)
        }
        if plan.adds, try store.figures().mapUsed >= Self.fullestMap {
            plan = Policy.takeNoNewWork(
                plan, desired: desired, observed: observed, memory: memory, rules: rules, now: work.at)
        }
        return plan
    }

    /// The share of the store's map from which on no new work is taken: the rest is for what is there
    /// already.
    private static let fullestMap = 0.9

    /// Asks a running pass to make no further calls; what was called is still recorded and published.
    public nonisolated func stopSoon() { stopFlag.raise() }

    /// Keeps the servers' sessions alive; a call only when one is about to grow old.
    public func keepAlive() async {
        let reachable = clients.values.filter { $0.trouble == nil }
        guard clients.count > 1 else {
            for watch in reachable { await watch.server.keepAlive() }
            return
        }
        // One that does not answer keeps no other waiting.
        for watch in reachable { Task { [server = watch.server] in await server.keepAlive() } }
    }

    /// Calls to all servers so far.
    func callsMade() async -> (reading: Int, changing: Int) {
        var sum = (reading: 0, changing: 0)
        for watch in clients.values {
            let impression = await watch.server.impression()
            sum.reading += impression.readingCalls
            sum.changing += impression.changingCalls
        }
        return sum
    }

    /// Plans without touching anything: for `qspool plan`.
    public func rehearse() async throws -> PassReport {
        var work = PassWork(number: number + 1, at: clock.now(), commits: store.commits)
        work.isRehearsal = true
        try read(.everything, &work)
        await list(Set(clients.keys), &work)
        work.selection = .all
        work.plan = decide(work)
        var report = PassReport()
        report.plan = work.plan
        report.troubles = troubles
        report.serverCount = clients.count
        // Raised or lifted here, in memory alone.
        settleHolds(work.plan, &work)
        report.holds = activeHolds
        report.phases = census(of: work.plan)
        return report
    }

    private func decide(_ work: PassWork) -> Plan {
        lookAtRoots()
        let plan = Planner.plan(
            desired: desired, observed: observed, memory: memory, rules: rules, now: work.at,
            selection: work.selection)
        return Policy.permit(
            plan, desired: desired, observed: observed, memory: memory, rules: rules, now: work.at)
    }

    /// What is wrong with the servers, by client.
    var troubles: [String: ClientTrouble] { clients.compactMapValues(\.trouble) }

    private func census(of plan: Plan) -> [Phase: Int] {
        plan.judgements.values.reduce(into: [:]) { counts, judgement in
            if let phase = judgement.standing?.phase { counts[phase, default: 0] += 1 }
        }
    }

    private func report(
        _ work: PassWork, since before: (reading: Int, changing: Int)
    ) async throws -> PassReport {
        let after = await callsMade()
        var report = PassReport()
        report.number = work.number
        report.plan = work.plan
        report.outcomes = work.outcomes
        report.troubles = troubles
        report.serverCount = clients.count
        report.awaited = Set(clients.values.filter(\.isAwaited).map(\.name))
        report.holds = activeHolds
        report.phases = publishingBook.census
        report.invalidDefaults = desired.heldFolders.compactMapValues(\.problem)
        report.fetching = await sources.underWay() + recalledFindings.count
        report.unwritten = publishingBook.unwritten.count + obsolete.count
        report.lookAgainAt = work.lookAgainAt
        report.wantsAnotherPass = work.wantsAnotherPass
        report.nextDue = work.finalPlan.nextDue
        report.verificationDue = work.finalPlan.verificationDue
        report.nextListing = clients.values.map { $0.nextListing(now: work.at) }.earliest
        report.nextLook =
            clients.values.map {
                $0.nextLook(now: work.at, isMoving: isMoving($0))
            }.earliest
        if report.isOutOfReach { report.retryServerAt = clients.values.compactMap(\.backoff.until).earliest }
        report.figures = Summary.LastPass(
            at: work.at.wall,
            duration: Double(clock.now().milliseconds(since: work.at) ?? 0) / 1000,
            calls: after.reading + after.changing - before.reading - before.changing,
            actions: after.changing - before.changing, commits: store.commits - work.commitsBefore,
            filesWritten: work.filesWritten)
        isFirstPass = false
        try publishSummary(&report, changed: !report.isQuiet || work.holdsChanged)
        return report
    }
}

/// Runs an actor's jobs on one private queue, so that its blocking calls stall that queue and not the
/// cooperative thread pool every other task shares.
final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// A generator of any kind behind one type.
struct AnyGenerator: RandomNumberGenerator {
    private var generator: any RandomNumberGenerator

    init(_ generator: any RandomNumberGenerator) { self.generator = generator }

    mutating func next() -> UInt64 { generator.next() }
}
