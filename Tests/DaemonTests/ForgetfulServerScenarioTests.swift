import Daemon
import Metainfo
import Reconciliation
import Testing

/// A server that is killed within moments of its answer starts again with what it had before.
@Suite("A server that forgets what it acknowledged")
struct ForgetfulServerScenarioTests {
    /// `aa` is followed and certain, beside two that stay.
    private func world(
        _ wishes: [Field: FieldValue] = [:], onDelete: OnDelete = .remove, rules: Rules = Rules()
    ) async throws -> World {
        let world = World(rules)
        world.drop(["n1", "n2"])
        world.drop("aa", wishes, onDelete: onDelete)
        try await world.confirm()
        return world
    }

    /// What takes the torrent, or our mark, away, and a look that sees it done.
    private func takeAway(_ world: World) async throws {
        world.withdraw("aa")
        try await world.settle()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.phase("aa") == .removed)
    }

    private func returns(_ world: World) -> Int {
        world.store.log.count { $0.kind == .returned && $0.reason == "BroughtBack" }
    }

    // MARK: A removal

    @Test("A removed torrent that comes back is removed again, at once and only once")
    func removal() async throws {
        let world = try await world()
        let kept = world.server.kept
        try await takeAway(world)
        world.server.restart(with: kept)
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed && world.reason("aa") == "Withdrawn")
        #expect(world.words.count { $0 == "prune" } == 2 && world.adds(of: "aa") == 1)
        #expect(returns(world) == 1 && world.store.log.count { $0.kind == .withdrawn } == 1)
        try await world.settle()
        #expect(world.words.count { $0 == "prune" } == 2)
    }

    @Test("It is watched across processes, and as long as a removed request is not remembered at all")
    func processes() async throws {
        var rules = Rules()
        rules.keepRemovedMilliseconds = 0
        let world = try await world(rules: rules)
        let kept = world.server.kept
        try await takeAway(world)
        world.restart()
        try await world.settle()
        world.restart()
        world.server.restart(with: kept)
        try await world.settle()
        #expect(!world.has("aa"))
        try await world.confirm()
        try await world.settle()
        #expect(world.store.subject("aa") == nil)
    }

    @Test("What is gone by two looks a minute apart, and comes back, is somebody's: it stays")
    func certain() async throws {
        let world = try await world()
        let kept = world.server.kept
        try await takeAway(world)
        try await world.confirm()
        world.server.restart(with: kept)
        try await world.settle()
        #expect(world.has("aa") && world.phase("aa") == .removed && returns(world) == 0)
    }

    @Test("What comes back without our mark is foreign: it stays")
    func unmarked() async throws {
        let world = try await world()
        let kept = world.server.kept
        try await takeAway(world)
        world.server.restart(with: kept)
        world.takeOffTag("qspool", of: "aa")
        try await world.settle()
        #expect(world.has("aa") && world.phase("aa") == .removed)
        #expect(world.words.count { $0 == "prune" } == 1)
    }

    @Test("Asked to be absent, it is removed again")
    func absent() async throws {
        let world = try await world()
        let kept = world.server.kept
        world.drop("aa", [.state: .text("absent")])
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed)
        world.server.restart(with: kept)
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed && world.reason("aa") == "Absent")
    }

    @Test("Removed at its goal, it is removed again and not added")
    func goal() async throws {
        let goals = SeedGoals(ratio: .at(1), then: .remove)
        let world = try await world([.seed: .goals(goals)])
        world.complete("aa")
        world.seed("aa", ratio: 2)
        let kept = world.server.kept
        try await world.settle()
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .finished)
        world.server.restart(with: kept)
        for _ in 1...2 { try await world.settle() }
        #expect(!world.has("aa") && world.phase("aa") == .finished && world.reason("aa") == "GoalMet")
        #expect(world.adds(of: "aa") == 1)
    }

    @Test("The torrent of before comes back after an exchange, and goes again")
    func exchange() async throws {
        let world = try await world()
        let kept = world.server.kept
        world.drop("aa", torrent: "bb")
        try await world.settle()
        #expect(!world.has("aa") && world.has("bb"))
        // The server forgot the new one too: it was added a moment before.
        world.server.restart(with: kept)
        for _ in 1...2 { try await world.settle() }
        #expect(!world.has("aa") && world.has("bb"))
        #expect(world.store.log.contains { $0.reason == "ForgottenByServer" })
    }

    // MARK: A mark

    @Test("A mark that was taken off and comes back is taken off again, and the torrent stays")
    func release() async throws {
        let world = try await world(onDelete: .keep)
        let kept = world.server.kept
        try await takeAway(world)
        #expect(world.has("aa") && world.torrent("aa")?.placement.tags == [])
        world.server.restart(with: kept)
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == [] && world.phase("aa") == .removed)
        #expect(world.words.contains("prune") == false)
    }

    @Test("The mark of an adopted torrent is put back, unless a person took it off")
    func adoption() async throws {
        let world = World()
        world.addByHand("aa", tags: ["mine"])
        world.drop("aa")
        let kept = world.server.kept
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["mine", "qspool-adopted"])
        world.server.restart(with: kept)
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["mine", "qspool-adopted"])
        try await world.confirm()
        world.takeOffTag("qspool-adopted", of: "aa")
        world.server.restart()
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["mine"])
    }

    // MARK: Somebody asks for it again

    @Test("It comes back when its request has: ours as before, and not added a second time")
    func requestReturns() async throws {
        let world = try await world()
        let kept = world.server.kept
        try await takeAway(world)
        world.server.restart(with: kept)
        world.drop("aa")
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "aa") == 1)
        #expect(world.publication.status("aa")?.torrent?.ownership == .added)
    }

    @Test("Another request asks for what comes back: it has it, as ours")
    func anotherAsks() async throws {
        let world = try await world()
        let kept = world.server.kept
        try await takeAway(world)
        world.server.restart(with: kept)
        world.drop("zz", torrent: "aa")
        for _ in 1...2 { try await world.settle() }
        #expect(world.has("aa") && world.phase("aa") == .removed)
        #expect(world.publication.status("zz")?.torrent?.ownership == .added && world.adds(of: "zz") == 0)
        #expect(world.words.count { $0 == "prune" } == 1)
    }

    // MARK: A field

    @Test(
        "A change that is lost is made again, and is nobody's drift",
        arguments: [
            (Field.category, FieldValue.text("new")), (.tags, .list(["one", "two"])),
            (.downloadLimit, .number(5_000)), (.state, .text("stopped")),
        ])
    func field(_ field: Field, _ value: FieldValue) async throws {
        let world = try await world()
        let kept = world.server.kept
        world.drop("aa", [field: value])
        try await world.settle()
        world.server.restart(with: kept)
        try await world.settle()
        let seen = world.torrent("aa")?.value(of: field)
        if field == .tags {
            #expect(Set(world.torrent("aa")?.placement.tags ?? []) == ["qspool", "one", "two"])
        } else {
            #expect(seen == value)
        }
        #expect(world.publication.status("aa")?.drift.isEmpty == true)
        #expect(!world.store.log.contains { $0.kind == .drift || $0.kind == .released })
        #expect(world.store.subject("aa")?.following?.ownership == .added)
    }

    @Test("A change that went to the old id of a hybrid is made again, and is nobody's drift")
    func oldID() async throws {
        let world = try await world([.category: .text("before"), .tags: .list(["one"])])
        let kept = try #require(world.torrent("aa"))
        world.drop("aa", [.category: .text("after"), .tags: .list(["one", "two"])])
        try await world.settle()
        let hybrid = World.hybrid("aa")
        let id = try #require(hybrid.v2?.truncated)
        world.server.torrents[kept.id] = nil
        world.server.ours.insert(id)
        world.server.torrents[id] = Torrent(
            id: id, identity: hybrid, name: "aa", state: .downloading, placement: kept.placement,
            counters: kept.counters)
        world.wait(.seconds(6))
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "after")
        #expect(Set(world.torrent("aa")?.placement.tags ?? []) == ["one", "qspool", "two"])
        #expect(!world.store.log.contains { $0.kind == .drift || $0.kind == .vanished })
        #expect(world.publication.status("aa")?.drift.isEmpty == true && world.adds(of: "aa") == 1)
    }

    @Test("A tag of ours that was taken off, and is there again, goes again; a person's stays")
    func untagging() async throws {
        let world = try await world([.tags: .list(["first", "second"])])
        let kept = world.server.kept
        world.drop("aa", [.tags: .list(["second"])])
        try await world.settle()
        #expect(Set(world.torrent("aa")?.placement.tags ?? []) == ["qspool", "second"])
        world.server.restart(with: kept)
        try await world.settle()
        #expect(Set(world.torrent("aa")?.placement.tags ?? []) == ["qspool", "second"])
        try await world.confirm()
        world.putOnTag("first", of: "aa")
        world.server.restart()
        try await world.settle()
        #expect(Set(world.torrent("aa")?.placement.tags ?? []) == ["first", "qspool", "second"])
    }

    @Test("A difference long after our last call is drift, a restart of the server or not")
    func drift() async throws {
        let world = try await world([.category: .text("wanted")])
        world.wait(.seconds(600))
        world.change("aa") { $0.placement.category = "somebody's" }
        world.server.restart()
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "wanted")
        #expect(world.store.log.contains { $0.kind == .drift })
    }

    @Test("A session that never lasts hides nobody who sets a field back")
    func contested() async throws {
        let world = try await world([.category: .text("wanted")])
        world.drop("aa", [.category: .text("other")])
        for _ in 1...8 {
            try await world.settle()
            world.wait(.seconds(20))
            world.change("aa") { $0.placement.category = "somebody's" }
            world.server.restart()
        }
        try await world.settle()
        #expect(world.conditions("aa").contains(.contested))
    }
}
