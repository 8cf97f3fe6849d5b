import TestSupport
import Testing

/// A thousand requests at once, against the bare uploads that anybody would write.
@Suite("Servers: a thousand at once", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct BulkTests {
    static let count = 1_000
    /// What is aimed at, and what fails: the machine may be busy with other things.
    static let goal = 0.25
    static let limit = 0.6

    @Test("All are there, in a fraction of the time of single uploads", arguments: Tested.newest)
    func thousand(_ suite: String) async throws {
        try await Bench.useAlone(suite) { bench in
            let folder = bench.root.beside("many")
            let made = try await Command.runAside(Tested.tool("swarm"), ["many", folder, "\(Self.count)"])
            try #require(made.status == 0, "\(made.errors)")

            let bare = try await bareLoop(bench, folder)
            #expect(try await bench.eye.torrents().count == Self.count)
            try await bench.eye.clear()
            #expect(try await bench.eye.torrents { $0.isEmpty }.isEmpty)

            // The login is left out, as it is in the bare loop: a kept session needs none.
            try await bench.root.once()
            try Files.move(folder, to: bench.root.request("bulk"))
            let began = ContinuousClock.now
            let once = try bench.root.start("once")
            // Counting is cheap for the server. What counts is when it has all; the statuses come after that.
            let isThere = try await comesTrue(within: .seconds(120), every: .milliseconds(30)) {
                try await bench.eye.count() == Self.count
            }
            let took = ContinuousClock.now - began
            let end = once.finish(within: .seconds(60))
            #expect(isThere && end.status == 0, "\(end.errors)")
            let whole = ContinuousClock.now - began
            let seen = try await bench.eye.torrents()
            #expect(seen.count == Self.count && seen.allSatisfy { $0.tags == ["qspool"] })
            #expect(Files.below(bench.root.path + "/status/bulk").count == Self.count)

            let ratio = (took / bare * 1000).rounded() / 1000
            print(
                "\(Self.count) requests: all there after \(took), statuses written after \(whole); bare loop: "
                    + "\(bare); ratio \(ratio) (goal \(Self.goal))")
            #expect(ratio <= Self.limit)
            try await bench.eye.clear()
        }
    }

    /// Uploads one after another on one kept connection, as a simple program does.
    ///
    /// - Returns: How long the uploads took, login left out.
    private func bareLoop(_ bench: Bench, _ folder: String) async throws -> Duration {
        let program = """
            import http.client, os, sys, time, urllib.parse
            port, password, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            def call(path, body, headers):
                server.request("POST", "/api/v2/" + path, body, headers)
                answer = server.getresponse()
                answer.read()
                if answer.status not in (200, 204):
                    sys.exit("%s: %d" % (path, answer.status))
                return answer
            login = urllib.parse.urlencode({"username": "admin", "password": password})
            cookie = call("auth/login", login, form).headers["Set-Cookie"].split(";")[0]
            uploads = []
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), "rb") as file:
                    uploads.append((name, file.read()))
            headers = {"Cookie": cookie, "Content-Type": "multipart/form-data; boundary=qspool"}
            began = time.monotonic()
            for name, data in uploads:
                head = ('--qspool\\r\\nContent-Disposition: form-data; name="tags"\\r\\n\\r\\nqspool\\r\\n'
                        '--qspool\\r\\nContent-Disposition: form-data; name="torrents"; filename="%s"\\r\\n'
                        'Content-Type: application/x-bittorrent\\r\\n\\r\\n' % name)
                call("torrents/add", head.encode() + data + b"\\r\\n--qspool--\\r\\n", headers)
            print(round((time.monotonic() - began) * 1000))
            """
        let done = try await Command.runAside(
            "python3", ["-c", program, "\(bench.server.port)", RealServer.password, folder],
            timeout: .seconds(120))
        guard done.status == 0, let time = Int(done.output.filter(\.isNumber)) else {
            throw Unusable("the bare loop did not work: \(done.errors)")
        }
        return .milliseconds(time)
    }
}
