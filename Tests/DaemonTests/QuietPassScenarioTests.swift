import Daemon
import Reconciliation
import Testing

@Suite("Quiet passes")
struct QuietPassScenarioTests {
    @Test("Nothing changed: nothing called, committed or written")
    func aSettledWorldIsLeftAlone() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc"])
        try await world.confirm()
        let calls = world.server.calls.count
        for _ in 1...5 {
            world.wait(.seconds(30))
            try await world.pass()
            #expect(world.isQuiet)
        }
        #expect(world.server.calls.count == calls)
    }

    @Test("Nor in a process that has just begun")
    func aNewProcessHasNothingToSay() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        world.reject("bad")
        try await world.confirm()
        world.complete("aa")
        try await world.confirm()
        for _ in 1...3 {
            world.restart()
            world.wait(.seconds(30))
            try await world.pass()
            #expect(world.isQuiet)
        }
    }
}
