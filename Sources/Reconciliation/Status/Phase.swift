/// One-word summary for people, derived from facts. The raw value is the contract's word.
public enum Phase: String, CaseIterable, Sendable {
    case pending, waiting, resolving, adding, metadata, queued, checking, moving, downloading, stalled
    case stopped, completed, seeding, finished, error, failed, rejected, conflict, removing, removed

    /// A person is needed: `once` ends with exit code 3.
    public var needsPerson: Bool {
        switch self {
        case .rejected, .conflict, .failed: true
        default: false
        }
    }
}
