import HTTP
import TestSupport
import Testing

@Suite struct AddressRulesTests {
    static let privateHosts = [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.0.9", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1",
        "192.168.0.1",
        "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255",
        // Spellings of loopback and private addresses.
        "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0xa.1", "3232235777", "0x7F.0x0.0x0.0x1",
        "::", "::1", "[::1]", "::ffff:127.0.0.1", "::ffff:7f00:1", "[::ffff:10.0.0.1]",
        "::ffff:0:192.168.1.1",
        "::127.0.0.1", "::8.8.8.8", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "fc00::1",
        "fd12:3456::1",
        "ff02::1", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8", "2002:7f00:1::", "2002:c0a8:101::1",
        "2001::1", "2001:0:5ef5:79fb::1", "2001:db8::1", "100::1", "3fff::1", "5f00::1", "4000::1",
        "2a00::5efe:10.0.0.1", "2a00::200:5efe:192.168.0.1", "localhost", "LOCALHOST", "a.localhost",
    ]

    @Test("is not public", arguments: privateHosts)
    func isNotPublic(host: String) {
        #expect(AddressRules.isPublic(host: host) == false)
    }

    static let publicHosts = [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
        "128.0.0.1", "169.253.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.0.1", "192.169.0.1",
        "198.17.0.1", "198.20.0.1", "223.255.255.255", "134744072", "0x08.8.8.8", "2606:4700:4700::1111",
        "[2a00:1450::1]", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:4860:4860::8888",
        "2a00::5efe:8.8.8.8",
    ]

    @Test("is public", arguments: publicHosts)
    func isPublic(host: String) {
        #expect(AddressRules.isPublic(host: host) == true)
    }

    @Test(
        "only resolving could tell", arguments: ["example.org", "127.0.0.1.nip.io", "", "1.2.3.4.5", "a:b"])
    func names(host: String) {
        #expect(AddressRules.isPublic(host: host) == nil)
    }

    let transport = CurlTransport()

    private func spellings(_ port: Int) -> [String] {
        [
            "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::ffff:127.0.0.1]",
            "[::1]",
        ]
        .map { "http://\($0):\(port)/" }
    }

    @Test func aPrivateAddressIsRefusedInEverySpellingBeforeAnyConnection() async throws {
        let server = LoopbackServer { _ in .text("secret") }
        for url in spellings(server.port) {
            let request = HTTPRequest(url: url, addressRule: .publicOnly(allowHosts: ["other.example"]))
            let error = try await failure(of: request, with: transport)
            guard case .addressNotAllowed = error.kind else {
                Issue.record("\(url): \(error)")
                continue
            }
            #expect(error.nothingWasSent)
        }
        #expect(server.connectionCount == 0)
    }

    /// Every address that is not public is refused before a socket is opened: nobody is asked, whoever it is.
    @Test("is refused in a URL", arguments: privateHosts)
    func isRefused(host: String) async throws {
        let isBare = host.contains(":") && !host.hasPrefix("[")
        let name = (isBare ? "[\(host)]" : host).replacing("%eth0", with: "%25lo")
        let request = HTTPRequest(
            url: "http://\(name):9/", timeouts: HTTPTimeouts(connect: .seconds(2)),
            addressRule: .publicOnly(allowHosts: ["other.example"]))
        let error = try await failure(of: request, with: transport)
        guard case .addressNotAllowed = error.kind else {
            Issue.record("\(error)")
            return
        }
        #expect(error.nothingWasSent)
    }

    @Test func aKeptConnectionOfAnotherRuleIsNoWayAround() async throws {
        let server = LoopbackServer { _ in .text("secret") }
        _ = try await transport.perform(HTTPRequest(url: server.url))
        let request = HTTPRequest(url: server.url, addressRule: .publicOnly(allowHosts: []))
        let error = try await failure(of: request, with: transport)

        #expect(error.kind == .addressNotAllowed(reason: "a loopback address"))
        #expect(server.requestCount == 1)
    }

    @Test func aUnixSocketIsNotPublic() async throws {
        let directory = try TestDirectory()
        let path = directory.path + "/socket"
        let server = LoopbackServer(on: .unix(path: path)) { _ in Reply() }
        let request = HTTPRequest(
            url: "http://example.org/", unixSocket: path, addressRule: .publicOnly(allowHosts: []))
        let error = try await failure(of: request, with: transport)
        #expect(error.kind == .addressNotAllowed(reason: "a local socket"))
        #expect(server.connectionCount == 0)
    }

    @Test func aListedHostIsExemptByNameOrWithItsPort() async throws {
        let server = LoopbackServer { _ in .text("ok") }
        for entry in ["127.0.0.1", "127.0.0.1:\(server.port)"] {
            let request = HTTPRequest(url: server.url, addressRule: .publicOnly(allowHosts: [entry]))
            #expect(try await transport.perform(request).status == 200)
        }
        let named = HTTPRequest(
            url: "http://LocalHost:\(server.port)/", addressRule: .publicOnly(allowHosts: ["localhost"]))
        #expect(try await transport.perform(named).status == 200)
        let otherPort = HTTPRequest(url: server.url, addressRule: .publicOnly(allowHosts: ["127.0.0.1:1"]))
        #expect(try await failure(of: otherPort, with: transport).nothingWasSent)
    }

    @Test func anOriginIsWhatTheTransportConnectsTo() {
        let origin = HTTPOrigin(url: "HTTPS://Example.ORG./a?b")
        #expect(origin?.scheme == "https")
        #expect(origin?.host == "example.org")
        #expect(origin?.port == 443)
        #expect(HTTPOrigin(url: "http://0x7f.1:8080/")?.host == "127.0.0.1")
        #expect(HTTPOrigin(url: "http://[::1]:8080/")?.host == "::1")
        #expect(HTTPOrigin(url: "http://good.example@evil.example/") == nil)
        #expect(HTTPOrigin(url: "magnet:?xt=1") == nil)
    }
}
