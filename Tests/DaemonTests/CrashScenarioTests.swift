import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Crashes")
struct CrashScenarioTests {
    /// Around each of the two commits of a pass: before and after the intents, before and after the record.
    static let instants: [MemoryStore.Fault] = [
        .before(commit: 1), .after(commit: 1), .before(commit: 2), .after(commit: 2),
    ]

    @Test("While adding: two passes later it is there once, and ours", arguments: instants)
    func whileAdding(instant: MemoryStore.Fault) async throws {
        let world = World()
        world.drop(["aa", "bb"])
        await world.pass(dying: instant)
        try await world.pass()
        try await world.pass()
        for name in ["aa", "bb"] {
            #expect(world.has(name))
            #expect(world.adds(of: name) <= 1 || instant == .after(commit: 1))
            #expect(world.store.subject(name)?.following?.ownership == .added)
            #expect(world.phase(name) == .metadata)
        }
        #expect(world.store.payloads.count >= 2)
    }

    @Test("In the middle of the calls: what was not sent is sent, what was is not sent again")
    func inTheMiddle() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc", "dd"])
        world.server.faults.actionsLeft = 2
        await world.pass(dying: .before(commit: 2))
        world.healServer()
        try await world.pass()
        try await world.pass()
        for name in ["aa", "bb", "cc", "dd"] {
            #expect(world.has(name) && world.adds(of: name) == 1)
            #expect(world.store.subject(name)?.following?.ownership == .added)
        }
    }

    @Test("While pruning: two passes later it is gone, and nothing else", arguments: instants)
    func whilePruning(instant: MemoryStore.Fault) async throws {
        let world = World()
        world.drop(["aa", "bb"])
        world.addByHand("foreign")
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        await world.pass(dying: instant)
        try await world.pass()
        try await world.pass()
        #expect(!world.has("aa") && world.has("bb") && world.has("foreign"))
        #expect(world.phase("aa") == .removed)
        #expect(world.store.observed.count == 1)
    }

    @Test(
        "A prune was about to be made, and the file is back: the torrent stays", arguments: instants.prefix(2)
    )
    func backBeforeThePrune(instant: MemoryStore.Fault) async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        world.server.faults.actionsLeft = 0
        await world.pass(dying: .after(commit: 1))
        world.healServer()
        world.drop("aa")
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "aa") == 1)
        #expect(world.phase("aa") == .metadata)
    }

    @Test("Killed while a tag was put on, and the request no longer wants it: it goes")
    func whileTagging() async throws {
        let world = World()
        world.drop("aa", [.tags: .list(["a"])])
        try await world.settle()
        world.wait(.seconds(10))
        world.drop("aa", [.tags: .list(["a", "b"])])
        // The tag is on, and nobody recorded it.
        await world.pass(dying: .before(commit: 2))
        #expect(world.torrent("aa")?.placement.tags == ["a", "b", "qspool"])
        world.drop("aa", [.tags: .list(["a"])])
        world.wait(.seconds(10))
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["a", "qspool"])
    }

    @Test("While correcting: two passes later it is as asked for", arguments: instants)
    func whileCorrecting(instant: MemoryStore.Fault) async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.drop("aa", [.category: .text("iso")])
        await world.pass(dying: instant)
        try await world.pass()
        try await world.pass()
        #expect(world.torrent("aa")?.placement.category == "iso")
        #expect(world.publication.status("aa")?.generation == 2)
        #expect(world.store.changes(.drift).isEmpty)
        #expect(world.phase("aa") == .metadata)
    }

    @Test("While adopting: two passes later it is adopted", arguments: instants)
    func whileAdopting(instant: MemoryStore.Fault) async throws {
        let world = World()
        world.addByHand("aa")
        world.drop("aa")
        await world.pass(dying: instant)
        try await world.pass()
        try await world.pass()
        #expect(world.store.subject("aa")?.following?.ownership == .adopted)
        #expect(world.torrent("aa")?.placement.tags == ["qspool-adopted"])
    }

    @Test("While renaming: two passes later the new name owns it", arguments: instants.prefix(2))
    func whileRenaming(instant: MemoryStore.Fault) async throws {
        let world = World()
        world.drop("old", torrent: "aa")
        world.drop("bb")
        try await world.confirm()
        world.spool.rename("old", to: "new")
        await world.pass(dying: instant)
        try await world.pass()
        try await world.pass()
        #expect(world.has("aa") && world.adds(of: "old") + world.adds(of: "new") == 1)
        #expect(world.phase("new") == .metadata && world.phase("old") == nil)
        #expect(world.store.subject("old") == nil)
    }

    @Test("A status that a crash kept from its file is written by the next process, whatever dies in between")
    func unpublishedStatus() async throws {
        let world = World()
        world.drop("aa")
        try await world.settle()
        // The record is durable and the process dies before it publishes; the next one dies on its intents.
        world.drop("aa", [.category: .text("iso")])
        await world.pass(dying: .after(commit: 2))
        world.drop("bb")
        await world.pass(dying: .after(commit: 1))
        try await world.settle()
        #expect(world.publication.status("aa")?.generation == 2)
        #expect(world.publication.status("aa")?.torrent?.torrent.placement.category == "iso")
    }

    @Test("After another boot every status is compared with its file")
    func afterABoot() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.restart()
        world.clock.reboot()
        world.publication.lose("aa")
        try await world.settle()
        #expect(world.phase("aa") == .metadata)
    }

    @Test("A status that cannot be written holds no other up, and is written when it can be")
    func unwritableStatus() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc"])
        try await world.settle()
        world.publication.unwritable = ["aa"]
        for label in ["aa", "bb", "cc"] { world.progress(label, 0.5) }
        world.wait(.seconds(10))
        try await world.daemonPass()
        #expect(world.report.unwritten == 1)
        #expect(world.phase("bb") == .downloading && world.phase("cc") == .downloading)
        world.publication.unwritable = []
        try await world.glance()
        #expect(world.phase("aa") == .downloading)
    }

    @Test("An order that was obeyed is not obeyed again because a status could not be written")
    func ordersAreObeyedOnce() async throws {
        let world = World()
        world.drop((0..<8).map { "n\($0)" })
        try await world.confirm()
        world.withdraw((0..<6).map { "n\($0)" })
        try await world.pass()
        #expect(world.holds == [.pruneBudget])
        world.spool.order(.approve(nil))
        world.publication.unwritable = ["n0"]
        world.wait(.seconds(60))
        try await world.daemonPass()
        #expect(world.report.unwritten == 1)
        #expect(world.spool.orders().isEmpty)
    }
}
