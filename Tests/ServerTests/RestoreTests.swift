import Glibc
import TestSupport
import Testing

/// Requests that are gone and come back.
@Suite("Servers: restore", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct RestoreTests {
    private func restore(_ root: Root, _ words: String...) async throws -> Command.Finished {
        try await root.run(["restore"] + words)
    }

    @Test(
        "A removed request comes back byte for byte, with its torrent, whose data is found",
        arguments: Tested.suites)
    func dataStays(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let data = bench.root.beside("data")
            var swarm: Swarm? = try await Swarm(
                ["v1-multi"], size: 200_000, in: bench.root.beside("swarm"))
            let entry = try #require(try swarm?.entry("v1-multi"))
            let torrent = try Files.read(entry.torrent)
            let json = "{ \"savePath\": \"\(data)\",\n  \"category\": \"kept\" }\n"
            try bench.root.drop("sub/folder/a.json", json)
            try bench.root.drop("sub/folder/a.torrent", torrent)
            let isComplete = try await comesTrue(within: .seconds(60)) {
                try await bench.root.settle()
                return ["completed", "seeding"].contains(try bench.root.phase("sub/folder/a"))
            }
            #expect(isComplete)
            swarm = nil

            #expect(try await bench.root.qspool("remove", "sub/folder/a").status == 0)
            try await bench.root.settle()
            #expect(try await bench.eye.torrents().isEmpty)
            #expect(rmdir(bench.root.request("sub/folder")) == 0 && rmdir(bench.root.request("sub")) == 0)

            let list = try Reply(try await restore(bench.root, "--list", "--json").output)
            #expect(list.items.map { $0["name"].text } == ["sub/folder/a"])
            #expect(list.items.first?["keptUntil"].text != nil, "\(list)")
            let done = try await restore(bench.root, "sub/folder/a")
            #expect(done.status == 0 && done.output == "sub/folder/a\n" && done.errors.isEmpty, "\(done)")
            #expect(try Files.read(bench.root.request("sub/folder/a.json")) == Array(json.utf8))
            #expect(try Files.read(bench.root.request("sub/folder/a.torrent")) == torrent)

            let isBack = try await comesTrue(within: .seconds(60)) {
                try await bench.root.settle()
                return ["completed", "seeding"].contains(try bench.root.phase("sub/folder/a"))
            }
            let seen = try #require(try await bench.eye.torrents().first)
            #expect(isBack && seen.category == "kept" && seen.tags == ["qspool"], "\(seen)")
            #expect(
                seen.reply["progress"].number == 1 && seen.reply["downloaded"].integer == 0, "\(seen.reply)")
            let again = try await restore(bench.root, "sub/folder/a")
            #expect(again.status == 64 && again.errors.contains("never overwrites") && again.output.isEmpty)
        }
    }

    @Test(
        "In the grace, and after remove but before the pass, a restore is all it takes",
        arguments: Tested.suites)
    func inGrace(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let samples = [Sample("graced"), Sample("said")]
            for sample in samples {
                try bench.root.drop("\(sample.name).magnet", "# mine\n\(sample.magnet)\n")
            }
            try await bench.root.settle()
            let before = try await bench.eye.torrents().map(\.lasting).sorted()
            try bench.root.withdraw("graced.magnet")
            try await bench.root.settle()
            #expect(try bench.root.phase("graced") == "removing")
            #expect(try await bench.root.qspool("remove", "said").status == 0)
            let done = try await restore(bench.root, "graced", "said")
            #expect(done.status == 0 && done.output == "graced\nsaid\n", "\(done.errors)")
            for _ in 1...2 { try await bench.root.settle() }
            #expect(try await bench.eye.torrents().map(\.lasting).sorted() == before)
            for sample in samples {
                #expect(try bench.root.phase(sample.name) == "metadata")
                #expect(
                    try Files.read(bench.root.request("\(sample.name).magnet"))
                        == Array("# mine\n\(sample.magnet)\n".utf8))
            }
            let log = try await bench.root.qspool("log", "--kind", "removed").output
            #expect(log.isEmpty, "\(log)")
        }
    }

    @Test("A side file that changed alone comes back as it was last", arguments: Tested.newest)
    func changedSideFile(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s", "spool.settle=0s"]) { bench in
            let sample = Sample("beside")
            try bench.root.drop("a.json", "{\"category\": \"x\"}")
            for comment in ["first", "second"] {
                try bench.root.drop("a.magnet", "# \(comment)\n\(sample.magnet)\n")
                try await bench.root.settle()
            }
            #expect(try bench.root.status("a")["generation"].integer == 1)
            #expect(try await bench.root.qspool("remove", "a").status == 0)
            try await bench.root.settle()
            #expect(try await restore(bench.root, "a").status == 0)
            #expect(
                try Files.read(bench.root.request("a.magnet")) == Array("# second\n\(sample.magnet)\n".utf8))
            try await bench.root.settle()
            // What is kept is not written again and again.
            #expect(try await comesTrue { try await bench.root.once()["commits"].integer == 0 })
        }
    }

    @Test("What was fetched survives its origin", arguments: Tested.newest)
    func originDied(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let torrent = Sample("fetched")
            let site = LoopbackServer { _ in
                LoopbackServer.Reply(
                    status: 200, headers: [("Content-Type", "application/x-bittorrent")],
                    body: torrent.metainfo)
            }
            let root = bench.root.with(
                settings: [
                    "prune.grace=0s", "sources.allowHosts=[\"127.0.0.1:\(site.port)\"]",
                    "status.keepRemoved=0s",
                ])
            let json = "{\"source\": \"\(site.url)/x.torrent\"}"
            try root.drop("x.json", json)
            try await root.settle()
            #expect(try await bench.eye.torrent(torrent.hash) != nil)
            try root.withdraw("x.json")
            for _ in 1...3 { try await root.settle() }
            #expect(try await bench.eye.torrents().isEmpty)
            site.stop()
            #expect(try await restore(root, "x").status == 0)
            #expect(try Files.read(root.request("x.json")) == Array(json.utf8))
            // A plain one-shot, as a timer makes it.
            try await root.once()
            #expect(try await bench.eye.torrent(torrent.hash)?.tags == ["qspool"])
        }
    }

    @Test("Beside a daemon: a restored request is taken up at once", arguments: Tested.newest)
    func besideDaemon(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let sample = Sample("daemon")
            try bench.root.drop("daemon.json", "{\"source\": \"\(sample.magnet)\"}")
            let daemon = try bench.root.start("run")
            defer {
                daemon.signal(SIGTERM)
                _ = daemon.finish()
            }
            #expect(try await comesTrue { try await bench.eye.torrent(sample.hash) != nil })
            #expect(try await bench.root.qspool("remove", "daemon").status == 0)
            #expect(try await comesTrue { try await bench.eye.torrents().isEmpty })
            #expect(try await comesTrue { try bench.root.phase("daemon") == "removed" })
            #expect(try await restore(bench.root, "daemon").status == 0)
            #expect(try await comesTrue { try await bench.eye.torrent(sample.hash)?.tags == ["qspool"] })
        }
    }

    @Test("A name that was never known: 64, and the names near it")
    func unknown() async throws {
        let root = try Root(variables: [:])
        #expect(try await root.qspool("init").status == 0)
        let none = try await restore(root, "--list")
        #expect(none.status == 0 && none.output.isEmpty && !none.errors.isEmpty)
        let done = try await restore(root, "nothing")
        #expect(done.status == 64 && done.output.isEmpty && done.errors.contains("nothing"), "\(done.errors)")
    }
}
