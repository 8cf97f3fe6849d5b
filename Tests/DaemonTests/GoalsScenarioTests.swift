import Daemon
import Reconciliation
import Testing

@Suite("Seeding goals, as stories")
struct GoalsScenarioTests {
    private static func goals(
        _ then: SeedGoals.Consequence?, ratio: Double = 2, and wishes: [Field: FieldValue] = [:]
    ) -> [Field: FieldValue] {
        let seed = SeedGoals(ratio: .at(ratio), time: .at(60), then: then)
        return wishes.merging([.seed: .goals(seed)]) { $1 }
    }

    private func seeding(_ wishes: [Field: FieldValue]) async throws -> World {
        let world = World()
        world.drop("aa", wishes)
        try await world.confirm()
        world.complete("aa")
        try await world.confirm()
        return world
    }

    @Test("A goal is shown to the server, and what is set there by others is drift")
    func limitsAreShown() async throws {
        let world = try await seeding(Self.goals(nil))
        #expect(world.words == ["add", "limitSeeding"])
        #expect(world.torrent("aa")?.options.ratioLimit == 2)
        try await world.pass()
        #expect(world.isQuiet)
        world.change("aa") { $0.options.seedingTimeLimit = 5 }
        try await world.settle()
        #expect(world.torrent("aa")?.options.seedingTimeLimit == 60)
    }

    @Test("Goal met, then stop: stopped, finished, and left alone, even if it is written to run")
    func stops() async throws {
        let world = try await seeding(Self.goals(.stop, and: [.state: .text("running")]))
        world.seed("aa", ratio: 2.1)
        try await world.settle()
        #expect(world.torrent("aa")?.state == .stoppedUP)
        #expect(world.phase("aa") == .finished && world.reason("aa") == "GoalMet")
        #expect(world.publication.status("aa")?.message.contains("ratio 2.1") == true)
        try await world.confirm()
        #expect(world.words == ["add", "limitSeeding", "stop"] && world.isQuiet)
        // The request is gone: so goes what was finished.
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed)
    }

    @Test("Time alone meets the goal: noticed at a look in which nothing else moved")
    func timeAlone() async throws {
        let world = try await seeding(Self.goals(.stop))
        world.seed("aa", minutes: 59)
        try await world.lookAtAll()
        #expect(world.phase("aa") == .seeding)
        world.seed("aa", minutes: 60)
        try await world.lookAtAll()
        try await world.settle()
        #expect(world.phase("aa") == .finished)
    }

    @Test("Seconds of seeding that nobody asked about are nothing new")
    func secondsAreQuiet() async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        world.complete("aa")
        try await world.confirm()
        world.seed("aa", minutes: 5)
        try await world.lookAtAll()
        #expect(world.isQuiet && world.report.plan.judgements.isEmpty)
    }

    @Test("Goal met, then remove: gone from the server, finished, and not added again")
    func removes() async throws {
        let world = try await seeding(Self.goals(.remove))
        world.seed("aa", ratio: 2)
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .finished && world.reason("aa") == "GoalMet")
        try await world.confirm()
        world.restart()
        try await world.confirm()
        #expect(!world.has("aa") && world.words == ["add", "limitSeeding", "prune"])
    }

    @Test("A crash between the removal and its record", arguments: [1, 2])
    func crash(commit: Int) async throws {
        let world = try await seeding(Self.goals(.remove))
        world.seed("aa", ratio: 2)
        await world.pass(dying: commit == 1 ? .after(commit: 1) : .before(commit: 2))
        try await world.confirm()
        #expect(!world.has("aa") && world.phase("aa") == .finished)
        #expect(world.words.filter { $0 == "add" }.count == 1)
    }

    @Test("More goals at once than may be removed: held, nothing goes, until a person says so")
    func budget() async throws {
        let world = World()
        let names = (1...7).map { "a\($0)" }
        for name in names { world.drop(name, Self.goals(.remove)) }
        try await world.confirm()
        for name in names { world.complete(name) }
        try await world.confirm()
        for name in names { world.seed(name, ratio: 3) }
        try await world.settle()
        #expect(names.allSatisfy { world.has($0) } && world.holds == [.pruneBudget])
        world.spool.order(.approve(.pruneBudget))
        try await world.settle()
        #expect(!names.contains { world.has($0) } && world.holds.isEmpty)
        #expect(names.allSatisfy { world.phase($0) == .finished })
    }

    @Test("What was there before its request is left in place at the goal")
    func adopted() async throws {
        let world = World()
        world.addByHand("aa")
        world.drop("aa", Self.goals(.remove))
        try await world.confirm()
        world.complete("aa")
        world.seed("aa", ratio: 5)
        try await world.confirm()
        #expect(world.has("aa") && world.phase("aa") == .finished && !world.words.contains("prune"))
    }

    @Test("Then keep: nothing happens, though the server stops it at its limit and it is written to run")
    func keeps() async throws {
        let world = try await seeding(Self.goals(.keep, and: [.state: .text("running")]))
        world.seed("aa", ratio: 2)
        world.change("aa") { $0.state = .stoppedUP }
        try await world.confirm()
        #expect(world.torrent("aa")?.state == .stoppedUP && world.phase("aa") == .completed)
        #expect(!world.words.contains("start") && !world.words.contains("stop"))
    }

    @Test("A server that removes at its limit is shown none, and the goal is kept by us all the same")
    func removingServer() async throws {
        let world = World()
        world.server.facts.unsupported = [.seed]
        world.drop("aa", Self.goals(.stop))
        try await world.confirm()
        world.complete("aa")
        try await world.confirm()
        #expect(world.words == ["add"] && world.conditions("aa") == [.inSync, .unsupported])
        world.seed("aa", ratio: 2)
        try await world.settle()
        #expect(world.phase("aa") == .finished && world.torrent("aa")?.state == .stoppedUP)
    }
}
