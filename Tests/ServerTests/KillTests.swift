import Glibc
import TestSupport
import Testing

/// Killed at random instants: nothing is lost, nothing is done twice, nothing foreign is touched.
@Suite("Servers: kill -9", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct KillTests {
    /// Kills for each suite and each of `once` and `run`.
    static let kills = 100
    /// Kills in a row before two passes are let through.
    static let killsInARow = 4

    @Test("once", arguments: Tested.suites)
    func once(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            try await storm(bench, seed: 1) { dice in
                let process = try bench.root.start("once")
                try await Task.sleep(for: .microseconds(Int.random(in: 0...120_000, using: &dice)))
                return process
            }
        }
    }

    @Test("run", arguments: Tested.suites)
    func run(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s", "interval=100ms"]) { bench in
            try await storm(bench, seed: 2) { dice in
                let process = try bench.root.start("run")
                try await Task.sleep(for: .microseconds(Int.random(in: 0...200_000, using: &dice)))
                return process
            }
        }
    }

    private func storm(
        _ bench: Bench, seed: UInt64, _ start: (inout SplitMix64) async throws -> RunningCommand
    ) async throws {
        var dice = SplitMix64(seed: seed)
        var world = StormWorld(bench: bench)
        try await bench.eye.add(
            (0..<4).map { Sample("foreign-\($0)") }, [("category", "theirs"), ("tags", "theirs,other")])
        let foreign = try await bench.eye.torrents().map(\.lasting).sorted()
        var died = 0
        for round in 1...Self.kills {
            // Half of the daemon's work is there when it starts, half comes while it runs; `once` reads all.
            try world.change(using: &dice)
            let process = try await start(&dice)
            try world.change(using: &dice)
            if process.signal(SIGKILL) { died += 1 }
            let end = process.finish(within: .seconds(20))
            #expect(end.status == 128 + SIGKILL || end.status == 0, "round \(round): \(end.errors)")
            guard round % Self.killsInARow == 0 || round == Self.kills else { continue }
            for _ in 1...2 { _ = try await bench.root.once() }
            let violations = try await world.violations(foreign: foreign)
            #expect(violations.isEmpty, "seed \(seed), after kill \(round)")
            world.beginAgain()
            try Task.checkCancellation()
        }
        #expect(died > Self.kills / 3, "most rounds kill a process at work, not one that has ended: \(died)")
        let check = try await bench.root.qspool("check")
        #expect(check.status == 0, "\(check.output)")
    }
}
