public import Metainfo

/// What earlier passes recorded and this one may rely on: the third of the planner's pictures.
public struct Memory: Equatable, Sendable {
    public private(set) var subjects: [SubjectKey: SubjectMemory] = [:]
    /// Holds as last raised, by kind.
    public var holds: [Hold.Kind: Hold] = [:]
    /// What a person approved: the digest of the picture that was held. Used once.
    public var approvals: [Hold.Kind: [UInt8]] = [:]
    /// Subjects that a person asked to retry or remove since the last pass.
    public var orders: [Order] = []
    /// The next value of ``Acceptance/order``.
    public var nextOrder: Int64 = 1
    /// The clients of all subjects that were ever remembered here.
    public private(set) var clients: Set<String> = []
    /// Which subjects follow a torrent, or followed one and may take it up again.
    private var followers: [FollowedTorrent: SubjectKey] = [:]

    public init() {}

    /// Sets or forgets what is known of a subject, and keeps the index of followers.
    public mutating func remember(_ memory: SubjectMemory?, for key: SubjectKey) {
        if let old = subjects[key]?.following {
            for id in old.identity.ids + [old.id] {
                let followed = FollowedTorrent(client: old.place(of: key), id: id)
                if followers[followed] == key { followers[followed] = nil }
            }
        }
        subjects[key] = memory
        if memory != nil { clients.insert(key.client) }
        if let new = memory?.following {
            for id in new.identity.ids + [new.id] {
                followers[FollowedTorrent(client: new.place(of: key), id: id)] = key
            }
        }
    }

    /// The subject that follows any member of `identity` on `client`.
    public func follower(of identity: TorrentIdentity, client: String) -> SubjectKey? {
        identity.ids.lazy.compactMap { followers[FollowedTorrent(client: client, id: $0)] }.first
    }
}

private struct FollowedTorrent: Hashable, Sendable {
    let client: String
    let id: TorrentID
}

/// What a person told the next pass through a file below `orders/`.
public struct Order: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// `approve`, of one hold or of all that are held now.
        ///
        /// With the digest of what the person was shown: of another picture it is asked again.
        case approve(Hold.Kind?, shown: [UInt8]? = nil)
        case retry(SubjectKey)
        /// The request was deleted by `qspool remove`: no grace.
        case remove(SubjectKey)
    }

    /// The file's name below `orders/`, deleted when the pass that obeyed it is durable.
    public let file: String
    public let kind: Kind

    public init(file: String, kind: Kind) {
        self.file = file
        self.kind = kind
    }
}

/// A state in which something is wanted and not done until the world changes or a person says so.
public struct Hold: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Comparable, Sendable {
        /// More requests are gone than may be removed at once.
        case pruneBudget = "PruneBudget"
        /// The spool's identity is missing or another, or it could not be listed in full.
        case spoolUnavailable = "SpoolUnavailable"
        /// Many of our torrents vanished between two looks.
        case massVanish = "MassVanish"
        /// The spool has an identity and the store does not know it.
        case storeLost = "StoreLost"

        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    public var kind: Kind
    public var since: WallTime
    /// What is held and why, in one sentence.
    public var message: String
    /// The requests it concerns, sorted; may be empty.
    public var names: [RequestName]
    /// What would lift it: a command or what must come back.
    public var lift: String
    /// Identifies the picture that is held, so that an approval of an older picture does not apply.
    public var digest: [UInt8]

    public init(
        kind: Kind, since: WallTime, message: String, names: [RequestName], lift: String, digest: [UInt8]
    ) {
        self.kind = kind
        self.since = since
        self.message = message
        self.names = names
        self.lift = lift
        self.digest = digest
    }
}
