import Daemon
import Glibc
import Metainfo
import Reconciliation
import TestSupport
import Testing

/// Random worlds. `QSPOOL_TEST_STORMS=FIRST-LAST` runs the seeds of that range instead of the usual ones, and
/// each of them says with which to replay it.
@Suite("Disturbed worlds")
struct DisturbedScenarioTests {
    private static let seeds: [UInt64] = {
        let usual = Array(UInt64(1)...75)
        guard let text = getenv("QSPOOL_TEST_STORMS").map({ String(cString: $0) }) else { return usual }
        let bounds = text.split(separator: "-").compactMap { UInt64($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return usual }
        return Array(bounds[0]...bounds[1])
    }()

    @Test("Whatever happened: once the trouble stops all converges and falls silent", arguments: seeds)
    func convergence(seed: UInt64) async throws { try await storm(seed, others: []) }

    @Test("The same with two servers, and requests that move between them", arguments: seeds)
    func convergenceOfClients(seed: UInt64) async throws { try await storm(seed, others: ["nas"]) }

    private func storm(_ seed: UInt64, others: [String]) async throws {
        var random = SplitMix64(seed: seed)
        let limits = Rules.Limits(active: random.oneIn(3) ? 2 : nil)
        let world = World(
            Rules(
                prune: Rules.Prune(allowData: !random.oneIn(3)), limits: limits, pathMaps: MemoryDisk.mappings
            ), seed: seed, others: others)
        world.fillDisk()
        // What was recorded after each pass, by the log's length then.
        var recorded: [Int: [ObservedKey: Torrent]] = [:]
        for _ in 0..<45 {
            recorded[world.store.log.count] = world.store.observed
            world.disturb(using: &random)
            if random.oneIn(2) { continue }
            world.disturbProcess(using: &random)
            do {
                try await world.pass(world.anyScope(using: &random))
            } catch is MemoryStore.Death {
                // The process died where it was told; another one begins with the next pass.
            }
        }
        try await world.recover()
        let replay = Comment(rawValue: "replay with seed \(seed)")
        #expect(world.unsettled.isEmpty, replay)
        #expect(world.unchosen.isEmpty, replay)
        #expect(world.strays.isEmpty, replay)
        #expect(world.holds.isEmpty, replay)
        world.wait(.seconds(61))
        try await world.settle()
        world.wait(.seconds(30))
        try await world.pass()
        #expect(world.isQuiet, replay)
        #expect(world.loose.isEmpty, replay)
        world.restart()
        try await world.pass()
        #expect(world.isQuiet, "as another process: \(replay)")
        // What the store has is what the server shows, of all that is followed.
        for (place, torrent) in world.store.observed {
            let server = try #require(world.servers[place.client])
            #expect(server.torrents[place.id]?.settledForm == torrent, replay)
        }
        recorded[world.store.log.count] = world.store.observed
        for (length, torrents) in recorded {
            let past = HistoryScenarioTests.replayed(world.store, to: length)
            #expect(past?.mapValues(\.settledForm) == torrents, replay)
        }
        for (index, snapshot) in world.store.snapshots.enumerated() {
            let past = HistoryScenarioTests.replayed(world.store, to: snapshot.position)
            #expect(past?.mapValues(\.settledForm) == snapshot.torrents.mapValues(\.settledForm), replay)
            for length in recorded.keys where length >= snapshot.position {
                let past = HistoryScenarioTests.replayed(world.store, to: length, from: index)
                #expect(past?.mapValues(\.settledForm) == recorded[length], replay)
            }
        }
    }
}
