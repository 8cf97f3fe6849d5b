import HTTP
import Logging
import Metainfo
import Reconciliation

@testable import QBittorrent

/// Values that tests share.
enum Sample {
    static let tag = "qspool"
    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    static let start = Timestamp(
        bootID: "boot", bootMilliseconds: 1_000_000, wall: WallTime(seconds: 1_790_000_000))

    static func hash(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 40 - digits.count) + digits
    }

    static func id(_ number: Int) -> TorrentID { TorrentID(hex: hash(number))! }

    static func identity(_ number: Int) -> TorrentIdentity {
        TorrentIdentity(InfoHash(text: hash(number))!)
    }

    static func key(_ number: Int) -> SubjectKey { SubjectKey(name: RequestName("r\(number)")) }

    static func add(_ number: Int, _ addition: Addition = Addition(ownershipTag: tag)) -> Action {
        Action(
            subject: key(number), identity: identity(number), id: nil, call: .add(addition), reason: "test")
    }

    static func change(_ number: Int, _ call: Call) -> Action {
        Action(subject: key(number), identity: identity(number), id: id(number), call: call, reason: "test")
    }

    static func magnet(_ identity: TorrentIdentity) -> SourcePayload {
        .magnet("magnet:?xt=urn:btih:\(identity.preferredID)")
    }

    static func file(_ identity: TorrentIdentity) -> SourcePayload { .metainfo(Array("d4:infodee".utf8)) }

    static func client(
        _ transport: any HTTPTransport, password: String = "right", username: String? = "admin",
        apiKey: String? = nil,
        kept: KeptSession? = nil, gate: LoginGate = LoginGate(), notes: Notes = Notes(),
        clock: ManualTime = ManualTime(), url: String = "http://127.0.0.1:8080",
        timeout: Duration = .seconds(30), pause: @escaping @Sendable () async -> Void = {}
    ) -> Client {
        Client(
            name: "default",
            address: ServerAddress(
                url: url, username: username, password: username == nil ? nil : Secret(password),
                apiKey: apiKey.map { Secret($0) },
                timeout: timeout),
            transport: transport, tag: tag, keptSession: kept, loginGate: gate, clock: { clock.now },
            pause: pause,
            onSession: { notes.note(session: $0) }, onGate: { notes.note(gate: $0) },
            logger: logger)
    }
}

/// What a client asked to be kept.
final class Notes: @unchecked Sendable {
    // Sendable: tests read it only after the calls that write it have been awaited.
    private(set) var sessions: [KeptSession?] = []
    private(set) var gates: [LoginGate] = []

    func note(session: KeptSession?) { sessions.append(session) }
    func note(gate: LoginGate) { gates.append(gate) }
}

/// A clock that a test moves.
final class ManualTime: @unchecked Sendable {
    // Sendable: a test moves it only while no call is under way.
    private(set) var now = Sample.start

    func advance(minutes: Int64) { now = now.advanced(byMilliseconds: minutes * 60_000) }
}

extension Outcome {
    /// Short forms for expectations.
    var word: String {
        switch result {
        case .acknowledged: "acknowledged"
        case .skipped: "skipped"
        case .unknown(let failure): "unknown \(failure.code)"
        case .failed(let failure):
            switch failure.remedy {
            case .retry: "retry \(failure.code)"
            case .correctRequest: "correct \(failure.code)"
            case .abandonClient: "abandon \(failure.code)"
            }
        }
    }
}
