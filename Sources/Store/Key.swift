internal import Metainfo
internal import Reconciliation

/// The bytes under which a record is stored.
///
/// LMDB takes keys of up to 511 bytes and the name of a request can have about 2 000. A part that is too long
/// is replaced by its SHA-256, marked by two bytes that no length can be; the record itself then tells the
/// whole name. Parts carry their length, so that no two keys can run into each other.
struct Key {
    /// LMDB's own limit, `mdb_env_get_maxkeysize` as compiled by the distribution.
    static let longest = 511
    /// The longest part that is kept as it is where a key has one, and where it has two.
    private static let longestSinglePart = 480
    private static let longestHalf = 200

    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        precondition(!bytes.isEmpty && bytes.count <= Self.longest, "LMDB takes keys of 1 to 511 bytes")
        self.bytes = bytes
    }

    /// A row of ``Table/meta`` or of a table with a few fixed rows.
    init(word: String) { self.init(bytes: Array(word.utf8)) }

    init(_ subject: SubjectKey) {
        self.init(bytes: Self.part(Self.plain(subject), longest: Self.longestSinglePart))
    }

    init(_ subject: SubjectKey, generation: Int) {
        self.init(bytes: Key(subject).bytes + Self.bigEndian(UInt64(max(0, generation))))
    }

    init(_ torrent: ObservedKey) {
        self.init(bytes: Self.part(Array(torrent.client.utf8), longest: Self.longestHalf) + torrent.id.bytes)
    }

    /// The beginning of the keys of all subjects that have this label.
    init(label: (key: String, value: String)) {
        let plain = Self.part(Array(label.key.utf8), longest: .max) + Array(label.value.utf8)
        self.init(bytes: Self.part(plain, longest: Self.longestHalf))
    }

    init(label: (key: String, value: String), subject: SubjectKey) {
        let subject = Self.part(Self.plain(subject), longest: Self.longestHalf)
        self.init(bytes: Key(label: label).bytes + subject)
    }

    init(sequence: UInt64) { self.init(bytes: Self.bigEndian(sequence)) }

    /// - Parameter part: 0 is the head; the pieces follow.
    init(snapshot position: UInt64, part: Int) {
        let part = UInt32(clamping: part)
        self.init(
            bytes: Self.bigEndian(position)
                + (0..<4).map { UInt8(truncatingIfNeeded: part >> (24 - 8 * $0)) })
    }

    init(_ hash: InfoHash) { self.init(bytes: hash.bytes) }

    init(_ kind: Hold.Kind) { self.init(word: kind.rawValue) }

    private static func plain(_ subject: SubjectKey) -> [UInt8] {
        part(Array(subject.client.utf8), longest: .max) + Array(subject.name.text.utf8)
    }

    /// Length in two bytes and the bytes; or, where that is too long, a mark and the digest.
    private static func part(_ bytes: [UInt8], longest: Int) -> [UInt8] {
        guard bytes.count <= min(longest, 0xFFFE) else { return [0xFF, 0xFF] + Digest.sha256(bytes) }
        return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }

    static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }
}
