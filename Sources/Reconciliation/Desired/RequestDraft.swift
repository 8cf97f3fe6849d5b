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

    public let key: SubjectKey
    public let wishes: [Field: FieldValue]
    public let onDelete: OnDelete
    public let labels: [String: String]
    public let isSuspended: Bool
    public let aliases: [String]
    /// From the JSON; `nil` when the source comes from a file alone.
    public let source: SourceText?
    /// The side file, the named `.torrent`, or the file that is the request.
    public let sourceFile: SourceFile?
    public let version: RequestVersion
    public let document: [UInt8]
    /// `json`, `torrent` or `magnet`.
    public let suffix: String

    public init(
        key: SubjectKey, wishes: [Field: FieldValue], onDelete: OnDelete, labels: [String: String],
        isSuspended: Bool, aliases: [String], source: SourceText?, sourceFile: SourceFile?,
        version: RequestVersion, document: [UInt8], suffix: String
    ) {
        self.key = key
        self.wishes = wishes
        self.onDelete = onDelete
        self.labels = labels
        self.isSuspended = isSuspended
        self.aliases = aliases
        self.source = source
        self.sourceFile = sourceFile
        self.version = version
        self.document = document
        self.suffix = suffix
    }
}
