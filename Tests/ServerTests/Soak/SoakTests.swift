import TestSupport
import Testing

/// The daemon at work beside a real server, for as long as `QSPOOL_SOAK_MINUTES` says: run by `tools/soak`.
@Suite(
    "Servers: soak", .enabled(if: Tested.hasServers && Tested.soakMinutes > 0), .timeLimit(.minutes(1_500)))
struct SoakTests {
    static let seed = UInt64(Tested.count("QSPOOL_SOAK_SEED", or: 1))

    @Test("Random work and faults, and every promise looked at in between", arguments: Tested.suites)
    func soak(_ suite: String) async throws {
        let settings = ["prune.grace=0s", "interval=500ms"]
        let report = try await Bench.use(suite, settings: settings) { bench in
            var soak = try await Soak(bench, seed: Self.seed)
            try await soak.run(for: .seconds(60 * Tested.soakMinutes))
            return soak.report
        }
        print("\(suite): seed \(Self.seed)\n\(report)")
        #expect(report.violations.isEmpty)
        // One that was never drawn shows nothing.
        let undrawn = SoakFault.allCases.filter { report.faults[$0] == nil }
        #expect(undrawn.isEmpty || Tested.soakMinutes < 10)
    }
}
