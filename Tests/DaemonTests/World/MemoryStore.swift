import Daemon
import Metainfo
import Reconciliation

/// A store in memory, with one durable copy that outlives the process: what is not committed is lost.
///
/// Unchecked: a scenario and its pass take turns, each waiting for the other.
final class MemoryStore: StoreDoor, @unchecked Sendable {
    /// Where the process dies, or the disk fails.
    enum Fault: Equatable {
        /// Before the commit numbered so from now, 1 being the next: nothing of it is kept.
        case before(commit: Int)
        /// Right after it: durable, and nobody knows.
        case after(commit: Int)
    }

    struct Death: Error {}

    private var durable = Recalled()
    private var identity: String?
    private(set) var payloads: [(identity: TorrentIdentity, payload: SourcePayload)] = []
    /// Every accepted generation's bytes, by name.
    private(set) var documents: [RequestName: [Int: [UInt8]]] = [:]
    private(set) var log: [Change] = []
    private(set) var commits = 0
    var fault: Fault?

    init(identity: String? = "spool-1") { self.identity = identity }

    /// Everything is lost.
    func lose() {
        durable = Recalled()
        identity = nil
        payloads = []
        documents = [:]
        log = []
    }

    func subject(_ name: String) -> SubjectMemory? {
        let name = RequestName(name)
        return durable.memory.clients.sorted().lazy
            .compactMap { self.durable.memory.subjects[SubjectKey(client: $0, name: name)] }.first
    }

    var memory: Memory { durable.memory }
    var observed: [ObservedKey: Torrent] { durable.observed }

    /// The log's changes of one kind about one request.
    func changes(_ kind: Change.Kind, of name: String? = nil) -> [Change] {
        log.filter { $0.kind == kind && (name == nil || $0.subject?.name.text == name) }
    }

    // MARK: The door

    func spoolIdentity() throws -> String? { identity }

    func adopt(spoolIdentity: String) throws { identity = spoolIdentity }

    func recall() throws -> Recalled { durable }

    func payload(for identity: TorrentIdentity) throws -> SourcePayload? {
        payloads.last { $0.identity.overlaps(identity) }?.payload
    }

    func figures() throws -> Summary.StoreFigures {
        Summary.StoreFigures(bytes: Int64(log.count), logFrom: nil, mapUsed: 0)
    }

    func commit(_ batch: PassBatch) throws {
        precondition(!batch.isEmpty, "an empty batch is not committed")
        if try dies(before: true) { throw Death() }
        for (key, subject) in batch.subjects { durable.memory.remember(subject, for: key) }
        for accepted in batch.accepted {
            if let identity = accepted.identity, let source = accepted.payload.source {
                payloads.append((identity, source))
            }
            documents[accepted.key.name, default: [:]][accepted.generation] = accepted.payload.document
        }
        for source in batch.resolved { payloads.append((source.found.identity, source.found.payload)) }
        for (key, torrent) in batch.torrents { durable.observed[key] = torrent }
        for (kind, hold) in batch.holds { durable.memory.holds[kind] = hold }
        for (kind, approval) in batch.approvals { durable.memory.approvals[kind] = approval }
        durable.memory.nextOrder = batch.nextOrder ?? durable.memory.nextOrder
        durable.publishing = batch.publishing
        durable.lastPass = batch.pass
        durable.lastPassAt = batch.at
        log += batch.changes
        commits += 1
        if try dies(before: false) { throw Death() }
    }

    private func dies(before: Bool) throws -> Bool {
        switch fault {
        case .before(let commit)? where before:
            fault = commit > 1 ? .before(commit: commit - 1) : nil
            return commit == 1
        case .after(let commit)? where !before:
            fault = commit > 1 ? .after(commit: commit - 1) : nil
            return commit == 1
        default: return false
        }
    }
}
