public import Metainfo

/// A request file decoded but with its source not yet resolved: what the spool hands to sourcing.
public struct RequestDraft: Equatable, Sendable {
    /// A `source` text with where it stands in the file.
    public struct SourceText: Hashable, Sendable {
        public let text: String
        public let line: Int
        public let column: Int

        public init(text: String, line: Int, column: Int) {
            self.text = text
            self.line = line
            self.column = column
        }
    }

    /// The content of a file that carries the source: beside the JSON, named by it, or the request itself.
    public enum SourceFile: Equatable, Sendable {
        case torrent([UInt8])
        /// The one magnet line, comments and blank lines taken out.
        case magnet(String)
    }

    /// A search result that carries the source, with where it stands in the file.
    public struct ReleaseText: Hashable, Sendable {
        public let release: Release
        public let line: Int
        public let column: Int

        public init(release: Release, line: Int, column: Int) {
            self.release = release
            self.line = line
            self.column = column
        }
    }

    public let key: SubjectKey
    public let wishes: [Field: FieldValue]
    public let onDelete: OnDelete
    public let labels: [String: String]
    public let isSuspended: Bool
    public let aliases: [String]
    public let terms: RequestTerms
    /// From the JSON, in order; empty when the source comes from a file or a release alone.
    public let sources: [SourceText]
    public let release: ReleaseText?
    /// The side file, the named `.torrent`, or the file that is the request.
    public let sourceFile: SourceFile?
    /// The side file and the named `.torrent`, byte for byte; empty for a request of one file.
    public let companions: [RequestFile]
    public let version: RequestVersion
    public let document: [UInt8]
    /// `json`, `torrent` or `magnet`.
    public let suffix: String

    public init(
        key: SubjectKey, wishes: [Field: FieldValue], onDelete: OnDelete, labels: [String: String],
        isSuspended: Bool, aliases: [String], terms: RequestTerms = RequestTerms(),
        sources: [SourceText], release: ReleaseText? = nil, sourceFile: SourceFile?,
        version: RequestVersion, document: [UInt8], suffix: String, companions: [RequestFile] = []
    ) {
        self.companions = companions
        self.key = key
        self.wishes = wishes
        self.onDelete = onDelete
        self.labels = labels
        self.isSuspended = isSuspended
        self.aliases = aliases
        self.terms = terms
        self.sources = sources
        self.release = release
        self.sourceFile = sourceFile
        self.version = version
        self.document = document
        self.suffix = suffix
    }
}
