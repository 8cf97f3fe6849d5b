import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("A server in trouble")
struct TroubleScenarioTests {
    @Test("Out of reach: the last status stays, nothing is lost, and all goes on when it is back")
    func unreachable() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        let before = world.publication.statuses
        world.severServer()
        world.drop("cc")
        world.withdraw("bb")
        for _ in 1...5 {
            try await world.pass()
            world.wait(.seconds(600))
        }
        #expect(world.report.trouble?.kind == .unreachable)
        #expect(world.publication.statuses[RequestName("aa")] == before[RequestName("aa")])
        #expect(world.phase("cc") == .waiting && world.reason("cc") == "ClientUnreachable")
        #expect(world.publication.summary?.clients["default"]?.isReachable == false)
        #expect(world.publication.summary?.clients["default"]?.lastGoodObservation != nil)
        world.healServer()
        try await world.settle()
        #expect(world.report.trouble == nil && world.has("cc") && !world.has("bb"))
        #expect(world.publication.summary?.clients["default"]?.isReachable == true)
    }

    @Test("Refused credentials are said as such")
    func credentials() async throws {
        let world = World()
        world.severServer(.credentials)
        world.drop("aa")
        try await world.pass()
        #expect(world.reason("aa") == "CredentialsRefused" && world.report.trouble?.kind == .credentials)
        world.healServer()
        world.wait(.seconds(900))
        try await world.settle()
        #expect(world.has("aa"))
    }

    @Test("A server that is not answering is not asked in every pass")
    func serverBackoff() async throws {
        let world = World()
        world.drop("aa")
        world.severServer()
        try await world.pass()
        world.healServer()
        try await world.lookAtAll()
        #expect(world.report.trouble != nil && !world.has("aa"))
        world.wait(.seconds(1))
        try await world.settle()
        #expect(world.has("aa"))
    }

    @Test("Lost in the middle of the calls: the rest follows, and nobody is blamed")
    func lostInTheMiddle() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc"])
        world.server.faults.actionsLeft = 1
        try await world.pass()
        #expect(world.report.trouble?.kind == .unreachable)
        for name in ["aa", "bb", "cc"] {
            #expect(world.store.subject(name)?.attempt == nil)
            #expect(world.reason(name) == "ClientUnreachable")
        }
        world.healServer()
        world.wait(.seconds(5))
        try await world.settle()
        for name in ["aa", "bb", "cc"] { #expect(world.has(name) && world.adds(of: name) == 1) }
    }

    @Test(
        "The wall clock jumps: nothing is removed early, nothing waits for ever",
        arguments: [-86_400_000, 86_400_000])
    func wallClockJumps(milliseconds: Int64) async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.clock.jumpWall(milliseconds: milliseconds)
        world.wait(.seconds(30))
        try await world.pass()
        #expect(world.has("aa"))
        world.wait(.seconds(30))
        try await world.settle()
        #expect(!world.has("aa"))
    }

    @Test("The machine boots anew in a grace: it begins anew")
    func boot() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.restart()
        world.clock.reboot()
        world.wait(.seconds(59))
        try await world.pass()
        #expect(world.has("aa"))
        world.wait(.seconds(59))
        try await world.pass()
        #expect(world.has("aa"))
        world.wait(.seconds(1))
        try await world.settle()
        #expect(!world.has("aa"))
    }

    @Test("A boot that took the server's memory along: added again")
    func bootAndLoss() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.settle()
        world.complete("aa")
        try await world.settle()
        world.server.torrents = [:]
        world.restart()
        world.clock.reboot()
        try await world.settle()
        #expect(world.has("aa") && world.has("bb"))
    }
}
