public import Metainfo

/// Where a subject stands with its sources. Begins anew when a generation names others.
public struct SourceProgress: Equatable, Sendable {
    /// A source that was given up, and why.
    public struct Abandoned: Hashable, Sendable {
        /// Position among the request's sources.
        public var index: Int
        /// A problem's or an error's code; `stalled`.
        public var code: String
        /// One sentence for a person. No secrets.
        public var message: String
        /// Gone from where it was: 404, 410.
        public var isGone: Bool
        public var at: WallTime

        public init(index: Int, code: String, message: String, isGone: Bool, at: WallTime) {
            self.index = index
            self.code = code
            self.message = message
            self.isGone = isGone
            self.at = at
        }
    }

    /// Of the sources that it speaks of: ``Request/sourcesDigest``.
    public var digest: [UInt8]
    /// The source in use or being fetched; their number when all were given up.
    public var index: Int = 0
    /// What the source in use turned out to be, where it had to be fetched.
    public var found: TorrentIdentity?
    /// Bytes of all files of what was found.
    public var size: Int64?
    /// Sources that were given up, in order.
    public var abandoned: [Abandoned] = []
    /// Failures in a row to fetch the source at `index`.
    public var attempt: Attempt?

    public init(digest: [UInt8]) { self.digest = digest }

    /// Gives up the source in use and turns to the next.
    public mutating func abandon(code: String, message: String, isGone: Bool, at: WallTime) {
        abandoned.append(Abandoned(index: index, code: code, message: message, isGone: isGone, at: at))
        index += 1
        found = nil
        size = nil
        attempt = nil
    }
}

extension SourceProgress {
    /// Goes back to the last source that was given up for `code`: its torrent is the one after all.
    ///
    /// - Returns: Whether there was one.
    public mutating func returnTo(code: String, found identity: TorrentIdentity) -> Bool {
        guard let position = abandoned.lastIndex(where: { $0.code == code }) else { return false }
        index = abandoned[position].index
        abandoned.removeSubrange(position...)
        found = identity
        attempt = nil
        return true
    }
}

/// How long a torrent has made no progress, while it could have.
public struct Patience: Equatable, Sendable {
    /// What progress is measured by: bytes left, or −1 without metadata.
    public var amountLeft: Int64
    /// Counted so far.
    public var idleMilliseconds: Int64
    /// The last instant that was counted; `nil` while the time does not run.
    public var countedAt: Timestamp?

    public init(amountLeft: Int64, idleMilliseconds: Int64 = 0, countedAt: Timestamp?) {
        self.amountLeft = amountLeft
        self.idleMilliseconds = idleMilliseconds
        self.countedAt = countedAt
    }
}

/// How far the choice of files has come.
public struct SelectionProgress: Equatable, Sendable {
    /// It was added so that it stops at its metadata, and is to be started when its files are chosen.
    public var startsWhenChosen: Bool
    /// Bytes of the wanted files as the server showed them after the choice: another figure later means that
    /// somebody chose otherwise. `nil`: not seen yet.
    public var wantedSize: Int64?

    public init(startsWhenChosen: Bool = false, wantedSize: Int64? = nil) {
        self.startsWhenChosen = startsWhenChosen
        self.wantedSize = wantedSize
    }
}
