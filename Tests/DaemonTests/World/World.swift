import Daemon
import Metainfo
import Reconciliation
import TestSupport
import Testing

/// A spool, a qBittorrent, a store and a clock in memory, around the real reconciler. Its verbs are the words
/// of the word table; what must hold always is checked after every pass.
///
/// Torrents have short labels, `aa`; a request of that name asks for that torrent unless it says otherwise.
final class World {
    let clock: ManualClock
    let spool = MemorySpool()
    let server: FakeServer
    /// Further servers, by client name.
    let others: [String: FakeServer]
    let sources: MemorySources
    let store: MemoryStore
    let publication = MemoryPublication()
    private(set) var report = PassReport()
    private let rules: Rules
    private var settings = PassSettings(version: "test")
    private var seed: UInt64
    private var reconciler: Reconciler?
    private var previous: [RequestName: RequestStatus] = [:]

    init(_ rules: Rules = Rules(), seed: UInt64 = 1, isStoreLost: Bool = false, others: [String] = []) {
        self.rules = rules
        self.seed = seed
        clock = ManualClock()
        let clock = clock
        server = FakeServer(clock: clock)
        self.others = Dictionary(uniqueKeysWithValues: others.map { ($0, FakeServer(clock: clock)) })
        sources = MemorySources(clock: clock)
        store = MemoryStore(identity: isStoreLost ? nil : "spool-1")
    }

    /// All servers, by client name.
    var servers: [String: FakeServer] { others.merging(["default": server]) { $1 } }

    // MARK: Producers

    func drop(
        _ name: String, torrent: String? = nil, _ wishes: [Field: FieldValue] = [:],
        onDelete: OnDelete = .remove, isSuspended: Bool = false, isFile: Bool = false
    ) {
        let label = torrent ?? String(name.split(separator: "/").last ?? "")
        var wish = MemorySpool.Wish(
            identity: Self.identity(label), wishes: wishes, onDelete: onDelete, isSuspended: isSuspended)
        wish.isFile = isFile
        spool.write(name, wish)
    }

    func drop(_ names: [String], _ wishes: [Field: FieldValue] = [:]) {
        for name in names { drop(name, wishes) }
    }

    func withdraw(_ names: String...) { withdraw(names) }

    func withdraw(_ names: [String]) { for name in names { spool.delete(name) } }

    /// The file is there and cannot be read.
    func damage(_ name: String) { spool.makeUnreadable(name, because: "it is being written") }

    func reject(_ name: String) {
        spool.writeBad(name, Problem(code: "bad-json", message: "it is no JSON", line: 1, column: 2))
    }

    // MARK: Time and processes

    func wait(_ duration: Duration) {
        clock.advance(
            milliseconds: duration.components.seconds * 1_000 + duration.components.attoseconds
                / 1_000_000_000_000_000)
    }

    /// Another process begins, on what the store holds.
    func restart() {
        reconciler = nil
        spool.restart()
        sources.restart()
        seed += 1
    }

    /// The store is lost, and a new process begins on an empty one.
    func loseStore() {
        store.lose()
        previous = [:]
        restart()
    }

    /// - Parameter scope: A one-shot's by default; a daemon looks at less.
    @discardableResult
    func pass(
        _ scope: PassScope = .everything, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> PassReport {
        let reconciler = try process()
        do {
            report = try await reconciler.pass(scope)
        } catch {
            restart()
            previous = said()
            throw error
        }
        for complaint in complaints() {
            Issue.record(Comment(rawValue: complaint), sourceLocation: sourceLocation)
        }
        return report
    }

    /// A small pass of a daemon: the files that changed, and the torrents that concern it.
    func glance(_ changed: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let spool: SpoolScope = changed.isEmpty ? .nothing : .paths(Set(changed))
        try await pass(
            PassScope(spool: spool, observation: .selected(moving: true)), sourceLocation: sourceLocation)
    }

    /// A pass whose error the daemon outlives: the process goes on with what it knows.
    func daemonPass() async throws { report = try await process().pass(.everything) }

    /// A daemon's look at all torrents, with nothing new in the spool.
    func lookAtAll(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await pass(PassScope(spool: .nothing, observation: .full), sourceLocation: sourceLocation)
    }

    /// A pass in which the process dies where the store was told.
    func pass(dying fault: MemoryStore.Fault) async {
        store.fault = fault
        await #expect(throws: MemoryStore.Death.self) { try await self.pass() }
    }

    /// What `qspool plan` says, in a process of its own.
    func rehearse() async throws -> PassReport {
        restart()
        let report = try await process().rehearse()
        restart()
        return report
    }

    /// Passes until nothing is left to do now, as `once --until-settled` does.
    func settle(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for _ in 1...20 {
            try await pass(sourceLocation: sourceLocation)
            if let due = report.verificationDue, let left = due.milliseconds(since: clock.now()), left > 0 {
                clock.advance(milliseconds: left)
            } else if !report.wantsAnotherPass, report.verificationDue == nil {
                return
            }
        }
        Issue.record("does not settle in 20 passes", sourceLocation: sourceLocation)
    }

    /// Settled, and seen by two complete looks a minute apart: from here on a loss is a person's doing.
    func confirm(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await settle(sourceLocation: sourceLocation)
        try await settle(sourceLocation: sourceLocation)
        wait(.seconds(61))
        try await settle(sourceLocation: sourceLocation)
    }

    private func process() throws -> Reconciler {
        if let reconciler { return reconciler }
        let servers: [String: any ServerDoor] = others.merging(["default": server]) { $1 }
        let doors = Doors(
            clock: clock, spool: spool, servers: servers, sources: sources, store: store,
            publication: publication, disk: server.disk,
            random: SplitMix64(seed: seed))
        let new = try Reconciler(doors: doors, rules: rules, settings: settings)
        reconciler = new
        return new
    }

    // MARK: What must hold after every pass

    /// What the status files say. A crash may have kept the latest from them: the conditions of such a file
    /// are not what the next one goes on from.
    private func said() -> [RequestName: RequestStatus] {
        // Files of what the store no longer knows are about to go, and their names begin anew.
        publication.statuses.filter { store.subject($0.key.text) != nil }.mapValues { status in
            let truths = store.subject(status.key.name.text)?.published?.conditions ?? [:]
            var copy = status
            copy.conditions.removeAll { truths[$0.kind] != .init(isTrue: $0.isTrue, since: $0.since) }
            return copy
        }
    }

    private func complaints() -> [String] {
        var complaints = server.complaints + others.values.flatMap(\.complaints)
        for (name, status) in publication.statuses {
            complaints += StatusLinter.complaints(status, previous: previous[name])
            guard let subject = store.subject(name.text) else {
                // A crash before the sweep leaves files of what is forgotten, until the spool is known again.
                if !spool.isMounted { continue }
                complaints.append("\(name): a status of what the store does not know")
                continue
            }
            if status.generation > subject.acceptance?.generation ?? 0 {
                complaints.append("\(name): the status is of a generation that the store does not have")
            }
            // What a crash kept from its file is said when something can be said about it again.
            let isSaid = report.trouble == nil && report.plan.judgements[status.key]?.standing != nil
            // Where a further pass is due, what the look after acting left open is said by that one.
            let isOpen =
                report.wantsAnotherPass && report.outcomes.contains { $0.action.subject == status.key }
            if isSaid, !isOpen, subject.published?.phase != status.phase {
                complaints.append("\(name): the status says another phase than the store")
            }
        }
        previous = said()
        if report.figures.commits > 2 { complaints.append("\(report.figures.commits) commits in a pass") }
        return complaints
    }
}
