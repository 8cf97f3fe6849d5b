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
        self.init(digest: bytes)
    }

    /// The first 20 bytes of a digest.
    init(digest bytes: [UInt8]) {
        precondition(bytes.count >= 20, "a digest has at least 20 bytes")
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

    /// Reads exactly 40 hex digits in any case, as bytes of a server's answer and without an array in
    /// between: a listing holds one of them a torrent.
    public init?(hexDigits digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 40 else { return nil }
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        for (index, digit) in digits.enumerated() {
            guard let value = Hex.value(digit) else { return nil }
            switch index {
            case 0..<16: words.0 = words.0 << 4 | UInt64(value)
            case 16..<32: words.1 = words.1 << 4 | UInt64(value)
            default: words.2 = words.2 << 4 | UInt64(value)
            }
        }
        high = words.0
        middle = words.1
        low = UInt32(truncatingIfNeeded: words.2)
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
