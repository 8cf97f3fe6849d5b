/// A search result as Prowlarr, Sonarr, Radarr or a Torznab feed describe it, reduced to what tells where its
/// torrent comes from.
///
/// The texts are as they were written and were checked by nobody: an address may hold an API key, and an
/// info-hash may be none.
public struct Release: Hashable, Sendable {
    /// Unique within its indexer; often an address, sometimes a magnet link or a hash.
    public var guid: String?
    /// Prowlarr's number of the indexer.
    public var indexerID: Int64?
    /// For searching and for people.
    public var title: String?
    /// Bytes; `nil` or 0 when nobody said.
    public var size: Int64?
    /// A magnet link, or an `http(s)` address that leads to one.
    public var magnetURL: String?
    /// An `http(s)` address of the torrent; Torznab's `enclosure.url` or `link`.
    public var downloadURL: String?
    public var infoHash: String?
    /// The indexer's own seeding duty: a ratio.
    public var minimumRatio: Double?
    /// The indexer's own seeding duty. Unit: seconds.
    public var minimumSeedSeconds: Int64?

    public init(
        guid: String? = nil, indexerID: Int64? = nil, title: String? = nil, size: Int64? = nil,
        magnetURL: String? = nil, downloadURL: String? = nil, infoHash: String? = nil,
        minimumRatio: Double? = nil, minimumSeedSeconds: Int64? = nil
    ) {
        self.guid = guid
        self.indexerID = indexerID
        self.title = title
        self.size = size
        self.magnetURL = magnetURL
        self.downloadURL = downloadURL
        self.infoHash = infoHash
        self.minimumRatio = minimumRatio
        self.minimumSeedSeconds = minimumSeedSeconds
    }
}
