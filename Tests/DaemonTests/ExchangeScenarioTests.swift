import Daemon
import Metainfo
import Reconciliation
import Testing

/// What random worlds found about requests that come to mean other torrents, each as a world of its own.
@Suite("Requests that come to mean other torrents, and back")
struct ExchangeScenarioTests {
    private static let link = World.Place.address("http://a/x")

    @Test("To another torrent and back before that one was added: the first stays, followed as before")
    func backAgain() async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        try await world.confirm()
        world.server.faults.refusals["a"] = 1
        world.drop("a", torrent: "bb")
        try await world.pass()
        #expect(world.has("aa") && !world.has("bb"))
        world.drop("a", torrent: "aa")
        world.wait(.seconds(60))
        try await world.confirm()
        #expect(world.adds(of: "a") == 2 && !world.words.contains("prune"), "nothing was added or taken out")
        #expect(world.store.subject("a")?.leaving.isEmpty == true)
        #expect(world.store.subject("a")?.following?.ownership == .added)
        try await world.pass()
        #expect(world.isQuiet)
    }

    @Test("The same through an address that leads back to it")
    func backThroughAddress() async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        try await world.confirm()
        world.server.faults.refusals["a"] = 1
        world.drop("a", torrent: "bb")
        try await world.pass()
        world.drop("a", from: [Self.link])
        try await world.pass()
        world.sources.find("http://a/x", "aa")
        world.wait(.seconds(60))
        try await world.confirm()
        #expect(world.has("aa") && !world.words.contains("prune"))
        #expect(world.store.subject("a")?.leaving.isEmpty == true)
        try await world.pass()
        #expect(world.isQuiet)
    }

    @Test("An add whose answer was lost, and then another torrent is asked for: one is left, and it is that")
    func unrecorded() async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        await world.pass(dying: .before(commit: 2))
        #expect(world.has("aa"))
        world.drop("a", torrent: "bb")
        try await world.confirm()
        #expect(world.has("bb") && !world.has("aa"))
    }

    @Test("The same with an address, and the request goes before it was fetched", arguments: [false, true])
    func unrecordedAndGone(isFetched: Bool) async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        await world.pass(dying: .before(commit: 2))
        world.drop("a", from: [Self.link])
        try await world.pass()
        if isFetched { world.sources.find("http://a/x", "bb") }
        try await world.settle()
        world.withdraw("a")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.server.torrents.isEmpty && world.phase("a") == .removed)
    }

    @Test("Another request takes over what is on its way out, as ours")
    func takenOver() async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        try await world.confirm()
        world.server.faults.refusals["a"] = 1
        world.drop("a", torrent: "bb")
        try await world.pass()
        world.drop("c", torrent: "aa")
        world.wait(.seconds(60))
        try await world.confirm()
        #expect(world.store.subject("c")?.following?.ownership == .added)
        #expect(world.store.subject("a")?.leaving.isEmpty == true)
        world.withdraw("c")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(!world.has("aa") && world.has("bb"))
    }

    @Test("What another request may have when a process died is taken over as ours, too")
    func takenOverUnrecorded() async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        await world.pass(dying: .before(commit: 2))
        world.withdraw("a")
        world.drop("b", torrent: "aa")
        try await world.confirm()
        #expect(world.store.subject("b")?.following?.ownership == .added)
        #expect(world.phase("a") == .removed, "it waits for nobody")
        world.withdraw("b")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.server.torrents.isEmpty)
    }

    @Test("Who comes to ask for another's torrent loses the own one to whoever asks for that")
    func conflictYields() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.drop("bb", torrent: "aa")
        try await world.settle()
        #expect(world.phase("bb") == .conflict)
        world.drop("c", torrent: "bb")
        try await world.confirm()
        #expect(world.store.subject("c")?.following != nil && world.store.subject("bb")?.following == nil)
        world.withdraw("bb")
        try await world.settle()
        #expect(world.phase("bb") == .removed && world.has("bb"))
        world.restart()
        try await world.settle()
        #expect(world.isQuiet)
    }

    @Test("A conflict names who owns the torrent by now")
    func conflictNamesOwner() async throws {
        let world = World()
        world.drop("a", torrent: "xx", isSuspended: true)
        try await world.settle()
        world.drop("b", torrent: "xx")
        try await world.settle()
        world.withdraw("a")
        world.drop("c", torrent: "xx")
        try await world.confirm()
        let message = try #require(world.publication.status("c")?.message)
        #expect(world.phase("b") == .metadata && message.contains("“b”"))
    }

    @Test("Asked to be absent and it is not ours: what was asked for before goes all the same")
    func absentForeign() async throws {
        let world = World()
        world.addByHand("xx")
        world.drop("a", torrent: "aa")
        try await world.confirm()
        world.drop("a", torrent: "xx", [.state: .text("absent")])
        try await world.settle()
        #expect(world.has("xx") && !world.has("aa") && world.phase("a") == .removed)
        #expect(world.store.subject("a")?.leaving.isEmpty == true)
    }

    @Test(
        "A stalled torrent's successor that has to wait is still there to be sent", arguments: [false, true])
    func successorWaits(restarts: Bool) async throws {
        let world = World()
        let stall = RequestTerms(stall: Stall(afterMilliseconds: 60_000, then: .next))
        world.drop("a", from: [.torrent("aa"), .torrent("bb")], stall)
        try await world.settle()
        for _ in 1...12 where world.store.subject("a")?.sources == nil {
            world.wait(.seconds(6))
            try await world.pass()
        }
        if restarts { world.restart() }
        world.server.faults.refusals["a"] = 2
        for _ in 1...3 {
            world.wait(.seconds(600))
            try await world.settle()
        }
        #expect(world.has("bb") && !world.has("aa"))
        #expect(world.store.payloads.contains { $0.identity.overlaps(World.identity("bb")) })
    }

    @Test("A conflict that takes over goes on with its own sources")
    func heirKeepsSources() async throws {
        let world = World()
        world.drop("a", torrent: "xx")
        try await world.confirm()
        world.drop("b", from: [Self.link, .address("http://b/y")])
        try await world.pass()
        world.sources.fail("http://a/x", .gone, code: "http-404")
        try await world.pass()
        world.sources.find("http://b/y", "xx")
        try await world.settle()
        #expect(world.phase("b") == .conflict)
        world.withdraw("a")
        try await world.confirm()
        #expect(world.store.subject("b")?.sources?.index == 1 && world.phase("b") == .metadata)
        world.restart()
        try await world.pass()
        #expect(world.isQuiet && world.sources.asked.count == 2)
    }

    @Test("A stall that is only reported is no reason to write again and again")
    func reportedOnce() async throws {
        let world = World()
        world.drop("a", RequestTerms(stall: Stall(afterMilliseconds: 60_000)))
        try await world.confirm()
        for _ in 1...20 {
            world.wait(.seconds(6))
            try await world.settle()
        }
        #expect(world.reason("a") == "NoProgress")
        for _ in 1...5 {
            world.wait(.seconds(30))
            try await world.pass()
            #expect(world.report.figures.commits == 0)
        }
    }

    @Test("Every source was given up: no later end hides that")
    func givenUpOnce() async throws {
        let world = World()
        world.drop("a", from: [Self.link], RequestTerms(giveUpAfterMilliseconds: 600_000))
        try await world.pass()
        world.sources.fail("http://a/x", .gone, code: "http-404")
        try await world.settle()
        world.wait(.seconds(1_000))
        world.restart()
        try await world.settle()
        #expect(world.phase("a") == .failed && world.reason("a") == "SourceGone")
    }
}
