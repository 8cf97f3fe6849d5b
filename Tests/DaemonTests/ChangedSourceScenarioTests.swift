import Daemon
import Metainfo
import Reconciliation
import Testing

/// What a request meant before never ends what it means now.
@Suite("Requests that come to mean another torrent, step by step")
struct ChangedSourceScenarioTests {
    private static let goal: [Field: FieldValue] = [
        .seed: .goals(SeedGoals(ratio: .at(1), then: .remove))
    ]

    /// The request of `aa` now names an address.
    private func readdress(
        _ world: World, _ wishes: [Field: FieldValue] = [:], _ terms: RequestTerms = .init()
    ) {
        var wish = MemorySpool.Wish(identity: World.identity("unknown"), wishes: wishes, terms: terms)
        wish.sources = [World.Place.address("http://a/x").candidate]
        world.spool.write("aa", wish)
    }

    @Test("A goal is that of the torrent asked for, not of the one before")
    func goal() async throws {
        let world = World()
        world.drop("aa", Self.goal)
        try await world.confirm()
        world.complete("aa")
        try await world.confirm()
        readdress(world, Self.goal)
        world.seed("aa", ratio: 3)
        try await world.settle()
        #expect(world.has("aa") && world.phase("aa") == .resolving)
        world.sources.find("http://a/x", "bb")
        try await world.settle()
        #expect(world.has("bb") && !world.has("aa") && world.phase("aa") == .metadata)
    }

    @Test("The old torrent removed by hand meanwhile: it stays away, and the new one comes")
    func removedMeanwhile() async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        world.complete("aa")
        try await world.confirm()
        readdress(world)
        try await world.settle()
        world.removeByHand("aa")
        world.wait(.seconds(70))
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .resolving)
        world.sources.find("http://a/x", "bb")
        try await world.settle()
        #expect(world.has("bb") && !world.has("aa") && world.adds(of: "aa") == 2)
    }

    @Test("A source that cannot be had says so, and the torrent of before stays as it is")
    func gone() async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        readdress(world)
        try await world.pass()
        world.sources.fail("http://a/x", .gone, code: "http-404")
        try await world.settle()
        #expect(world.phase("aa") == .failed && world.reason("aa") == "SourceGone")
        #expect(world.has("aa") && world.publication.status("aa")?.torrent != nil)
        world.removeByHand("aa")
        world.wait(.seconds(70))
        try await world.settle()
        #expect(!world.has("aa") && world.adds(of: "aa") == 1, "nothing that is not asked for is added again")
        world.drop("aa")
        try await world.settle()
        #expect(world.has("aa"))
    }

    @Test("To another torrent and back before that one was added", arguments: ["refused", "later"])
    func backAgain(how: String) async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        let later = WallTime(milliseconds: 4_000_000_000_000)
        if how == "refused" { world.server.faults.badTorrents = ["aa"] }
        let terms = how == "later" ? RequestTerms(notBefore: later) : RequestTerms()
        world.spool.write("aa", MemorySpool.Wish(identity: World.identity("bb"), terms: terms))
        try await world.settle()
        world.server.faults.badTorrents = []
        world.drop("aa")
        try await world.settle()
        world.wait(.seconds(70))
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "aa") <= 2 && world.phase("aa") == .metadata)
        #expect(world.store.subject("aa")?.following?.ownership == .added)
        #expect(!world.words.contains("prune"))
    }

    @Test("One that is refused for good leaves the old one ours, and holds up nobody's removal")
    func refusedForGood() async throws {
        let world = World()
        let names = (1...6).map { "n\($0)" }
        world.drop(names + ["other", "more", "third"])
        try await world.confirm()
        world.server.faults.badTorrents = Set(names)
        for name in names { world.drop(name, torrent: "new " + name) }
        for _ in 1...3 {
            try await world.settle()
            world.wait(.seconds(70))
        }
        #expect(names.allSatisfy { world.phase($0) == .failed && world.has($0) })
        #expect(world.holds.isEmpty)
        world.withdraw("other")
        try await world.pass()
        world.wait(.seconds(70))
        try await world.settle()
        #expect(!world.has("other") && world.holds.isEmpty)
        world.server.faults.badTorrents = []
        world.withdraw(names[0])
        try await world.pass()
        world.wait(.seconds(70))
        try await world.settle()
        #expect(!world.has(names[0]), "what is ours goes with its request")
    }

    @Test("An add whose answer was lost, another source, and then no request: no torrent of ours stays")
    func lostAnswer() async throws {
        let world = World()
        world.drop("aa")
        world.server.faults.lostAnswers = 1
        world.server.faults.readingsUntilListed = 3
        try await world.pass()
        readdress(world)
        try await world.pass()
        world.restart()
        world.withdraw("aa")
        for _ in 1...3 {
            try await world.settle()
            world.wait(.seconds(70))
        }
        #expect(world.server.torrents.isEmpty)
    }

    @Test("A stalled torrent that completes while the next source is sought is the one after all")
    func completesAfterAll() async throws {
        let world = World()
        let stall = RequestTerms(stall: Stall(afterMilliseconds: 600_000, then: .next))
        world.drop("aa", from: [.torrent("aa"), .address("http://b/y")], stall)
        try await world.settle()
        for _ in 1...13 {
            world.wait(.seconds(60))
            try await world.settle()
        }
        #expect(world.sources.open.count == 1)
        world.complete("aa")
        try await world.confirm()
        #expect(world.phase("aa") == .seeding && world.sources.open.isEmpty)
        #expect(world.verdicts("aa") == ["torrent aa: in-use", "http://b/y: waiting"])
    }

    @Test("While the new torrent is somebody else's and not adopted yet, the old one stays")
    func notBeforeAdoption() async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        world.addByHand("bb")
        world.server.faults.refusals["aa"] = 1
        world.drop("aa", torrent: "bb")
        try await world.pass()
        #expect(world.has("aa"), "the adoption was refused")
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.has("bb") && !world.has("aa"))
        #expect(world.store.subject("aa")?.following?.ownership == .adopted)
    }

    @Test("Too late is not said of what is complete")
    func completeInTime() async throws {
        let world = World()
        world.drop("aa", RequestTerms(giveUpAfterMilliseconds: 3_600_000))
        try await world.settle()
        world.severServer()
        world.complete("aa")
        world.wait(.seconds(7_200))
        try await world.pass()
        #expect(world.phase("aa") == .metadata)
        world.healServer()
        world.wait(.seconds(600))
        try await world.confirm()
        #expect(world.phase("aa") == .seeding)
    }
}
