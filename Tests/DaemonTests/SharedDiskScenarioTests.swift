import Daemon
import Metainfo
import Reconciliation
import Testing

/// Data that goes only when nobody else can have it, as everything is in this very pass.
@Suite("Data that others may have")
struct SharedDiskScenarioTests {
    private typealias Data = DataScenarioTests

    private static let refused = ClientTrouble(kind: .credentials, message: "refused")

    @Test("Another server that was seen once and is out of reach now: the data stays")
    func unreachableNow() async throws {
        let world = try await Data.downloaded(others: ["nas"])
        world.others["nas"]?.faults.trouble = Self.refused
        try await Data.withdraw(world)
        #expect(!world.has("aa") && world.reason("aa") == "DataUnseen" && !world.server.disk.files.isEmpty)
    }

    @Test("What another server got since the last listing is seen before data goes")
    func seenAnew() async throws {
        let world = try await Data.downloaded(others: ["nas"])
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(61))
        // A daemon looks at little; a person has just added the same folder there.
        let identity = World.identity("aa")
        world.others["nas"]?.torrents[identity.preferredID] = Torrent(
            id: identity.preferredID, identity: identity, state: .stalledUP,
            placement: Torrent.Placement(savePath: "/anywhere"),
            counters: Torrent.Counters(progress: 1, size: 1_000))
        for _ in 1...4 { try await world.glance() }
        #expect(!world.has("aa") && world.reason("aa") == "DataShared" && !world.server.disk.files.isEmpty)
    }

    @Test("A request for the same torrent at another server, in the same pass, keeps its data")
    func askedForElsewhere() async throws {
        let world = try await Data.downloaded(others: ["nas"])
        world.withdraw("aa")
        world.spool.order(.remove(SubjectKey(name: RequestName("aa"))))
        var wish = MemorySpool.Wish(identity: World.identity("aa"))
        wish.client = "nas"
        world.spool.write("other", wish)
        try await world.settle()
        #expect(!world.has("aa") && world.reason("aa") == "DataShared" && !world.server.disk.files.isEmpty)
        #expect(world.others["nas"]?.torrents.count == 1)
    }

    @Test("Two paths of one server may be one directory, as its map says")
    func twoPathsOfOneServer() async throws {
        var rules = Data.rules
        rules.pathMaps["default"]?.append(
            Rules.PathMapping(remote: "/data", local: MemoryDisk.mapping.local))
        let world = try await Data.downloaded(rules)
        world.addByHand("foreign", category: "theirs")
        world.change("foreign") { $0.placement.savePath = "/data" }
        try await Data.withdraw(world)
        #expect(!world.has("aa") && world.reason("aa") == "DataShared" && !world.server.disk.files.isEmpty)
    }

    @Test("A farewell that is refused is tried again with growing pauses, and in no loop")
    func refusedFarewell() async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        try await world.confirm()
        world.drop("a", torrent: "bb")
        try await world.pass()
        world.server.faults.refusals["a"] = 1_000
        let before = world.server.calls.count
        for _ in 1...20 { try await world.pass() }
        #expect(world.has("aa") && world.has("bb"))
        #expect((1...3).contains(world.server.calls.count - before))
        world.healServer()
        world.wait(.seconds(3_600))
        try await world.settle()
        #expect(!world.has("aa"))
    }

    @Test("A retry of a request whose server takes its time is not lost")
    func slowRetry() async throws {
        let world = World(others: ["nas"])
        var wish = MemorySpool.Wish(identity: World.identity("aa"))
        wish.client = "nas"
        world.spool.write("a", wish)
        try await world.confirm()
        world.others["nas"]?.faults.isSlow = true
        world.spool.order(.retry(SubjectKey(client: "nas", name: RequestName("a"))))
        try await world.pass()
        #expect(world.spool.orders().count == 1)
        world.others["nas"]?.faults.isSlow = false
        try await world.pass()
        #expect(world.spool.orders().isEmpty)
    }
}
