import Daemon
import Metainfo
import Reconciliation

/// Status files in memory. Unchecked: a scenario and its pass take turns, each waiting for the other.
final class MemoryPublication: PublicationDoor, @unchecked Sendable {
    struct DiskFull: Error {}

    private(set) var statuses: [RequestName: RequestStatus] = [:]
    private(set) var summary: Summary?
    private(set) var writes = 0
    private(set) var summaryWrites = 0
    private var writtenAt: [RequestName: WallTime] = [:]
    private var summaryAt: WallTime?
    /// No status of these can be written.
    var unwritable: Set<String> = []

    func status(_ name: String) -> RequestStatus? { statuses[RequestName(name)] }

    /// Files that a crash kept from being written.
    func lose(_ name: String) { statuses[RequestName(name)] = nil }

    // MARK: The door

    func digest(of status: RequestStatus) -> [UInt8] {
        Digest.sha256(Array(Self.text(status.withoutCounters).utf8))
    }

    func publish(_ status: RequestStatus, at: WallTime) throws -> Bool {
        let name = status.key.name
        if unwritable.contains(name.text) { throw DiskFull() }
        if let old = statuses[name], Self.text(old) == Self.text(status) { return false }
        statuses[name] = status
        writtenAt[name] = at
        writes += 1
        return true
    }

    func modifiedAt(_ key: SubjectKey) -> WallTime? { writtenAt[key.name] }

    func remove(_ name: RequestName) throws {
        statuses[name] = nil
        writtenAt[name] = nil
    }

    func names() throws -> Set<RequestName> { Set(statuses.keys) }

    func publish(_ summary: Summary, at: WallTime) throws {
        self.summary = summary
        summaryAt = at
        summaryWrites += 1
    }

    func summaryModifiedAt() -> WallTime? { summaryAt }

    /// All that a status says, but for when something was looked at.
    private static func text(_ status: RequestStatus) -> String {
        var copy = status
        copy.labels = [:]
        copy.failure.lastError?.at = WallTime(milliseconds: 0)
        let digest = copy.version?.digestText ?? ""
        copy.version = nil
        let labels = status.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(copy) \(digest) \(labels)"
    }
}
