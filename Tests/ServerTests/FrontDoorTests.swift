import TestSupport
import Testing

/// What stands in front of a server: a reverse proxy with a login of its own, and TLS.
@Suite("Servers: front doors", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct FrontDoorTests {
    // MARK: HTTP Basic of a proxy

    @Test("A proxy's HTTP Basic: right, wrong, none configured", arguments: Tested.suites)
    func proxy(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let relay = Relay(to: bench.server.port, gate: { Self.guarded(&$0, takesOff: true) })
            let root = try bench.root.with(["QBITTORRENT_URL": relay.url]).behindProxy("guard", "let me in")
            try root.drop("p.magnet", Sample("proxied").magnet)
            try await root.expectEntry()
            #expect(try await bench.eye.torrent(Sample("proxied").hash) != nil)

            let failures = try Self.failures(bench.server)
            let wrong = try root.behindProxy("guard", "let me out")
            try await wrong.expectRefusal(77, ["refused the HTTP Basic credentials", "`basicAuth`"])
            let bare = bench.root.with(["QBITTORRENT_URL": relay.url])
            try await bare.expectRefusal(77, ["in front of qBittorrent wants a login", "`basicAuth`"])
            #expect(try Self.failures(bench.server) == failures, "the proxy kept it all")
        }
    }

    @Test(
        "5.3 takes a proxy's HTTP Basic for a login of its own: said at once, and not tried often",
        arguments: LoginTests.withKeys)
    func passedOn(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let relay = Relay(to: bench.server.port, gate: { Self.guarded(&$0, takesOff: false) })
            let root = try bench.root.with(["QBITTORRENT_URL": relay.url]).behindProxy("guard", "let me in")
            let before = try Self.failures(bench.server)
            try await root.expectRefusal(77, ["have it take the header off"])
            for _ in 1...4 { #expect(try await root.qspool("once").status == 77) }
            // One by `check`, which a person ran, and one by all the others together.
            #expect(try Self.failures(bench.server) - before <= 2)
            #expect(try await bench.eye.strangerLogsIn() == "204", "nobody is banned")
        }
    }

    /// A proxy that lets in who knows its password.
    private static func guarded(
        _ request: inout LoopbackServer.Received, takesOff: Bool
    ) -> LoopbackServer.Reply? {
        // "guard:let me in"
        guard request.header("authorization") == "Basic Z3VhcmQ6bGV0IG1lIGlu" else {
            var reply = LoopbackServer.Reply.text("<html>401 Authorization Required</html>", status: 401)
            reply.headers = [("WWW-Authenticate", "Basic realm=\"proxy\""), ("Content-Type", "text/html")]
            return reply
        }
        if takesOff { request.headers.removeAll { $0.name == "authorization" } }
        return nil
    }

    private static func failures(_ server: RealServer) throws -> Int {
        try server.log().split(separator: "\n").count { $0.contains("WebAPI login failure") }
    }

    // MARK: TLS

    /// Debian's build of 4.5.2 ends by a signal at its first request over HTTPS, whoever makes it.
    static let withTLS = Tested.suites.filter { $0 != "bookworm" }

    @Test("TLS: our own authority, none, another one, none there, another name", arguments: Self.withTLS)
    func tls(_ suite: String) async throws {
        let server = try await RealServer.start(suite)
        let root = try Root(server)
        #expect(try await root.qspool("init").status == 0)
        let papers = try await Papers(in: root.beside("papers"))
        try await Eye(server).prefer(
            """
            {"use_https": true, "web_ui_https_cert_path": "\(papers.certificate)",
             "web_ui_https_key_path": "\(papers.key)"}
            """)
        let url = "https://127.0.0.1:\(server.port)"
        let isUp = try await comesTrue {
            try await Command.runAside(
                "curl", ["-s", "-k", "--noproxy", "*", "-o", "/dev/null", url]
            ).status == 0
        }
        try #require(isUp, "\(suite) speaks TLS")
        func logins() throws -> Int {
            try server.log().split(separator: "\n").count { $0.contains("WebAPI login") }
        }
        let before = try logins()

        let unsent = "no password either"
        let unknown = root.with(["QBITTORRENT_URL": url])
        try await unknown.expectRefusal(69, ["Nobody that qspool trusts", "`caFile`", unsent], "none")
        let other = unknown.trusting(papers.otherAuthority)
        try await other.expectRefusal(69, ["Nobody that qspool trusts", unsent], "another")
        let missing = unknown.trusting(papers.authority + ".missing")
        try await missing.expectRefusal(69, ["`caFile` cannot be used", unsent], "missing")
        let named = root.with(["QBITTORRENT_URL": "https://localhost:\(server.port)"])
            .trusting(papers.authority)
        try await named.expectRefusal(69, ["for another host name", unsent], "name")
        try await root.expectRefusal(69, ["begins with https"], "plain")
        #expect(try logins() == before, "no password was sent to anybody who was not known")

        let trusted = unknown.trusting(papers.authority)
        try trusted.drop("t.magnet", Sample("tls").magnet)
        try await trusted.expectEntry()
        #expect(try trusted.status("t")["torrent"]["hash"].text == Sample("tls").hash)
        #expect(try logins() > before)
        try await server.stop()
    }
}

/// A certificate for 127.0.0.1, who signed it, and somebody else who could have.
private struct Papers {
    let authority: String
    let otherAuthority: String
    let certificate: String
    let key: String

    init(in folder: String) async throws {
        authority = folder + "/authority.pem"
        otherAuthority = folder + "/other.pem"
        certificate = folder + "/certificate.pem"
        key = folder + "/key.pem"
        let script = """
            mkdir -p "$1"
            cd "$1"
            new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            for who in authority other; do
              openssl req -x509 $new -keyout $who.key -out $who.pem -days 2 -subj /CN=$who
            done
            openssl req $new -keyout key.pem -out request.pem -subj /CN=qbittorrent
            echo "subjectAltName = IP:127.0.0.1" > names
            openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial \\
              -days 2 -extfile names -out certificate.pem
            """
        let made = try await Command.runAside("sh", ["-e", "-c", script, "sh", folder])
        guard made.status == 0 else { throw Unusable("no certificates: \(made.errors)") }
    }
}

extension Root {
    /// With HTTP Basic for what stands in front of the server.
    fileprivate func behindProxy(_ user: String, _ password: String) throws -> Root {
        let file = beside("proxy") + "/" + password.filter(\.isLetter)
        try Files.write(Array(password.utf8), to: file, mode: 0o600)
        return with(settings: [
            "clients.default.basicAuth.username=\(user)", "clients.default.basicAuth.passwordFile=\(file)",
        ])
    }

    fileprivate func trusting(_ file: String) -> Root { with(settings: ["clients.default.caFile=\(file)"]) }
}
