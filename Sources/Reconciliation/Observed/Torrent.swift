public import Metainfo

/// A download inside qBittorrent, as last reported, in one vocabulary for all server versions.
public struct Torrent: Equatable, Sendable {
    /// The server's id at the time of the report.
    public var id: TorrentID
    public var identity: TorrentIdentity
    public var name: String
    public var state: ServerState
    /// Where it is and what it is marked with.
    public var placement: Placement
    public var options: Options
    public var counters: Counters
    /// When the server added it.
    public var addedAt: WallTime?
    /// When all wanted data was there; `nil` when never.
    public var completedAt: WallTime?

    /// Paths, category and tags.
    public struct Placement: Equatable, Sendable {
        /// Without trailing slash.
        public var savePath: String
        /// Where incomplete data lies, without trailing slash; empty: with the complete; `nil` where the
        /// server does not tell.
        public var downloadPath: String?
        /// Empty without metadata.
        public var contentPath: String
        /// Empty: none.
        public var category: String
        /// Sorted.
        public var tags: [String]
        public var autoTMM: Bool

        public init(
            savePath: String = "", contentPath: String = "", category: String = "", tags: [String] = [],
            autoTMM: Bool = false, downloadPath: String? = nil
        ) {
            self.savePath = savePath
            self.downloadPath = downloadPath
            self.contentPath = contentPath
            self.category = category
            self.tags = tags
            self.autoTMM = autoTMM
        }
    }

    /// What a person or a request sets and the server keeps.
    public struct Options: Equatable, Sendable {
        public var sequentialDownload: Bool
        public var firstLastPiecePrio: Bool
        public var forceStart: Bool
        public var superSeeding: Bool
        /// Bytes per second; 0 is unlimited (the server's −1 included).
        public var downloadLimit: Int64
        /// Bytes per second; 0 is unlimited.
        public var uploadLimit: Int64
        /// −2 the global limit, −1 none.
        public var ratioLimit: Double
        /// Minutes; −2 the global limit, −1 none.
        public var seedingTimeLimit: Int64
        /// Minutes; −2 the global limit, −1 none; `nil` where the server does not know it.
        public var inactiveSeedingTimeLimit: Int64?

        public init(
            sequentialDownload: Bool = false, firstLastPiecePrio: Bool = false, forceStart: Bool = false,
            superSeeding: Bool = false, downloadLimit: Int64 = 0, uploadLimit: Int64 = 0,
            ratioLimit: Double = -2, seedingTimeLimit: Int64 = -2, inactiveSeedingTimeLimit: Int64? = nil
        ) {
            self.sequentialDownload = sequentialDownload
            self.firstLastPiecePrio = firstLastPiecePrio
            self.forceStart = forceStart
            self.superSeeding = superSeeding
            self.downloadLimit = downloadLimit
            self.uploadLimit = uploadLimit
            self.ratioLimit = ratioLimit
            self.seedingTimeLimit = seedingTimeLimit
            self.inactiveSeedingTimeLimit = inactiveSeedingTimeLimit
        }
    }

    /// What changes by itself. Counters alone are never a reason to write anything to the store.
    public struct Counters: Equatable, Sendable {
        /// 0…1.
        public var progress: Double
        /// Bytes of the wanted files, in whole pieces; 0 or less without metadata.
        public var size: Int64
        /// Bytes of all files; 0 or less without metadata, `nil` where the server does not tell.
        public var totalSize: Int64?
        public var amountLeft: Int64
        public var downloaded: Int64
        public var uploaded: Int64
        /// Bytes per second.
        public var downloadSpeed: Int64
        /// Bytes per second.
        public var uploadSpeed: Int64
        /// Seconds; `nil` when unknown (the server's 8 640 000).
        public var eta: Int64?
        public var ratio: Double
        public var seeds: Int64
        public var peers: Int64
        /// How long it was seeded, in seconds of the server's own count; `nil` where it does not tell.
        public var seedingSeconds: Int64?
        /// When it last sent or received data, on the server's clock; `nil` when never.
        public var lastActivityAt: WallTime?

        public init(
            progress: Double = 0, size: Int64 = 0, amountLeft: Int64 = 0, downloaded: Int64 = 0,
            uploaded: Int64 = 0, downloadSpeed: Int64 = 0, uploadSpeed: Int64 = 0, eta: Int64? = nil,
            ratio: Double = 0, seeds: Int64 = 0, peers: Int64 = 0, totalSize: Int64? = nil,
            seedingSeconds: Int64? = nil, lastActivityAt: WallTime? = nil
        ) {
            self.totalSize = totalSize
            self.seedingSeconds = seedingSeconds
            self.lastActivityAt = lastActivityAt
            self.progress = progress
            self.size = size
            self.amountLeft = amountLeft
            self.downloaded = downloaded
            self.uploaded = uploaded
            self.downloadSpeed = downloadSpeed
            self.uploadSpeed = uploadSpeed
            self.eta = eta
            self.ratio = ratio
            self.seeds = seeds
            self.peers = peers
        }
    }

    public init(
        id: TorrentID, identity: TorrentIdentity, name: String = "", state: ServerState = .stalledDL,
        placement: Placement = Placement(), options: Options = Options(), counters: Counters = Counters(),
        addedAt: WallTime? = nil, completedAt: WallTime? = nil
    ) {
        self.id = id
        self.identity = identity
        self.name = name
        self.state = state
        self.placement = placement
        self.options = options
        self.counters = counters
        self.addedAt = addedAt
        self.completedAt = completedAt
    }

    /// Everything but what changes by itself: what the store keeps and the change log follows. A torrent that
    /// seeds flips between `uploading` and `stalledUP` with every peer; that is a counter in disguise.
    public var settledForm: Torrent {
        var copy = self
        copy.counters = Counters()
        if state == .uploading { copy.state = .stalledUP }
        return copy
    }

    /// Whether more than the passing of time tells the two apart: a torrent that seeds counts its seconds
    /// whatever happens.
    public func differs(from other: Torrent) -> Bool {
        guard counters.seedingSeconds != other.counters.seedingSeconds else { return self != other }
        var copy = other
        copy.counters.seedingSeconds = counters.seedingSeconds
        return self != copy
    }

    /// The server knows which files the torrent has.
    public var hasMetadata: Bool {
        switch state {
        case .metaDL, .forcedMetaDL: false
        // Of a stopped magnet only the sizes tell. All files may be unwanted: then the wanted have no bytes.
        default: max(counters.totalSize ?? 0, counters.size) > 0
        }
    }

    /// All wanted data is there: progress 1, nothing left, neither checking nor moving, and there is data at
    /// all (a magnet without metadata has nothing left either).
    public var looksComplete: Bool {
        counters.progress >= 1 && counters.amountLeft == 0 && state.isComplete
    }

    /// The observed value of a managed field; `nil` where a listing does not tell it.
    public func value(of field: Field) -> FieldValue? {
        switch field {
        case .state: .text(state.isStopped ? WantedState.stopped.rawValue : WantedState.running.rawValue)
        case .category: .text(placement.category)
        case .tags: .list(placement.tags)
        case .autoTMM: .flag(placement.autoTMM)
        case .savePath: .text(placement.savePath)
        case .rename: .text(name)
        case .sequentialDownload: .flag(options.sequentialDownload)
        case .firstLastPiecePrio: .flag(options.firstLastPiecePrio)
        case .downloadLimit: .number(options.downloadLimit)
        case .uploadLimit: .number(options.uploadLimit)
        case .downloadPath: incompletePath.map(FieldValue.text)
        case .forceStart: .flag(options.forceStart)
        case .superSeeding: .flag(options.superSeeding)
        case .seed: .goals(seedLimits)
        case .files, .contentLayout, .skipChecking, .queue: nil
        }
    }

    /// 5.x shows the save path where incomplete data lies with the complete.
    private var incompletePath: String? {
        placement.downloadPath.map { $0 == placement.savePath ? "" : $0 }
    }

    /// The server's own limits for seeding; one that follows its global setting is not set.
    var seedLimits: SeedGoals {
        SeedGoals(
            ratio: options.ratioLimit < -1.5
                ? nil : options.ratioLimit < 0 ? .unlimited : .at(options.ratioLimit),
            time: Self.minutes(options.seedingTimeLimit),
            inactiveTime: options.inactiveSeedingTimeLimit.flatMap(Self.minutes))
    }

    private static func minutes(_ limit: Int64) -> SeedGoals.Goal<Int64>? {
        limit < -1 ? nil : limit < 0 ? .unlimited : .at(limit)
    }
}
