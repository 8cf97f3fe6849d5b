/// A `.torrent` that was checked: who it is, what it holds, and its bytes as they came.
///
/// The info-hashes are computed over the exact bytes of `info` (BEP 3, BEP 52); nothing is re-encoded. A
/// torrent whose two descriptions (v1 and v2) disagree is refused, because servers would disagree about it
/// too.
///
/// *Limits.* The hashes of pieces are counted, not checked against each other; only a download can do that.
public struct TorrentFile: Equatable, Sendable {
    /// The largest number of files, padding included.
    static let mostFiles = 100_000

    /// The file as it came.
    public let bytes: [UInt8]
    public let identity: TorrentIdentity
    /// The name the torrent gives itself. Bytes that are not UTF-8 are replaced (U+FFFD) in v1 torrents.
    public let name: String
    /// Unit: bytes, without padding.
    public let totalSize: Int64
    /// In the order of the torrent.
    public let files: [TorrentFileEntry]
    /// Whether the torrent forbids finding peers without its trackers (BEP 27).
    public let isPrivate: Bool
    /// Addresses as the torrent writes them, without repetitions. They may hold passkeys: mask them
    /// (``MaskedURL``) before they are shown.
    public let trackers: [String]

    /// - Throws: ``MetainfoError`` with the code `empty`, `too-large` (10 MiB) or `bad-torrent`.
    public init(bytes: [UInt8]) throws(MetainfoError) {
        let root = try Bencode(bytes: bytes).root
        guard root.kind == .dictionary, let info = root["info"], info.kind == .dictionary else {
            throw .badTorrent("This is not a torrent file: it has no info dictionary.")
        }
        let layout = try TorrentLayout(info: info, layers: root["piece layers"])
        guard
            let identity = TorrentIdentity(
                v1: layout.isV1 ? InfoHash(bytes: Digest.sha1(info.raw)) : nil,
                v2: layout.isV2 ? InfoHash(bytes: Digest.sha256(info.raw)) : nil)
        else { preconditionFailure("a layout is of v1, of v2 or of both") }

        self.bytes = bytes
        self.identity = identity
        name = layout.name
        totalSize = layout.totalSize
        files = layout.files
        isPrivate = info["private"]?.integer == 1
        trackers = Self.trackers(of: root)
    }

    /// Two torrents are equal when their bytes are.
    public static func == (left: TorrentFile, right: TorrentFile) -> Bool { left.bytes == right.bytes }

    /// The tiers of BEP 12 one after the other, then `announce`. What is not UTF-8 is left out.
    private static func trackers(of root: BencodeValue) -> [String] {
        let tiers = root["announce-list"]?.elements ?? []
        let addresses = tiers.flatMap { $0.elements ?? [] } + [root["announce"]].compactMap { $0 }
        var seen: Set<String> = []
        return addresses.compactMap { address in
            guard let bytes = address.string, !bytes.isEmpty,
                let text = String(validating: bytes, as: UTF8.self), seen.insert(text).inserted
            else { return nil }
            return text
        }
    }
}
