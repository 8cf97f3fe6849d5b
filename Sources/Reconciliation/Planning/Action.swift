public import Metainfo

/// One call that changes qBittorrent, for one torrent. Equal calls for several torrents may share a request.
public struct Action: Hashable, Sendable {
    public let subject: SubjectKey
    /// The server it is for: the subject's own, unless its torrent is still at one that it came from.
    public let client: String
    /// Which torrent: for an add all that is known of it, else under which id the server lists it.
    public let identity: TorrentIdentity
    /// The id to call by; `nil` for an add.
    public let id: TorrentID?
    public let call: Call
    /// Why, in a few words for logs, `plan` and the change log.
    public let reason: String
    /// What a field was seen to be before, for the change log; `nil` where no field is set.
    public let observed: String?

    public init(
        subject: SubjectKey, client: String? = nil, identity: TorrentIdentity, id: TorrentID?, call: Call,
        reason: String, observed: String? = nil
    ) {
        self.subject = subject
        self.client = client ?? subject.client
        self.identity = identity
        self.id = id
        self.call = call
        self.reason = reason
        self.observed = observed
    }
}

/// What an action does, without the torrent: equal calls can be made for many torrents at once.
public enum Call: Hashable, Sendable {
    case add(Addition)
    case addTags([String])
    case removeTags([String])
    case start
    case stop
    /// Created first, with `path`, when the server does not have it. Empty: no category.
    case recategorize(String, path: String?)
    case relocate(String)
    case setAutoTMM(Bool)
    case rename(String)
    /// The server can only toggle; the performer reads first.
    case setSequentialDownload(Bool)
    case setFirstLastPiecePrio(Bool)
    /// Bytes per second, 0 unlimited.
    case limitDownload(Int64)
    /// Bytes per second, 0 unlimited.
    case limitUpload(Int64)
    /// Where incomplete data lies; empty: with the complete.
    case setDownloadPath(String)
    case setForceStart(Bool)
    case setSuperSeeding(Bool)
    /// The server's own limits for seeding. Parts that are not set keep what the server has.
    case limitSeeding(SeedGoals)
    /// Sets which files are downloaded. The performer reads the files, changes those that differ, and reads
    /// again before it reports success.
    case selectFiles(FileSelection)
    /// Moves the torrent to an end of the server's queue: for servers that cannot do so in the add.
    case enqueue(QueuePosition)
    /// Removes the torrent, never its data. The performer looks once more, right before, that it carries
    /// `ifTagged`.
    case prune(ifTagged: String)

    /// One stable word for logs, `plan --json` and the change log.
    public var word: String {
        switch self {
        case .add: "add"
        case .addTags: "tag"
        case .removeTags: "untag"
        case .start: "start"
        case .stop: "stop"
        case .recategorize: "recategorize"
        case .relocate: "relocate"
        case .setAutoTMM: "setAutoTMM"
        case .rename: "rename"
        case .setSequentialDownload: "setSequentialDownload"
        case .setFirstLastPiecePrio: "setFirstLastPiecePrio"
        case .limitDownload: "limitDownload"
        case .limitUpload: "limitUpload"
        case .setDownloadPath: "setDownloadPath"
        case .setForceStart: "setForceStart"
        case .setSuperSeeding: "setSuperSeeding"
        case .limitSeeding: "limitSeeding"
        case .selectFiles: "selectFiles"
        case .enqueue: "enqueue"
        case .prune: "prune"
        }
    }

    /// The field that the call sets, where it sets one.
    public var field: Field? {
        switch self {
        case .start, .stop: .state
        case .recategorize: .category
        case .relocate: .savePath
        case .setAutoTMM: .autoTMM
        case .rename: .rename
        case .setSequentialDownload: .sequentialDownload
        case .setFirstLastPiecePrio: .firstLastPiecePrio
        case .limitDownload: .downloadLimit
        case .limitUpload: .uploadLimit
        case .setDownloadPath: .downloadPath
        case .setForceStart: .forceStart
        case .setSuperSeeding: .superSeeding
        case .limitSeeding: .seed
        case .selectFiles: .files
        case .enqueue: .queue
        case .add, .addTags, .removeTags, .prune: nil
        }
    }
}

/// The options of an add. Torrents with equal options can be sent many in a call.
public struct Addition: Hashable, Sendable {
    /// Our ownership tag; travels in the same call as the add.
    public let ownershipTag: String
    /// The request's tags, sorted.
    public let tags: [String]
    public let category: String?
    /// Path for the category where it has to be created first.
    public let categoryPath: String?
    public let savePath: String?
    public let autoTMM: Bool?
    public let rename: String?
    public let sequentialDownload: Bool
    public let firstLastPiecePrio: Bool
    public let downloadLimit: Int64?
    public let uploadLimit: Int64?
    public let isStopped: Bool
    /// Not a byte is to be downloaded before its files were chosen: the torrent is added so that it stops at
    /// its metadata at the latest.
    public let awaitsSelection: Bool
    public let options: Options

    /// What is less often asked for. Limits of seeding and a forced start are not among it: not every
    /// version takes them with an add, and after it they are fields like others.
    public struct Options: Hashable, Sendable {
        /// Where incomplete data lies; empty: with the complete; `nil`: the server's choice.
        public var downloadPath: String?
        public var contentLayout: ContentLayout?
        public var skipChecking: Bool
        public var queue: QueuePosition?

        public init(
            downloadPath: String? = nil, contentLayout: ContentLayout? = nil, skipChecking: Bool = false,
            queue: QueuePosition? = nil
        ) {
            self.downloadPath = downloadPath
            self.contentLayout = contentLayout
            self.skipChecking = skipChecking
            self.queue = queue
        }
    }

    public init(
        ownershipTag: String, tags: [String] = [], category: String? = nil, categoryPath: String? = nil,
        savePath: String? = nil, autoTMM: Bool? = nil, rename: String? = nil,
        sequentialDownload: Bool = false, firstLastPiecePrio: Bool = false, downloadLimit: Int64? = nil,
        uploadLimit: Int64? = nil, isStopped: Bool = false, awaitsSelection: Bool = false,
        options: Options = Options()
    ) {
        self.awaitsSelection = awaitsSelection
        self.options = options
        self.ownershipTag = ownershipTag
        self.tags = tags
        self.category = category
        self.categoryPath = categoryPath
        self.savePath = savePath
        self.autoTMM = autoTMM
        self.rename = rename
        self.sequentialDownload = sequentialDownload
        self.firstLastPiecePrio = firstLastPiecePrio
        self.downloadLimit = downloadLimit
        self.uploadLimit = uploadLimit
        self.isStopped = isStopped
    }
}
