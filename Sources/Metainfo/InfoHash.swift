/// The info-hash of a torrent: 20 raw bytes (v1, SHA-1) or 32 raw bytes (v2, SHA-256).
///
/// Only this type can reach a `hashes` parameter of the Web API. It always holds a digest, so it can never
/// print an empty string or the word `all`, both of which mean *every torrent* to a server.
public struct InfoHash: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Which generation of the BitTorrent protocol the hash belongs to.
    public enum Version: Hashable, Sendable {
        /// SHA-1 over the raw `info` bytes, 20 bytes (BEP 3).
        case v1
        /// SHA-256 over the raw `info` bytes, 32 bytes (BEP 52).
        case v2
    }

    /// The digest: exactly 20 or 32 bytes.
    public let bytes: [UInt8]

    /// - Parameter bytes: A digest. Any length but 20 or 32 gives `nil`.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 20 || bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 40 or 64 hex digits in any case, or 32 digits of base32 (RFC 4648). ASCII only; anything
    /// else, `all`, `*`, blanks or full-width digits included, gives `nil`.
    public init?(text: String) {
        let digits = Array(text.utf8)
        let decoded: [UInt8]? =
            switch digits.count {
            case 40, 64: Hex.decode(digits)
            case 32: Base32.decode(digits)
            default: nil
            }
        guard let decoded else { return nil }
        self.init(bytes: decoded)
    }

    /// The protocol generation, told by the length.
    public var version: Version { bytes.count == 20 ? .v1 : .v2 }

    /// The first 20 bytes: what a server uses as the torrent's id.
    public var truncated: TorrentID { TorrentID(digest: bytes) }

    /// Lower-case hex, 40 or 64 digits.
    public var description: String { Hex.encode(bytes) }

    public static func < (left: InfoHash, right: InfoHash) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
