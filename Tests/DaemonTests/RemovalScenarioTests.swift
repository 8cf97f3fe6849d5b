import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Removals")
struct RemovalScenarioTests {
    @Test("A deleted request: grace, then gone once, and nothing of anybody else")
    func withdrawn() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        world.addByHand("foreign", tags: ["qspool"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        #expect(world.phase("aa") == .removing && world.reason("aa") == "Grace" && world.has("aa"))
        world.wait(.seconds(59))
        try await world.pass()
        #expect(world.has("aa"))
        world.wait(.seconds(1))
        try await world.settle()
        #expect(!world.has("aa") && world.has("bb") && world.has("foreign"))
        #expect(world.phase("aa") == .removed)
        #expect(world.words.count { $0 == "prune" } == 1)
        #expect(world.store.changes(.withdrawn, of: "aa").count == 1)
    }

    @Test("A removal that shows late is made once")
    func showsLate() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        world.server.faults.effectMilliseconds = 3_000
        try await world.settle()
        #expect(!world.has("aa") && world.words.count { $0 == "prune" } == 1)
        #expect(world.store.changes(.removed, of: "aa").count == 1)
    }

    @Test("The status of what was removed stays for its time, then goes", arguments: [true, false])
    func keptFor(sameProcess: Bool) async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        world.wait(.seconds(6 * 86_400))
        if !sameProcess { world.restart() }
        try await world.pass()
        #expect(world.phase("aa") == .removed)
        world.wait(.seconds(2 * 86_400))
        if !sameProcess { world.restart() }
        try await world.pass()
        #expect(world.phase("aa") == nil && world.store.subject("aa") == nil)
    }

    @Test("A damaged request file never costs the user a torrent")
    func damageIsNotWithdrawal() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.damage("aa")
        for _ in 1...5 {
            world.wait(.seconds(61))
            try await world.pass()
        }
        #expect(world.has("aa") && world.phase("aa") == .metadata)
    }

    @Test("Gone, then damaged, then gone: the grace begins anew")
    func damageInGrace() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        let wish = try #require(world.spool.wish("aa"))
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(50))
        world.spool.write("aa", wish)
        world.damage("aa")
        try await world.pass()
        world.withdraw("aa")
        world.wait(.seconds(50))
        try await world.pass()
        #expect(world.has("aa"))
        world.wait(.seconds(60))
        try await world.settle()
        #expect(!world.has("aa"))
    }

    @Test("A request that comes back in time keeps its torrent; one that comes later is added anew")
    func comingBack() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.drop("aa")
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.has("aa") && world.adds(of: "aa") == 1)
        #expect(world.publication.status("aa")?.generation == 1)
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(!world.has("aa"))
        world.drop("aa")
        try await world.settle()
        #expect(world.has("aa") && world.publication.status("aa")?.generation == 2)
        #expect(world.store.documents[RequestName("aa")]?.keys.sorted() == [1, 2])
    }

    @Test("Asked to be absent: removed at once; asked for again: added")
    func absent() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.drop("aa", [.state: .text("absent")])
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed && world.reason("aa") == "Absent")
        world.drop("aa")
        try await world.settle()
        #expect(world.has("aa") && world.publication.status("aa")?.generation == 3)
    }

    @Test("`qspool remove`: no grace")
    func removeOrder() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        world.spool.order(.remove(SubjectKey(name: RequestName("aa"))))
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed && world.spool.orders().isEmpty)
    }

    @Test("`qspool remove` to a daemon that has not noticed the file yet")
    func removeOrderToDaemon() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        world.spool.order(.remove(SubjectKey(name: RequestName("aa"))))
        try await world.glance()
        #expect(!world.has("aa") && world.phase("aa") == .removed)
    }

    @Test("Orders wait for a spool that can be read")
    func ordersWait() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        world.spool.isMounted = false
        world.spool.order(.remove(SubjectKey(name: RequestName("aa"))))
        try await world.pass()
        #expect(world.has("aa") && world.spool.orders().count == 1)
        world.spool.isMounted = true
        try await world.settle()
        #expect(!world.has("aa") && world.spool.orders().isEmpty)
    }

    @Test("onDelete keep: our tag goes, the torrent stays")
    func keep() async throws {
        let world = World()
        world.drop("aa", onDelete: .keep)
        world.drop("bb")
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == [] && world.reason("aa") == "Kept")
        #expect(world.phase("aa") == .removed)
    }

    @Test("A daemon removes only after it has read the whole spool once more")
    func daemonReadsBeforeRemoving() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        let wish = try #require(world.spool.wish("aa"))
        world.withdraw("aa")
        try await world.glance("aa")
        #expect(world.phase("aa") == .removing)
        // Back, and no event told so.
        world.spool.write("aa", wish)
        world.wait(.seconds(60))
        try await world.glance()
        #expect(world.has("aa") && world.phase("aa") == .metadata)
    }

    @Test("The spool is gone when a daemon is about to remove: nothing goes")
    func daemonFindsNoSpool() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.glance("aa")
        world.spool.isMounted = false
        world.wait(.seconds(60))
        try await world.glance()
        #expect(world.has("aa") && world.holds == [.spoolUnavailable])
    }

    @Test("The tag is taken off between the plan and the call: not removed, and left in peace")
    func tagTakenOffLast() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        world.takeOffTag("qspool", of: "aa")
        try await world.settle()
        #expect(world.has("aa") && world.phase("aa") == .removed && world.reason("aa") == "Released")
        #expect(!world.words.contains("prune"))
    }

    @Test("What is marked hands-off stays, also without its request")
    func handsOff() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.putOnTag("qspool-hands-off", of: "aa")
        world.withdraw("aa")
        for _ in 1...3 {
            try await world.pass()
            world.wait(.seconds(61))
        }
        #expect(world.has("aa"))
        world.takeOffTag("qspool-hands-off", of: "aa")
        try await world.settle()
        #expect(!world.has("aa"))
    }
}
