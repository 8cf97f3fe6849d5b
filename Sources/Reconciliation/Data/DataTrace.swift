/// What was seen of the disk before the files of a torrent could be there, and of the torrent when it had
/// first been checked: the evidence that none of its data is older than it.
///
/// Kept with the torrent that is followed. What is not in it was not seen, and counts as data that was there.
public struct DataTrace: Hashable, Sendable {
    /// A directory of the server, looked at through a `pathMap` before the torrent came there.
    public struct Place: Hashable, Sendable {
        /// As the server writes it, without trailing slash.
        public var directory: String
        /// Tells the local root of the `pathMap` from the empty mount point below it: its inode.
        public var ground: UInt64
        public var names: Names

        public init(directory: String, ground: UInt64, names: Names) {
            self.directory = directory
            self.ground = ground
            self.names = names
        }
    }

    /// Which names were not taken in a directory.
    public enum Names: Hashable, Sendable {
        /// The directory was empty or not there: none was taken.
        case all
        /// Of these it is known that they were not there.
        case free([String])
        /// Keys of those that were there, rising. For a torrent whose names are not known yet.
        case taken([UInt64])
    }

    /// What the first look at the torrent showed, after the server had checked its files.
    public enum FirstCheck: String, Sendable {
        /// There was no such look yet.
        case unseen
        /// Nothing was complete but what had been downloaded since.
        case nothing
        /// More was complete than had been downloaded.
        case something
    }

    public var places: [Place]
    /// It was added with `skipChecking`.
    public var skipsCheck: Bool
    public var firstCheck: FirstCheck
    /// It came to lie where nobody had looked.
    public var hasMoved: Bool

    /// More names than this in a directory are not remembered for a torrent whose own names are not known.
    static let mostTaken = 4_096

    public init(
        places: [Place] = [], skipsCheck: Bool = false, firstCheck: FirstCheck = .unseen,
        hasMoved: Bool = false
    ) {
        self.hasMoved = hasMoved
        self.places = places
        self.skipsCheck = skipsCheck
        self.firstCheck = firstCheck
    }
}

/// What a look at a directory of this machine found.
public struct DirectorySight: Hashable, Sendable {
    /// See ``DataTrace/Place/ground``.
    public var ground: UInt64
    /// What lies in it; nothing when it is empty or not there.
    public var names: [String]

    public init(ground: UInt64, names: [String]) {
        self.ground = ground
        self.names = names
    }
}

extension DataTrace {
    /// Adds what a look at a directory found, in the place of what was known of it.
    ///
    /// - Parameter candidates: All names that the torrent could have at its top; `nil` when nobody knows.
    public mutating func note(_ directory: String, _ sight: DirectorySight, candidates: [String]?) {
        places.removeAll { $0.directory == directory }
        guard let names = Names(sight.names, candidates: candidates) else { return }
        places.append(Place(directory: directory, ground: sight.ground, names: names))
    }

    /// What the torrent shows by now: which names are its own, where it is, and its first check.
    ///
    /// - Parameters:
    ///   - wanted: Directories to which it was asked to go, besides those in which it is.
    ///   - isFresh: Added or changed a moment ago. Figures lag then, and nothing is concluded from those that
    ///     contradict each other.
    mutating func refresh(_ torrent: Torrent, wanted: [String], isFresh: Bool) {
        guard torrent.hasMetadata, !torrent.state.isInTransit, !torrent.state.isChecking else { return }
        if firstCheck == .unseen, torrent.state.showsProgress {
            // What is complete and was not downloaded was there.
            let complete = max(torrent.counters.size - torrent.counters.amountLeft, 0)
            let isNothing = torrent.counters.progress <= 0 || complete <= torrent.counters.downloaded
            firstCheck = isNothing ? .nothing : isFresh ? .unseen : .something
        }
        let placement = torrent.placement
        let present = [placement.savePath, placement.downloadPath ?? ""] + wanted
        let wasSeen = !places.isEmpty
        places.removeAll { !present.contains($0.directory) }
        if wasSeen, places.isEmpty { hasMoved = true }
        // One of its directories may lie in another: the inner one alone holds its names.
        let home = present.filter { placement.contentPath.component(below: $0) != nil }
            .max { $0.utf8.count < $1.utf8.count }
        guard let home, let index = places.firstIndex(where: { $0.directory == home }),
            places[index].names != .all, let top = placement.contentPath.component(below: home)
        else { return }
        places[index].names = .free(places[index].names.isFree(top) ? [top] : [])
    }
}

extension DataTrace.Names {
    /// `nil`: too many to be remembered.
    init?(_ present: [String], candidates: [String]?) {
        if present.isEmpty {
            self = .all
            return
        }
        let taken = Set(present.map(Self.key))
        guard let candidates else {
            guard taken.count <= DataTrace.mostTaken else { return nil }
            self = .taken(taken.sorted())
            return
        }
        self = .free(candidates.filter { name in Self.forms(name).allSatisfy { !taken.contains($0) } })
    }

    /// Whether nothing had the name. Cases of letters do not count: some file systems do not tell them apart.
    func isFree(_ name: String) -> Bool {
        switch self {
        case .all: true
        case .free(let names): names.contains { $0.lowercased() == name.lowercased() }
        case .taken(let keys): Self.forms(name).allSatisfy { !keys.contains($0) }
        }
    }

    /// The name itself and the one of a file that is not complete yet.
    private static func forms(_ name: String) -> [UInt64] { [key(name), key(name + ".!qB")] }

    /// FNV-1a. Two names with one key are taken both, which keeps data that could have gone.
    static func key(_ name: String) -> UInt64 {
        name.lowercased().utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

extension ServerState {
    /// The server compares the files with the torrent.
    var isChecking: Bool { self == .checkingDL || self == .checkingUP || self == .checkingResumeData }

    /// What is shown as complete is what was found and downloaded.
    fileprivate var showsProgress: Bool {
        switch self {
        case .downloading, .forcedDL, .stalledDL, .queuedDL, .stoppedDL: true
        default: isComplete
        }
    }
}

extension String {
    /// The first component of the path below `directory`; `nil` when it is not below it.
    func component(below directory: String) -> String? {
        let prefix = directory.hasSuffix("/") ? directory : directory + "/"
        guard utf8.starts(with: prefix.utf8), utf8.count > prefix.utf8.count else { return nil }
        return dropFirst(prefix.count).split(separator: "/", maxSplits: 1).first.map(String.init)
    }
}
