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
    case downloadPath
    case forceStart
    case superSeeding
    case seed
    case files
    // At add only.
    case contentLayout
    case skipChecking
    case queue

    /// The order in which corrections are made and drift is listed.
    public static func < (left: Field, right: Field) -> Bool { left.order < right.order }

    /// Bears on the add alone: a later change is reported, not applied.
    public var isAtAddOnly: Bool { self == .contentLayout || self == .skipChecking || self == .queue }

    // Automatic management before the path (setLocation under automatic management switches it off by
    // itself), the running state last, so that a torrent starts only when everything else about it is right.
    private var order: Int {
        switch self {
        case .category: 0
        case .autoTMM: 1
        case .savePath: 2
        case .downloadPath: 3
        case .tags: 4
        case .rename: 5
        case .files: 6
        case .sequentialDownload: 7
        case .firstLastPiecePrio: 8
        case .downloadLimit: 9
        case .uploadLimit: 10
        case .seed: 11
        case .superSeeding: 12
        case .contentLayout: 13
        case .skipChecking: 14
        case .queue: 15
        case .forceStart: 16
        case .state: 17
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
    case selection(FileSelection)
    case goals(SeedGoals)

    public var description: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .list(let list): list.joined(separator: ", ")
        case .selection(let selection): selection.description
        case .goals(let goals): goals.description
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
    /// Remove the torrent, and its data where every condition holds; else keep the data.
    case removeData
}

/// How a server lays out the files of a torrent. The raw value is the request's and the server's word.
public enum ContentLayout: String, CaseIterable, Sendable {
    case original = "Original"
    case subfolder = "Subfolder"
    case noSubfolder = "NoSubfolder"
}

/// Where a torrent enters the server's queue. The raw value is the request's own word.
public enum QueuePosition: String, CaseIterable, Sendable {
    case top
    case bottom
}
