import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Holds")
struct HoldScenarioTests {
    static let eight = (0..<8).map { "n\($0)" }

    @Test("More gone than may go: none goes, until a person approves these")
    func pruneBudget() async throws {
        let world = try await Self.world()
        world.withdraw(Array(Self.eight.prefix(6)))
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.server.torrents.count == 8)
        #expect(world.holds == [.pruneBudget])
        #expect(world.report.holds.first?.names.count == 6)
        #expect(world.publication.summary?.holds.map(\.kind) == [.pruneBudget])
        #expect(!world.report.reasonsForPerson.isEmpty)
        world.spool.order(.approve(nil))
        try await world.settle()
        #expect(world.server.torrents.count == 2 && world.holds.isEmpty)
        try await world.pass()
        #expect(world.store.memory.holds.isEmpty)
        #expect(world.store.memory.approvals.isEmpty)
    }

    @Test("Approved in grace: they go when it is over, in another process too")
    func approvedInGrace() async throws {
        let world = try await Self.world()
        world.withdraw(Array(Self.eight.prefix(6)))
        try await world.pass()
        world.spool.order(.approve(.pruneBudget))
        try await world.pass()
        #expect(world.server.torrents.count == 8 && world.holds.isEmpty)
        world.restart()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.server.torrents.count == 2)
    }

    @Test("Approved what was shown, and the picture is another by now: asked again")
    func approvedAnotherPicture() async throws {
        let world = try await Self.world()
        world.withdraw(Array(Self.eight.prefix(6)))
        try await world.pass()
        world.spool.order(.approve(.pruneBudget, shown: [UInt8](repeating: 7, count: 32)))
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.server.torrents.count == 8)
        #expect(world.holds == [.pruneBudget])
    }

    @Test("Approved, and then more went: asked again")
    func approvedForLess() async throws {
        let world = try await Self.world()
        world.withdraw(Array(Self.eight.prefix(6)))
        try await world.pass()
        world.spool.order(.approve(nil))
        try await world.pass()
        world.withdraw(Self.eight[6])
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.server.torrents.count == 8)
        #expect(world.holds == [.pruneBudget])
    }

    @Test("The files are back: nothing had happened")
    func filesBack() async throws {
        let world = try await Self.world()
        world.withdraw(Self.eight)
        try await world.pass()
        #expect(world.holds == [.pruneBudget])
        world.drop(Self.eight)
        try await world.settle()
        #expect(world.holds.isEmpty && world.server.torrents.count == 8)
        #expect(world.server.calls.count == 8)
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.isQuiet)
    }

    @Test("A slow `rm -r` is one removal")
    func slowRemoval() async throws {
        let world = try await Self.world()
        for name in Self.eight.prefix(6) {
            world.withdraw(name)
            try await world.pass()
            world.wait(.seconds(9))
        }
        world.wait(.seconds(60))
        try await world.pass()
        #expect(world.server.torrents.count == 8 && world.holds == [.pruneBudget])
    }

    @Test("An emptied spool of more than five, few of which had a torrent: held")
    func emptied() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        for name in ["cc", "dd", "ee", "ff"] { world.drop(name, torrent: "aa") }
        try await world.settle()
        #expect(world.phase("cc") == .conflict)
        world.withdraw(["aa", "bb", "cc", "dd", "ee", "ff"])
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.server.torrents.count == 2 && world.holds == [.pruneBudget])
    }

    @Test("Unmounted: nothing goes and nothing comes, and all is as before when it is back")
    func unmounted() async throws {
        let world = try await Self.world()
        world.spool.isMounted = false
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.server.torrents.count == 8 && world.holds == [.spoolUnavailable])
        #expect(world.phase("n0") == .metadata)
        let since = try #require(world.report.holds.first).since
        world.restart()
        try await world.pass()
        #expect(world.report.holds.first?.since == since)
        world.spool.isMounted = true
        try await world.settle()
        #expect(world.holds.isEmpty && world.server.calls.count == 8)
    }

    @Test("Another spool in its place: neither its requests nor the missing ones count")
    func anotherSpool() async throws {
        let world = try await Self.world()
        world.withdraw(Self.eight)
        world.drop("new")
        world.spool.identity = "spool-2"
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.server.torrents.count == 8 && !world.has("new"))
        world.spool.order(.approve(nil))
        try await world.settle()
        #expect(world.server.torrents.count == 8 && world.holds == [.spoolUnavailable])
    }

    @Test("A process that begins without the spool sweeps old files when it is back")
    func sweepsLater() async throws {
        let world = try await Self.world()
        world.reject("bad")
        try await world.settle()
        world.withdraw("bad")
        await world.pass(dying: .after(commit: 1))
        world.spool.isMounted = false
        try await world.pass()
        #expect(world.phase("bad") == .rejected)
        world.spool.isMounted = true
        try await world.pass()
        #expect(world.phase("bad") == nil)
    }

    @Test("A listing with an error is no listing")
    func listingError() async throws {
        let world = try await Self.world()
        world.withdraw("n0")
        try await world.pass()
        world.spool.listingError = "input/output error"
        world.wait(.seconds(60))
        try await world.pass()
        #expect(world.has("n0") && world.holds == [.spoolUnavailable])
    }

    @Test("The store is lost: ours are followed, nothing is added or removed, until a person approves")
    func storeLost() async throws {
        let world = try await Self.world()
        world.loseStore()
        world.drop("new")
        world.withdraw("n0")
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.holds == [.storeLost] && world.server.torrents.count == 8 && !world.has("new"))
        #expect(world.phase("n1") == .metadata && world.phase("new") == .waiting)
        world.spool.order(.approve(nil))
        try await world.settle()
        #expect(world.holds.isEmpty && world.has("new") && world.has("n0"))
        #expect(try world.store.spoolIdentity() == "spool-1")
        world.withdraw("n1")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(!world.has("n1"))
    }

    @Test("The process dies while the loss is confirmed: the next one gets over it", arguments: [1, 2])
    func storeLostAndDeath(commit: Int) async throws {
        let world = try await Self.world()
        world.loseStore()
        try await world.pass()
        #expect(world.holds == [.storeLost])
        world.spool.order(.approve(nil))
        world.drop("new")
        await world.pass(dying: .before(commit: commit))
        try await world.settle()
        #expect(world.holds.isEmpty && world.store.memory.holds.isEmpty && world.has("new"))
    }

    @Test("A plan obeys no order, and touches nothing")
    func rehearsal() async throws {
        let world = try await Self.world()
        world.loseStore()
        try await world.pass()
        world.spool.order(.approve(nil))
        world.drop("new")
        let commits = world.store.commits
        let calls = world.server.calls.count
        _ = try await world.rehearse()
        #expect(try world.store.spoolIdentity() == nil)
        #expect(world.store.commits == commits && world.server.calls.count == calls)
        #expect(world.spool.orders().count == 1)
    }

    @Test("A plan says what a pass would do")
    func rehearsalOfAnAdd() async throws {
        let world = try await Self.world()
        world.drop("new")
        let report = try await world.rehearse()
        #expect(report.plan.actions.map(\.subject.name.text) == ["new"])
        #expect(!world.has("new") && world.phase("new") == nil)
    }

    /// Eight requests, each with its torrent, settled and confirmed.
    static func world() async throws -> World {
        let world = World()
        world.drop(eight)
        try await world.confirm()
        return world
    }
}
