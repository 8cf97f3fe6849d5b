/// A magnet link that was taken apart and checked (BEP 9, BEP 53).
///
/// What servers get is never the text that came in but ``link()``, built again from the parts we understand.
/// Parameters that would make a server fetch a file (`xs`, `as`), unknown ones, and trackers, web seeds and
/// peers that are no usable addresses are dropped and named in ``removed``.
public struct Magnet: Equatable, Sendable {
    /// What a link may be before it is refused.
    enum Limits {
        /// Unit: bytes.
        static let size = 64 * 1_024
        static let trackers = 200
    }

    public let identity: TorrentIdentity
    /// `dn`. For display; never a path.
    public let displayName: String?
    /// `tr`, without repetitions. May hold passkeys: see ``maskedLink``.
    public let trackers: [String]
    /// `ws` (BEP 19), without repetitions; `http` and `https` only.
    public let webSeeds: [String]
    /// `x.pe`: `host:port`, IPv6 in brackets.
    public let peers: [String]
    /// `so` as it was written: file numbers from 0 and ranges, as in `0,2,4,6-8`.
    public let selectOnly: String?
    /// `xl`: a hint of the size in bytes.
    public let exactLength: Int64?
    /// The names of parameters that were dropped, in order, each once.
    public let removed: [String]

    /// - Throws: ``MetainfoError`` `bad-magnet` for a link without a hash or with two different ones of a
    ///   kind, over 64 kB, over 200 trackers, with control characters (encoded or not), broken percent
    ///   escapes or text that is not UTF-8; `bad-infohash` for a hash that is none.
    public init(text: String) throws(MetainfoError) {
        var parser = MagnetParser()
        try parser.parse(Array(text.utf8))
        guard let identity = TorrentIdentity(v1: parser.v1, v2: parser.v2) else {
            throw .badMagnet("The magnet link names no torrent (no xt with urn:btih or urn:btmh).")
        }
        self.identity = identity
        displayName = parser.displayName
        trackers = parser.trackers
        webSeeds = parser.webSeeds
        peers = parser.peers
        selectOnly = parser.selectOnly
        exactLength = parser.exactLength
        removed = parser.removed
    }

    /// The link of a bare info-hash.
    public init(infoHash: InfoHash) {
        identity = TorrentIdentity(infoHash)
        displayName = nil
        trackers = []
        webSeeds = []
        peers = []
        selectOnly = nil
        exactLength = nil
        removed = []
    }

    /// The link that is sent to servers: the same parts always give the same text. Every value is strictly
    /// percent-encoded, but for peers and file numbers, whose characters were checked and which libtorrent
    /// reads without decoding.
    public func link() -> String {
        link(
            trackers: trackers.map(PercentEncoding.encode), webSeeds: webSeeds.map(PercentEncoding.encode))
    }

    /// The link for people: whatever stands behind the host of a tracker or web seed is `***`.
    public var maskedLink: String {
        link(trackers: trackers.map(MaskedURL.text), webSeeds: webSeeds.map(MaskedURL.text))
    }

    private func link(trackers: [String], webSeeds: [String]) -> String {
        var parts: [String] = []
        if let v1 = identity.v1 { parts.append("xt=urn:btih:\(v1)") }
        if let v2 = identity.v2 { parts.append("xt=urn:btmh:1220\(v2)") }
        if let displayName { parts.append("dn=" + PercentEncoding.encode(displayName)) }
        if let exactLength { parts.append("xl=\(exactLength)") }
        parts += trackers.map { "tr=" + $0 }
        parts += webSeeds.map { "ws=" + $0 }
        parts += peers.map { "x.pe=" + $0 }
        if let selectOnly { parts.append("so=" + selectOnly) }
        return "magnet:?" + parts.joined(separator: "&")
    }
}
