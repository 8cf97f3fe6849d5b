import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("What a request says about a torrent that somebody removed")
struct VanishScenarioTests {
    /// Removes the torrent behind our back, twice looked at and long after the last call.
    private func remove(_ world: World) async throws {
        world.wait(.seconds(600))
        world.removeByHand("aa")
        // Its neighbours stay: all at once would be a mass vanish.
        try await world.settle()
    }

    private func world(_ policy: OnVanish) async throws -> World {
        let world = World()
        world.drop(["n1", "n2", "n3"])
        world.drop("aa", RequestTerms(onVanish: policy))
        try await world.confirm()
        return world
    }

    @Test("readd: also one that was complete is added again, three times a generation")
    func readd() async throws {
        let world = try await world(.readd)
        for round in 1...3 {
            world.complete("aa")
            try await world.confirm()
            #expect(world.phase("aa") == .seeding)
            try await remove(world)
            #expect(world.has("aa") && world.adds(of: "aa") == round + 1)
        }
        world.complete("aa")
        try await world.confirm()
        try await remove(world)
        #expect(!world.has("aa") && world.phase("aa") == .failed && world.reason("aa") == "KeepsVanishing")
    }

    @Test("accept: nothing is added again, however far it was")
    func accept() async throws {
        let world = try await world(.accept)
        world.progress("aa", 0.5)
        try await world.confirm()
        try await remove(world)
        #expect(!world.has("aa") && world.phase("aa") == .finished && world.reason("aa") == "RemovedByUser")
        #expect(world.adds(of: "aa") == 1)
    }

    @Test("accept does not take a server that forgot for a person who removed")
    func forgotten() async throws {
        let world = World()
        world.drop(["n1", "n2"])
        world.drop("aa", RequestTerms(onVanish: .accept))
        try await world.settle()
        world.server.restart(forgetting: [World.identity("aa").preferredID])
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "aa") == 2)
    }

    @Test("readd: one that was there before its request is added by us when it goes")
    func adopted() async throws {
        let world = World()
        world.addByHand("aa")
        world.drop(["n1", "n2", "n3"])
        world.drop("aa", RequestTerms(onVanish: .readd))
        try await world.confirm()
        #expect(world.store.subject("aa")?.following?.ownership == .adopted)
        try await remove(world)
        #expect(world.has("aa") && world.store.subject("aa")?.following?.ownership == .added)
    }
}
