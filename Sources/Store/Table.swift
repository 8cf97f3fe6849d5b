/// The named databases of the store. The raw value is part of every stored checksum and never changes.
enum Table: UInt8, CaseIterable {
    /// Schema version, spool identity, the last pass, the state of the log.
    case meta = 1
    /// Every accepted generation: subject key and generation → ``StoredRequest``.
    case requests = 2
    /// Info-hash → ``StoredSource``: which payload it has.
    case metainfo = 3
    /// SHA-256 → the bytes of a `.torrent` or the text of a magnet link, each kept once.
    case payloads = 4
    /// Subject key → acceptance, following, corrections, withdrawal, ending. A subject has exactly one row
    /// here; in the four tables that follow it has one where there is something to say.
    case subjects = 5
    case applied = 6
    case attempts = 7
    case intents = 8
    case statuses = 9
    /// Client and torrent id → last observed, without counters.
    case torrents = 10
    /// Sequence, 8 bytes big-endian → ``StoredEntry``.
    case log = 11
    /// Label, value and subject → the same in full: the index for `list --label`.
    case labels = 12
    case holds = 13
    case approvals = 14
    /// Position in the log, 8 bytes big-endian, and part, 4 bytes → ``StoredSnapshot`` as part 0, then its
    /// ``SnapshotText`` in pieces. Since schema 2.
    case snapshots = 15

    /// LMDB's name for it.
    var name: String { Self.names[Int(rawValue)] }

    // Made once: turning a case into text takes longer than reading a record.
    private static let names = [""] + allCases.map { "\($0)" }

    /// Room for the tables of later schemas, so that opening need not know their number.
    static let most: UInt32 = 32
}
