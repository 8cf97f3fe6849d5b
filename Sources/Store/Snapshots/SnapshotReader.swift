internal import Metainfo
internal import Reconciliation

/// Reads what ``SnapshotWriter`` wrote, row by row. Damage gives ``RecordDamage``, never a trap.
struct SnapshotReader {
    // Held, because the reader looks at its memory.
    private let bytes: HeldBytes
    private var reader: RecordReader
    private var pool: [String] = []
    private var rowsLeft: UInt64
    private var goneLeft: UInt64

    init(_ bytes: [UInt8]) throws(RecordDamage) {
        self.bytes = HeldBytes(bytes)
        reader = RecordReader(self.bytes.buffer)
        rowsLeft = try reader.readNumber()
        goneLeft = try reader.readNumber()
    }

    /// The next torrent; `nil` after the last.
    ///
    /// - Parameter base: What the whole snapshot has under a key.
    mutating func next(
        _ base: (ObservedKey) -> Torrent? = { _ in nil }
    ) throws(RecordDamage) -> (key: ObservedKey, torrent: Torrent)? {
        guard rowsLeft > 0 else { return nil }
        rowsLeft -= 1
        guard let client = try readPooled() else { throw RecordDamage(what: "has a torrent of no client") }
        let key = ObservedKey(client: client, id: try reader.read(TorrentID.self))
        let mask = try reader.readNumber()
        let known = mask & RowMark.new == 0 ? base(key) : RowMark.blank(key)
        guard var torrent = known else { throw RecordDamage(what: "builds on a torrent that is not there") }
        var texts: [(field: ObservedField, text: String?)] = []
        for field in ObservedField.allCases where mask & RowMark.bit(field) != 0 {
            texts.append((field, RowMark.isShared(field) ? try readPooled() : try readText()))
        }
        // A hash that comes before one that goes: there is one at any time.
        for (field, text) in texts where text != nil { try set(field, text, &torrent) }
        for (field, text) in texts where text == nil { try set(field, text, &torrent) }
        if mask & RowMark.usualContentPath != 0 { torrent.placement.contentPath = RowMark.usualPath(torrent) }
        return (key, torrent)
    }

    /// The keys of torrents that the whole snapshot has and this one has not. After the last row.
    mutating func gone() throws(RecordDamage) -> [ObservedKey] {
        precondition(rowsLeft == 0, "the rows come before")
        var keys: [ObservedKey] = []
        while goneLeft > 0 {
            goneLeft -= 1
            keys.append(try reader.read(ObservedKey.self))
        }
        guard reader.isAtEnd else { throw RecordDamage(what: "has bytes left over") }
        return keys
    }

    private func set(
        _ field: ObservedField, _ text: String?, _ torrent: inout Torrent
    ) throws(RecordDamage) {
        guard field.set(text, in: &torrent) else {
            throw RecordDamage(what: "holds a \(field.name) that cannot be")
        }
    }

    private mutating func readText() throws(RecordDamage) -> String? {
        let count = try reader.readNumber()
        return count == 0 ? nil : try reader.readText(count: count - 1)
    }

    private mutating func readPooled() throws(RecordDamage) -> String? {
        let number = try reader.readNumber()
        switch number {
        case 0: return nil
        case 1:
            pool.append(try reader.readText())
            return pool[pool.count - 1]
        default:
            guard number - 2 < UInt64(pool.count) else {
                throw RecordDamage(what: "names a text that is not there")
            }
            return pool[Int(number - 2)]
        }
    }
}

/// Bytes at one place for as long as somebody holds them.
private final class HeldBytes {
    let buffer: UnsafeRawBufferPointer

    init(_ bytes: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
        buffer = UnsafeRawBufferPointer(memory)
    }

    deinit { buffer.deallocate() }
}
