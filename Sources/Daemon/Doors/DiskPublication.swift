import CSys
import Glibc
public import Reconciliation
public import Spool

/// Status files and the summary on disk.
public final class DiskPublication: PublicationDoor {
    private let writer: StatusWriter
    private let root: String
    private var summaryWrittenAt: WallTime?

    /// - Parameter root: Where `summary.json` goes.
    public init(status: StatusWriter, root: String) {
        writer = status
        self.root = root
    }

    public func digest(of status: RequestStatus) -> [UInt8] { StatusWriter.digest(of: status) }

    public func publish(_ status: RequestStatus, at: WallTime) throws -> Bool {
        try writer.publish(status, updatedAt: at)
    }

    public func modifiedAt(_ key: SubjectKey) throws -> WallTime? { try writer.modifiedAt(key.name) }

    public func remove(_ name: RequestName) throws { try writer.remove(name) }

    public func names() throws -> Set<RequestName> { Set(try writer.names()) }

    public func publish(_ summary: Summary, at: WallTime) throws {
        _ = try SummaryWriter.publish(summary, updatedAt: at, in: root)
        summaryWrittenAt = at
    }

    public func summaryModifiedAt() -> WallTime? {
        if let summaryWrittenAt { return summaryWrittenAt }
        var facts = stat()
        guard stat(root + "/" + SummaryWriter.fileName, &facts) == 0 else { return nil }
        return WallTime(seconds: Int64(facts.st_mtim.tv_sec))
    }

    public func isNews(_ summary: Summary) throws -> Bool {
        try !SummaryWriter.saysTheSame(summary, in: root)
    }
}
