import TestSupport
import Testing

/// Every way in, as `check` and `once` go it, and what they say where it is closed.
@Suite("Servers: ways in", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct LoginTests {
    /// Those that know API keys.
    static let withKeys = Tested.suites.filter { $0 == "trixie-backports" }

    @Test(
        "No login, where the server lets this machine in; a restart is still noticed",
        arguments: Tested.suites)
    func none(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let root = bench.root.without("QBITTORRENT_USERNAME", "QBITTORRENT_PASSWORD")
            try await root.expectRefusal(77, ["asks for a login", "`username`", "`passwordFile`"])
            try await bench.eye.prefer(#"{"bypass_local_auth": true}"#)
            let sample = Sample("let-in")
            try root.drop("l.json", "{\"source\": \"\(sample.magnet)\", \"tags\": [\"one\"]}")
            try await root.expectEntry()
            try await root.settle()
            #expect(try await bench.eye.torrent(sample.hash)?.tags == ["one", "qspool"])
            // Of a server that forgot our tag, not of a person who took it off.
            try await bench.eye.change("torrents/removeTags", [("hashes", sample.hash), ("tags", "qspool")])
            try await bench.server.restart()
            try await root.settle()
            #expect(try await bench.eye.torrent(sample.hash)?.tags == ["one", "qspool"])
            #expect(try root.status("l")["torrent"]["ownership"].text == "added")
            try await bench.eye.prefer(#"{"bypass_local_auth": false}"#)
            // (A session that was begun without a login stays good.)
            try await bench.server.restart()
            try await root.expectRefusal(77, ["asks for a login"])
        }
    }

    @Test("An API key: the right one, a wrong one, one that was replaced", arguments: Self.withKeys)
    func apiKey(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let key = try await bench.eye.rotateKey()
            let keyed = bench.root.without("QBITTORRENT_USERNAME", "QBITTORRENT_PASSWORD")
            let root = keyed.with(["QBITTORRENT_API_KEY": key])
            try root.drop("k.magnet", Sample("keyed").magnet)
            try await root.expectEntry()
            #expect(try await bench.eye.torrent(Sample("keyed").hash) != nil)
            #expect(!Files.exists(root.path + "/session/default"), "a key needs no session")

            let words = ["refused the API key", "`username`"]
            let wrong = keyed.with(["QBITTORRENT_API_KEY": "qbt_" + String(repeating: "x", count: 28)])
            try await wrong.expectRefusal(77, words)
            let newer = try await bench.eye.rotateKey()
            try await root.expectRefusal(77, words)
            try await keyed.with(["QBITTORRENT_API_KEY": newer]).expectEntry()
        }
    }

    @Test(
        "An API key at a server that knows none: said, and what to do instead",
        arguments: Tested.suites.filter { $0 != "trixie-backports" }.prefix(1))
    func unknownKey(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let root = bench.root.without("QBITTORRENT_USERNAME", "QBITTORRENT_PASSWORD")
                .with(["QBITTORRENT_API_KEY": "qbt_" + String(repeating: "x", count: 28)])
            try await root.expectRefusal(77, ["older than 5.2", "`passwordFile`"])
        }
    }

    @Test("By a Unix socket; when nobody listens there, the socket is named", arguments: Tested.suites)
    func unixSocket(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let path = bench.root.path + ".sock"
            let root = bench.root.with(["QBITTORRENT_URL": "unix:" + path])
            try await root.expectRefusal(69, ["unix:" + path])
            let relay = Relay(on: .unix(path: path), to: bench.server.port)
            try root.drop("u.magnet", Sample("by-socket").magnet)
            try await root.expectEntry()
            #expect(try await bench.eye.torrent(Sample("by-socket").hash) != nil)
            #expect(!relay.received.isEmpty)
        }
    }

    // MARK: Sessions that end

    @Test("Sessions that expire at once cost a login each time, and nothing else", arguments: Tested.suites)
    func expiry(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let sample = Sample("expires")
            try bench.root.drop(
                "e.json", "{\"source\": \"\(sample.magnet)\", \"category\": \"c\", \"tags\": [\"one\"]}")
            try await bench.root.settle()
            let before = try await bench.eye.torrent(sample.hash)?.lasting
            try await bench.eye.prefer(#"{"web_ui_session_timeout": 1}"#)
            for _ in 1...3 {
                try await Task.sleep(for: .milliseconds(2_200))
                let report = try await bench.root.once()
                #expect(report["trouble"].isNull && report["actions"].integer == 0, "\(report)")
            }
            try await Task.sleep(for: .milliseconds(2_200))
            try await bench.eye.prefer(#"{"web_ui_session_timeout": 3600}"#)
            #expect(try await bench.eye.torrent(sample.hash)?.lasting == before)
            try await bench.expectInnocentLog()
        }
    }

    @Test(
        "A server that keeps but so many sessions throws ours out: one more login", arguments: Self.withKeys)
    func crowd(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            try bench.root.drop("c.magnet", Sample("crowded").magnet)
            try await bench.root.settle()
            let stamp = Files.stamp(bench.root.path + "/session/default")
            for _ in 1...20 { #expect(try await bench.eye.strangerLogsIn() == "204") }
            try await bench.root.once()
            #expect(Files.stamp(bench.root.path + "/session/default") != stamp, "it logged in again")
            try await bench.root.once()
            try await bench.expectInnocentLog()
        }
    }

    @Test("A ban is named, and nobody knocks again", arguments: Tested.suites)
    func ban(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            // (What the test sees, it sees in a session of before.)
            _ = try await bench.eye.torrents()
            try await bench.eye.prefer(#"{"web_ui_max_auth_fail_count": 3, "web_ui_ban_duration": 4}"#)
            for _ in 1...4 { try await bench.eye.strangerLogsIn("somebody's guess") }
            let words = ["has banned this machine's address", "ends by itself"]
            let first = try await bench.root.qspool("once")
            #expect(first.status == 77 && words.allSatisfy(first.errors.contains), "\(first.errors)")
            let calls = try bench.server.log().split(separator: "\n").count { $0.contains("WebAPI") }
            for _ in 1...3 { #expect(try await bench.root.qspool("once").status == 77) }
            let later = try bench.server.log().split(separator: "\n").count { $0.contains("WebAPI") }
            #expect(later == calls, "no further try")
            try await Task.sleep(for: .seconds(5))
            // A person's `check` tries, and opens the way for the others.
            #expect(try await bench.root.qspool("check").status == 0)
            #expect(try await bench.root.qspool("once").status == 0)
            try await bench.eye.prefer(#"{"web_ui_max_auth_fail_count": 5, "web_ui_ban_duration": 3600}"#)
        }
    }
}

extension Root {
    /// Both a person and a timer get in, and `once` does its work.
    func expectEntry(_ comment: String = "") async throws {
        let check = try await qspool("check")
        #expect(check.status == 0 && check.output.contains("lets us in"), "\(comment) \(check.output)")
        let once = try await qspool("once")
        #expect(once.status == 0, "\(comment) \(once.errors)")
    }

    /// Neither gets in, both say why in these words, and neither shows a secret.
    func expectRefusal(_ code: Int32, _ words: [String], _ comment: String = "") async throws {
        for command in ["check", "once"] {
            let done = try await qspool(command)
            let said = done.output + done.errors
            #expect(done.status == code, "\(comment) \(command): \(said)")
            for word in words { #expect(said.contains(word), "\(comment) \(command): \(said)") }
            // (Where the test keeps its things has a name that begins like the test's password.)
            let rest = said.replacing("/qspool-test", with: "/")
            for secret in secrets { #expect(!rest.contains(secret), "\(comment) \(command)") }
        }
    }
}

extension Bench {
    /// Nothing in the log was taken for a person's doing.
    func expectInnocentLog() async throws {
        let log = try Reply(try await root.qspool("log", "--json").output).items
        let wrong = ["AddedAgain", "RemovedByUser", "KeepsVanishing", "TagTakenOff"]
        for entry in log {
            let isWrong = entry["kind"].text == "drift" || wrong.contains(entry["reason"].text ?? "")
            #expect(!isWrong, "\(entry)")
        }
    }
}
