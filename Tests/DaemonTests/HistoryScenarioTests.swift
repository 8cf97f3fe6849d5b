import Daemon
import Metainfo
import Reconciliation
import TestSupport
import Testing

@Suite("The history")
struct HistoryScenarioTests {
    /// What the log makes of nothing, or of a snapshot, up to a length of the log.
    static func replayed(_ store: MemoryStore, to end: Int, from snapshot: Int? = nil) -> [ObservedKey:
        Torrent]?
    {
        let start = snapshot.map { store.snapshots[$0] }
        var torrents = start?.torrents ?? [:]
        for change in store.log[(start?.position ?? 0)..<end] {
            guard ObservedChanges.apply(change, to: &torrents) else { return nil }
        }
        return torrents
    }

    private static func kinds(_ world: World, since length: Int) -> [Change.Kind] {
        world.store.log[length...].map(\.kind).filter { [.appeared, .observed, .gone].contains($0) }
    }

    @Test(
        "First seen, changed, taken up under another id, vanished, there again, released: the log has it all")
    func life() async throws {
        let world = World()
        world.addByHand("bb", category: "theirs")
        world.drop(["aa", "bb"])
        try await world.confirm()
        let place = ObservedKey(client: "default", id: World.identity("aa").preferredID)
        let first = try #require(world.store.changes(.appeared, of: "aa").first)
        #expect(first.place == place && first.values[.savePath] == "/downloads")
        #expect(world.store.changes(.appeared, of: "bb").count == 1)

        var length = world.store.log.count
        world.change("aa") { $0.placement.category = "by hand" }
        world.progress("aa", 0.5)
        try await world.settle()
        let changes = world.store.log[length...].filter { $0.kind == .observed }
        #expect(changes.first?.values[.progress] == "0.5", "counters reach the store with the change")
        let category = try #require(changes.first { $0.field == "category" })
        #expect(category.from == "" && category.to == "by hand")

        length = world.store.log.count
        world.withdraw("bb")
        for _ in 1...3 {
            world.wait(.seconds(61))
            try await world.settle()
        }
        #expect(world.has("bb"), "adopted: released, not removed")
        #expect(Self.kinds(world, since: length).last == .gone)
        #expect(world.store.log.last { $0.kind == .gone }?.torrent == World.identity("bb").preferredID)

        length = world.store.log.count
        world.complete("aa")
        try await world.confirm()
        world.removeByHand("aa")
        try await world.settle()
        #expect(Self.kinds(world, since: length).last == .gone)
        #expect(Self.replayed(world.store, to: world.store.log.count) == [:])
    }

    @Test("Counters alone are no reason to commit, and a snapshot holds them as last seen")
    func counters() async throws {
        let world = World()
        world.drop("aa")
        try await world.settle()
        world.progress("aa", 0.1)
        try await world.confirm()
        let commits = world.store.commits
        world.wait(.seconds(4_000))
        world.progress("aa", 0.25)
        try await world.pass()
        #expect(world.store.commits == commits)
        #expect(world.store.snapshots.count == 1)
        world.progress("aa", 0.75)
        world.drop("cc")
        try await world.settle()
        #expect(world.store.snapshots.count == 2)
        let place = ObservedKey(client: "default", id: World.identity("aa").preferredID)
        #expect(world.store.snapshots.last?.torrents[place]?.counters.progress == 0.75)
    }

    @Test("A snapshot an hour while the log moves, none while it does not, whoever makes the passes")
    func everyHour() async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        #expect(world.store.snapshots.count == 1)
        for hour in 1...3 {
            for minute in 0..<4 {
                world.wait(.seconds(900))
                world.change("aa") { $0.placement.category = "\(hour)-\(minute)" }
                if minute == 2 { world.restart() }
                try await world.pass()
            }
            #expect(world.store.snapshots.count == 1 + hour)
        }
        for _ in 1...5 {
            world.wait(.seconds(3_600))
            try await world.pass()
            #expect(world.isQuiet)
        }
        #expect(world.store.snapshots.count == 4)
        world.clock.reboot()
        world.change("aa") { $0.placement.category = "again" }
        world.restart()
        try await world.pass()
        #expect(world.store.snapshots.count == 5, "across a boot the wall clock tells")
    }

    @Test("A wall clock that was set back does not keep snapshots from being made")
    func clockSetBack() async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        world.clock.reboot()
        world.clock.jumpWall(milliseconds: -86_400_000)
        world.restart()
        world.change("aa") { $0.placement.category = "x" }
        try await world.pass()
        #expect(world.store.snapshots.count == 2)
    }

    @Test("The store is tidied after a pass that committed, once an hour, and never in a quiet one")
    func tidying() async throws {
        let world = World()
        world.drop("aa")
        try await world.confirm()
        func due() -> [WallTime] { world.store.tidyings.compactMap { $0 } }
        let day = try #require(due().first)
        #expect(world.clock.now().wall.milliseconds - day.milliseconds >= 7_776_000_000)
        #expect(due().count == 1)
        let looks = world.store.tidyings.count
        world.wait(.seconds(7_200))
        try await world.pass()
        #expect(world.isQuiet && world.store.tidyings.count == looks)
        world.change("aa") { $0.placement.category = "x" }
        try await world.pass()
        #expect(due().count == 2)
        world.change("aa") { $0.placement.category = "y" }
        try await world.pass()
        #expect(due().count == 2 && world.store.tidyings.count == looks + 2)
        world.restart()
        world.change("aa") { $0.placement.category = "z" }
        try await world.pass()
        #expect(due().count == 3, "a one-shot does its share")
        world.store.hasMoreToTidy = true
        for _ in 1...3 {
            world.wait(.seconds(4_000))
            world.change("aa") { $0.placement.category += "!" }
            try await world.pass()
        }
        let before = due().count
        world.change("aa") { $0.placement.category += "?" }
        try await world.pass()
        #expect(due().count == before + 1, "what is left is not put off for an hour")
    }
}
