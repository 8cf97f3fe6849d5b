import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Data of torrents that move, or make room for others")
struct MovedDataScenarioTests {
    private typealias Data = DataScenarioTests

    @Test("Moved by its request: what lies at the new place is looked at first", arguments: [true, false])
    func relocated(isTaken: Bool) async throws {
        let world = try await Data.downloaded()
        let folder = "\(World.identity("aa").preferredID)"
        if isTaken { world.server.disk.files.insert("/downloads/new/\(folder)/mine.txt") }
        world.drop("aa", [.savePath: .text("/downloads/new")], onDelete: .removeData)
        try await world.settle()
        let torrent = try #require(world.torrent("aa"))
        #expect(torrent.placement.savePath == "/downloads/new")
        world.server.write(torrent)
        try await world.confirm()
        try await Data.withdraw(world)
        #expect(world.reason("aa") == (isTaken ? "DataExisted" : "DataRemoved"))
        #expect(world.server.disk.files.contains("/downloads/new/\(folder)/film.mkv") == isTaken)
    }

    @Test("Moved away and back by hand: what was seen there once counts no more")
    func movedBack() async throws {
        let world = try await Data.downloaded()
        world.change("aa") { $0.placement.savePath = "/downloads/other" }
        try await world.settle()
        world.change("aa") { $0.placement.savePath = "/downloads" }
        try await world.settle()
        try await Data.withdraw(world)
        #expect(!world.has("aa") && world.reason("aa") == "DataMoved" && !world.server.disk.files.isEmpty)
    }

    // MARK: Several servers

    /// Where a torrent of another server lies, and what that means for ours below `/downloads`.
    struct Elsewhere: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let savePath: String
        var maps: [Rules.PathMapping] = []
        let reason: String
    }

    static let elsewhere = [
        Elsewhere(
            testDescription: "mapped to another directory", savePath: "/downloads",
            maps: [Rules.PathMapping(remote: "/downloads", local: "/local/other")], reason: "DataRemoved"),
        Elsewhere(
            testDescription: "mapped to the same directory", savePath: "/data",
            maps: [Rules.PathMapping(remote: "/data", local: "/local/downloads")], reason: "DataShared"),
        Elsewhere(
            testDescription: "not mapped, and who knows where", savePath: "/elsewhere", reason: "DataShared"),
        Elsewhere(
            testDescription: "not mapped, and the same path", savePath: "/downloads", reason: "DataShared"),
    ]

    @Test("Another server may have the same disk", arguments: elsewhere)
    func otherServer(_ example: Elsewhere) async throws {
        var rules = Data.rules
        rules.pathMaps["nas"] = example.maps
        let world = try await Data.downloaded(rules, others: ["nas"])
        let identity = World.identity("theirs")
        world.others["nas"]?.torrents[identity.preferredID] = Torrent(
            id: identity.preferredID, identity: identity, state: .stalledUP,
            placement: Torrent.Placement(savePath: example.savePath),
            counters: Torrent.Counters(progress: 1, size: 1_000))
        try await Data.withdraw(world)
        #expect(world.reason("aa") == example.reason)
        #expect(world.server.disk.files.isEmpty == (example.reason == "DataRemoved"))
    }

    @Test("Nobody knows what a server has that was never seen: the data stays")
    func unseenServer() async throws {
        let world = try await Data.downloaded(others: ["nas"])
        world.others["nas"]?.faults.trouble = ClientTrouble(kind: .unreachable, message: "refused")
        world.restart()
        try await Data.withdraw(world)
        #expect(!world.has("aa") && world.reason("aa") == "DataUnseen" && !world.server.disk.files.isEmpty)
    }

    @Test("A request that moves to another server leaves its data behind")
    func movedToOtherServer() async throws {
        let world = try await Data.downloaded(others: ["nas"])
        var wish = try #require(world.spool.wish("aa"))
        wish.client = "nas"
        world.spool.write("aa", wish)
        try await world.settle()
        for _ in 1...15 {
            world.wait(.seconds(61))
            try await world.settle()
        }
        #expect(!world.has("aa") && world.others["nas"]?.torrents.count == 1)
        #expect(!world.server.disk.files.isEmpty)
        #expect(world.store.changes(.removed, of: "aa").map(\.reason) == ["DataShared"])
    }

    // MARK: Abandoned for the next source

    /// The torrent `aa` stalled, and `bb` is there in its place.
    private func abandoned(
        _ rules: Rules = Data.rules, progress: Double = 0, hasMetadata: Bool = true,
        isShared: Bool = false
    ) async throws -> World {
        let world = Data.world(rules)
        let stall = RequestTerms(stall: Stall(afterMilliseconds: 3_600_000, then: .next))
        world.drop("aa", from: [.torrent("aa"), .address("http://b/y")], stall)
        try await world.confirm()
        world.findMetadata("aa")
        // The server made its files, and nothing of them is whole.
        world.progress("aa", progress)
        try await world.settle()
        for _ in 1...7 {
            world.wait(.seconds(600))
            try await world.settle()
        }
        #expect(world.has("aa"))
        world.sources.find("http://b/y", "bb")
        if isShared {
            world.server.contents[World.identity("bb").preferredID] = [
                "\(World.identity("aa").preferredID)/film.mkv"
            ]
        }
        try await world.settle()
        #expect(world.has("bb"))
        if hasMetadata { world.findMetadata("bb") }
        world.wait(.seconds(61))
        try await world.settle()
        return world
    }

    @Test("Nothing of it is complete: its data goes, also without a word in the request")
    func nothingComplete() async throws {
        let world = try await abandoned()
        #expect(!world.has("aa") && world.server.disk.files.isEmpty)
        #expect(world.store.changes(.removed, of: "aa").map(\.reason) == ["DataRemoved"])
        #expect(world.phase("aa") == .downloading)
    }

    @Test("Something of it is complete: it stays")
    func somethingComplete() async throws {
        let world = try await abandoned(progress: 0.01)
        #expect(!world.has("aa") && !world.server.disk.files.isEmpty)
        #expect(world.store.changes(.removed, of: "aa").map(\.reason) == ["DataComplete"])
    }

    @Test("Without prune.allowData it stays, as ever")
    func notAllowed() async throws {
        let world = try await abandoned(Rules(pathMaps: MemoryDisk.mappings))
        #expect(!world.has("aa") && !world.server.disk.files.isEmpty)
        #expect(world.store.changes(.removed, of: "aa").map(\.reason) == ["Exchanged"])
    }

    @Test("The next source writes into the same files: they stay")
    func nextShares() async throws {
        let world = try await abandoned(isShared: true)
        #expect(!world.has("aa") && !world.server.disk.files.isEmpty)
        #expect(world.store.changes(.removed, of: "aa").map(\.reason) == ["DataShared"])
    }

    @Test("As long as nobody knows the next one's files the old one waits, ten minutes at most")
    func nextUnknown() async throws {
        let world = try await abandoned(hasMetadata: false)
        #expect(world.has("aa") && world.has("bb"))
        for _ in 1...10 {
            world.wait(.seconds(60))
            try await world.settle()
        }
        #expect(!world.has("aa"))
    }

    @Test("Exchanged for another torrent: by the rules of the request", arguments: OnDelete.allCases)
    func exchanged(onDelete: OnDelete) async throws {
        let world = try await Data.downloaded()
        world.drop("aa", torrent: "xx", onDelete: onDelete)
        try await world.settle()
        world.findMetadata("xx")
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.has("xx") && world.has("aa") == (onDelete == .keep))
        #expect(world.server.disk.files.isEmpty == (onDelete == .removeData))
    }
}
