import Glibc
import TestSupport

/// What happens to the daemon, its server and its spool in a soak.
enum SoakFault: String, CaseIterable, Sendable {
    case nothing
    case daemonKilled = "daemon killed"
    case daemonTerminated = "daemon terminated"
    case daemonStopped = "daemon stopped for a while"
    case serverStopped = "server stopped for a while"
    case serverKilled = "server killed"
    case serverRestarted = "server restarted"
    case secondInstance = "second instance"
    case spoolEmptied = "spool emptied for a while"
    case spoolAway = "spool away for a while"
    case badInput = "bad input"
    case personChanges = "person changes a category"
    case personDeletes = "person deletes a torrent"

    static func drawn(using dice: inout SplitMix64) -> SoakFault {
        allCases.randomElement(using: &dice) ?? .nothing
    }
}

extension Soak {
    mutating func commit(_ fault: SoakFault) async throws {
        report.faults[fault, default: 0] += 1
        switch fault {
        case .nothing: try await pause(200...2_000)
        case .daemonKilled: try await killDaemon()
        case .daemonTerminated: try await terminateDaemon()
        case .daemonStopped: try await stop(daemon.pid, for: 500...4_000)
        case .serverStopped: try await stop(bench.server.pid(), for: 500...8_000)
        case .serverKilled:
            try await bench.server.kill()
            try await pause(0...3_000)
            try await bench.server.restart()
            world.expectAddedAnew()
        case .serverRestarted: try await bench.server.restart()
        case .secondInstance: try await startSecond()
        case .spoolEmptied: try await emptySpool()
        case .spoolAway: try await moveSpool()
        case .badInput: try await dropBadInput()
        case .personChanges:
            guard let sample = world.anyTorrent(using: &dice) else { return }
            try await bench.eye.change(
                "torrents/setCategory", [("hashes", sample.hash), ("category", "")])
        case .personDeletes:
            guard let sample = world.anyTorrent(using: &dice) else { return }
            try await bench.eye.delete([sample.hash])
            world.expectAddedAnew()
        }
    }

    private mutating func pause(_ milliseconds: ClosedRange<Int>) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: milliseconds, using: &dice)))
    }

    private mutating func stop(_ pid: pid_t, for milliseconds: ClosedRange<Int>) async throws {
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        try await pause(milliseconds)
    }

    private mutating func killDaemon() async throws {
        try await pause(0...1_000)
        daemon.signal(SIGKILL)
        let end = daemon.finish(within: .seconds(20))
        if end.status != 128 + SIGKILL {
            note(.exit, "the daemon had ended with \(end.status): \(end.errors)")
        }
        keepOutput(end)
        try await startDaemon()
    }

    private mutating func terminateDaemon() async throws {
        try await pause(0...1_000)
        let asked = ContinuousClock.now
        daemon.signal(SIGTERM)
        let end = daemon.finish(within: .seconds(40))
        let took = ContinuousClock.now - asked
        if end.status != 0 || took > .seconds(10) {
            note(.exit, "asked to leave: exit \(end.status) after \(took): \(end.errors.suffix(400))")
        }
        keepOutput(end)
        try await startDaemon()
    }

    private mutating func startSecond() async throws {
        let asked = ContinuousClock.now
        let done = try await bench.root.qspool("once")
        if done.status != 75 { note(.oneWriter, "a second one: exit \(done.status): \(done.errors)") }
        if ContinuousClock.now - asked > .seconds(5) { note(.oneWriter, "a second one took its time") }
    }

    /// All request files go at once: over the budget, so nothing is removed. Fewer might be meant.
    private mutating func emptySpool() async throws {
        guard world.count > 6 else { return }
        let before = try await ours()
        let files = try Files.names(bench.root.path + "/requests").filter { !$0.hasPrefix(".") }
        let aside = bench.root.beside("aside")
        try Files.makeFolder(aside)
        for file in files { try Files.move(bench.root.request(file), to: aside + "/" + file) }
        try await pause(1_000...4_000)
        try await expectNothingGone(since: before, "the spool was emptied")
        for file in files { try Files.move(aside + "/" + file, to: bench.root.request(file)) }
    }

    private mutating func moveSpool() async throws {
        let before = try await ours()
        let spool = bench.root.path + "/requests"
        try Files.move(spool, to: bench.root.beside("away"))
        let isReplaced = Bool.random(using: &dice)
        if isReplaced { try Files.makeFolder(spool) }
        try await pause(1_000...4_000)
        try await expectNothingGone(since: before, "the spool was away")
        if isReplaced { try Files.move(spool, to: bench.root.beside("empty-\(report.rounds)")) }
        try Files.move(bench.root.beside("away"), to: spool)
    }

    /// What was withdrawn before may still go; it is not in the list.
    private func ours() async throws -> Set<String> {
        let wanted = world.wanted
        return Set(try await bench.eye.torrents().map(\.hash).filter(wanted.contains))
    }

    private mutating func expectNothingGone(since before: Set<String>, _ what: String) async throws {
        let gone = before.subtracting(try await bench.eye.torrents().map(\.hash))
        if !gone.isEmpty { note(.absence, "\(what): \(gone.count) torrents are gone") }
    }

    private mutating func dropBadInput() async throws {
        let inputs = [
            "{\"source\": ", "{\"source\": \"magnet:?xt=urn:btih:all\"}", "[]", "{\"sorce\": \"x\"}",
            "{\"source\": \"file:///etc/passwd\"}", "\u{0}", "{\"a\": {\"a\": 1, \"a\": 2}}",
        ]
        guard let input = inputs.randomElement(using: &dice) else { return }
        try bench.root.drop("bad.json", input)
        let isNamed = try await comesTrue(within: .seconds(60)) { try bench.root.phase("bad") == "rejected" }
        if !isNamed { note(.badInput, "\(input): \(try bench.root.status("bad"))") }
        if try Files.read(bench.root.request("bad.json")) != Array(input.utf8) {
            note(.badInput, "\(input) was changed")
        }
        try bench.root.withdraw("bad.json")
    }
}
