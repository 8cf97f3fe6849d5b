import TestSupport
import Testing

/// Logging in: once, sparingly, and again when the server forgot us.
@Suite("Servers: credentials", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct CredentialTests {
    @Test("A wrong password is tried once, by all processes together", arguments: Tested.suites)
    func wrongPassword(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let sample = Sample("waits")
            try bench.root.drop("w.magnet", sample.magnet)
            let wrong = bench.root.with(["QBITTORRENT_PASSWORD": "certainly wrong"])
            let failuresBefore = try Self.failures(bench.server)
            // More than the five after which the server bans an address.
            for _ in 1...7 {
                let done = try await wrong.qspool("once")
                #expect(done.status == 77, "\(done.errors)")
                #expect(!done.errors.contains("certainly wrong"))
            }
            let failures = try Self.failures(bench.server) - failuresBefore
            #expect(failures == 1, "one login attempt in all")
            #expect(try bench.root.status("w")["phase"].text == "waiting")
            #expect(try bench.root.summary()["clients"]["default"]["reachable"].flag == false)

            // Other credentials are tried at once; the server has not banned us.
            let right = try await bench.root.qspool("check")
            #expect(right.status == 0, "\(right.output) \(right.errors)")
            try await bench.root.settle()
            #expect(try await bench.eye.torrent(sample.hash) != nil)
        }
    }

    @Test("A person's check asks again, although the password was refused before", arguments: Tested.newest)
    func checkAsksAgain(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let wrong = bench.root.with(["QBITTORRENT_PASSWORD": "certainly wrong"])
            let before = try Self.failures(bench.server)
            #expect(try await wrong.qspool("once").status == 77)
            #expect(try await wrong.qspool("check").status == 77)
            #expect(try Self.failures(bench.server) - before == 2)
            #expect(try await bench.root.qspool("check").status == 0)
        }
    }

    @Test("A session is kept across one-shot runs, and belongs to its owner alone", arguments: Tested.suites)
    func keptSession(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let before = try Self.successes(bench.server)
            try bench.root.drop("s.magnet", Sample("session").magnet)
            try await bench.root.settle()
            let file = bench.root.path + "/session/default"
            #expect(Files.mode(file) == 0o600 && Files.mode(bench.root.path + "/session") == 0o700)
            let stamp = Files.stamp(file)
            for _ in 1...4 { try await bench.root.once() }
            #expect(try await bench.root.qspool("plan").status == 0)
            #expect(Files.stamp(file) == stamp, "written at login only")
            #expect(try Self.successes(bench.server) - before == 1, "one login in all")
        }
    }

    @Test("After a restart of the server it logs in again, and keeps what it knows", arguments: Tested.suites)
    func serverRestarts(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let sample = Sample("restarts")
            try bench.root.drop("r.json", "{\"source\": \"\(sample.magnet)\", \"state\": \"stopped\"}")
            try await bench.root.settle()
            let stamp = Files.stamp(bench.root.path + "/session/default")

            try await bench.server.stop()
            let away = try await bench.root.qspool("once")
            #expect(away.status == 69, "\(away.errors)")
            #expect(try bench.root.phase("r") == "stopped", "the last known state stands")
            try await bench.server.restart()
            try await bench.root.settle()
            #expect(Files.stamp(bench.root.path + "/session/default") != stamp)
            #expect(try await bench.eye.torrents().map(\.hash) == [sample.hash])
            #expect(try bench.root.phase("r") == "stopped")
            #expect(try bench.root.summary()["clients"]["default"]["reachable"].flag == true)
        }
    }

    @Test("Nobody there: exit 69, the request waits and says why", arguments: Tested.newest)
    func nobodyThere(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let sample = Sample("nobody")
            try bench.root.drop("n.magnet", sample.magnet)
            let nowhere = bench.root.with(["QBITTORRENT_URL": "http://127.0.0.1:9"])
            for command in ["once", "plan", "check"] {
                let done = try await nowhere.qspool(command)
                #expect(done.status == 69, "\(command): \(done.errors)")
            }
            let status = try bench.root.status("n")
            #expect(
                status["phase"].text == "waiting" && status["reason"].text == "ClientUnreachable", "\(status)"
            )
            try await bench.root.settle()
            #expect(try await bench.eye.torrent(sample.hash) != nil)
        }
    }

    private static func failures(_ server: RealServer) throws -> Int {
        try server.log().split(separator: "\n").count { $0.contains("WebAPI login failure") }
    }

    private static func successes(_ server: RealServer) throws -> Int {
        try server.log().split(separator: "\n").count { $0.contains("WebAPI login success") }
    }
}
