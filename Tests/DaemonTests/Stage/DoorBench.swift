import Daemon
import Metainfo
import Reconciliation
import Testing

/// A server's door by itself, as the pass uses it: actions in, outcomes and torrents out.
struct DoorBench {
    let stage: Stage
    let door: any ServerDoor

    /// - Parameter door: The stage's own by default.
    init(stage: Stage, door: (any ServerDoor)? = nil) {
        self.stage = stage
        self.door = door ?? stage.door
    }

    var release: ServerRelease { stage.release }

    /// All torrents, and with them what the server says of itself.
    @discardableResult
    func listing() async throws -> [Torrent] {
        try #require(await door.listing(patienceMilliseconds: nil), "a listing without an answer").get()
    }

    /// One call for one torrent; what came of it, in a word or two.
    func perform(_ call: Call, on label: String) async throws -> String {
        try await perform([call], on: label).joined(separator: ", ")
    }

    /// Calls for one torrent, in order.
    func perform(_ calls: [Call], on label: String) async throws -> [String] {
        let cargo = try stage.cargo(label)
        let identity = cargo.identity(on: release)
        let actions = calls.map {
            Action(
                subject: SubjectKey(name: RequestName(label)), identity: identity, id: identity.preferredID,
                call: $0, reason: "test")
        }
        return await door.perform(actions, payloads: [:]).map(\.word)
    }

    func add(
        _ label: String, as form: Stage.Form = .file, _ addition: Addition = Addition(ownershipTag: "qspool")
    ) async throws -> String {
        let cargo = try stage.cargo(label)
        let payload: SourcePayload = form == .file ? .metainfo(cargo.metainfo) : .magnet(cargo.magnet)
        return await add(cargo.identity, payload, addition)
    }

    func add(_ identity: TorrentIdentity, _ payload: SourcePayload?, _ addition: Addition) async -> String {
        let action = Action(
            subject: SubjectKey(name: RequestName("test")), identity: identity, id: nil,
            call: .add(addition), reason: "test")
        let payloads = payload.map { [identity: $0] } ?? [:]
        return await door.perform([action], payloads: payloads).map(\.word).joined(separator: ", ")
    }

    /// The torrent of a label as the door shows it, waited for until it is as expected.
    @discardableResult
    func shows(
        _ label: String, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation,
        _ isExpected: (Torrent) -> Bool = { !$0.state.isInTransit }
    ) async throws -> Torrent {
        let id = try stage.cargo(label).id(on: release)
        var last: Torrent?
        for _ in 1...(stage.isReal ? 60 : 1) {
            last = try await door.look(at: [id]).get().first
            if let last, isExpected(last) { return last }
            if stage.isReal { try await Task.sleep(for: .milliseconds(100)) }
        }
        let torrent = try #require(last, "\(label) is not listed", sourceLocation: sourceLocation)
        Issue.record("\(label) does not show \(what): \(torrent)", sourceLocation: sourceLocation)
        return torrent
    }

    /// Whether the door lists a torrent, in a look at its id.
    func lists(_ label: String) async throws -> Bool {
        let id = try stage.cargo(label).id(on: release)
        return try await !stage.door.look(at: [id]).get().isEmpty
    }
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
