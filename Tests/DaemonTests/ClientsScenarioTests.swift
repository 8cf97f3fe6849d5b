import Daemon
import Metainfo
import Reconciliation
import Testing

/// Several qBittorrents: each by itself, and requests that move from one to another.
@Suite("Several clients")
struct ClientsScenarioTests {
    private static func world(_ rules: Rules = Rules()) -> World { World(rules, others: ["nas"]) }

    private static func drop(
        _ world: World, _ name: String, torrent: String? = nil, on client: String,
        _ wishes: [Field: FieldValue] = [:]
    ) {
        var wish = MemorySpool.Wish(identity: World.identity(torrent ?? name), wishes: wishes)
        wish.client = client
        world.spool.write(name, wish)
    }

    private static func torrent(_ world: World, _ label: String, on client: String) -> Torrent? {
        let server = client == "default" ? world.server : world.others[client]
        return server?.torrents.values.first { $0.identity.overlaps(World.identity(label)) }
    }

    private static let down = ClientTrouble(kind: .unreachable, message: "connection refused")

    @Test("Each request goes to its own client, also two for one torrent")
    func apart() async throws {
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "default")
        Self.drop(world, "b", torrent: "aa", on: "nas", [.category: .text("tv")])
        try await world.confirm()
        #expect(Self.torrent(world, "aa", on: "default")?.placement.category.isEmpty == true)
        #expect(Self.torrent(world, "aa", on: "nas")?.placement.category == "tv")
        #expect(world.phase("a") != .conflict && world.phase("b") != .conflict)
        let summary = try #require(world.publication.summary)
        #expect(summary.clients.keys.sorted() == ["default", "nas"])
        #expect(summary.clients.values.allSatisfy { $0.isReachable })
        try await world.pass()
        #expect(world.isQuiet)
    }

    @Test("One that is down holds up nobody else, and comes into its own when it is back")
    func down() async throws {
        let world = Self.world()
        world.others["nas"]?.faults.trouble = Self.down
        Self.drop(world, "a", on: "default")
        Self.drop(world, "b", on: "nas")
        try await world.pass()
        #expect(world.has("a"))
        #expect(world.phase("b") == .waiting && world.reason("b") == "ClientUnreachable")
        #expect(world.report.troubles.keys.sorted() == ["nas"] && !world.report.isOutOfReach)
        #expect(world.report.exitCode == .unreachable)
        #expect(world.publication.summary?.clients["nas"]?.isReachable == false)
        #expect(world.publication.summary?.clients["default"]?.isReachable == true)

        // Its backoff grows by itself; the other is looked at as before.
        world.wait(.seconds(1))
        try await world.pass()
        #expect(world.report.nextListing.map { !world.clock.now().hasReached($0) } == true)
        world.others["nas"]?.faults.trouble = nil
        world.wait(.seconds(400))
        try await world.settle()
        #expect(Self.torrent(world, "b", on: "nas") != nil)
        #expect(world.report.troubles.isEmpty && world.report.exitCode == .done)
    }

    @Test("All that is down is out of reach, and refused credentials are told first")
    func allDown() async throws {
        let world = Self.world()
        world.severServer()
        world.others["nas"]?.faults.trouble = ClientTrouble(kind: .credentials, message: "refused")
        Self.drop(world, "a", on: "default")
        try await world.pass()
        #expect(world.report.isOutOfReach && world.report.retryServerAt != nil)
        #expect(world.report.trouble?.kind == .credentials && world.report.exitCode == .credentials)
        #expect(world.report.troubleLines == ["default: connection refused", "nas: refused"])
    }

    @Test("A slow one is gone on without; what it answers is for a later pass")
    func slow() async throws {
        let world = Self.world()
        Self.drop(world, "a", on: "default")
        Self.drop(world, "b", on: "nas")
        world.others["nas"]?.faults.isSlow = true
        try await world.pass()
        #expect(world.has("a") && Self.torrent(world, "b", on: "nas") == nil)
        #expect(world.report.awaited == ["nas"] && world.report.troubles.isEmpty)
        world.others["nas"]?.faults.isSlow = false
        try await world.settle()
        #expect(Self.torrent(world, "b", on: "nas") != nil && world.report.awaited.isEmpty)

        // Slow later on: what only a listing can tell waits, and nothing is taken for gone.
        try await world.confirm()
        world.others["nas"]?.faults.isSlow = true
        world.others["nas"]?.torrents = [:]
        Self.drop(world, "c", on: "default")
        try await world.pass()
        #expect(world.has("c") && world.others["nas"]?.calls.count { $0.call.word == "add" } == 1)
    }

    @Test("Mass vanishing is counted on each client by itself")
    func massVanish() async throws {
        let world = Self.world()
        for name in ["a", "b", "c"] { Self.drop(world, name, on: "default") }
        for name in ["x", "y"] { Self.drop(world, name, on: "nas") }
        try await world.confirm()
        world.others["nas"]?.torrents = [:]
        Self.drop(world, "d", on: "default")
        try await world.settle()
        #expect(world.holds == [.massVanish])
        #expect(world.has("d"), "the other client goes on")
        #expect(world.others["nas"]?.torrents.isEmpty == true)
    }

    // MARK: Moves

    @Test("A request that names another client is added there before it goes here; its data stays")
    func moves() async throws {
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        let generation = world.publication.status("a")?.generation
        Self.drop(world, "a", torrent: "aa", on: "nas")
        world.others["nas"]?.faults.refusals["a"] = 1
        try await world.pass()
        #expect(world.has("aa"), "it stays while the other has not got it")
        world.wait(.seconds(30))
        try await world.settle()
        #expect(Self.torrent(world, "aa", on: "nas") != nil && !world.has("aa"))
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
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        world.others["nas"]?.faults.trouble = Self.down
        Self.drop(world, "a", torrent: "aa", on: "nas")
        try await world.pass()
        #expect(world.phase("a") == .waiting && world.has("aa"))
        Self.drop(world, "a", torrent: "aa", on: "default")
        world.wait(.seconds(61))
        try await world.confirm()
        #expect(world.has("aa") && !world.words.contains("prune") && world.adds(of: "a") == 1)
        #expect(world.store.subject("a")?.following?.ownership == .added)
        #expect(world.store.subject("a")?.leaving.isEmpty == true)
    }

    @Test("Where the old client is down, its torrent goes when it is back")
    func oldDown() async throws {
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "nas")
        try await world.confirm()
        world.others["nas"]?.faults.trouble = Self.down
        Self.drop(world, "a", torrent: "aa", on: "default")
        try await world.settle()
        #expect(world.has("aa") && Self.torrent(world, "aa", on: "nas") != nil)
        world.restart()
        world.others["nas"]?.faults.trouble = nil
        world.wait(.seconds(400))
        try await world.settle()
        #expect(world.has("aa") && Self.torrent(world, "aa", on: "nas") == nil)
    }

    @Test("The request goes while it moves: both torrents go, after the grace")
    func goneMeanwhile() async throws {
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        world.others["nas"]?.faults.refusals["a"] = 100
        Self.drop(world, "a", torrent: "aa", on: "nas")
        try await world.pass()
        world.withdraw("a")
        try await world.settle()
        #expect(world.has("aa"), "grace runs")
        world.wait(.seconds(61))
        try await world.settle()
        #expect(!world.has("aa") && world.phase("a") == .removed)
        #expect(Self.torrent(world, "aa", on: "nas") == nil)
    }

    @Test("A torrent that was there before its request stays where it was, without our tag")
    func adopted() async throws {
        let world = Self.world()
        world.addByHand("aa")
        Self.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        Self.drop(world, "a", torrent: "aa", on: "nas")
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags.isEmpty == true)
        #expect(Self.torrent(world, "aa", on: "nas") != nil)
    }

    @Test("More than the budget that move at once are added there, and none goes here unapproved")
    func budget() async throws {
        let world = Self.world()
        let names = (1...8).map { "r\($0)" }
        for name in names { Self.drop(world, name, on: "default") }
        try await world.confirm()
        for name in names { Self.drop(world, name, on: "nas") }
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
        let world = Self.world(Rules(limits: Rules.Limits(active: 1)))
        let names = (1...8).map { "r\($0)" }
        for name in names {
            Self.drop(world, name, on: "default")
            try await world.settle()
            world.complete(name)
            try await world.settle()
        }
        try await world.confirm()
        #expect(world.server.torrents.count == 8)
        for name in names { Self.drop(world, name, on: "nas") }
        try await world.settle()
        #expect(world.others["nas"]?.torrents.count == 1, "the others wait for their place")
        #expect(world.server.torrents.count == 8 && world.holds == [.pruneBudget])
    }

    @Test("Absent at another client: the torrent goes where it was")
    func absentElsewhere() async throws {
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        Self.drop(world, "a", torrent: "aa", on: "nas", [.state: .text("absent")])
        try await world.settle()
        #expect(!world.has("aa") && Self.torrent(world, "aa", on: "nas") == nil)
        #expect(world.phase("a") == .removed)
    }

    @Test("A crash in the middle of a move", arguments: 1...4)
    func crash(commit: Int) async throws {
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "default")
        try await world.confirm()
        Self.drop(world, "a", torrent: "aa", on: "nas")
        world.store.fault = .before(commit: commit)
        for _ in 1...6 {
            do { try await world.pass() } catch { break }
        }
        world.store.fault = nil
        try await world.confirm()
        #expect(Self.torrent(world, "aa", on: "nas") != nil && !world.has("aa"))
        #expect(world.others["nas"]?.calls.count { $0.call.word == "add" } == 1)
        #expect(world.publication.statuses.count == 1)
    }

    @Test("Its client is configured no longer: rejected, and its torrent is left alone")
    func unconfigured() async throws {
        let world = Self.world()
        Self.drop(world, "a", torrent: "aa", on: "nas")
        try await world.confirm()
        Self.drop(world, "b", torrent: "bb", on: "gone")
        try await world.pass()
        #expect(world.phase("b") == .waiting)
        #expect(world.publication.status("b")?.message.contains("no client is configured") == true)
    }

    @Test("A file that breaks or cannot be read in a new process is still of the client where it was")
    func brokenElsewhere() async throws {
        let world = Self.world()
        Self.drop(world, "a", on: "nas")
        Self.drop(world, "b", on: "nas")
        try await world.confirm()
        world.restart()
        world.reject("a")
        world.damage("b")
        for _ in 1...3 {
            try await world.settle()
            world.wait(.seconds(100))
        }
        #expect(Self.torrent(world, "a", on: "nas") != nil && Self.torrent(world, "b", on: "nas") != nil)
        #expect(world.phase("a") == .rejected && world.publication.status("a")?.key.client == "nas")
        #expect(world.store.memory.subjects.count == 2 && world.publication.statuses.count == 2)

        // Made good for another client, it moves after all; deleted, it goes.
        Self.drop(world, "a", on: "default")
        world.withdraw("b")
        for _ in 1...3 {
            try await world.settle()
            world.wait(.seconds(100))
        }
        #expect(world.has("a") && world.others["nas"]?.torrents.isEmpty == true)
        #expect(world.phase("b") == .removed)
    }
}
