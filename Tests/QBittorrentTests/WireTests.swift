import HTTP
import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import QBittorrent

@Suite("Over a real connection")
struct WireTests {
    /// A server that lets everybody in and treats adds as told.
    private static func server(add: @escaping @Sendable () -> LoopbackServer.Reply) -> LoopbackServer {
        LoopbackServer { request in
            switch request.path {
            case "/api/v2/app/webapiVersion": .text("2.16.2")
            case "/api/v2/app/version": .text("v5.3.0")
            case "/api/v2/torrents/add": add()
            default: .text("[]")
            }
        }
    }

    private static func adds(_ server: LoopbackServer) -> [LoopbackServer.Received] {
        server.received.filter { $0.path == "/api/v2/torrents/add" }
    }

    @Test func aDroppedAddReachesTheServerOnce() async {
        let server = Self.server { .drop }
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let client = Sample.client(transport, username: nil, url: server.url)
        let outcomes = await client.perform([Sample.add(1)], payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["unknown cut-off"])
        #expect(Self.adds(server).count == 1)
    }

    @Test func anAddThatIsNotAnsweredIsUnknown() async {
        let server = Self.server { .hang }
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let client = Sample.client(transport, username: nil, url: server.url, timeout: .milliseconds(300))
        let outcomes = await client.perform([Sample.add(1)], payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["unknown timeout"])
        #expect(Self.adds(server).count == 1)
    }

    @Test func magnetsAreEncodedWhole() async {
        let server = Self.server { .text("Ok.") }
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let client = Sample.client(transport, username: nil, url: server.url + "/")
        let link = "magnet:?xt=urn:btih:\(Sample.hash(1))&dn=a%20b&tr=http%3A%2F%2Ft%2Fx"
        let outcomes = await client.perform([Sample.add(1)], payload: { _ in .magnet(link) })
        #expect(outcomes.map(\.word) == ["acknowledged"])
        let body = Self.adds(server).first?.text ?? ""
        #expect(body.hasPrefix("urls=magnet%3A%3Fxt%3Durn%3Abtih%3A"))
        #expect(body.contains("%26dn%3Da%2520b%26tr%3D"))
        #expect(Self.adds(server).first?.header("referer") == nil)
        #expect(Self.adds(server).first?.header("expect") == nil)
    }

    @Test func aRefusedConnectionSaysWhatToCheck() async {
        let server = Self.server { .drop }
        let url = server.url
        server.stop()
        let transport = CurlTransport()
        defer { transport.shutdown() }
        guard case .failure(let trouble) = await Sample.client(transport, url: url).listing() else {
            Issue.record("nobody is there")
            return
        }
        #expect(trouble.kind == .unreachable)
        #expect(trouble.message.contains("Is qBittorrent running"))
        #expect(!trouble.message.contains("right"), "no password in a message")
    }
}
