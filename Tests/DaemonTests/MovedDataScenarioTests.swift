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
        let world = try await abandoned(Rules(pathMap: [MemoryDisk.mapping]))
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
