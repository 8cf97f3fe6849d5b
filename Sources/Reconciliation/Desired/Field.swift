/// A managed aspect of a torrent. The raw value is the request's own key, also used in status files, the
/// change log and the store.
public enum Field: String, CaseIterable, Comparable, Sendable {
    case state
    case category
    case tags
    case autoTMM
    case savePath
    case rename
    case sequentialDownload
    case firstLastPiecePrio
    case downloadLimit
    case uploadLimit

    /// The order in which corrections are made and drift is listed.
    public static func < (left: Field, right: Field) -> Bool { left.order < right.order }

    // Automatic management before the path (setLocation under automatic management switches it off by
    // itself), the running state last, so that a torrent starts only when everything else about it is right.
    private var order: Int {
        switch self {
        case .category: 0
        case .autoTMM: 1
        case .savePath: 2
        case .tags: 3
        case .rename: 4
        case .sequentialDownload: 5
        case .firstLastPiecePrio: 6
        case .downloadLimit: 7
        case .uploadLimit: 8
        case .state: 9
        }
    }
}

/// The value of a field as wanted, applied or observed.
public enum FieldValue: Hashable, Sendable, CustomStringConvertible {
    /// Text. Empty means *must be empty*.
    case text(String)
    case flag(Bool)
    /// Bytes per second for limits; 0 is unlimited.
    case number(Int64)
    /// Sorted and without repetition.
    case list([String])

    public var description: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .list(let list): list.joined(separator: ", ")
        }
    }
}

/// What a request may say about `state`. The raw value is the request's own word.
public enum WantedState: String, CaseIterable, Sendable {
    case running
    case stopped
    case absent
}

/// What the deletion of the request file means. The raw value is the request's own word.
public enum OnDelete: String, CaseIterable, Sendable {
    /// Remove the torrent from the server, keep its data.
    case remove
    /// Take our tag off and leave the torrent alone.
    case keep
}
