import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Names that change hands")
struct NamesScenarioTests {
    @Test("A renamed request keeps its torrent, whatever looks at it", arguments: [true, false])
    func rename(byDaemon: Bool) async throws {
        let world = World()
        world.drop("old", torrent: "aa")
        world.drop("bb")
        try await world.confirm()
        world.spool.rename("old", to: "sub/new")
        if byDaemon { try await world.glance("old", "sub/new") } else { try await world.pass() }
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.has("aa") && world.server.calls.count == 2)
        #expect(world.phase("sub/new") == .metadata && world.phase("old") == nil)
        #expect(world.store.changes(.renamed).map(\.from) == ["old"])
        #expect(world.store.documents[RequestName("sub/new")]?.keys.sorted() == [1])
        #expect(world.report.phases[.metadata] == 2)
    }

    @Test("Renamed in two events, the new name first")
    func renameInTwoPasses() async throws {
        let world = World()
        world.drop("old", torrent: "aa")
        world.drop("bb")
        try await world.confirm()
        world.drop("new", torrent: "aa")
        try await world.glance("new")
        #expect(world.phase("new") == .conflict)
        world.withdraw("old")
        try await world.glance("old")
        #expect(world.phase("new") == .metadata && world.phase("old") == nil)
        #expect(world.adds(of: "new") == 0)
    }

    @Test("Renamed while the server is out of reach")
    func renameInTheDark() async throws {
        let world = World()
        world.drop("old", torrent: "aa")
        world.drop("bb")
        try await world.confirm()
        world.severServer()
        world.spool.rename("old", to: "new")
        try await world.pass()
        world.wait(.seconds(61))
        world.healServer()
        try await world.settle()
        #expect(world.has("aa") && world.phase("new") == .metadata && world.server.calls.count == 2)
    }

    @Test("Two that ask for one torrent: the first owns it, the other takes over when the first goes")
    func conflict() async throws {
        let world = World()
        world.drop("first", torrent: "aa")
        world.drop("bb")
        try await world.confirm()
        world.drop("a-second", torrent: "aa")
        try await world.settle()
        #expect(world.phase("a-second") == .conflict)
        #expect(world.publication.status("a-second")?.message.contains("first") == true)
        #expect(world.report.reasonsForPerson.count == 1)
        // Its generations go on while it waits.
        world.drop("a-second", torrent: "aa", [.category: .text("iso")])
        try await world.settle()
        #expect(world.publication.status("a-second")?.generation == 2)
        world.withdraw("first")
        world.wait(.seconds(1))
        try await world.settle()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "first") == 1 && world.adds(of: "a-second") == 0)
        #expect(world.phase("a-second") == .metadata && world.phase("first") == nil)
        #expect(world.torrent("aa")?.placement.category == "iso")
        #expect(world.store.subject("a-second")?.following?.ownership == .added)
    }

    @Test("Two that arrive together: the first by name")
    func conflictTogether() async throws {
        let world = World()
        world.drop("b", torrent: "aa")
        world.drop("a", torrent: "aa")
        try await world.settle()
        #expect(world.adds(of: "a") == 1 && world.adds(of: "b") == 0 && world.phase("b") == .conflict)
        world.restart()
        try await world.settle()
        #expect(world.phase("b") == .conflict && world.server.calls.count == 1)
    }

    @Test("The second by a hybrid's other hash, once the metadata tells")
    func hybridConflict() async throws {
        let world = World()
        world.spool.write("first", MemorySpool.Wish(identity: World.identity("aa")))
        world.drop("bb")
        try await world.confirm()
        // The metadata arrives: the server lists it under its other id from here on.
        let hybrid = World.hybrid("aa")
        var torrent = try #require(world.torrent("aa"))
        world.server.torrents[torrent.id] = nil
        world.server.ours.remove(torrent.id)
        torrent.id = hybrid.preferredID
        torrent.identity = hybrid
        torrent.state = .downloading
        world.server.torrents[torrent.id] = torrent
        world.server.ours.insert(torrent.id)
        try await world.settle()
        #expect(world.phase("first") == .downloading && world.adds(of: "first") == 1)
        #expect(world.store.observed.keys.count { $0.id == World.identity("aa").preferredID } == 0)
        let other = TorrentIdentity(try #require(hybrid.v2))
        world.spool.write("second", MemorySpool.Wish(identity: other))
        try await world.settle()
        #expect(world.phase("second") == .conflict && world.torrent("aa")?.placement.tags == ["qspool"])
        world.withdraw("first")
        try await world.glance("first")
        #expect(world.phase("second") == .downloading)
        world.withdraw("second")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(!world.has("aa") && world.store.observed.count == 1)
    }

    @Test("A file moved over another's name goes on with its torrent; the other one's goes")
    func movedOver() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc"])
        try await world.confirm()
        world.spool.rename("aa", to: "bb")
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.has("aa") && !world.has("bb") && world.has("cc"))
        #expect(world.phase("bb") == .metadata && world.adds(of: "bb") == 1)
        // Under a name of its own it goes on where it was.
        world.spool.rename("bb", to: "again")
        try await world.settle()
        #expect(world.phase("again") == .metadata && world.adds(of: "again") == 0)
    }
}
