import Daemon
import Metainfo
import Reconciliation
import TestSupport
import Testing

@Suite("Disturbed worlds")
struct DisturbedScenarioTests {
    @Test(
        "Whatever happened: once the trouble stops all converges and falls silent",
        arguments: UInt64(1)...150
    )
    func convergence(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let world = World(seed: seed)
        for _ in 0..<40 {
            world.disturb(using: &random)
            if random.oneIn(2) { continue }
            world.disturbProcess(using: &random)
            do {
                try await world.pass(world.anyScope(using: &random))
            } catch is MemoryStore.Death {
                // The process died where it was told; another one begins with the next pass.
            }
        }
        world.calm()
        for _ in 1...3 {
            world.wait(.seconds(3_600))
            world.spool.order(.approve(nil))
            try await world.settle()
        }
        #expect(world.unsettled.isEmpty, "replay with seed \(seed)")
        #expect(world.unchosen.isEmpty, "replay with seed \(seed)")
        #expect(world.holds.isEmpty, "replay with seed \(seed)")
        world.wait(.seconds(61))
        try await world.settle()
        world.wait(.seconds(30))
        try await world.pass()
        #expect(world.isQuiet, "replay with seed \(seed)")
        // What the store has is what the server shows, of all that is followed.
        for (place, torrent) in world.store.observed {
            #expect(world.server.torrents[place.id]?.settledForm == torrent, "replay with seed \(seed)")
        }
    }
}
