import Glibc
import TestSupport
import Testing

/// Two real qBittorrents of different releases under one qspool.
@Suite("Servers: several clients", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct ClientsTests {
    /// Runs a test with a server of its own beside the shared one, as the client `nas`.
    private static func use(
        _ body: (_ bench: Bench, _ nas: RealServer, _ eye: Eye) async throws -> Void
    ) async throws {
        let first = try #require(Tested.suites.first)
        let nas = try await RealServer.start(try #require(Tested.suites.last))
        do {
            try await Bench.use(first) { bench in
                let secret = bench.root.beside("nas-password")
                try Files.write(Array(RealServer.password.utf8), to: secret)
                try #require(chmod(secret, 0o600) == 0)
                let root = bench.root.with(settings: [
                    "clients.nas.url=\(nas.url)", "clients.nas.username=admin",
                    "clients.nas.passwordFile=\(secret)", "prune.grace=0s", "interval=1s",
                ])
                try await body(Bench(server: bench.server, eye: bench.eye, root: root), nas, Eye(nas))
            }
        } catch {
            try await nas.stop()
            throw error
        }
        try await nas.stop()
    }

    private static func request(_ sample: Sample, on client: String) -> String {
        "{\"source\": \"\(sample.magnet)\", \"client\": \"\(client)\", \"category\": \"c\"}"
    }

    @Test("Requests go to the client that they name, and move when they name another")
    func moving() async throws {
        try await Self.use { bench, _, nas in
            let here = Sample("here")
            let there = Sample("there")
            try bench.root.drop("here.json", "{\"source\": \"\(here.magnet)\"}")
            try bench.root.drop("there.json", Self.request(there, on: "nas"))
            let plan = try await bench.root.qspool("plan")
            #expect(plan.status == 2 && plan.output.contains("nas"), "\(plan.output)")
            try await bench.root.settle()
            #expect(try await bench.eye.torrents().map(\.hash) == [here.hash])
            #expect(try await nas.torrents().map(\.hash) == [there.hash])
            #expect(try bench.root.status("there")["torrent"]["client"].text == "nas")
            let summary = try bench.root.summary()["clients"]
            #expect(summary["default"]["version"].text == bench.server.version)
            #expect(summary["nas"]["reachable"].flag == true)
            let check = try await bench.root.qspool("check")
            #expect(check.status == 0 && check.output.contains("nas"), "\(check.output)")
            #expect(try await bench.root.qspool("list", "--client", "nas").output.contains("there"))

            try bench.root.drop("there.json", Self.request(there, on: "default"))
            for _ in 1...3 { try await bench.root.settle() }
            #expect(try await nas.torrents().isEmpty)
            let seen = try #require(try await bench.eye.torrent(there.hash))
            #expect(seen.tags == ["qspool"] && seen.category == "c")
            #expect(try bench.root.status("there")["torrent"]["client"].text == "default")
            let log = try await bench.root.qspool("log", "--name", "there").output
            #expect(log.contains("client"), "\(log)")
            #expect(try await bench.root.qspool("plan").status == 0)
            #expect(try await bench.root.qspool("remove", "there").status == 0)
            for _ in 1...3 { try await bench.root.settle() }
            #expect(try await bench.eye.torrents().map(\.hash) == [here.hash])
        }
    }

    @Test("One that hangs or is down holds up nobody else: one-shot and daemon")
    func down() async throws {
        try await Self.use { bench, nas, eye in
            let pid = try await nas.pid()
            let first = Sample("first")
            let second = Sample("second")
            let third = Sample("third")
            try bench.root.drop("second.json", Self.request(second, on: "nas"))
            try bench.root.drop("first.json", Self.request(first, on: "default"))
            // It accepts connections and never answers.
            kill(pid, SIGSTOP)
            let daemon = try bench.root.start("run")
            do {
                let isThere = try await comesTrue(within: .seconds(8)) {
                    try await bench.eye.torrent(first.hash) != nil
                }
                #expect(isThere, "the other client waited for the one that hangs")
                try bench.root.drop("third.json", Self.request(third, on: "default"))
                let isAlsoThere = try await comesTrue(within: .seconds(8)) {
                    try await bench.eye.torrent(third.hash) != nil
                }
                #expect(isAlsoThere)
                kill(pid, SIGCONT)
                let isBack = try await comesTrue(within: .seconds(60)) {
                    try await eye.torrent(second.hash) != nil
                }
                #expect(isBack, "it is gone on with when it answers again")
            } catch {
                kill(pid, SIGCONT)
                _ = daemon.signal(SIGTERM)
                _ = daemon.finish()
                throw error
            }
            #expect(daemon.signal(SIGTERM))
            #expect(daemon.finish().status == 0)

            try await nas.kill()
            let fourth = Sample("fourth")
            try bench.root.drop("fourth.json", Self.request(fourth, on: "default"))
            let done = try await bench.root.once(exit: 69)
            #expect(done["troubles"]["nas"].text?.isEmpty == false)
            #expect(try await bench.eye.torrent(fourth.hash) != nil)
            try await nas.restart()
        }
    }
}
