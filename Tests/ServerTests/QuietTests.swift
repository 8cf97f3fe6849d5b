import Glibc
import TestSupport
import Testing

/// Nothing changed: no changing call, no commit, no file written.
@Suite("Servers: quiet passes", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct QuietTests {
    @Test("A pass with nothing to do does nothing", arguments: Tested.suites)
    func oneShot(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            try await prepare(bench)
            try await expectQuiet(bench)
        }
    }

    @Test("So do the passes of the daemon", arguments: Tested.suites)
    func daemon(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["interval=500ms"]) { bench in
            try await prepare(bench)
            let daemon = try bench.root.start("run")
            // Its first pass compares the statuses with what is on the disk.
            try await Task.sleep(for: .seconds(2))
            let before = stamps(bench)
            let torrents = try await bench.eye.torrents().map(\.lasting).sorted()
            try await Task.sleep(for: .seconds(5))
            #expect(daemon.status == nil, "\(daemon.errors)")
            expectSame(stamps(bench), before)
            #expect(try await bench.eye.torrents().map(\.lasting).sorted() == torrents)
            daemon.signal(SIGTERM)
            #expect(daemon.finish(within: .seconds(20)).status == 0)
            expectSame(stamps(bench), before)
        }
    }

    @Test(
        "Confirmed a minute later by one commit; and a tag taken off then is not put back",
        arguments: Tested.newest)
    func confirmation(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            try await prepare(bench)
            try await expectQuiet(bench)
            // Two complete listings a minute apart make sure that the server has not forgotten what it took.
            try await Task.sleep(for: .seconds(61))
            let report = try await bench.root.once(exit: 3)
            #expect(report["actions"].integer == 0)
            #expect(
                (report["commits"].integer ?? 9) <= 1 && (report["filesWritten"].integer ?? 9) == 0,
                "\(report)")
            try await expectQuiet(bench)

            let hash = Sample("stopped").hash
            try await bench.eye.change("torrents/removeTags", [("hashes", hash), ("tags", "qspool")])
            try await bench.root.settle(exit: 3)
            #expect(try await bench.eye.torrent(hash)?.tags == ["t"])
            try bench.root.withdraw("stopped.json")
            for _ in 1...3 { try await bench.root.settle(exit: 3) }
            #expect(try await bench.eye.torrent(hash) != nil, "disowned by a person: never removed")
            #expect(try bench.root.phase("stopped") == "removed")
        }
    }

    /// Requests in several states, settled.
    private func prepare(_ bench: Bench) async throws {
        try await bench.eye.add([Sample("foreign")])
        try bench.root.drop(
            "stopped.json",
            "{\"source\": \"\(Sample("stopped").magnet)\", "
                + "\"state\": \"stopped\", \"category\": \"c\", \"tags\": [\"t\"]}"
        )
        try bench.root.drop("metadata.magnet", Sample("metadata").magnet)
        try bench.root.drop("file.torrent", Sample("file").metainfo)
        try bench.root.drop("bad.json", "{\"source\": 5}")
        let isSettled = try await comesTrue(every: .milliseconds(300)) {
            let report = try await bench.root.settle(exit: 3)
            return try report["commits"].integer == 0 && report["filesWritten"].integer == 0
                && bench.root.phase("file") == "stalled"
        }
        try #require(isSettled)
    }

    private func expectQuiet(_ bench: Bench) async throws {
        let before = stamps(bench)
        for _ in 1...3 {
            let report = try await bench.root.once(exit: 3)
            #expect(report["actions"].integer == 0 && report["commits"].integer == 0, "\(report)")
            #expect(report["filesWritten"].integer == 0, "\(report)")
            #expect((report["calls"].integer ?? 99) <= 5, "\(report["calls"])")
        }
        expectSame(stamps(bench), before)
    }

    /// Everything below the root but locks and the summary's heartbeat.
    private func stamps(_ bench: Bench) -> [String: String] {
        Files.stamps(below: bench.root.path).filter {
            !$0.key.hasSuffix("lock.mdb") && $0.key != "lock" && $0.key != "summary.json"
        }
    }

    private func expectSame(_ after: [String: String], _ before: [String: String]) {
        let names = Set(after.keys).union(before.keys).sorted()
        let changed = names.filter { after[$0] != before[$0] }
        #expect(changed.isEmpty, "\(changed)")
    }
}
