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

    /// Of this process: a new one writes its first summary at once where anything differs.
    public func summaryModifiedAt() -> WallTime? { summaryWrittenAt }
}
