import Daemon
import Metainfo
import Reconciliation
import Testing

/// Several qBittorrents: each by itself, and requests that move from one to another.
@Suite("Several clients")
struct ClientsScenarioTests {
    static func world(_ rules: Rules = Rules()) -> World { World(rules, others: ["nas"]) }

    static func drop(
        _ world: World, _ name: String, torrent: String? = nil, on client: String,
        _ wishes: [Field: FieldValue] = [:]
    ) {
        var wish = MemorySpool.Wish(identity: World.identity(torrent ?? name), wishes: wishes)
        wish.client = client
        world.spool.write(name, wish)
    }

    static func torrent(_ world: World, _ label: String, on client: String) -> Torrent? {
        let server = client == "default" ? world.server : world.others[client]
        return server?.torrents.values.first { $0.identity.overlaps(World.identity(label)) }
    }

    static let down = ClientTrouble(kind: .unreachable, message: "connection refused")

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
