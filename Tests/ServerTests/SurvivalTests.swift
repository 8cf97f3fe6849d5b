import Glibc
import TestSupport
import Testing

/// A hybrid's magnet by its v1 hash alone changes its id when its metadata comes. That has brought down
/// servers under a program that watches them by `sync/maindata`, and left ghosts of the old id; not under us.
@Suite("Servers: the id of a hybrid changes", .enabled(if: Tested.hasServers), .timeLimit(.minutes(30)))
struct SurvivalTests {
    static let runs = Tested.count("QSPOOL_TEST_SURVIVAL_RUNS", or: 2)
    /// Those whose ids change: 4.2.5 goes by the v1 hash for good.
    static let suites = Tested.suites.filter { $0 != "bullseye" }

    @Test("The server survives, and the torrent is followed under its new id", arguments: Self.suites)
    func survives(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s", "interval=1s"]) { bench in
            let swarm = try await Swarm(["hybrid-multi"], size: 300_000, in: bench.root.beside("swarm"))
            let hybrid = try Hybrid(swarm.entry("hybrid-multi"))
            let pid = try await bench.server.pid()
            let daemon = try bench.root.start("run")
            var dice = SplitMix64(seed: 5)
            for number in 1...Self.runs {
                let run = Run(bench: bench, hybrid: hybrid, name: "run-\(number)")
                try await run.follow(changing: number % 2 == 0, using: &dice)
                try await run.remove(bySaying: number % 4 >= 2)
                #expect(try await bench.server.pid() == pid, "\(run.name): the server is the one it was")
                #expect(daemon.status == nil, "\(run.name): \(daemon.errors)")
                try Task.checkCancellation()
            }
            daemon.signal(SIGTERM)
            let end = daemon.finish(within: .seconds(20))
            #expect(end.status == 0, "\(end.errors)")
            let statuses = Files.below(bench.root.path + "/status").count
            #expect(statuses == Self.runs, "one status a request, none of a ghost")
            print("\(suite): \(Self.runs) changes of id, the same server all the time")
        }
    }

    /// The torrent, and the magnet link that names but half of it.
    private struct Hybrid: Sendable {
        let v1: String
        let v2: String
        let magnet: String

        /// What servers call it once they know all of it.
        var id: String { String(v2.prefix(40)) }

        init(_ entry: Swarm.Entry) throws {
            v1 = try #require(entry.v1)
            v2 = try #require(entry.v2)
            let parts = entry.magnet.dropFirst("magnet:?".count).split(separator: "&")
            magnet = "magnet:?" + parts.filter { !$0.contains("urn:btmh") }.joined(separator: "&")
            try #require(magnet.contains("urn:btih:" + v1) && !magnet.contains("btmh"))
        }
    }

    private struct Run {
        let bench: Bench
        let hybrid: Hybrid
        let name: String

        private func json(_ category: String, _ tags: String) -> String {
            """
            {"source": "\(hybrid.magnet)", "category": "\(category)", "tags": [\(tags)],
             "savePath": "\(bench.root.beside("data-" + name))"}
            """
        }

        /// From the request to the whole torrent under its new id.
        ///
        /// - Parameter changing: The request changes at about the time of the change of id.
        func follow(changing: Bool, using dice: inout SplitMix64) async throws {
            try bench.root.drop(name + ".json", json("before", #""one""#))
            if changing {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_500, using: &dice)))
                try bench.root.drop(name + ".json", json("after", #""one", "two""#))
            }
            let category = changing ? "after" : "before"
            let tags: Set<String> = changing ? ["one", "qspool", "two"] : ["one", "qspool"]
            let isFollowed = try await comesTrue(within: .seconds(90)) {
                let said = try bench.root.status(name)
                return ["completed", "seeding"].contains(said["phase"].text)
                    && said["torrent"]["category"].text == category
                    && said["conditions"].items.contains {
                        $0["type"].text == "InSync" && $0["status"].text == "True"
                    }
            }
            let said = try bench.root.status(name)
            #expect(isFollowed, "\(name): \(said)")
            #expect(said["torrent"]["hash"].text == hybrid.id, "\(name): \(said)")
            #expect(said["torrent"]["infoHashV1"].text == hybrid.v1)
            #expect(said["torrent"]["infoHashV2"].text == hybrid.v2)
            let seen = try await bench.eye.torrents { $0.count == 1 && $0[0].tags == tags }
            #expect(seen.map(\.hash) == [hybrid.id], "\(name): \(seen)")
            #expect(seen.first?.category == category && seen.first?.tags == tags, "\(name): \(seen)")
            try await expectNoGhost()
        }

        /// Added once, and nothing that vanished; what is known is one torrent under its present id.
        private func expectNoGhost() async throws {
            let log = try Reply(try await bench.root.qspool("log", "--json", "--name", name).output).items
            #expect(log.count { $0["kind"].text == "added" } == 1, "\(name): \(log)")
            let wrong = ["vanished", "drift", "released", "adopted", "failed"]
            #expect(!log.contains { wrong.contains($0["kind"].text ?? "") }, "\(name): \(log)")
            let shown = try Reply(try await bench.root.qspool("show", name, "--json").output)
            #expect(shown["status"]["torrent"]["hash"].text == hybrid.id, "\(name): \(shown)")
            // What the store has under the id that it follows.
            let observed = shown["fields"].items.first { $0["field"].text == "category" }?["observed"].text
            #expect(observed == "before" || observed == "after", "\(name): \(shown)")
            let listed = try Reply(try await bench.root.qspool("list", "--json").output).items
            let here = listed.filter { $0["phase"].text != "removed" }
            #expect(here.map { $0["name"].text } == [name], "\(name): \(listed)")
        }

        /// - Parameter bySaying: By `qspool remove`, else by taking the file away.
        func remove(bySaying: Bool) async throws {
            if bySaying {
                let done = try await bench.root.qspool("remove", name)
                #expect(done.status == 0, "\(done.errors)")
            } else {
                try bench.root.withdraw(name + ".json")
            }
            let isGone = try await comesTrue(within: .seconds(30)) {
                try await bench.eye.torrents().isEmpty && bench.root.phase(name) == "removed"
            }
            let seen = try await bench.eye.torrents()
            let said = try bench.root.status(name)
            #expect(isGone, "\(name): \(seen) \(said)")
        }
    }
}
