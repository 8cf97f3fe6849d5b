import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Sources that have to be fetched, and several of them")
struct SourceScenarioTests {
    private static let link = World.Place.address("http://a/x")

    @Test("An address is fetched beside the pass, then added and followed")
    func address() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        #expect(world.phase("aa") == .resolving && world.server.calls.isEmpty)
        #expect(world.publication.status("aa")?.generation == 1)
        #expect(world.sources.asked == ["http://a/x"])
        try await world.pass()
        #expect(world.sources.asked.count == 1, "what is under way is not asked for again")
        world.sources.find("http://a/x", "aa")
        try await world.settle()
        #expect(world.phase("aa") == .metadata && world.adds(of: "aa") == 1)
        #expect(world.verdicts("aa") == ["http://a/x: in-use"])
        try await world.confirm()
        try await world.pass()
        #expect(world.report.isQuiet && world.sources.asked.count == 1)
    }

    @Test("What was found is kept: another process does not fetch it again")
    func keptAcrossProcesses() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        world.sources.find("http://a/x", "aa")
        world.server.faults.trouble = ClientTrouble(kind: .unreachable, message: "refused")
        try await world.pass()
        world.restart()
        world.healServer()
        world.wait(.seconds(600))
        try await world.settle()
        #expect(world.adds(of: "aa") == 1 && world.sources.asked.count == 1)
        #expect(world.phase("aa") == .metadata)
    }

    @Test("An answer that dies with the process is asked for again")
    func lostAnswer() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        world.restart()
        try await world.pass()
        #expect(world.sources.asked.count == 2)
        world.sources.find("http://a/x", "aa")
        try await world.settle()
        #expect(world.adds(of: "aa") == 1)
    }

    @Test("What fails for now is tried again after the backoff, and not before it is asked to")
    func backoff() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        world.sources.fail("http://a/x", .retry(notBeforeMilliseconds: 120_000), code: "http-429")
        try await world.pass()
        #expect(world.phase("aa") == .waiting && world.reason("aa") == "Backoff")
        let failure = try #require(world.publication.status("aa")?.failure)
        #expect(
            failure.attempts == 1 && failure.lastError?.code == "http-429" && failure.nextAttemptAt != nil)
        world.wait(.seconds(119))
        try await world.pass()
        #expect(world.sources.asked.count == 1)
        world.wait(.seconds(2))
        try await world.pass()
        #expect(world.sources.asked.count == 2 && world.phase("aa") == .resolving)
        world.sources.find("http://a/x", "aa")
        try await world.settle()
        #expect(world.phase("aa") == .metadata && world.publication.status("aa")?.failure.attempts == 0)
    }

    @Test("A host that is left alone for another request's sake is no failure, and asks the others first")
    func busyHost() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        world.drop("bb", from: [.address("http://a/y")])
        try await world.pass()
        world.sources.fail("http://a/x", .retry(notBeforeMilliseconds: 30_000), code: "http-503")
        world.sources.fail("http://a/y", .retry(notBeforeMilliseconds: 30_000), code: "busy")
        try await world.pass()
        #expect(world.publication.status("bb")?.failure.attempts == 0 && world.reason("bb") == "Backoff")
        world.wait(.seconds(31))
        try await world.pass()
        #expect(world.sources.asked.suffix(2) == ["http://a/y", "http://a/x"])
    }

    @Test("Gone for good is failed; a retry asks again")
    func gone() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        world.sources.fail("http://a/x", .gone, code: "http-404")
        try await world.settle()
        #expect(world.phase("aa") == .failed && world.reason("aa") == "SourceGone")
        #expect(world.verdicts("aa") == ["http://a/x: abandoned"])
        world.wait(.seconds(100_000))
        try await world.pass()
        #expect(world.sources.asked.count == 1)
        world.spool.order(.retry(SubjectKey(name: RequestName("aa"))))
        try await world.pass()
        #expect(world.sources.asked.count == 2 && world.phase("aa") == .resolving)
    }

    @Test("What can never work is rejected with its code, until the file changes")
    func refused() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        world.sources.fail("http://a/x", .correctRequest, code: "url-not-allowed")
        try await world.settle()
        #expect(world.phase("aa") == .rejected && world.reason("aa") == "UrlNotAllowed")
        #expect(world.publication.status("aa")?.failure.lastError?.code == "url-not-allowed")
        world.drop("aa", from: [.torrent("aa")])
        try await world.settle()
        #expect(world.phase("aa") == .metadata && world.publication.status("aa")?.generation == 2)
    }

    @Test("The next source is tried when one is gone, and the status says what was tried")
    func alternatives() async throws {
        let world = World()
        world.drop("aa", from: [Self.link, .address("http://b/y"), .torrent("cc")])
        try await world.pass()
        world.sources.fail("http://a/x", .gone, code: "http-410")
        try await world.pass()
        #expect(world.sources.asked == ["http://a/x", "http://b/y"])
        world.sources.fail("http://b/y", .correctRequest, code: "bad-torrent")
        try await world.settle()
        #expect(world.has("cc") && world.adds(of: "aa") == 1)
        #expect(
            world.verdicts("aa") == [
                "http://a/x: abandoned", "http://b/y: abandoned", "torrent cc: in-use",
            ])
        #expect(world.publication.status("aa")?.sources.map(\.code) == ["http-410", "bad-torrent", nil])
    }

    @Test("An edited request that names the same address does not fetch it again")
    func edited() async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        world.sources.find("http://a/x", "aa")
        try await world.settle()
        world.drop("aa", from: [Self.link], RequestTerms(priority: 5))
        try await world.settle()
        #expect(world.publication.status("aa")?.generation == 2)
        #expect(world.sources.asked.count == 1 && world.phase("aa") == .metadata)
    }

    @Test("A renamed request with an address goes on where it was", arguments: [false, true])
    func renamed(betweenProcesses: Bool) async throws {
        let world = World()
        world.drop("aa", from: [Self.link])
        try await world.pass()
        world.sources.find("http://a/x", "aa")
        try await world.confirm()
        world.spool.rename("aa", to: "zz")
        if betweenProcesses { world.restart() }
        try await world.settle()
        #expect(world.phase("zz") == .metadata && world.publication.status("aa") == nil)
        #expect(world.server.calls.filter { $0.call.word == "add" }.count == 1)
        #expect(world.sources.asked.count == 1)
    }

    @Test("A request that comes to mean another torrent: the new one is added before the old one goes")
    func exchange() async throws {
        let world = World()
        world.drop("a", torrent: "aa")
        try await world.confirm()
        world.server.faults.refusals["a"] = 1
        world.drop("a", torrent: "bb")
        try await world.pass()
        #expect(world.has("aa") && !world.has("bb"))
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.has("bb") && !world.has("aa"))
        #expect(world.phase("a") == .metadata && world.publication.status("a")?.generation == 2)
    }

    @Test("An exchange of many at once is held by the budget, and goes on when it is approved")
    func exchangeOfMany() async throws {
        let world = World()
        let names = (1...9).map { "r\($0)" }
        for name in names { world.drop(name, torrent: "old " + name) }
        try await world.confirm()
        for name in names { world.drop(name, torrent: "new " + name) }
        try await world.settle()
        #expect(world.holds == [.pruneBudget] && world.server.torrents.count == 18)
        world.spool.order(.approve(.pruneBudget))
        try await world.settle()
        #expect(world.holds.isEmpty && world.server.torrents.count == 9)
    }

    @Test("Two requests that exchange their torrents keep both")
    func swapped() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.drop("aa", torrent: "bb")
        world.drop("bb", torrent: "aa")
        try await world.settle()
        #expect(world.has("aa") && world.has("bb") && world.server.torrents.count == 2)
        #expect(world.words.filter { $0 == "prune" }.isEmpty)
        world.withdraw("aa", "bb")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.server.torrents.isEmpty, "both are still ours")
    }

    @Test("Nothing is fetched or added before its time; too late is given up")
    func times() async throws {
        let world = World()
        let start = WallTime(milliseconds: world.clock.now().wall.milliseconds + 3_600_000)
        world.drop(
            "aa", from: [Self.link], RequestTerms(notBefore: start, giveUpAfterMilliseconds: 7_200_000))
        try await world.pass()
        #expect(world.phase("aa") == .waiting && world.reason("aa") == "NotBefore")
        #expect(world.sources.asked.isEmpty && world.report.nextDue != nil)
        world.wait(.seconds(3_601))
        try await world.pass()
        #expect(world.sources.asked.count == 1)
        world.sources.find("http://a/x", "aa")
        try await world.settle()
        world.wait(.seconds(3_600))
        try await world.settle()
        #expect(world.phase("aa") == .failed && world.reason("aa") == "GaveUp")
        #expect(world.has("aa"), "the torrent stays as it is")
        world.spool.order(.retry(SubjectKey(name: RequestName("aa"))))
        try await world.settle()
        #expect(world.phase("aa") == .metadata)
    }
}
