import HTTP
import TestSupport
import Testing

/// Servers and networks that misbehave: each ends in its own kind of error, in bounded time and memory.
@Suite struct FaultTests {
    let transport = CurlTransport()

    @Test func nobodyListens() async throws {
        let server = LoopbackServer { _ in Reply() }
        let url = server.url
        server.stop()
        let error = try await failure(of: HTTPRequest(.post, url: url, isMutating: true), with: transport)

        #expect(error.kind == .refused)
        #expect(error.nothingWasSent)
        #expect(error.message.hasPrefix("POST \(url): "))
    }

    @Test func theUnixSocketIsMissing() async throws {
        let request = HTTPRequest(url: "http://localhost/", unixSocket: "/tmp/http-tests-no-such-socket")
        let error = try await failure(of: request, with: transport)
        #expect(error.kind == .refused)
        #expect(error.nothingWasSent)
    }

    @Test func theNameDoesNotExist() async throws {
        // RFC 6761: "invalid" never resolves.
        let request = HTTPRequest(
            url: "http://nothing.invalid/", timeouts: HTTPTimeouts(connect: .milliseconds(500)))
        let error = try await failure(of: request, with: transport)
        // A machine without a reachable name server waits for it instead.
        #expect(error.kind == .resolve || error.kind == .timeout)
        #expect(error.nothingWasSent)
    }

    @Test func theServerNeverAnswers() async throws {
        let server = LoopbackServer { _ in .hang }
        let request = HTTPRequest(
            .post, url: server.url, isMutating: true, timeouts: HTTPTimeouts(whole: .milliseconds(150)))
        let error = try await failure(of: request, with: transport)

        #expect(error.kind == .timeout)
        #expect(!error.nothingWasSent)
        #expect(server.requestCount == 1)
    }

    @Test func aDrippingBodyIsTooSlow() async throws {
        let server = LoopbackServer { _ in
            var reply = Reply(body: [UInt8](repeating: 7, count: 10_000))
            reply.drip = (bytes: 20, milliseconds: 50)
            return reply
        }
        let timeouts = HTTPTimeouts(lowSpeedBytesPerSecond: 10_000, lowSpeed: .seconds(1))
        let error = try await failure(of: HTTPRequest(url: server.url, timeouts: timeouts), with: transport)
        #expect(error.kind == .timeout)
    }

    @Test("an answer cut at any byte is no answer", arguments: [0, 1, 9, 17, 40, 60, 1_000, 1_061])
    func cut(after count: Int) async throws {
        let server = LoopbackServer { _ in
            var reply = Reply(
                headers: [("X-Padding", "0123456789")], body: [UInt8](repeating: 7, count: 1_000))
            reply.cutAfter = count
            return reply
        }
        let request = HTTPRequest(.post, url: server.url, isMutating: true)
        let error = try await failure(of: request, with: transport)

        #expect(error.kind == .truncated, "\(error)")
        #expect(!error.nothingWasSent)
        #expect(server.requestCount == 1)
    }

    @Test(
        "an answer that is not HTTP is no answer",
        arguments: ["hello\n", "SSH-2.0-OpenSSH_9\r\n", "\r\n\r\n"])
    func garbage(text: String) async throws {
        let server = LoopbackServer { _ in
            var reply = Reply()
            reply.raw = Array(text.utf8)
            reply.closes = true
            return reply
        }
        let error = try await failure(of: HTTPRequest(url: server.url), with: transport)
        #expect(error.kind == .other, "\(error)")
        #expect(!error.nothingWasSent)
    }

    @Test func aLengthBeyondTheBodyIsTruncation() async throws {
        let server = LoopbackServer { _ in Reply(body: [1, 2, 3], framing: .wrongLength(4)) }
        let error = try await failure(of: HTTPRequest(url: server.url), with: transport)
        #expect(error.kind == .truncated)
    }

    @Test func aCutChunkIsTruncation() async throws {
        let server = LoopbackServer { _ in
            var reply = Reply(body: [UInt8](repeating: 7, count: 1_000), framing: .chunked)
            reply.cutAfter = 500
            return reply
        }
        let error = try await failure(of: HTTPRequest(url: server.url), with: transport)
        #expect(error.kind == .truncated)
    }

    @Test("the body's limit holds for every framing", arguments: 0..<3)
    func tooLarge(kind: Int) async throws {
        let framing: [Reply.Framing] = [.length, .chunked, .untilClose]
        let server = LoopbackServer {
            Reply(
                body: [UInt8](repeating: 7, count: $0.path == "/over" ? 1_001 : 1_000), framing: framing[kind]
            )
        }
        let fits = try await transport.perform(HTTPRequest(url: server.url + "/fits", maximumBytes: 1_000))
        #expect(fits.body.count == 1_000)
        let request = HTTPRequest(url: server.url + "/over", maximumBytes: 1_000)
        let error = try await failure(of: request, with: transport)
        #expect(error.kind == .tooLarge)
    }

    @Test("headers are bounded, in one line and in many", arguments: [(1, 200_000), (6_000, 100)])
    func headerBomb(lines: Int, length: Int) async throws {
        let server = LoopbackServer { _ in
            let value = String(repeating: "x", count: length)
            return Reply(headers: (0..<lines).map { ("X-\($0)", value) })
        }
        let error = try await failure(of: HTTPRequest(url: server.url), with: transport)
        #expect(error.kind == .tooLarge)
    }

    @Test(
        "what cannot be sent safely is refused",
        arguments: [
            "", "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:pw@127.0.0.1/", "http://127.0.0.1/a b",
            "http://127.0.0.1/\r\nX: y", "127.0.0.1", "http://", "http://127.0.0.1:99999/",
        ])
    func badURL(url: String) async throws {
        let error = try await failure(of: HTTPRequest(url: url), with: transport)
        #expect(error.kind == .badURL)
        #expect(error.nothingWasSent)
        #expect(!error.message.contains("pw"))
    }

    @Test func headersCannotBeForged() async throws {
        let server = LoopbackServer { _ in Reply() }
        let requests = [
            HTTPRequest(url: server.url, headers: [("X", "1\r\nY: 2")]),
            HTTPRequest(url: server.url, headers: [("X: 1\r\nY", "2")]),
            HTTPRequest(url: server.url, cookie: "SID=1\r\nY: 2"),
            HTTPRequest(
                .post, url: server.url,
                body: .multipart([.init(name: "a", contentType: "x\r\nY: 2", bytes: [])])),
            HTTPRequest(.post, url: server.url, body: .multipart([.init(name: "a\0b", bytes: [])])),
            HTTPRequest(.get, url: server.url, body: .form([("a", "b")])),
        ]
        for request in requests {
            #expect(try await failure(of: request, with: transport).kind == .other)
        }
        #expect(server.connectionCount == 0)
    }

    @Test func onlyReadsAreResentWhenAKeptConnectionDies() async throws {
        // Takes a second request on a connection, carries it out, and dies before answering.
        let server = LoopbackServer { $0.requestOnConnection > 1 ? .drop : .text("ok") }
        _ = try await transport.perform(HTTPRequest(url: server.url + "/first"))
        _ = try await transport.perform(HTTPRequest(url: server.url + "/read"))
        // This shows that the trap is there: libcurl sent one request twice.
        #expect(server.received.count { $0.target == "/read" } == 2)

        for number in 0..<3 {
            let body = HTTPRequest.Body.form([("n", "\(number)")])
            _ = try await transport.perform(
                HTTPRequest(.post, url: server.url + "/change", body: body, isMutating: true))
        }
        #expect(server.received.count { $0.target == "/change" } == 3)
        #expect(server.received.filter { $0.target == "/change" }.allSatisfy { $0.requestOnConnection == 1 })
    }
}
