public import Metainfo

/// What one qBittorrent reported: the second of the planner's pictures, one for each client.
public struct ClientPicture: Equatable, Sendable {
    /// How much of the server this picture stands for.
    public enum Coverage: Equatable, Sendable {
        /// A full listing made in this pass. Only this one shows that a torrent is gone.
        case full
        /// The torrents in `asked` are as of this pass; the rest as of the last full listing.
        case partial
        /// Not reached, not logged in, not the Web API. Nothing is planned for this client.
        case unknown(ClientTrouble)
    }

    public var coverage: Coverage
    public private(set) var torrents: [TorrentID: Torrent] = [:]
    /// The ids that a partial reading asked for.
    public var asked: Set<TorrentID> = []
    /// The server was started anew since the picture before this one (session refused, launch time moved):
    /// it may have forgotten what it acknowledged just before.
    public var hasRestarted: Bool = false
    public var facts: ServerFacts?
    /// Directories of the server that this machine sees as its own (`pathMap`), as far as they were looked
    /// at: whether each is gone, or empty, here.
    public var roots: [String: Bool] = [:]
    /// Other ids of torrents that are listed under one: the v1 hash of a hybrid.
    private var aliases: [TorrentID: TorrentID] = [:]

    public init(coverage: Coverage, torrents: [Torrent] = []) {
        self.coverage = coverage
        self.torrents.reserveCapacity(torrents.count)
        for torrent in torrents { insert(torrent) }
    }

    public var isFull: Bool { coverage == .full }

    /// Known, but not all of it as of this pass.
    public var isPartial: Bool { coverage == .partial }

    /// A picture grows old between passes: what was a full listing then is one no more.
    public mutating func age() {
        guard isFull else { return }
        coverage = .partial
        asked = []
    }

    /// The server was reached.
    public var isKnown: Bool {
        switch coverage {
        case .full, .partial: true
        case .unknown: false
        }
    }

    /// Whether the absence of `identity` from this picture means that the server does not have it.
    public func settlesAbsence(of identity: TorrentIdentity) -> Bool {
        isFull || (coverage == .partial && identity.ids.allSatisfy(asked.contains))
    }

    /// The torrent that any member of `identity` names.
    public func torrent(matching identity: TorrentIdentity) -> Torrent? {
        for id in identity.ids {
            if let torrent = torrents[id] ?? aliases[id].flatMap({ torrents[$0] }) { return torrent }
        }
        return nil
    }

    public mutating func insert(_ torrent: Torrent) {
        torrents[torrent.id] = torrent
        for id in torrent.identity.ids where id != torrent.id { aliases[id] = torrent.id }
    }

    public mutating func remove(_ id: TorrentID) {
        guard let torrent = torrents.removeValue(forKey: id) else { return }
        for other in torrent.identity.ids where aliases[other] == id { aliases[other] = nil }
    }
}

/// Why a client's picture is unknown, and what the summary says about it.
public struct ClientTrouble: Error, Hashable, Sendable {
    public enum Kind: String, Sendable {
        /// Refused, timed out, cut off, restarting: retried with backoff.
        case unreachable
        /// Wrong credentials or banned: one try, then none for 15 minutes.
        case credentials
        /// It answers, but not as the Web API: wrong address, captive page, redirect, certificate.
        case notTheWebAPI
    }

    public let kind: Kind
    /// One sentence for a person. No secrets.
    public let message: String

    public init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }
}

/// What a server said about itself.
public struct ServerFacts: Hashable, Sendable {
    /// As the server prints it: `v5.3.0`.
    public var version: String
    /// `2.16.2`.
    public var webAPI: String
    /// Bytes free at the server's default save path; `nil` where nobody can tell.
    public var freeSpace: Int64?
    /// The server's default save path; `nil` when not asked.
    public var savePath: String?
    /// Tags in the add have no effect (seen on 4.2.5): ours is set by the next call.
    public var ignoresTagsInAdd: Bool
    /// The place in the queue has no effect in the add: it is taken by a call after it.
    public var ignoresQueueInAdd: Bool
    /// Fields that this server cannot carry out, or not safely. No call is made for them.
    public var unsupported: Set<Field>
    /// Of the layouts it knows only whether there is a top folder: none is made for a single file.
    public var lacksSubfolders: Bool

    public init(
        version: String, webAPI: String, freeSpace: Int64? = nil, savePath: String? = nil,
        ignoresTagsInAdd: Bool = false,
        ignoresQueueInAdd: Bool = false, unsupported: Set<Field> = [], lacksSubfolders: Bool = false
    ) {
        self.savePath = savePath
        self.ignoresQueueInAdd = ignoresQueueInAdd
        self.unsupported = unsupported
        self.lacksSubfolders = lacksSubfolders
        self.version = version
        self.webAPI = webAPI
        self.freeSpace = freeSpace
        self.ignoresTagsInAdd = ignoresTagsInAdd
    }
}

/// All clients' pictures.
public struct ObservedState: Equatable, Sendable {
    public var clients: [String: ClientPicture]

    public init(clients: [String: ClientPicture] = [:]) { self.clients = clients }
}
