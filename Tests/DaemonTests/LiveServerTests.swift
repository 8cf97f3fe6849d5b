import Daemon
import HTTP
import Logging
import Metainfo
import QBittorrent
import Reconciliation
import Synchronization
import Testing

/// A server that takes its time, and what its late answer is worth.
@Suite("A server that answers late")
struct LiveServerTests {
    /// Answers like 5.3.0 without a torrent; listings wait until they are let go.
    private final class Sluggish: HTTPTransport {
        private struct State {
            var isHeld = true
            var waiting: [CheckedContinuation<Void, Never>] = []
            var listings = 0
        }
        private let state = Mutex(State())

        var listings: Int { state.withLock { $0.listings } }

        func hold() { state.withLock { $0.isHeld = true } }

        func letGo() {
            let waiting = state.withLock { state in
                state.isHeld = false
                defer { state.waiting = [] }
                return state.waiting
            }
            for one in waiting { one.resume() }
        }

        func perform(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            let path = request.url.split(separator: "/").suffix(2).joined(separator: "/")
            switch path.split(separator: "?").first {
            case "torrents/info":
                await wait()
                return HTTPResponse(status: 200, body: Array("[]".utf8))
            case "app/webapiVersion": return HTTPResponse(status: 200, body: Array("2.16.2".utf8))
            case "app/version": return HTTPResponse(status: 200, body: Array("v5.3.0".utf8))
            default: return HTTPResponse(status: 200, body: Array("{}".utf8))
            }
        }

        private func wait() async {
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { state in
                    state.listings += 1
                    if state.isHeld { state.waiting.append(continuation) }
                    return state.isHeld
                }
                if !isHeld { continuation.resume() }
            }
        }
    }

    private let clock = ManualClock()
    private let transport = Sluggish()

    private func server(onAnswer: @escaping @Sendable () -> Void = {}) -> LiveServer {
        LiveServer(
            QBittorrent.Client(
                name: "default", address: QBittorrent.ServerAddress(url: "http://127.0.0.1:9"),
                transport: transport, tag: "qspool", clock: { [clock] in clock.now() },
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })), clock: clock,
            onAnswer: onAnswer)
    }

    private func isUnderWay() async throws {
        for _ in 1...1_000 where transport.listings == 0 { try await Task.sleep(for: .milliseconds(2)) }
        try #require(transport.listings == 1)
    }

    @Test(
        "The call goes on, is not made twice, and its answer is announced and taken", .timeLimit(.minutes(1)))
    func goesOn() async throws {
        let (announced, announce) = AsyncStream<Void>.makeStream()
        let server = server { announce.yield() }
        #expect(await server.listing(patienceMilliseconds: 0) == nil)
        try await isUnderWay()
        #expect(await server.listing(patienceMilliseconds: 0) == nil)
        transport.letGo()
        for await _ in announced { break }
        #expect(await server.listing(patienceMilliseconds: nil) == .success([]))
        #expect(transport.listings == 1)
    }

    @Test("An answer of long ago is not how things are now: asked anew", .timeLimit(.minutes(1)))
    func old() async throws {
        let server = server()
        #expect(await server.listing(patienceMilliseconds: 0) == nil)
        try await isUnderWay()
        transport.letGo()
        await server.settled()
        clock.advance(milliseconds: 60_000)
        #expect(await server.listing(patienceMilliseconds: nil) == .success([]))
        #expect(transport.listings == 2)
    }

    @Test(
        "What was asked for before a call of ours does not show its effect: asked anew",
        .timeLimit(.minutes(1)))
    func beforeACall() async throws {
        let server = server()
        #expect(await server.listing(patienceMilliseconds: 0) == nil)
        try await isUnderWay()
        transport.letGo()
        _ = await server.perform([], payloads: [:])
        #expect(await server.listing(patienceMilliseconds: nil) == .success([]))
        #expect(transport.listings == 2)
    }
}
