import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("From a request to a finished download")
struct AddingScenarioTests {
    @Test("Added, downloading, complete in two looks, seeding")
    func theWholeRoad() async throws {
        let world = World()
        world.drop("movies/aa", [.category: .text("movies"), .tags: .list(["a"])])
        try await world.pass()
        #expect(world.torrent("aa")?.placement.tags == ["a", "qspool"])
        #expect(world.torrent("aa")?.placement.category == "movies")
        #expect(world.phase("movies/aa") == .metadata)

        world.progress("aa", 0.5)
        world.wait(.seconds(10))
        try await world.pass()
        #expect(world.phase("movies/aa") == .downloading)
        #expect(world.publication.status("movies/aa")?.message == "50 % of 1000 B")

        world.complete("aa")
        try await world.pass()
        #expect(world.phase("movies/aa") == .checking)
        #expect(world.report.verificationDue != nil)
        try await world.settle()
        #expect(world.phase("movies/aa") == .seeding)
        #expect(world.store.changes(.completed, of: "movies/aa").count == 1)
        #expect(world.adds(of: "movies/aa") == 1)
    }

    @Test("Stopped and complete is completed")
    func completed() async throws {
        let world = World()
        world.drop("aa", [.state: .text("stopped")])
        try await world.settle()
        #expect(world.phase("aa") == .stopped)
        world.complete("aa")
        world.change("aa") { $0.state = .stoppedUP }
        try await world.settle()
        #expect(world.phase("aa") == .completed)
    }

    @Test("An add whose answer is lost is not made again")
    func lostAnswer() async throws {
        let world = World()
        world.server.faults.lostAnswers = 1
        world.drop("aa")
        try await world.pass()
        try await world.settle()
        #expect(world.adds(of: "aa") == 1)
        #expect(world.store.subject("aa")?.following?.ownership == .added)
        #expect(world.store.subject("aa")?.attempt == nil)
        #expect(world.phase("aa") == .metadata)
    }

    @Test("An add that is lost with its answer is made again, after a while")
    func lostCall() async throws {
        let world = World()
        world.server.faults.lostCalls = 1
        world.drop("aa")
        try await world.pass()
        #expect(world.phase("aa") == .waiting && world.reason("aa") == "Backoff")
        world.wait(.seconds(5))
        try await world.settle()
        #expect(world.adds(of: "aa") == 2 && world.has("aa"))
    }

    @Test("An add whose answer is lost, and another process begins: not made again")
    func lostAnswerAndRestart() async throws {
        let world = World()
        world.server.faults.lostAnswers = 1
        world.server.faults.readingsUntilListed = 4
        world.drop("aa")
        try await world.pass()
        world.restart()
        try await world.pass()
        try await world.settle()
        #expect(world.adds(of: "aa") == 1)
        #expect(world.store.subject("aa")?.following?.ownership == .added)
    }

    @Test("A torrent that shows late is not added twice")
    func showsLate() async throws {
        let world = World()
        world.server.faults.readingsUntilListed = 4
        world.drop("aa")
        try await world.settle()
        #expect(world.adds(of: "aa") == 1)
        #expect(world.phase("aa") == .metadata)
        #expect(world.store.changes(.vanished).isEmpty)
    }

    @Test("What the server forgets after acknowledging it is added again, and no loss is counted")
    func forgottenAdd() async throws {
        let world = World()
        world.server.faults.forgottenAdds = 1
        world.drop("aa")
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "aa") == 2)
        #expect(world.store.subject("aa")?.following?.readds == 0)
        #expect(world.store.changes(.vanished, of: "aa").map(\.reason) == ["ForgottenByServer"])
    }

    @Test("A server killed right after its answer: added again at once")
    func killedServer() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.settle()
        world.server.restart(forgetting: [World.identity("aa").preferredID])
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "aa") == 2 && world.adds(of: "bb") == 1)
        #expect(world.store.subject("aa")?.following?.readds == 0)
    }

    @Test("A server that says yes and does nothing is asked ever more seldom")
    func forgetfulServer() async throws {
        let world = World()
        world.server.faults.forgottenAdds = 1_000
        world.drop("aa")
        for _ in 1...60 {
            try await world.pass()
            world.wait(.seconds(10))
        }
        #expect((3...9).contains(world.adds(of: "aa")))
    }

    @Test("A refused torrent is offered again, but not before its backoff is over")
    func refusalBacksOff() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        world.server.faults.refusals["aa"] = 1
        try await world.pass()
        #expect(world.has("bb") && !world.has("aa"))
        #expect(world.publication.status("aa")?.failure.attempts == 1)
        let due = try #require(
            world.store.subject("aa")?.attempt?.nextAt.milliseconds(since: world.clock.now()))
        #expect(due > 0)
        world.clock.advance(milliseconds: due - 1)
        try await world.pass()
        #expect(world.adds(of: "aa") == 1)
        world.clock.advance(milliseconds: 1)
        try await world.settle()
        #expect(world.has("aa") && world.publication.status("aa")?.failure.attempts == 0)
    }

    @Test("A torrent that the server refuses for good is given up, until retry")
    func refusedForGood() async throws {
        let world = World()
        world.drop("aa")
        world.server.faults.badTorrents = ["aa"]
        try await world.settle()
        #expect(world.phase("aa") == .failed && world.reason("aa") == "BadTorrent")
        world.wait(.seconds(7_200))
        try await world.settle()
        #expect(world.adds(of: "aa") == 1)
        world.server.faults.badTorrents = []
        world.spool.order(.retry(SubjectKey(name: RequestName("aa"))))
        try await world.settle()
        #expect(world.has("aa") && world.phase("aa") == .metadata)
        #expect(world.spool.orders().isEmpty)
    }

    @Test("Retried and refused for good again: given up, and said so at once")
    func retriedInVain() async throws {
        let world = World()
        world.drop("aa")
        world.server.faults.badTorrents = ["aa"]
        try await world.settle()
        world.spool.order(.retry(SubjectKey(name: RequestName("aa"))))
        try await world.pass()
        #expect(world.phase("aa") == .failed)
        #expect(world.adds(of: "aa") == 2)
    }

    @Test("In error with nothing complete: retry takes it out and adds it afresh")
    func retryOfAnError() async throws {
        for delay in [Int64(0), 3_000] {
            let world = World()
            world.drop(["aa", "bb"])
            try await world.confirm()
            world.change("aa") { $0.state = .error }
            try await world.settle()
            #expect(world.phase("aa") == .error)
            world.spool.order(.retry(SubjectKey(name: RequestName("aa"))))
            world.server.faults.effectMilliseconds = delay
            try await world.settle()
            #expect(world.torrent("aa")?.state == .metaDL)
            #expect(world.adds(of: "aa") == 2)
            #expect(world.store.subject("aa")?.following?.readds == 0)
        }
    }

    @Test("4.2.5 ignores tags in the add: ours and the request's are set by the next calls")
    func untaggedAdd() async throws {
        let world = World()
        world.server.facts.ignoresTagsInAdd = true
        world.drop("aa", [.tags: .list(["a"])])
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["a", "qspool"])
        #expect(world.store.subject("aa")?.following?.ownership == .added)
        #expect(world.store.changes(.drift).isEmpty)
        #expect(world.adds(of: "aa") == 1)
    }

    @Test("4.2.5, and the process dies before it could set the tag: ours all the same")
    func untaggedAddAndDeath() async throws {
        let world = World()
        world.server.facts.ignoresTagsInAdd = true
        world.drop("aa")
        await world.pass(dying: .before(commit: 2))
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["qspool"])
        #expect(world.store.subject("aa")?.following?.ownership == .added)
    }

    @Test("A thousand at once: two commits, and so many in a pass as are allowed")
    func athousand() async throws {
        let world = World(Rules(addsPerPass: 400))
        let names = (0..<1_000).map { "n\($0)" }
        world.drop(names)
        try await world.pass()
        #expect(world.report.figures.commits == 2)
        #expect(world.server.torrents.count == 400)
        #expect(world.report.phases[.waiting] == 600)
        #expect(world.report.nextDue == world.report.nextDue.map { _ in world.clock.now() })
        try await world.pass()
        #expect(world.server.torrents.count == 800)
        try await world.settle()
        #expect(world.server.torrents.count == 1_000)
        #expect(world.server.calls.count == 1_000)
        #expect(world.store.payloads.count == 1_000)
    }

    @Test("What waits its turn is sent by a later process, from the store")
    func payloadsOutliveTheProcess() async throws {
        let world = World(Rules(addsPerPass: 1))
        world.drop(["aa", "bb", "cc"])
        try await world.pass()
        world.restart()
        try await world.pass()
        world.restart()
        try await world.settle()
        #expect(world.has("aa") && world.has("bb") && world.has("cc"))
    }

    @Test("A bad request is named and holds nobody up; corrected, it is carried out")
    func badRequest() async throws {
        let world = World()
        world.drop("aa")
        world.reject("bad")
        try await world.settle()
        #expect(world.has("aa"))
        #expect(world.phase("bad") == .rejected && world.reason("bad") == "BadJson")
        #expect(world.publication.status("bad")?.generation == 0)
        world.drop("bad")
        try await world.settle()
        #expect(world.has("bad") && world.phase("bad") == .metadata)
        world.reject("bad")
        try await world.settle()
        #expect(world.has("bad") && world.phase("bad") == .rejected)
        #expect(world.publication.status("bad")?.generation == 1)
        world.withdraw("bad")
        try await world.confirm()
        try await world.settle()
        #expect(!world.has("bad"))
    }

    @Test("A bad request that goes leaves nothing behind")
    func badRequestGoes() async throws {
        let world = World()
        world.reject("bad")
        try await world.settle()
        world.withdraw("bad")
        try await world.settle()
        #expect(world.publication.status("bad") == nil && world.store.subject("bad") == nil)
    }
}
