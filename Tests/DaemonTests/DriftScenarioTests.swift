import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Drift")
struct DriftScenarioTests {
    @Test("Corrected, and logged with both values")
    func corrected() async throws {
        let world = try await Self.world()
        world.change("aa") { $0.placement.category = "other" }
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "iso")
        let drift = world.store.changes(.drift, of: "aa")
        #expect(drift.map(\.from) == ["iso"] && drift.map(\.to) == ["other"])
        #expect(drift.map(\.field) == ["category"])
    }

    @Test("Corrected three times within an hour, then contested and left alone, until the request changes")
    func contested() async throws {
        let world = try await Self.world()
        for _ in 1...5 {
            world.change("aa") { $0.placement.category = "other" }
            try await world.settle()
            world.wait(.seconds(60))
        }
        #expect(world.torrent("aa")?.placement.category == "other")
        let reasons = world.store.changes(.drift, of: "aa").map(\.reason)
        #expect(reasons == ["corrected", "corrected", "corrected", "contested"])
        let status = try #require(world.publication.status("aa"))
        #expect(status.conditions.contains { $0.kind == .contested })
        #expect(status.drift.map(\.verdict) == [.contested])
        world.drop("aa", [.category: .text("iso"), .tags: .list([])])
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "iso")
    }

    @Test("Only reported, where that is the rule")
    func reported() async throws {
        let world = try await Self.world(Rules(drift: .report))
        world.change("aa") { $0.placement.category = "other" }
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "other")
        #expect(world.publication.status("aa")?.drift.map(\.verdict) == [.reported])
        world.wait(.seconds(30))
        try await world.pass()
        #expect(world.isQuiet)
    }

    @Test("An effect that shows late is waited for, not corrected")
    func lateEffect() async throws {
        let world = try await Self.world()
        world.server.faults.effectMilliseconds = 4_000
        world.drop("aa", [.category: .text("movies")])
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "movies")
        #expect(world.words.count { $0 == "recategorize" } == 1)
        #expect(world.store.changes(.drift).isEmpty)
    }

    @Test("A field that the server acknowledges and does not change is corrected no more than contested ones")
    func ignoredField() async throws {
        let world = try await Self.world()
        world.server.faults.ignoredFields = [.category]
        world.drop("aa", [.category: .text("movies")])
        try await world.settle()
        #expect(world.words.count { $0 == "recategorize" } == 4)
        #expect(world.publication.status("aa")?.conditions.contains { $0.kind == .contested } == true)
    }

    @Test("A person's stop is respected where nothing is said, and undone where running is")
    func stopAndStart() async throws {
        let world = try await Self.world()
        world.change("aa") { $0.state = .stoppedDL }
        try await world.settle()
        #expect(world.phase("aa") == .stopped)
        world.drop("aa", [.category: .text("iso"), .state: .text("running")])
        try await world.settle()
        #expect(world.torrent("aa")?.state == .metaDL)
        world.change("aa") { $0.state = .stoppedDL }
        world.wait(.seconds(10))
        try await world.settle()
        #expect(world.torrent("aa")?.state == .metaDL)
    }

    @Test("Suspended: nothing is changed until it is over")
    func suspended() async throws {
        let world = try await Self.world()
        world.drop("aa", [.category: .text("movies")], isSuspended: true)
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "iso")
        #expect(world.publication.status("aa")?.conditions.contains { $0.kind == .suspended } == true)
        world.wait(.seconds(30))
        try await world.pass()
        #expect(world.isQuiet)
        world.drop("aa", [.category: .text("movies")])
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "movies")
    }

    @Test("Fields that leave the request keep their values")
    func unmanaged() async throws {
        let world = try await Self.world()
        world.drop("aa")
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "iso")
        world.change("aa") { $0.placement.category = "other" }
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "other")
        #expect(world.store.subject("aa")?.applied.isEmpty == true)
    }

    @Test("One failing correction does not stop the other requests")
    func failingCorrection() async throws {
        let world = try await Self.world()
        world.server.faults.refusals["aa"] = 100
        world.drop("aa", [.category: .text("movies")])
        world.drop("bb", [.category: .text("movies")])
        try await world.pass()
        #expect(world.torrent("bb")?.placement.category == "movies")
        let status = try #require(world.publication.status("aa"))
        #expect(status.failure.attempts == 1 && status.failure.nextAttemptAt != nil)
        #expect(status.phase == .metadata)
    }

    private static func world(_ rules: Rules = Rules()) async throws -> World {
        let world = World(rules)
        world.drop("aa", [.category: .text("iso")])
        world.drop("bb")
        try await world.confirm()
        return world
    }
}
