import Daemon
import Metainfo
import Reconciliation
import Testing

/// Requests that move from one client to another.
@Suite("Moves between clients")
struct ClientMoveScenarioTests {
    @Test("A request that names another client is added there before it goes here; its data stays")
    func moves() async throws {
        let world = ClientsScenarioTests.world()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        let generation = world.publication.status("a")?.generation
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "nas")
        world.others["nas"]?.faults.refusals["a"] = 1
        try await world.pass()
        #expect(world.has("aa"), "it stays while the other has not got it")
        world.wait(.seconds(30))
        try await world.settle()
        #expect(ClientsScenarioTests.torrent(world, "aa", on: "nas") != nil && !world.has("aa"))
        let status = try #require(world.publication.status("a"))
        #expect(status.key.client == "nas" && status.generation == (generation ?? 0) + 1)
        #expect(world.publication.statuses.count == 1)
        #expect(world.store.memory.subjects.count == 1)
        let moved = world.store.changes(.changed, of: "a").filter { $0.field == "client" }
        #expect(moved.map(\.from) == ["default"] && moved.map(\.to) == ["nas"])
        try await world.confirm()
        try await world.pass()
        #expect(world.isQuiet)
    }

    @Test("A move is undone before it was carried out: the torrent stays, followed as before")
    func undone() async throws {
        let world = ClientsScenarioTests.world()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        world.others["nas"]?.faults.trouble = ClientsScenarioTests.down
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "nas")
        try await world.pass()
        #expect(world.phase("a") == .waiting && world.has("aa"))
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        world.wait(.seconds(61))
        try await world.confirm()
        #expect(world.has("aa") && !world.words.contains("prune") && world.adds(of: "a") == 1)
        #expect(world.store.subject("a")?.following?.ownership == .added)
        #expect(world.store.subject("a")?.leaving.isEmpty == true)
    }

    @Test("Where the old client is down, its torrent goes when it is back")
    func oldDown() async throws {
        let world = ClientsScenarioTests.world()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "nas")
        try await world.confirm()
        world.others["nas"]?.faults.trouble = ClientsScenarioTests.down
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        try await world.settle()
        #expect(world.has("aa") && ClientsScenarioTests.torrent(world, "aa", on: "nas") != nil)
        world.restart()
        world.others["nas"]?.faults.trouble = nil
        world.wait(.seconds(400))
        try await world.settle()
        #expect(world.has("aa") && ClientsScenarioTests.torrent(world, "aa", on: "nas") == nil)
    }

    @Test("The request goes while it moves: both torrents go, after the grace")
    func goneMeanwhile() async throws {
        let world = ClientsScenarioTests.world()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        world.others["nas"]?.faults.refusals["a"] = 100
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "nas")
        try await world.pass()
        world.withdraw("a")
        try await world.settle()
        #expect(world.has("aa"), "grace runs")
        world.wait(.seconds(61))
        try await world.settle()
        #expect(!world.has("aa") && world.phase("a") == .removed)
        #expect(ClientsScenarioTests.torrent(world, "aa", on: "nas") == nil)
    }

    @Test("A torrent that was there before its request stays where it was, without our tag")
    func adopted() async throws {
        let world = ClientsScenarioTests.world()
        world.addByHand("aa")
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "nas")
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags.isEmpty == true)
        #expect(ClientsScenarioTests.torrent(world, "aa", on: "nas") != nil)
    }

    @Test("More than the budget that move at once are added there, and none goes here unapproved")
    func budget() async throws {
        let world = ClientsScenarioTests.world()
        let names = (1...8).map { "r\($0)" }
        for name in names { ClientsScenarioTests.drop(world, name, on: "default") }
        try await world.confirm()
        for name in names { ClientsScenarioTests.drop(world, name, on: "nas") }
        try await world.settle()
        #expect(world.others["nas"]?.torrents.count == 8 && world.server.torrents.count == 8)
        #expect(world.holds == [.pruneBudget])
        world.spool.order(.approve(nil))
        try await world.settle()
        #expect(world.server.torrents.isEmpty && world.others["nas"]?.torrents.count == 8)
        #expect(world.holds.isEmpty)
    }

    @Test("Moved at once and admitted one by one: they count together, and none goes unapproved")
    func budgetOfATrickle() async throws {
        let world = ClientsScenarioTests.world(Rules(limits: Rules.Limits(active: 1)))
        let names = (1...8).map { "r\($0)" }
        for name in names {
            ClientsScenarioTests.drop(world, name, on: "default")
            try await world.settle()
            world.complete(name)
            try await world.settle()
        }
        try await world.confirm()
        #expect(world.server.torrents.count == 8)
        for name in names { ClientsScenarioTests.drop(world, name, on: "nas") }
        try await world.settle()
        #expect(world.others["nas"]?.torrents.count == 1, "the others wait for their place")
        #expect(world.server.torrents.count == 8 && world.holds == [.pruneBudget])
    }

    @Test("Absent at another client: the torrent goes where it was")
    func absentElsewhere() async throws {
        let world = ClientsScenarioTests.world()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "nas", [.state: .text("absent")])
        try await world.settle()
        #expect(!world.has("aa") && ClientsScenarioTests.torrent(world, "aa", on: "nas") == nil)
        #expect(world.phase("a") == .removed)
    }

    @Test("A crash in the middle of a move", arguments: 1...4)
    func crash(commit: Int) async throws {
        let world = ClientsScenarioTests.world()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        ClientsScenarioTests.drop(world, "a", torrent: "aa", on: "nas")
        world.store.fault = .before(commit: commit)
        for _ in 1...6 {
            do { try await world.pass() } catch { break }
        }
        world.store.fault = nil
        try await world.confirm()
        #expect(ClientsScenarioTests.torrent(world, "aa", on: "nas") != nil && !world.has("aa"))
        #expect(world.others["nas"]?.calls.count { $0.call.word == "add" } == 1)
        #expect(world.publication.statuses.count == 1)
    }
}
