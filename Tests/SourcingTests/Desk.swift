import Glibc
import HTTP
import Metainfo
import Reconciliation
import Sourcing
import TestSupport

/// A clock that moves when somebody sleeps by it, and notes how long.
final class SleepClock: @unchecked Sendable {
    // Sendable: both properties are touched under the mutex alone.

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var milliseconds: Int64 = 1_000_000
    private var sleeps: [Int64] = []

    init() { pthread_mutex_init(mutex, nil) }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// 2026-11-22T10:00:00Z and what has passed since.
    var now: Timestamp {
        locked {
            Timestamp(
                bootID: "b", bootMilliseconds: milliseconds,
                wall: WallTime(milliseconds: 1_795_341_600_000 + milliseconds - 1_000_000))
        }
    }

    var slept: [Int64] { locked { sleeps } }

    func advance(milliseconds: Int64) { locked { self.milliseconds += milliseconds } }

    func sleep(_ milliseconds: Int64) {
        locked {
            sleeps.append(milliseconds)
            self.milliseconds += milliseconds
        }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

/// A fetcher over the real transport, with whatever a test sets otherwise.
struct Desk {
    let clock = SleepClock()
    let transport = CurlTransport()
    let fetcher: SourceFetcher

    init(
        allow hosts: [String] = ["127.0.0.1", "localhost"], timeout: Duration = .seconds(20),
        maxBytes: Int = 10 << 20, prowlarr: ProwlarrSettings? = nil, spacing: Duration = .zero
    ) {
        let clock = clock
        fetcher = SourceFetcher(
            transport: transport,
            settings: SourcingSettings(
                allowHosts: hosts, timeout: timeout, maxBytes: maxBytes, prowlarr: prowlarr,
                spacing: spacing),
            now: { clock.now }, sleep: { clock.sleep($0) })
    }

    func fetch(_ url: String, expecting: TorrentIdentity? = nil) async -> Result<FoundSource, SourceFailure> {
        await fetcher.fetch(SourceCandidate(.address(url), label: "x", expected: expecting))
    }

    /// The failure of a fetch. Ending without one fails the test.
    func failure(_ url: String, expecting: TorrentIdentity? = nil) async throws -> SourceFailure {
        try Self.failure(of: await fetch(url, expecting: expecting))
    }

    static func failure(of result: Result<FoundSource, SourceFailure>) throws -> SourceFailure {
        switch result {
        case .success(let found): throw Unexpected(what: "found \(found.identity)")
        case .failure(let failure): return failure
        }
    }
}

struct Unexpected: Error {
    let what: String
}

/// A small torrent; another name is another torrent.
enum Sample {
    static func torrent(_ name: String = "a") -> [UInt8] {
        let pieces = String(repeating: "p", count: 20)
        return Array(
            "d4:infod6:lengthi5e4:name\(name.utf8.count):\(name)12:piece lengthi16384e6:pieces20:\(pieces)ee"
                .utf8)
    }

    static func identity(_ name: String = "a") throws -> TorrentIdentity {
        try TorrentFile(bytes: torrent(name)).identity
    }

    static let hash = "0123456789abcdef0123456789abcdef01234567"
    static let magnet = "magnet:?xt=urn:btih:\(hash)&dn=A%20B&tr=http%3A%2F%2Ft.example%2Fpass%2Fannounce"

    static func reply(_ bytes: [UInt8] = torrent()) -> LoopbackServer.Reply {
        LoopbackServer.Reply(headers: [("Content-Type", "application/x-bittorrent")], body: bytes)
    }

    static func redirect(_ status: Int, _ location: String) -> LoopbackServer.Reply {
        LoopbackServer.Reply(status: status, headers: [("Location", location)])
    }
}

extension SourceFailure {
    /// `retry`, `retry 2000`, `gone` or `correctRequest`.
    var remedyText: String {
        switch remedy {
        case .retry(nil): "retry"
        case .retry(let milliseconds?): "retry \(milliseconds)"
        case .gone: "gone"
        case .correctRequest: "correctRequest"
        }
    }
}
