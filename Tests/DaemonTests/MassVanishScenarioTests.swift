import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Many vanish at once")
struct MassVanishScenarioTests {
    @Test("Many of ours vanished: nothing is added to it, not even new ones; all back: as before")
    func massVanish() async throws {
        let world = try await HoldScenarioTests.world()
        let before = world.server.torrents
        world.server.torrents = [:]
        world.drop("new")
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.server.torrents.isEmpty && world.holds == [.massVanish])
        #expect(world.report.holds.first?.names.count == 8)
        #expect(world.phase("n0") == .waiting && world.reason("n0") == "Hold")
        world.server.torrents = before
        try await world.settle()
        #expect(world.holds.isEmpty && world.has("new"))
        #expect(world.server.calls.count == 9)
    }

    @Test("Many vanished before the eyes of a daemon")
    func massVanishInADaemon() async throws {
        let world = try await HoldScenarioTests.world()
        world.removeByHand(["n0", "n1", "n2", "n3"])
        try await world.lookAtAll()
        #expect(world.holds == [.massVanish] && world.server.calls.count == 8)
        // Held ones cost no listing.
        let calls = world.report.figures.calls
        world.drop("new")
        try await world.glance("new")
        #expect(!world.has("new") && world.report.figures.calls <= calls)
        world.spool.order(.approve(.massVanish))
        try await world.settle()
        #expect(world.has("n0") && world.has("new") && world.holds.isEmpty)
    }

    @Test("What stands still is confirmed by a daemon too, and so a mass vanish is seen")
    func idleTorrentsAreConfirmed() async throws {
        let world = World()
        world.drop(HoldScenarioTests.eight, [.state: .text("stopped")])
        try await world.settle()
        for _ in 1...4 {
            world.wait(.seconds(30))
            try await world.lookAtAll()
        }
        #expect(world.store.subject("n0")?.following?.isConfirmed == true)
        world.wait(.seconds(30))
        try await world.lookAtAll()
        #expect(world.isQuiet)
        world.server.torrents = [:]
        try await world.lookAtAll()
        #expect(world.holds == [.massVanish] && world.server.torrents.isEmpty)
    }

    @Test("Approved while the server was out of reach, and more are gone when it is back: asked again")
    func massVanishApprovedForLess() async throws {
        let world = try await HoldScenarioTests.world()
        world.removeByHand(["n0", "n1", "n2", "n3"])
        try await world.pass()
        world.spool.order(.approve(nil))
        world.severServer()
        try await world.pass()
        world.healServer()
        world.removeByHand(["n4", "n5"])
        world.wait(.seconds(5))
        try await world.settle()
        #expect(world.holds == [.massVanish] && world.server.torrents.count == 2)
    }
}
