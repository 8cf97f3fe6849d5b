/// What the operator's configuration says about the spool.
public struct SpoolSettings: Equatable, Sendable {
    /// The path of `requests/`. Not a link itself; its parents may be, and are resolved once.
    public var directory: String
    /// How long a file that does not parse counts as being written. Unit: milliseconds. Default: 2 000.
    public var settleMilliseconds: Int64
    /// Whether a `requests/` that every local user may write to is taken.
    public var allowsWorldWritable: Bool
    /// Whose requests are those that name no client.
    public var client: String
    /// The configured clients.
    public var knownClients: Set<String>
    /// Where a `savePath` must lie; empty: anywhere.
    public var allowedPaths: [String]
    /// Our ownership tag, which is also the prefix that no request may use for tags and categories of its
    /// own.
    public var ownTag: String
    /// How many bytes of request and source files one reading may hold; the rest is postponed to the next.
    /// Default: 32 MiB, so that ten thousand dropped torrents do not need the memory of all of them at once.
    public var readingBytes: Int
    /// Defaults for all requests, above those of the folders: a JSON object as in a `_defaults.json`. `nil`:
    /// none. See ``RequestCheck/defaults(_:settings:)``.
    public var defaults: [UInt8]?

    public init(
        directory: String, settleMilliseconds: Int64 = 2_000, allowsWorldWritable: Bool = false,
        client: String = "default", knownClients: Set<String> = ["default"], allowedPaths: [String] = [],
        ownTag: String = "qspool", readingBytes: Int = 32 * 1_048_576, defaults: [UInt8]? = nil
    ) {
        self.directory = directory
        self.settleMilliseconds = settleMilliseconds
        self.allowsWorldWritable = allowsWorldWritable
        self.client = client
        self.knownClients = knownClients
        self.allowedPaths = allowedPaths
        self.ownTag = ownTag
        self.readingBytes = readingBytes
        self.defaults = defaults
    }
}
