public import Metainfo

/// One place that a request's torrent may come from. A request has at least one; they are tried in order.
public struct SourceCandidate: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        /// Which torrent it is, and what is sent of it, is known without asking anybody.
        case known(FoundSource)
        /// An `http(s)` address that was not fetched yet. May hold keys.
        case address(String)
        /// A search result that only Prowlarr can turn into an address or a magnet link.
        case search(guid: String, indexerID: Int64, title: String?)
    }

    public let content: Content
    /// How it is called in status files and logs, with everything secret masked.
    public let label: String
    /// What must come of it, where that was said: anything else is refused.
    public let expected: TorrentIdentity?
    /// Where the request says it, for problems.
    public let place: RequestDraft.SourceText?

    public init(
        _ content: Content, label: String, expected: TorrentIdentity? = nil,
        place: RequestDraft.SourceText? = nil
    ) {
        self.content = content
        self.label = label
        self.expected = expected
        self.place = place
    }

    /// What is known of it without asking anybody.
    public var found: FoundSource? {
        guard case .known(let found) = content else { return nil }
        return found
    }
}

/// A torrent as found at its source.
public struct FoundSource: Equatable, Sendable {
    public let identity: TorrentIdentity
    public let payload: SourcePayload
    /// Bytes of all its files, where that is known.
    public let size: Int64?

    public init(identity: TorrentIdentity, payload: SourcePayload, size: Int64? = nil) {
        self.identity = identity
        self.payload = payload
        self.size = size
    }
}

/// Why a source could not be had just now, or cannot be had at all.
public struct SourceFailure: Error, Hashable, Sendable {
    public enum Remedy: Hashable, Sendable {
        /// The world may heal by itself: tried again after the backoff, and not before `notBefore`
        /// milliseconds from now, where the other side asked for that.
        case retry(notBeforeMilliseconds: Int64?)
        /// It is gone for good: the next source is tried.
        case gone
        /// It can never work as it is written: the next source is tried.
        case correctRequest
    }

    /// The code of a host that asked, in its answer to another request, to be left alone for a while.
    public static let busy = "busy"

    public let remedy: Remedy
    /// Stable, lower case with hyphens: `url-failed`, `url-not-allowed`, `bad-torrent`, `hash-mismatch`.
    public let code: String
    /// A sentence for a person: what was tried, what came back, what to do. No secrets.
    public let message: String

    public init(_ remedy: Remedy, code: String, message: String) {
        self.remedy = remedy
        self.code = code
        self.message = message
    }
}

/// What a request still has to find out: the source that it is to be fetched from.
public struct SourceQuest: Equatable, Sendable {
    public let key: SubjectKey
    /// Of the request's content: an answer to an older one is thrown away.
    public let digest: [UInt8]
    /// Position among the request's sources.
    public let index: Int
    public let candidate: SourceCandidate

    public init(key: SubjectKey, digest: [UInt8], index: Int, candidate: SourceCandidate) {
        self.key = key
        self.digest = digest
        self.index = index
        self.candidate = candidate
    }
}

/// The answer to a quest.
public struct SourceFinding: Equatable, Sendable {
    public let key: SubjectKey
    public let digest: [UInt8]
    public let index: Int
    public let result: Result<FoundSource, SourceFailure>
    public let at: Timestamp

    public init(_ quest: SourceQuest, result: Result<FoundSource, SourceFailure>, at: Timestamp) {
        key = quest.key
        digest = quest.digest
        index = quest.index
        self.result = result
        self.at = at
    }
}
