public import Reconciliation

/// What a reading of the spool found, as the difference to the reading before; the first one carries
/// everything.
///
/// Differences that a reading could not report, because the spool was not available, come with the next that
/// is.
public struct SpoolReading: Sendable {
    /// Whether the identity was read before and after a listing without an error. When it is not `complete`,
    /// `changedDrafts`, `changedRejections` and `gone` are empty: nothing is known.
    public var availability: DesiredState.Availability
    /// The UUID of `.qspool`, where it could be read.
    public var identity: String?
    /// Whether every folder was listed, as before a removal; not only the names that an event told of.
    public var isFull: Bool
    /// Requests that are new or whose content, source file and folder defaults included, changed; by name.
    public var changedDrafts: [RequestDraft] = []
    /// Requests that are newly at fault, or at fault in another way.
    public var changedRejections: [(SubjectKey, Rejection)] = []
    /// Requests that were there at an earlier reading and are not any more. A request that moved to another
    /// client is gone under its old key. Only in a full reading.
    public var gone: [SubjectKey] = []
    /// All requests that are there but could not be read just now, are being written, or lie below a folder
    /// whose defaults are at fault, each with the reason.
    public var unreadable: [SubjectKey: String] = [:]
    /// All folders whose content counts as unknown, as paths below the spool.
    public var heldFolders: [String: HeldFolder] = [:]
    /// All names that cannot be used and all defaults at fault, sorted.
    public var problems: [SpoolProblem] = []
    /// When a file that is being written should be looked at again.
    public var nextSettleAt: WallTime?
    /// Files that did not fit into this reading (see ``SpoolSettings/readingBytes``); they are also in
    /// `unreadable`. Read on at once until there are none.
    public var postponed: Int = 0
    /// Files with a request's suffix that are there.
    public var filesSeen: Int = 0
    /// The device that the spool lies on, where it was opened.
    public var device: UInt64?

    init(availability: DesiredState.Availability, isFull: Bool) {
        self.availability = availability
        self.isFull = isFull
    }
}
