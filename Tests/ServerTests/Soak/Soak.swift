import Glibc
import TestSupport

/// A daemon, its server and its spool under random work and faults. Between two storms all faults stop and
/// it has to converge.
struct Soak {
    let bench: Bench
    var world: StormWorld
    var dice: SplitMix64
    var report = SoakReport()
    private(set) var daemon: RunningCommand
    private let foreign: [String]

    /// Rounds of work and faults between two looks.
    private static let rounds = 6
    /// The longest backoff is a server's, 5 minutes; but a server that comes back is seen within a minute.
    private static let patience = Duration.seconds(120)
    /// KiB: the contract's budget for a daemon with as few torrents, and what hostile input may add.
    private static let mostMemory = 192 * 1_024
    private static let mostDescriptors = 64

    init(_ bench: Bench, seed: UInt64) async throws {
        self.bench = bench
        dice = SplitMix64(seed: seed)
        world = StormWorld(bench: bench)
        try await bench.eye.add(
            (0..<4).map { Sample("foreign-\($0)") }, [("category", "theirs"), ("tags", "theirs,other")])
        foreign = try await bench.eye.torrents().map(\.lasting).sorted()
        daemon = try bench.root.start("run")
        report.daemons = 1
        try await awaitLock()
    }

    mutating func run(for time: Duration) async throws {
        let began = ContinuousClock.now
        while ContinuousClock.now < began + time {
            for _ in 1...Self.rounds {
                report.rounds += 1
                try world.change(using: &dice)
                try await commit(SoakFault.drawn(using: &dice))
                try measure()
                try Task.checkCancellation()
            }
            try await look()
            try await download()
        }
        try await expectSilence()
        daemon.signal(SIGTERM)
        keepOutput(daemon.finish(within: .seconds(40)))
        try searchSecrets()
        report.took = ContinuousClock.now - began
    }

    mutating func note(_ promise: Promise, _ what: String) {
        report.violations.append(Violation(promise, "round \(report.rounds): \(what)"))
    }

    /// Starts it and waits until it has the lock: a second instance that was quicker would be the first.
    mutating func startDaemon() async throws {
        daemon = try bench.root.start("run")
        report.daemons += 1
        try await awaitLock()
    }

    private func awaitLock() async throws {
        let mark = " \(daemon.pid) "
        let hasLock = try await comesTrue(within: .seconds(30)) {
            guard daemon.status == nil else { return true }
            return String(decoding: try Files.read("/proc/locks"), as: UTF8.self).split(separator: "\n")
                .contains { $0.contains("FLOCK") && $0.contains(mark) }
        }
        guard hasLock else { throw Unusable("the daemon does not take its lock: \(daemon.errors)") }
    }

    /// Searches what a daemon has printed for what it must not tell.
    mutating func keepOutput(_ end: Command.Finished) {
        let text = end.output + end.errors
        report.logLines += text.utf8.count { $0 == UInt8(ascii: "\n") }
        for secret in bench.root.secrets where text.contains(secret) {
            note(.secrets, "a secret in what the daemon printed")
        }
        if text.contains("Fatal error") { note(.exit, "it crashed: \(text.suffix(800))") }
    }

    // MARK: Looking

    /// The faults have stopped: waits until all is as it must be, or notes what is not.
    private mutating func look() async throws {
        report.looks += 1
        if let status = daemon.status {
            let end = daemon.finish()
            note(.exit, "the daemon ended by itself with \(status): \(end.errors.suffix(800))")
            try await startDaemon()
        }
        let deadline = ContinuousClock.now + Self.patience
        var violations = try await world.violations(foreign: foreign)
        while !violations.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(300))
            violations = try await world.violations(foreign: foreign)
        }
        for violation in violations { note(violation.promise, violation.what) }
        world.beginAgain()
    }

    /// A torrent of a real seeder becomes complete, and goes without its data.
    private mutating func download() async throws {
        let folder = bench.root.beside("swarm-\(report.looks)")
        let size = 100_000 + Int.random(in: 1...300_000, using: &dice)
        let swarm = try await Swarm(["v1-single"], size: size, in: folder)
        let entry = try swarm.entry("v1-single")
        let data = bench.root.beside("data-\(report.looks)")
        try bench.root.drop(
            "download.json",
            "{\"source\": \"\(entry.magnet)\", \"category\": \"\(StormWorld.apart)\","
                + " \"savePath\": \"\(data)\"}")
        let isDone = try await comesTrue(within: Self.patience, every: .milliseconds(200)) {
            ["completed", "seeding"].contains(try bench.root.phase("download"))
        }
        withExtendedLifetime(swarm) {}
        let status = try bench.root.status("download")
        let isTold = ["metadata", "downloading", "stalled"].contains(status["phase"].text)
        if isDone {
            report.downloads += 1
        } else if isTold {
            // Its peers are not found in time: that is between the server and the swarm.
            report.slowDownloads += 1
        } else {
            note(.convergence, "not downloaded: \(status)")
        }
        try bench.root.withdraw("download.json")
        let isGone = try await comesTrue(within: Self.patience, every: .milliseconds(200)) {
            try bench.root.phase("download") == "removed"
        }
        if !isGone { note(.convergence, "not removed: \(try bench.root.status("download"))") }
        if isDone, !Files.exists(data + "/" + entry.name) { note(.absence, "data was deleted unasked") }
    }

    // MARK: Measuring

    private mutating func measure() throws {
        let process = "/proc/\(daemon.pid)"
        guard daemon.status == nil else { return }
        let status = try Files.read(process + "/status")
        // A process that ended a moment ago has no figures any more.
        guard daemon.status == nil else { return }
        let descriptors = try Files.names(process + "/fd").count
        let memory = Self.kibibytes("VmRSS:", String(decoding: status, as: UTF8.self))
        report.memory.note(memory)
        report.descriptors.note(descriptors)
        report.store.note(storeKibibytes)
        if memory > Self.mostMemory { note(.bounded, "\(memory) KiB of memory") }
        if descriptors > Self.mostDescriptors { note(.bounded, "\(descriptors) descriptors") }
    }

    private static func kibibytes(_ key: String, _ status: String) -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }

    private var storeKibibytes: Int {
        var facts = stat()
        guard stat(bench.root.path + "/store/data.mdb", &facts) == 0 else { return 0 }
        return Int(facts.st_blocks) / 2
    }

    /// A minute after the last change all is confirmed: from then on nothing is written.
    private mutating func expectSilence() async throws {
        try await Task.sleep(for: .seconds(75))
        let before = Files.stamps(below: bench.root.path)
        try await Task.sleep(for: .seconds(10))
        let changed = Files.stamps(below: bench.root.path).filter { before[$0.key] != $0.value }.keys.sorted()
        if !changed.isEmpty { note(.silence, "written in a quiet time: \(changed)") }
    }

    private mutating func searchSecrets() throws {
        for path in Files.below(bench.root.path) {
            let text = String(decoding: try Files.read(bench.root.path + "/" + path), as: UTF8.self)
            for secret in bench.root.secrets where text.contains(secret) {
                note(.secrets, "a secret in \(path)")
            }
        }
    }
}
