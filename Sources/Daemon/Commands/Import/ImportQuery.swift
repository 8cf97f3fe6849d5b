public import Reconciliation

/// What `qspool import` is asked for.
public struct ImportQuery: Sendable {
    /// The fields that a request can take over from a torrent.
    public static let possible: [Field] = [
        .category, .tags, .autoTMM, .savePath, .downloadPath, .rename, .sequentialDownload,
        .firstLastPiecePrio, .downloadLimit, .uploadLimit, .seed, .superSeeding, .forceStart, .state,
    ]
    /// Those that it takes over unless something else is said: what was chosen for the torrent and does not
    /// change by itself. Never the state: a person's stop and start stay respected.
    public static let usual: Set<Field> = [.category, .tags, .savePath, .downloadLimit, .uploadLimit]

    /// All torrents, as far as nothing else narrows them down.
    public var isAll = false
    /// Info-hashes, or names as qBittorrent shows them.
    public var names: [String] = []
    /// Exactly this category; empty: none.
    public var category: String?
    /// All of these.
    public var tags: [String] = []
    public var client = Configuration.defaultClient
    /// Below `requests/`; empty: there.
    public var folder = ""
    public var fields = ImportQuery.usual
    /// Nothing is written and nothing is called.
    public var isDryRun = false

    public init() {}

    /// Reads `--fields`: names with commas between them, or `none`.
    ///
    /// - Throws: ``Failure`` of usage.
    public static func fields(_ text: String) throws(Failure) -> Set<Field> {
        if text == "none" { return [] }
        var fields: Set<Field> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard let field = possible.first(where: { $0.rawValue == word }) else {
                let known = possible.map(\.rawValue)
                let near = NearestName.find(word, among: known).map { "; did you mean \($0)?" } ?? ""
                throw Failure(
                    .usage,
                    "no request can take over “\(word)” from a torrent\(near) There is "
                        + known.joined(separator: ", ") + ", or none alone")
            }
            fields.insert(field)
        }
        return fields
    }

    /// Something was said about which torrents are meant.
    var isSelective: Bool { isAll || !names.isEmpty || category != nil || !tags.isEmpty }
}
