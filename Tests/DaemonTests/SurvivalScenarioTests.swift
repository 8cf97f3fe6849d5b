import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("What was fetched survives its origin")
struct SurvivalScenarioTests {
    private static let link = World.Place.address("http://a/x")

    /// A request whose torrent was fetched, and that is gone together with its torrent.
    private func removed(_ places: [World.Place] = [link], forgotten: Bool) async throws -> World {
        let world = World()
        world.drop("aa", from: places)
        world.drop("bb")
        try await world.pass()
        world.sources.find("http://a/x", "aa")
        try await world.confirm()
        #expect(world.has("aa"))
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed)
        guard forgotten else { return world }
        world.wait(.seconds(8 * 86_400))
        world.restart()
        try await forget(world)
        #expect(world.store.subject("aa") == nil)
        return world
    }

    /// Two looks a minute apart agree that it did not come back: nothing more is known of it.
    private func forget(_ world: World) async throws {
        try await world.pass()
        world.wait(.seconds(61))
        try await world.pass()
        try await world.pass()
    }

    @Test("The same request again takes its torrent from the store", arguments: [true, false])
    func again(forgotten: Bool) async throws {
        let world = try await removed(forgotten: forgotten)
        world.drop("aa", from: [Self.link])
        try await world.settle()
        #expect(world.has("aa") && world.phase("aa") == .metadata)
        #expect(world.sources.asked == ["http://a/x"], "nobody was asked a second time")
        #expect(world.verdicts("aa") == ["http://a/x: in-use"])
        try await world.confirm()
        try await world.pass()
        #expect(world.report.isQuiet)
    }

    @Test("Another address is another source, and so is another request")
    func others() async throws {
        let world = try await removed(forgotten: true)
        world.drop("aa", from: [.address("http://a/y")])
        world.drop("cc", from: [Self.link])
        try await world.settle()
        #expect(world.sources.asked == ["http://a/x", "http://a/y", "http://a/x"])
        #expect(world.phase("aa") == .resolving && world.phase("cc") == .resolving)
    }

    @Test("Of several sources each is asked in its turn, and only what was found is known")
    func severalSources() async throws {
        let places: [World.Place] = [.address("http://a/gone"), Self.link]
        let world = World()
        world.drop("aa", from: places)
        try await world.pass()
        world.sources.fail("http://a/gone", .gone, code: "http-404")
        try await world.settle()
        world.sources.find("http://a/x", "aa")
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        world.wait(.seconds(8 * 86_400))
        world.restart()
        try await forget(world)

        world.drop("aa", from: places)
        try await world.settle()
        #expect(world.sources.asked == ["http://a/gone", "http://a/x", "http://a/gone"])
        world.sources.fail("http://a/gone", .gone, code: "http-404")
        try await world.settle()
        #expect(world.sources.asked.count == 3 && world.has("aa"))
        #expect(world.verdicts("aa") == ["http://a/gone: abandoned", "http://a/x: in-use"])
    }

    @Test("A one-shot does not end between the answer of the store and the add")
    func oneShot() async throws {
        let world = try await removed(forgotten: true)
        world.drop("aa", from: [Self.link])
        try await world.pass()
        #expect(world.report.fetching == 1 && world.report.wantsAnotherPass)
        try await world.pass()
        #expect(world.report.fetching == 0 && world.has("aa"))
    }
}
