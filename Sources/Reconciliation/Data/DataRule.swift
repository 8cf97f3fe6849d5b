/// Why the data of a torrent stays although it was asked to go with it.
///
/// The raw value is one stable word: the reason of the status and of the change log.
public enum DataRule: String, Error, CaseIterable, Hashable, Sendable {
    /// `prune.allowData` is not set.
    case notAllowed = "DataNotAllowed"
    /// It was there before its request, or somebody took our tag off.
    case notOurs = "DataNotOurs"
    /// It was added with `skipChecking`: nobody knows what of it was there before.
    case unchecked = "DataUnchecked"
    /// Something was there before it, on the disk or complete at its first check.
    case existed = "DataExisted"
    /// Nobody could see whether something was there before, or whether it is there now.
    case unseen = "DataUnseen"
    /// It lies where nobody looked before it came there.
    case moved = "DataMoved"
    /// It was abandoned for the next source, and something of it is complete.
    case complete = "DataComplete"
    /// Another torrent uses one of its files.
    case shared = "DataShared"
    /// There is no data: the torrent has no metadata.
    case none = "DataNone"

    /// For a person, to follow "its data stays: ".
    public var sentence: String {
        switch self {
        case .notAllowed: "the configuration does not allow its deletion (prune.allowData)"
        case .notOurs: "qspool did not add the torrent, or it does not carry our tag"
        case .unchecked: "it was added with skipChecking, so nobody knows what was there before"
        case .existed: "something of it was there before qspool added it"
        case .unseen:
            "nobody could see whether something was there before qspool added it (pathMap of its save path, "
                + "when it was added and now)"
        case .moved: "it lies where qspool did not look before it came there"
        case .complete: "something of it is complete, and it was abandoned for the next source"
        case .shared: "another torrent uses one of its files"
        case .none: "it never had any"
        }
    }
}

/// What became of the data of a torrent that was removed, where its data was asked to go with it.
public enum DataParting: Hashable, Sendable {
    /// It is about to go with the torrent; what came of it is not known.
    case asked
    case deleted
    case kept(DataRule)

    /// The reason of the status: one stable word.
    public var reason: String {
        switch self {
        case .asked: "DataUncertain"
        case .deleted: "DataRemoved"
        case .kept(let rule): rule.rawValue
        }
    }

    /// What to say of it, to follow "removed from qBittorrent".
    public var sentence: String {
        switch self {
        case .asked: "; the answer was lost, so that nobody knows whether its data went with it"
        case .deleted: " with its data"
        case .kept(let rule): "; its data stays: \(rule.sentence)"
        }
    }
}
