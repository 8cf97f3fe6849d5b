import Glibc
import HTTP
import Metainfo
import Reconciliation
import Sourcing
import TestSupport
import Testing

@Suite("Connections that fail", .serialized)
struct TransportTests {
    @Test("Nobody listens")
    func refused() async throws {
        let server = LoopbackServer { _ in Sample.reply() }
        let url = server.url
        server.stop()
        let failure = try await Desk().failure(url + "/canary")
        #expect(failure.remedyText == "retry" && failure.code == "refused")
        #expect(!failure.message.contains("canary"))
    }

    @Test("The name does not exist")
    func unresolved() async throws {
        let failure = try await Desk(timeout: .milliseconds(500)).failure("http://nothing.invalid/canary")
        #expect(["resolve", "timeout"].contains(failure.code) && failure.remedyText == "retry")
        #expect(!failure.message.contains("canary"))
    }

    @Test("It never answers, or drips")
    func slow() async throws {
        let silent = LoopbackServer { _ in .hang }
        let drip = LoopbackServer { _ in
            var reply = Sample.reply()
            reply.drip = (bytes: 1, milliseconds: 40)
            return reply
        }
        for server in [silent, drip] {
            let failure = try await Desk(timeout: .milliseconds(200)).failure(server.url)
            #expect(failure.code == "timeout" && failure.remedyText == "retry")
        }
    }

    @Test("The time of all redirects together is limited")
    func slowRedirects() async throws {
        let server = LoopbackServer { request in
            let number = Int(request.path.dropFirst()) ?? 0
            var reply = Sample.redirect(302, "/\(number + 1)")
            reply.drip = (bytes: 1_000, milliseconds: 150)
            return reply
        }
        let failure = try await Desk(timeout: .milliseconds(400)).failure(server.url + "/0")
        #expect(failure.code == "timeout")
        #expect(server.requestCount < 5)
    }

    @Test("A body that is cut, or has another length, is tried again")
    func cut() async throws {
        let replies: [LoopbackServer.Reply] = [
            .drop, .init(body: Sample.torrent(), framing: .wrongLength(9_000)),
            .init(body: Array(Sample.torrent().dropLast(4)), framing: .untilClose),
        ]
        for reply in replies {
            let server = LoopbackServer { _ in reply }
            let failure = try await Desk().failure(server.url)
            #expect(failure.code == "cut-off" && failure.remedyText == "retry", "\(failure)")
        }
        let whole = LoopbackServer { _ in .init(body: Sample.torrent(), framing: .untilClose) }
        #expect(try await Desk().fetch(whole.url).get().size == 5)
    }

    @Test("More than a torrent may hold is not read to its end")
    func endless() async throws {
        let chunked = LoopbackServer { _ in
            .init(body: [UInt8](repeating: 0x64, count: 3 << 20), framing: .chunked)
        }
        let announced = LoopbackServer { _ in .init(body: [1], framing: .wrongLength(1 << 40)) }
        let unsized = LoopbackServer { _ in
            .init(body: [UInt8](repeating: 0x64, count: 3 << 20), framing: .untilClose)
        }
        for server in [chunked, announced, unsized] {
            let failure = try await Desk(maxBytes: 1 << 20).failure(server.url)
            #expect(failure.code == "url-failed" && failure.remedy == .correctRequest, "\(failure)")
            #expect(failure.message.contains("more than a torrent may hold"))
        }
        let exact = LoopbackServer { _ in Sample.reply() }
        #expect(try await Desk(maxBytes: Sample.torrent().count).fetch(exact.url).get().size == 5)
    }

    @Test("A certificate that nobody vouches for is not trusted")
    func certificate() async throws {
        let directory = try TemporaryDirectory()
        let (key, certificate) = ("\(directory.path)/key.pem", "\(directory.path)/cert.pem")
        let made = try await Command.runAside(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
            ])
        #expect(made.status == 0)
        let server = try Command.start(
            "/usr/bin/openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"])
        var port: Substring?
        for _ in 0..<500 where port == nil {
            port =
                server.output.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }?
                .split(separator: ":").last
            if port == nil { try await Task.sleep(for: .milliseconds(10)) }
        }
        let failure = try await Desk().failure("https://127.0.0.1:\(try #require(port))/canary")
        #expect(failure.code == "tls" && failure.remedyText == "retry", "\(failure)")
        #expect(failure.message.contains("certificate") && !failure.message.contains("canary"))
    }

    @Test("Cancelling ends a fetch that runs")
    func cancellation() async throws {
        let server = LoopbackServer { _ in .hang }
        let desk = Desk()
        let task = Task { await desk.fetch(server.url) }
        while server.requestCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        #expect(try Desk.failure(of: await task.value).code == "cancelled")
    }
}
