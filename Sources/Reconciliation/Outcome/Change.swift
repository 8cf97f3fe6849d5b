public import Metainfo

/// One entry for the change log: what changed, in whose subject, and why.
public struct Change: Hashable, Sendable {
    /// Stable words; `log --kind` matches on them.
    public enum Kind: String, CaseIterable, Sendable {
        /// A request was accepted, or a new generation of it.
        case accepted
        case rejected
        /// A source was fetched: which torrent it means is known now.
        case resolved
        /// A request's file is gone; grace runs.
        case withdrawn
        /// A withdrawn request came back in time, or a torrent that was gone did (`BroughtBack`).
        case returned
        /// A subject continues under another name.
        case renamed
        /// An action was acknowledged by the server; `field` says which, or `reason` the action's word.
        case added, adopted, changed, tagged, released, removed
        /// An action failed or its outcome is unknown.
        case failed
        /// A difference that we did not cause.
        case drift
        /// The server's picture of a followed torrent changed in one field. The first such change of a
        /// torrent in a pass carries its counters in `values`.
        case observed
        /// A torrent is followed from here on, or listed under another id: `values` says what it looks like.
        case appeared
        /// What had appeared is no longer there, no longer followed, or listed under another id.
        case gone
        case completed
        /// A torrent of ours is no longer there; `reason` says how it is understood.
        case vanished
        /// The phase moved to `failed`, `finished`, `conflict` or back.
        case ended
        case holdRaised, holdLifted, approved
    }

    public let kind: Kind
    public let subject: SubjectKey?
    public let torrent: TorrentID?
    /// A managed field's name, or `state`, `name`, `contentPath` for an observed change.
    public let field: String?
    public let from: String?
    public let to: String?
    /// One stable word.
    public let reason: String
    /// A sentence for a person. No secrets.
    public let message: String
    /// The client of `torrent`, where the subject does not tell it.
    public let client: String?
    /// Observed fields at once. Of `appeared` those that are not as ``ObservedChanges/blank(_:_:)`` has them.
    public private(set) var values: [ObservedField: String]

    public init(
        _ kind: Kind, subject: SubjectKey? = nil, torrent: TorrentID? = nil, field: String? = nil,
        from: String? = nil, to: String? = nil, reason: String = "", message: String = "",
        client: String? = nil, values: [ObservedField: String] = [:]
    ) {
        self.kind = kind
        self.subject = subject
        self.torrent = torrent
        self.field = field
        self.from = from
        self.to = to
        self.reason = reason
        self.message = message
        self.client = client
        self.values = values
    }

    /// Where the torrent is that this is about; `nil` where it is about none.
    public var place: ObservedKey? {
        guard let torrent, let client = client ?? subject?.client else { return nil }
        return ObservedKey(client: client, id: torrent)
    }

    func with(_ values: [ObservedField: String]) -> Change {
        var copy = self
        copy.values = values
        return copy
    }
}

/// A change as the log keeps it.
public struct LogEntry: Hashable, Sendable {
    /// Position in the log; never reused.
    public let sequence: UInt64
    /// Number of the pass that wrote it.
    public let pass: UInt64
    public let at: WallTime
    public let change: Change

    public init(sequence: UInt64, pass: UInt64, at: WallTime, change: Change) {
        self.sequence = sequence
        self.pass = pass
        self.at = at
        self.change = change
    }
}
