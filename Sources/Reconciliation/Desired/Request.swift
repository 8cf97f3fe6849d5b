public import Metainfo

/// One accepted wish: a request file, decoded, with its source resolved as far as that takes no asking.
public struct Request: Equatable, Sendable {
    public let key: SubjectKey
    /// Which torrent, by the source in use. Known before anything is sent to a server; `nil` while the source
    /// is still to be fetched.
    public var identity: TorrentIdentity?
    /// How each of its sources is called, in order, with everything secret masked. Empty where there is
    /// nothing to choose from and nothing to fetch.
    public var sources: [String]
    /// SHA-256 over what the sources are, so that another version of the request that names the same goes on
    /// where it was. Empty where `sources` is.
    public var sourcesDigest: [UInt8]
    /// Bytes of all files of the torrent, where they are known before the server says.
    public var size: Int64?
    public let terms: RequestTerms
    /// The managed fields and what each must be. A field that is not here is not managed.
    public let wishes: [Field: FieldValue]
    public let onDelete: OnDelete
    /// Free for the producer; indexed.
    public let labels: [String: String]
    /// Change nothing about this torrent while true.
    public let isSuspended: Bool
    /// What tells one version of the request from the next.
    public let version: RequestVersion
    /// Spellings of other tools that the file used, each as `alias → field`.
    public let aliases: [String]

    public init(
        key: SubjectKey, identity: TorrentIdentity?, wishes: [Field: FieldValue] = [:],
        onDelete: OnDelete = .remove, labels: [String: String] = [:], isSuspended: Bool = false,
        version: RequestVersion, aliases: [String] = [], terms: RequestTerms = RequestTerms(),
        sources: [String] = [], sourcesDigest: [UInt8] = [], size: Int64? = nil
    ) {
        self.sourcesDigest = sourcesDigest
        self.key = key
        self.identity = identity
        self.terms = terms
        self.sources = sources
        self.size = size
        self.wishes = wishes
        self.onDelete = onDelete
        self.labels = labels
        self.isSuspended = isSuspended
        self.version = version
        self.aliases = aliases
    }

    /// The written `state`, if any.
    public var wantedState: WantedState? {
        guard case .text(let word)? = wishes[.state] else { return nil }
        return WantedState(rawValue: word)
    }
}

/// Identifies one content of a request file.
public struct RequestVersion: Hashable, Sendable {
    /// SHA-256 of the JSON file where there is one, else of the source file: 32 bytes.
    public let digest: [UInt8]
    /// When it was read.
    public let readAt: WallTime
    /// SHA-256 over the names and bytes of the files that belong to the JSON; empty where there are none.
    public let companions: [UInt8]

    public init(digest: [UInt8], readAt: WallTime, companions: [UInt8] = []) {
        precondition(digest.count == 32, "a request's digest is a SHA-256")
        self.digest = digest
        self.readAt = readAt
        self.companions = companions
    }

    /// `sha256:` and 64 hex digits, as status files show it.
    public var digestText: String { "sha256:" + Hex.encode(digest) }
}

/// What goes with a request only until the store has it: the bytes to keep and the payload to send.
public struct RequestPayload: Equatable, Sendable {
    /// The request file as accepted, byte for byte (for a bare `.torrent` or `.magnet`: that file).
    public let document: [UInt8]
    /// Which suffix the document had: `json`, `torrent` or `magnet`.
    public let suffix: String
    /// `nil` while the source is still to be fetched.
    public var source: SourcePayload?
    /// The files that belong to the document, byte for byte.
    public let companions: [RequestFile]

    public init(
        document: [UInt8], suffix: String, source: SourcePayload?, companions: [RequestFile] = []
    ) {
        self.document = document
        self.suffix = suffix
        self.source = source
        self.companions = companions
    }
}

/// What is sent to a server to add a torrent. Never a URL or a path: a server opens those itself.
public enum SourcePayload: Equatable, Sendable {
    /// A magnet link rebuilt by us.
    case magnet(String)
    /// The bytes of a checked `.torrent` file.
    case metainfo([UInt8])
}
