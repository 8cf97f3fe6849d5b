import Glibc
import TestSupport
import Testing

/// The daemon, and what happens beside it.
@Suite("Servers: daemon", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct InstanceTests {
    @Test("The second of two instances leaves within a second, and sends nothing", arguments: Tested.suites)
    func twoAtOnce(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            // Another server address in the second one: whatever it sent would be seen.
            let listener = LoopbackServer { _ in .text("") }
            let daemon = try bench.root.start("run")
            try bench.root.drop("d.magnet", Sample("daemon").magnet)
            #expect(try await comesTrue { try bench.root.phase("d") == "metadata" }, "\(daemon.errors)")

            let stranger = bench.root.with(["QBITTORRENT_URL": "http://127.0.0.1:\(listener.port)"])
            for command in ["once", "run"] {
                let began = ContinuousClock.now
                let done = try await stranger.qspool(command, timeout: .seconds(20))
                let took = ContinuousClock.now - began
                #expect(done.status == 75, "\(command): \(done.errors)")
                #expect(took < .seconds(1), "\(command) took \(took)")
                #expect(done.output.isEmpty && !done.errors.isEmpty)
            }
            #expect(listener.received.isEmpty)

            // What only reads, and what orders, works beside it.
            for words in ["list", "log"] { #expect(try await bench.root.qspool(words).status == 0) }
            #expect(try await bench.root.qspool("plan").status == 0)
            #expect(try await bench.root.qspool("show", "d").status == 0)

            daemon.signal(SIGTERM)
            let end = daemon.finish(within: .seconds(20))
            #expect(end.status == 0 && !end.timedOut, "\(end.errors)")
            #expect(end.output.isEmpty)
            try await bench.root.once()
        }
    }

    @Test("The daemon follows drops, changes, removals and orders as they come", arguments: Tested.suites)
    func follows(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=300ms", "interval=5s"]) { bench in
            let samples = (0..<3).map { Sample("live-\($0)") }
            let daemon = try bench.root.start("run")
            // Until the watch stands a drop waits for the next pass; the first pass comes after that.
            #expect(
                try await comesTrue { Files.exists(bench.root.path + "/summary.json") }, "\(daemon.errors)")

            let began = ContinuousClock.now
            try bench.root.drop("a.magnet", samples[0].magnet)
            #expect(
                try await comesTrue(every: .milliseconds(10)) {
                    try await bench.eye.torrent(samples[0].hash) != nil
                })
            let took = ContinuousClock.now - began
            #expect(took < .seconds(2), "a drop is seen at once, not at the next interval: \(took)")

            try bench.root.drop(
                "new/folder/b.json", "{\"source\": \"\(samples[1].magnet)\", \"category\": \"x\"}")
            #expect(try await comesTrue { try await bench.eye.torrent(samples[1].hash)?.category == "x" })
            try bench.root.drop(
                "new/folder/b.json", "{\"source\": \"\(samples[1].magnet)\", \"category\": \"y\"}")
            #expect(try await comesTrue { try await bench.eye.torrent(samples[1].hash)?.category == "y" })

            try bench.root.withdraw("a.magnet")
            #expect(try await comesTrue { try await bench.eye.torrent(samples[0].hash) == nil })
            #expect(try await comesTrue { try bench.root.phase("a") == "removed" })
            #expect(try await bench.root.qspool("remove", "new/folder/b").status == 0)
            #expect(try await comesTrue { try await bench.eye.torrents().isEmpty })

            let added = try await bench.root.qspool("add", samples[2].magnet, "--name", "c")
            #expect(added.status == 0, "\(added.errors)")
            #expect(try await comesTrue { try await bench.eye.torrent(samples[2].hash) != nil })
            daemon.signal(SIGTERM)
            #expect(daemon.finish(within: .seconds(20)).status == 0)
        }
    }

    @Test("The daemon sits out a restart of the server", arguments: Tested.newest)
    func serverRestarts(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["interval=1s"]) { bench in
            let (before, after) = (Sample("before"), Sample("after"))
            let daemon = try bench.root.start("run")
            try bench.root.drop("before.magnet", before.magnet)
            #expect(try await comesTrue { try bench.root.phase("before") == "metadata" })
            try await bench.server.stop()
            try bench.root.drop("after.magnet", after.magnet)
            let says = try await comesTrue {
                try bench.root.summary()["clients"]["default"]["reachable"].flag == false
            }
            #expect(says)
            try await bench.server.restart()
            let isBack = try await comesTrue(within: .seconds(60), every: .milliseconds(200)) {
                try await bench.eye.torrents().count == 2
            }
            #expect(isBack, "\(daemon.errors)")
            #expect(try await comesTrue { try bench.root.phase("after") == "metadata" })
            daemon.signal(SIGTERM)
            #expect(daemon.finish(within: .seconds(20)).status == 0)
        }
    }
}
