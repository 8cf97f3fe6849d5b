import HTTP
import Metainfo
import Reconciliation
import Sourcing
import TestSupport
import Testing

/// Answers everything with one response. Unchecked: the test sets it between two calls.
private final class CannedTransport: HTTPTransport, @unchecked Sendable {
    var response = HTTPResponse(status: 200)

    func perform(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { response }
}

@Suite("What an address answers")
struct AnswerTests {
    static let html = "text/html; charset=utf-8"

    /// Content type, body, code, and words of the message.
    static let bodies: [(String, String, String, [String])] = [
        (
            html,
            "<!DOCTYPE html><html><head><title>Login :: \u{1B}Tracker</title></head>"
                + "<form><input type=\"password\"></form>",
            "url-failed", ["a login page", "\"Login :: \\u1bTracker\"", "text/html", "<!DOCTYPE html>"]
        ),
        ("", "  <HTML><body>Hi there</body>", "url-failed", ["a web page", "of no said type"]),
        (html, "Just a moment", "url-failed", ["a web page", "Just a moment"]),
        (
            "application/x-nzb", "<?xml version=\"1.0\"?><nzb xmlns=\"x\"></nzb>", "url-failed",
            ["an NZB", "Usenet"]
        ),
        ("", "<?xml version=\"1.0\"?><rss><channel/></rss>", "url-failed", ["a feed"]),
        (
            "", "<?xml version=\"1.0\"?><error code=\"100\" description=\"Bad user\"/>", "url-failed",
            ["the error \"Bad user\""]
        ),
        ("", "{\"error\": \"no such id\"}", "url-failed", ["JSON", "no such id"]),
        ("", "[]", "url-failed", ["JSON"]),
        ("text/plain", "Torrent not found", "url-failed", ["Torrent not"]),
        ("", "\u{0}\u{1}\u{2}", "url-failed", ["data of another kind"]),
        ("", "d4:infod6:lengthi5eee", "bad-torrent", []), ("", "d4:infode", "bad-torrent", []),
        ("", "magnet:?dn=x", "bad-magnet", []), ("", "magnet:?xt=urn:btih:zz", "bad-infohash", []),
    ]

    @Test("What is no torrent is named", arguments: bodies)
    func contents(type: String, body: String, code: String, words: [String]) async throws {
        let server = LoopbackServer { _ in
            .init(headers: type.isEmpty ? [] : [("Content-Type", type)], body: Array(body.utf8))
        }
        let failure = try await Desk().failure(server.url)
        #expect(failure.code == code && failure.remedy == .correctRequest, "\(failure)")
        for word in words { #expect(failure.message.contains(word), "\(failure.message)") }
        #expect(failure.message.utf8.count < 600)
    }

    @Test("6 000 mutated bodies end in a torrent or in a reason")
    func mutations() async throws {
        let seeds = Self.bodies.map(\.1) + [String(decoding: Sample.torrent(), as: UTF8.self), Sample.magnet]
        var random = SplitMix64(seed: 11)
        let transport = CannedTransport()
        let fetcher = SourceFetcher(
            transport: transport, settings: SourcingSettings(spacing: .zero), now: { SleepClock().now },
            sleep: { _ in })
        var found = 0
        for round in 0..<6_000 {
            var body = Array(seeds[round % seeds.count].utf8)
            if Bool.random(using: &random) { body.removeLast(Int.random(in: 0...body.count, using: &random)) }
            for _ in 0..<Int.random(in: 0..<4, using: &random) where !body.isEmpty {
                body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            let type = ["text/html", "", "application/xml"].randomElement(using: &random) ?? ""
            transport.response = HTTPResponse(
                status: [200, 410, 429].randomElement(using: &random) ?? 200,
                headers: [("content-type", type), ("content-length", "1")], body: body)
            let result = await fetcher.fetch(
                SourceCandidate(.address("http://a.example/\(round)"), label: "x"))
            switch result {
            case .success: found += 1
            case .failure(let failure):
                #expect(failure.message.utf8.allSatisfy { $0 >= 0x20 } && failure.message.utf8.count < 700)
            }
        }
        #expect(found > 20)
    }

    @Test("A body that is one magnet link is the source")
    func magnetText() async throws {
        let server = LoopbackServer { _ in
            .init(headers: [("Content-Type", "text/html")], body: Array("\n \(Sample.magnet)\r\n".utf8))
        }
        #expect(try await Desk().fetch(server.url).get().identity.description == Sample.hash)
        let two = LoopbackServer { _ in .text("\(Sample.magnet)\n\(Sample.magnet)\n") }
        #expect(try await Desk().failure(two.url).code == "url-failed")
    }

    @Test("Compression that nobody asked for is named, and never unpacked")
    func compressed() async throws {
        // The start of 1 GB of zeros in gzip; unpacking would be seen in memory and time.
        let bomb: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0xED, count: 100_000)
        for (headers, body, name) in [
            ([("Content-Encoding", "gzip")], bomb, "gzip"), ([], bomb, "gzip"),
            ([("Content-Encoding", "br")], [UInt8](repeating: 0x21, count: 50), "br"),
        ] {
            let server = LoopbackServer { request in
                #expect(request.header("accept-encoding") == nil)
                return .init(headers: headers, body: body)
            }
            let failure = try await Desk().failure(server.url)
            #expect(failure.code == "url-failed" && failure.message.contains("compressed by \(name)"))
        }
    }

    static let statuses: [(Int, [(String, String)], String, String)] = [
        (404, [], "gone", "http-404"), (410, [], "gone", "http-410"),
        (400, [], "correctRequest", "http-400"), (401, [], "correctRequest", "http-401"),
        (403, [], "correctRequest", "http-403"), (451, [], "correctRequest", "http-451"),
        (403, [("Retry-After", "5")], "retry 5000", "http-403"),
        (408, [], "retry", "http-408"), (425, [], "retry", "http-425"), (429, [], "retry", "http-429"),
        (500, [], "retry", "http-500"), (502, [], "retry", "http-502"),
        (503, [("Retry-After", "120")], "retry 120000", "http-503"),
        (429, [("Retry-After", "999999999999999999999")], "retry 86400000", "http-429"),
        (429, [("Retry-After", "-5")], "retry", "http-429"),
        (429, [("Retry-After", "soon")], "retry", "http-429"),
        // The test's clock says 2026-11-22T10:00:00Z.
        (429, [("Retry-After", "Sun, 22 Nov 2026 10:01:30 GMT")], "retry 90000", "http-429"),
        (429, [("Retry-After", "Sunday, 22-Nov-26 10:01:30 GMT")], "retry 90000", "http-429"),
        (429, [("Retry-After", "Sun Nov 22 10:01:30 2026")], "retry 90000", "http-429"),
        (429, [("Retry-After", "Sun, 22 Nov 2026 09:00:00 GMT")], "retry 0", "http-429"),
        (
            503,
            [("Date", "Sun, 22 Nov 2026 12:00:00 GMT"), ("Retry-After", "Sun, 22 Nov 2026 12:00:30 GMT")],
            "retry 30000", "http-503"
        ),
        (204, [], "retry", "url-failed"), (200, [], "retry", "url-failed"), (206, [], "retry", "cut-off"),
        (304, [], "correctRequest", "url-failed"),
    ]

    @Test("Each status has its remedy", arguments: statuses)
    func status(status: Int, headers: [(String, String)], remedy: String, code: String) async throws {
        let server = LoopbackServer { _ in
            .init(status: status, headers: headers.map { (name: $0.0, value: $0.1) })
        }
        let failure = try await Desk().failure(server.url)
        #expect(failure.remedyText == remedy && failure.code == code, "\(failure)")
    }

    @Test("The torrent must be the one that was said")
    func mismatch() async throws {
        let server = LoopbackServer { _ in Sample.reply() }
        #expect(try await Desk().fetch(server.url, expecting: Sample.identity()).get().size == 5)
        let failure = try await Desk().failure(server.url, expecting: Sample.identity("b"))
        #expect(failure.code == "hash-mismatch" && failure.remedy == .correctRequest)
    }

    @Test("Nothing of an address but its host is shown, whatever the page repeats")
    func secrets() async throws {
        let paths = [
            "/dl/canarypasskey/x.torrent?apikey=canarykey&id=7", "/x?canaryquery", "/canary%20path/1#canary",
            "/rss?u=1&token=canary%2Ftoken",
        ]
        for status in [200, 400, 401, 404, 429, 500] {
            for kind in ["html", "json", "xml", "text", "location"] {
                let server = LoopbackServer { request in
                    let target = request.target
                    let echo =
                        "Not found: http://h\(target) and \(FormEncoding.percentDecoded(target))"
                    let body =
                        switch kind {
                        case "html": "<html><title>\(echo)</title>\(echo)"
                        case "json": "{\"message\": \"\(echo)\"}"
                        case "xml": "<error code=\"1\" description=\"\(echo)\"/>"
                        default: echo
                        }
                    return .init(
                        status: kind == "location" ? 302 : status,
                        headers: [
                            ("Location", "ftp://canary@x/\(request.target)"),
                            ("Content-Type", "text/\(kind)"),
                        ], body: Array(body.utf8))
                }
                for path in paths {
                    let failure = try await Desk().failure(server.url + path)
                    #expect(!failure.message.contains("canary"), "\(failure.message)")
                }
            }
        }
    }
}
