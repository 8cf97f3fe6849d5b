/// The id under which a qBittorrent server lists a torrent: the v1 info-hash, or the first 20 bytes of the
/// v2 info-hash where that one is known.
///
/// The id of a torrent may change once in its life: a hybrid torrent added by its v1 hash alone is listed
/// under the truncated v2 hash when its metadata arrives. Compare identities (``TorrentIdentity``), not ids.
/// Source: measured on 4.2.5 to 5.3.0; `InfoHash::toTorrentID` in the server's source.
public struct TorrentID: Hashable, Comparable, Sendable, CustomStringConvertible {
    // Two words and a half instead of an array: ids are keys of the largest dictionaries we hold.
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// - Parameter bytes: Exactly 20 bytes; any other length gives `nil`.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 20 else { return nil }
        high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        middle = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads exactly 40 hex digits in any case.
    public init?(hex text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 40, let bytes = Hex.decode(digits) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 20 bytes.
    public var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: middle >> (56 - 8 * $0)) }
            + (0..<4).map { UInt8(truncatingIfNeeded: low >> (24 - 8 * $0)) }
    }

    /// Lower-case hex, 40 digits, as the server prints it.
    public var description: String { Hex.encode(bytes) }

    public static func < (left: TorrentID, right: TorrentID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }
}
