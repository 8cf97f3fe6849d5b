import HTTP
import TestSupport
import Testing

/// What goes over the wire, and what comes back.
@Suite struct ExchangeTests {
    let transport = CurlTransport()

    @Test func aGetCarriesItsHeadersAndNothingElse() async throws {
        let server = LoopbackServer { _ in .text("hello") }
        let response = try await transport.perform(
            HTTPRequest(
                url: server.url + "/a%20b?x=1", headers: [("X-One", "1"), ("X-Empty", "")],
                cookie: "SID=abc/+="))

        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
        #expect(response.redirectURL == nil)
        #expect(response.total >= response.timeToFirstByte && response.timeToFirstByte > .zero)
        let received = try #require(server.received.first)
        #expect(received.method == "GET")
        #expect(received.target == "/a%20b?x=1")
        #expect(received.header("x-one") == "1")
        #expect(received.header("x-empty") == "")
        #expect(received.header("cookie") == "SID=abc/+=")
        #expect(received.header("accept-encoding") == nil)
        #expect(received.header("content-length") == nil)
    }

    @Test func aFormIsEncodedStrictly() async throws {
        let server = LoopbackServer { _ in Reply() }
        let fields = [(name: "tags", value: "a b,c+d"), (name: "urls", value: "magnet:?xt=1&dn=é\n")]
        _ = try await transport.perform(
            HTTPRequest(.post, url: server.url, body: .form(fields), isMutating: true))

        let received = try #require(server.received.first)
        #expect(received.method == "POST")
        #expect(received.header("content-type") == "application/x-www-form-urlencoded")
        #expect(received.header("content-length") == "\(received.body.count)")
        #expect(received.text == "tags=a%20b%2Cc%2Bd&urls=magnet%3A%3Fxt%3D1%26dn%3D%C3%A9%0A")
    }

    @Test func anEmptyPostAnnouncesItsLength() async throws {
        let server = LoopbackServer { _ in Reply() }
        _ = try await transport.perform(HTTPRequest(.post, url: server.url, isMutating: true))
        #expect(server.received.first?.header("content-length") == "0")
    }

    @Test func multipartCarriesEveryByte() async throws {
        let server = LoopbackServer { _ in Reply() }
        let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let parts = [
            HTTPRequest.Part(name: "paused", value: "true"),
            HTTPRequest.Part(name: "empty", value: ""),
            HTTPRequest.Part(
                name: "torrents", fileName: "a\"b.torrent", contentType: "application/x-bittorrent",
                bytes: bytes),
        ]
        _ = try await transport.perform(
            HTTPRequest(.post, url: server.url, body: .multipart(parts), isMutating: true))

        // Asking for "100 Continue" would cost a second with a server that never says it.
        let received = try #require(server.received.first)
        #expect(received.header("expect") == nil)
        #expect(received.header("content-length") == "\(received.body.count)")
        let type = try #require(received.header("content-type"))
        let boundary = try #require(type.split(separator: "boundary=").last)
        let start = "--\(boundary)\r\nContent-Disposition: form-data; name="
        let head =
            "\(start)\"paused\"\r\n\r\ntrue\r\n\(start)\"empty\"\r\n\r\n\r\n"
            + "\(start)\"torrents\"; filename=\"a%22b.torrent\"\r\n"
            + "Content-Type: application/x-bittorrent\r\n\r\n"
        #expect(received.body.starts(with: Array(head.utf8)))
        #expect(received.body == Array(head.utf8) + bytes + Array("\r\n--\(boundary)--\r\n".utf8))
    }

    @Test func headersAndCookiesComeBackInOrder() async throws {
        let server = LoopbackServer { _ in
            var reply = Reply()
            reply.raw = Array(
                ("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 403 Forbidden\r\n"
                    + "Set-Cookie: SID=1; path=/\r\nX-Folded: a\r\n b\r\nset-cookie:  QBT_SID=2\r\n"
                    + "Content-Length: 0\r\n\r\n").utf8)
            return reply
        }
        let response = try await transport.perform(HTTPRequest(url: server.url))

        #expect(response.status == 403)
        #expect(response.setCookies == ["SID=1; path=/", "QBT_SID=2"])
        #expect(response.header("x-folded") == "a b")
        #expect(response.header("x-interim") == nil)
    }

    @Test(
        "a redirect is told, not followed",
        arguments: [
            ("/next?a=b", "/next?a=b"), ("https://example.org/x.torrent", "https://example.org/x.torrent"),
            ("file:///etc/passwd", "file:///etc/passwd"),
            (
                "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=a+b%20c",
                "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=a+b%20c"
            ),
        ])
    func redirects(location: String, expected: String) async throws {
        let server = LoopbackServer { _ in Reply(status: 302, headers: [("Location", location)]) }
        let response = try await transport.perform(HTTPRequest(url: server.url + "/start"))

        #expect(response.status == 302)
        #expect(response.redirectURL == (expected.hasPrefix("/") ? server.url + expected : expected))
        #expect(server.requestCount == 1)
    }

    @Test func aUnixSocketIsUsedInsteadOfTheHost() async throws {
        let directory = try TestDirectory()
        let server = LoopbackServer(on: .unix(path: directory.path + "/socket")) { .text($0.target) }
        let response = try await transport.perform(
            HTTPRequest(url: "http://qbittorrent/api", unixSocket: directory.path + "/socket"))

        #expect(response.body == Array("/api".utf8))
        #expect(server.received.first?.header("host") == "qbittorrent")
    }

    @Test func basicCredentialsGoIntoOneHeader() async throws {
        let server = LoopbackServer { _ in Reply() }
        _ = try await transport.perform(
            HTTPRequest(url: server.url, basicAuth: (user: "admin", password: Secret("päss:1"))))
        #expect(server.received.first?.header("authorization") == "Basic YWRtaW46cMOkc3M6MQ==")
    }

    @Test("bodies arrive whole, however they are framed", arguments: 0..<4)
    func framing(kind: Int) async throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
        let framing: [LoopbackServer.Reply.Framing] = [.length, .chunked, .untilClose, .chunked]
        let server = LoopbackServer { _ in
            Reply(body: kind == 3 ? [] : bytes, framing: framing[kind])
        }
        let response = try await transport.perform(HTTPRequest(url: server.url))
        #expect(response.body == (kind == 3 ? [] : bytes))
    }

    @Test func readsShareAKeptConnection() async throws {
        let server = LoopbackServer { _ in Reply() }
        for _ in 0..<5 { _ = try await transport.perform(HTTPRequest(url: server.url)) }
        #expect(server.connectionCount == 1)
    }

    @Test func manyRequestsAtOnceEachGetTheirOwnAnswer() async throws {
        let server = LoopbackServer { .text($0.target) }
        let url = server.url
        let transport = transport
        let answers = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for number in 0..<63 {
                group.addTask {
                    (number, try await transport.perform(HTTPRequest(url: "\(url)/\(number)")).body)
                }
            }
            return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
        }
        #expect(answers.count == 63)
        #expect(answers.allSatisfy { $1 == Array("/\($0)".utf8) })
    }

    @Test func requestsBeyondTheSlotsWaitTheirTurn() async throws {
        let server = LoopbackServer { .text($0.target) }
        let url = server.url
        let small = CurlTransport(maximumTransfers: 2)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask { try await small.perform(HTTPRequest(url: "\(url)/\(number)")).status }
            }
            return try await group.reduce(0) { $1 == 200 ? $0 + 1 : $0 }
        }
        #expect(count == 20)
        #expect(server.connectionCount <= 2)
    }
}

typealias Reply = LoopbackServer.Reply
