import Glibc
import Metainfo
import Reconciliation
import Sourcing
import TestSupport
import Testing

@Suite("Redirects")
struct RedirectTests {
    @Test("Each kind is followed, relative or not", arguments: [301, 302, 303, 307, 308])
    func kinds(status: Int) async throws {
        let server = LoopbackServer { request in
            switch request.path {
            case "/a/start": Sample.redirect(status, "next?k=1")
            case "/a/next": Sample.redirect(status, "/b/third")
            case "/b/third": Sample.redirect(status, "//127.0.0.1:\(Self.port(request))/end")
            default: Sample.reply()
            }
        }
        let found = try await Desk().fetch(server.url + "/a/start").get()
        #expect(try found.identity == Sample.identity())
        #expect(found.payload == .metainfo(Sample.torrent()))
        #expect(found.size == 5)
        #expect(server.received.map(\.target) == ["/a/start", "/a/next?k=1", "/b/third", "/end"])
        #expect(server.received.allSatisfy { $0.method == "GET" && $0.body.isEmpty })
    }

    private static func port(_ request: LoopbackServer.Received) -> String {
        String(request.header("host")?.split(separator: ":").last ?? "")
    }

    @Test("A redirect to a magnet link is the source", arguments: [301, 302, 303, 307, 308])
    func magnet(status: Int) async throws {
        let server = LoopbackServer { _ in Sample.redirect(status, "MAGNET" + Sample.magnet.dropFirst(6)) }
        let found = try await Desk().fetch(server.url).get()
        #expect(found.identity.description == Sample.hash)
        #expect(found.payload == .magnet(try Magnet(text: Sample.magnet).link()))
    }

    @Test("Odd spellings of a target are understood as browsers do")
    func spellings() async throws {
        let targets = [
            ("/a b.torrent", "/a%20b.torrent"), ("/é.torrent", "/%c3%a9.torrent"), ("?x=1", "/dir/start?x=1"),
            ("../up", "/up"), ("end#part", "/dir/end"), ("/%61%2F?a=b+c", "/%61%2F?a=b+c"),
        ]
        for (location, target) in targets {
            let server = LoopbackServer { request in
                request.target == "/dir/start" ? Sample.redirect(302, location) : Sample.reply()
            }
            #expect(try await Desk().fetch(server.url + "/dir/start").get().size == 5)
            #expect(server.received.last?.target == target)
        }
    }

    @Test("Five redirects are followed, a sixth is not")
    func tooMany() async throws {
        let server = LoopbackServer { request in
            let number = Int(request.path.dropFirst()) ?? 0
            return number == 0 ? Sample.reply() : Sample.redirect(302, "/\(number - 1)")
        }
        _ = try await Desk().fetch(server.url + "/5").get()
        let failure = try await Desk().failure(server.url + "/6")
        #expect(failure.code == "url-failed" && failure.remedy == .correctRequest)
        #expect(failure.message.contains("more than 5 times"))
        #expect(server.requestCount == 6 + 6)
    }

    @Test("A circle is seen when it closes")
    func circle() async throws {
        let server = LoopbackServer { request in
            Sample.redirect(302, request.path == "/a" ? "/b" : "/a")
        }
        let failure = try await Desk().failure(server.url + "/a")
        #expect(failure.code == "url-failed" && failure.message.contains("circle"))
        #expect(server.requestCount == 2)
    }

    @Test(
        "What is not followed",
        arguments: [
            ("file:///etc/passwd", "url-failed"), ("FILE:/etc/passwd", "url-failed"),
            ("ftp://127.0.0.1/x", "url-failed"), ("gopher://127.0.0.1:1/x", "url-failed"),
            ("javascript:alert(1)", "url-failed"), ("data:text/plain,x", "url-failed"),
            ("http://user:canarypass@127.0.0.1:PORT/x", "url-not-allowed"),
            ("http://127.0.0.1:1/x", "url-not-allowed"), ("http://[::1]:PORT/x", "url-not-allowed"),
            ("http://localhost:PORT/x", "url-not-allowed"), ("http://0x7f.1:PORT1/x", "url-not-allowed"),
            ("http://169.254.169.254/latest/meta-data", "url-not-allowed"),
            ("//10.0.0.1/x", "url-not-allowed"), ("magnet:?dn=x", "bad-magnet"),
        ])
    func notFollowed(location: String, code: String) async throws {
        let other = LoopbackServer { _ in Sample.reply() }
        let server = LoopbackServer { request in
            let to = location.replacing("PORT1", with: "\(other.port)")
            return Sample.redirect(302, to.replacing("PORT", with: Self.port(request)))
        }
        let failure = try await Desk(allow: ["127.0.0.1:\(server.port)"]).failure(server.url + "/a")
        #expect(failure.code == code, "\(failure.message)")
        #expect(failure.remedy == .correctRequest)
        #expect(!failure.message.contains("canarypass"))
        #expect(server.requestCount == 1)
        #expect(other.connectionCount == 0)
    }

    @Test("A redirect without a target leads nowhere")
    func nowhere() async throws {
        for headers in [[], [(name: "Location", value: "")]] {
            let server = LoopbackServer { _ in .init(status: 302, headers: headers) }
            let failure = try await Desk().failure(server.url)
            #expect(failure.code == "url-failed" && failure.remedy == .correctRequest)
        }
    }

    @Test("No cookie, key or header goes along to another host")
    func nothingCarried() async throws {
        let other = LoopbackServer { _ in Sample.reply() }
        let server = LoopbackServer { _ in
            .init(
                status: 302,
                headers: [("Location", "\(other.url)/end"), ("Set-Cookie", "session=canary; Path=/")])
        }
        _ = try await Desk().fetch(server.url + "/dl?apikey=canary").get()
        let got = try #require(other.received.first)
        #expect(got.target == "/end")
        #expect(Set(got.headers.map(\.name)) == ["host", "accept", "user-agent"])
        #expect(!got.headers.contains { $0.value.contains("canary") })
    }

    @Test("A name that resolves to a private address is refused before any connection")
    func resolvedName() async throws {
        let server = LoopbackServer { _ in Sample.reply() }
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for host in [name, "localhost", "127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "0"] {
            let failure = try await Desk(allow: []).failure("http://\(host):\(server.port)/x")
            // A machine whose own name resolves to nothing cannot show more.
            if host == name, failure.code == "resolve" || failure.code == "timeout" { continue }
            #expect(failure.code == "url-not-allowed", "\(host): \(failure.message)")
            #expect(failure.message.contains("sources.allowHosts"), "\(failure.message)")
        }
        #expect(server.connectionCount == 0)
    }
}
