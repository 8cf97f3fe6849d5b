/// The operator's settings that bear on decisions: the planner's fourth value.
public struct Rules: Equatable, Sendable {
    /// What to do about drift.
    public enum DriftPolicy: String, CaseIterable, Sendable {
        case enforce
        case report
    }

    /// How removals are bounded.
    public struct Prune: Equatable, Sendable {
        /// Two complete passes this far apart must agree. Default 60 s; 0 still takes two passes.
        public var graceMilliseconds: Int64
        /// This many removals are always within the budget. Default 5.
        public var budgetCount: Int
        /// So is this share of ours, per client. Default 0.10.
        public var budgetShare: Double

        public init(graceMilliseconds: Int64 = 60_000, budgetCount: Int = 5, budgetShare: Double = 0.10) {
            self.graceMilliseconds = graceMilliseconds
            self.budgetCount = budgetCount
            self.budgetShare = budgetShare
        }

        /// The most removals of one pass for a client on which `ours` torrents are ours.
        public func budget(ours: Int) -> Int { max(budgetCount, Int(budgetShare * Double(ours))) }
    }

    /// A directory of the server and where this machine has it.
    public struct PathMapping: Equatable, Sendable {
        public var remote: String
        public var local: String

        public init(remote: String, local: String) {
            self.remote = remote
            self.local = local
        }
    }

    /// What new torrents must leave free, on every client by itself.
    public struct Limits: Equatable, Sendable {
        /// Downloads of ours that may be active at once; `nil`: any number.
        public var active: Int?
        /// Bytes that stay free on the server's disk, what is still to come of admitted torrents taken off;
        /// `nil`: none.
        public var minFreeSpace: Int64?

        public init(active: Int? = nil, minFreeSpace: Int64? = nil) {
            self.active = active
            self.minFreeSpace = minFreeSpace
        }
    }

    /// The ownership tag. Default `qspool`.
    public var tag: String
    public var drift: DriftPolicy
    public var prune: Prune
    /// Save paths for categories that we create, by name.
    public var categoryPaths: [String: String]
    /// New torrents in one pass; the rest waits. Default 1 000.
    public var addsPerPass: Int
    public var limits: Limits
    /// By client.
    public var pathMaps: [String: [PathMapping]]
    /// How long the status of a removed request stays. Default 7 days.
    public var keepRemovedMilliseconds: Int64
    public var backoff: Backoff

    /// Nothing is judged as drift this long after a call of ours: shown states lag by up to 1.5 s, and by
    /// more on a busy server (contract §3.4).
    public static let verificationMilliseconds: Int64 = 5_000
    /// A torrent that the server is busy with for a moment is looked at again after this long.
    public static let transitMilliseconds: Int64 = 500
    /// Two complete listings this far apart make an effect certain; until then the server may forget it.
    public static let confirmationMilliseconds: Int64 = 60_000
    /// A field corrected this often within an hour is contested.
    public static let correctionsPerHour = 3
    /// A torrent that vanished this often in one generation is given up.
    public static let readdsPerGeneration = 3
    /// An emptied spool of more than this many requests is never taken at its word.
    public static let emptiedSpoolLimit = 5

    public init(
        tag: String = "qspool", drift: DriftPolicy = .enforce, prune: Prune = Prune(),
        categoryPaths: [String: String] = [:], addsPerPass: Int = 1_000, limits: Limits = Limits(),
        pathMaps: [String: [PathMapping]] = [:],
        keepRemovedMilliseconds: Int64 = 7 * 86_400_000, backoff: Backoff = .request
    ) {
        self.tag = tag
        self.drift = drift
        self.prune = prune
        self.categoryPaths = categoryPaths
        self.addsPerPass = addsPerPass
        self.limits = limits
        self.pathMaps = pathMaps
        self.keepRemovedMilliseconds = keepRemovedMilliseconds
        self.backoff = backoff
    }

    /// On torrents that were there before their request.
    public var adoptedTag: String { tag + "-adopted" }
    /// Set by a person in qBittorrent: we change nothing about the torrent.
    public var handsOffTag: String { tag + "-hands-off" }

    /// A server's path as this machine sees it, by the longest mapping that fits; `nil` when none does.
    public func localPath(of remote: String, on client: String) -> String? {
        let fitting = pathMaps[client, default: []].filter {
            remote == $0.remote || remote.hasPrefix($0.remote + "/")
        }
        guard let mapping = fitting.max(by: { $0.remote.utf8.count < $1.remote.utf8.count }) else {
            return nil
        }
        return mapping.local + remote.dropFirst(mapping.remote.count)
    }
}
