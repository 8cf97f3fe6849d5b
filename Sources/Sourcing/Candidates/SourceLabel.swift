import HTTP
import Metainfo

/// How sources are called in status files and logs. No label holds a passkey, a key or a query string.
enum SourceLabel {
    /// The longest part that comes from outside. Unit: bytes.
    private static let longest = 120

    /// The link by its hash alone: trackers and web seeds may hold passkeys, and are long.
    static func magnet(_ identity: TorrentIdentity) -> String {
        guard let hash = identity.v1 ?? identity.v2 else {
            preconditionFailure("an identity is never neither")
        }
        return Magnet(infoHash: hash).link()
    }

    static func torrent(_ identity: TorrentIdentity) -> String { "torrent file \(identity)" }

    /// Scheme, host and port. The rest of an address may be a key wherever it stands.
    static func address(_ url: String) -> String { ShownText.cut(MaskedURL.text(url), to: longest) }

    static func search(title: String?, indexerID: Int64) -> String {
        let name = title.map { ": " + ShownText.cut(Masking.text($0), to: longest) } ?? ""
        return "Prowlarr, indexer \(indexerID)\(name)"
    }
}
