internal import Metainfo
internal import Reconciliation

/// Snapshots of the last observed torrents. Most tell only what differs from a whole one before them, so
/// that they take the room of what changed and not of what exists.
extension Store {
    /// Snapshots between two whole ones, at most. Reading one means reading two at any rate.
    private static let mostPartial = 24
    /// LMDB keeps two values of this size in a page; larger ones would have pages of their own, and whole
    /// runs of them.
    private static let pieceSize = 1_900

    private typealias Whole = (head: StoredSnapshot, bytes: [UInt8])
    private typealias Made = (bytes: [UInt8], torrents: Int, isPartial: Bool)

    /// Makes a snapshot of the torrents as they are in this transaction.
    ///
    /// - Parameters:
    ///   - counters: As last seen. Of a torrent that is not among them those of the whole snapshot stay.
    ///   - position: The log's next position.
    ///   - room: ``roomForSnapshot()``. None is made where there is too little.
    static func takeSnapshot(
        _ counters: [ObservedKey: Torrent.Counters], position: UInt64, at: Timestamp, room: Int,
        _ transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        let rows = transaction.rows
        let last = try lastSnapshot(rows)
        // Nothing moved since: it says the same.
        if let last, last.position >= position { return }
        var base: Whole?
        var made: Made
        do throws(StoreError) {
            base = try last.map { last throws(StoreError) in try whole(of: last, rows) }
            made = try encode(rows, counters, besides: base, isPartial: (last?.depth ?? 0) < mostPartial)
        } catch {
            // What it would build on is damaged: it is whole then, and passes go on. The self-check tells.
            guard error.kind == .damaged else { throw error }
            base = nil
            made = try encode(rows, counters, besides: nil, isPartial: false)
        }
        // In pages that are half full, beside those that the transaction has touched already.
        guard 4 * made.bytes.count < room else { return }
        let pieces = stride(from: 0, to: made.bytes.count, by: pieceSize).map { start in
            Array(made.bytes[start..<min(start + pieceSize, made.bytes.count)])
        }
        let head = StoredSnapshot(
            position: position, base: made.isPartial ? base?.head.position : nil,
            depth: made.isPartial ? (last?.depth ?? 0) + 1 : 0, at: at, torrents: made.torrents,
            pieces: pieces.count, bytes: made.bytes.count)
        _ = try transaction.set(.snapshots, Key(snapshot: position, part: 0), head)
        for (index, piece) in pieces.enumerated() {
            _ = try transaction.put(
                .snapshots, Key(snapshot: position, part: index + 1), payload: piece)
        }
    }

    /// Bytes of the map that a snapshot may take: it can wait, and what it would take them from cannot. Asked
    /// before a transaction that writes, which does not see the list of free pages.
    func roomForSnapshot() throws(StoreError) -> Int {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let size = try environment.mapSize()
        let used = (size.lastPage + 1 - (try transaction.rows.freePages())) * size.page
        return size.map / 100 * 85 - used
    }

    /// The last snapshot that was made; `nil` also for one that is damaged.
    static func lastSnapshot(_ rows: Rows) throws(StoreError) -> StoredSnapshot? {
        do throws(StoreError) {
            var cursor = try rows.cursor(.snapshots)
            guard let row = try cursor.last() else { return nil }
            return try head(try snapshotPosition(row), rows)
        } catch {
            guard error.kind == .damaged else { throw error }
            return nil
        }
    }

    /// All snapshots, oldest first.
    static func snapshots(_ rows: Rows) throws(StoreError) -> [StoredSnapshot] {
        var heads: [StoredSnapshot] = []
        var cursor = try rows.cursor(.snapshots)
        var next = try cursor.next()
        while let row = next {
            let position = try snapshotPosition(row)
            heads.append(try head(position, rows))
            next = position == .max ? nil : try cursor.seek(Key(snapshot: position + 1, part: 0))
        }
        return heads
    }

    static func head(_ position: UInt64, _ rows: Rows) throws(StoreError) -> StoredSnapshot {
        let key = Key(snapshot: position, part: 0)
        guard let head = try rows.read(StoredSnapshot.self, .snapshots, key), head.position == position else {
            throw StoreError(.damaged, during: "read snapshots", "the head of \(position) is not there")
        }
        return head
    }

    static func snapshotPosition(_ row: Cursor.Row) throws(StoreError) -> UInt64 {
        guard row.key.count == 12 else { throw Envelope.damage(row.table, row.key, "is no position") }
        return row.key.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What the pieces of a snapshot say together.
    static func content(of head: StoredSnapshot, _ rows: Rows) throws(StoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in 0..<head.pieces {
            let key = Key(snapshot: head.position, part: part + 1)
            guard let piece = try rows.payload(.snapshots, key) else { break }
            bytes += piece
        }
        guard bytes.count == head.bytes else { throw damage(head, "has lost a piece") }
        return bytes
    }

    static func damage(_ head: StoredSnapshot, _ what: String) -> StoreError {
        StoreError(.damaged, during: "read snapshots", "the snapshot of \(head.at.wall) \(what)")
    }

    /// The whole snapshot that `last` builds on, or `last` itself.
    private static func whole(of last: StoredSnapshot, _ rows: Rows) throws(StoreError) -> Whole {
        guard let base = last.base else { return (last, try content(of: last, rows)) }
        let head = try head(base, rows)
        return (head, try content(of: head, rows))
    }

    /// Only what differs from the base, where that is less than half of it; else everything.
    private static func encode(
        _ rows: Rows, _ counters: [ObservedKey: Torrent.Counters], besides base: Whole?, isPartial: Bool
    ) throws(StoreError) -> Made {
        let isPartial = isPartial && base != nil
        var writer = SnapshotWriter()
        var torrents = 0
        // Both the table and the base are in the order of the keys: they are walked side by side.
        var old = try BaseWalk(base?.bytes)
        var cursor = try rows.cursor(.torrents)
        while let row = try cursor.next() {
            let stored = try row.read(StoredTorrent.self)
            let (before, gone) = try old.advance(to: Array(row.key))
            if isPartial { for key in gone { writer.write(gone: key) } }
            var torrent = stored.torrent
            torrent.counters = snapshotForm(counters[stored.key] ?? before?.counters ?? Torrent.Counters())
            torrents += 1
            guard let before, isPartial else {
                writer.write(stored.key, torrent, besides: nil)
                continue
            }
            if before != torrent || !hasSameTexts(before, torrent) {
                writer.write(stored.key, torrent, besides: before)
            }
        }
        let gone = try old.rest()
        if isPartial { for key in gone { writer.write(gone: key) } }
        let bytes = writer.bytes
        if isPartial, let base, bytes.count * 2 > base.bytes.count {
            return try encode(rows, counters, besides: base, isPartial: false)
        }
        return (bytes, torrents, isPartial)
    }

    /// Equal texts may still be other bytes.
    private static func hasSameTexts(_ left: Torrent, _ right: Torrent) -> Bool {
        let texts: [ObservedField] = [.name, .savePath, .downloadPath, .contentPath, .category, .tags]
        return texts.allSatisfy { ObservedChanges.same($0.text(of: left), $0.text(of: right)) }
    }

    /// Without what only counts time.
    private static func snapshotForm(_ counters: Torrent.Counters) -> Torrent.Counters {
        var copy = counters
        copy.eta = nil
        copy.seedingSeconds = nil
        copy.lastActivityAt = nil
        return copy
    }
}

/// Follows a whole snapshot along the keys of the table.
private struct BaseWalk {
    private var reader: SnapshotReader?
    private var pending: (row: [UInt8], key: ObservedKey, torrent: Torrent)?

    init(_ bytes: [UInt8]?) throws(StoreError) {
        guard let bytes else { return }
        do throws(RecordDamage) {
            reader = try SnapshotReader(bytes)
        } catch {
            throw StoreError(.damaged, during: "read snapshots", error.what)
        }
        try move()
    }

    /// The torrent under `row`, where there is one, and those before it that nobody asked for.
    mutating func advance(to row: [UInt8]) throws(StoreError) -> (torrent: Torrent?, gone: [ObservedKey]) {
        var gone: [ObservedKey] = []
        while let next = pending {
            if next.row == row {
                try move()
                return (next.torrent, gone)
            }
            guard next.row.lexicographicallyPrecedes(row) else { break }
            gone.append(next.key)
            try move()
        }
        return (nil, gone)
    }

    mutating func rest() throws(StoreError) -> [ObservedKey] {
        var gone: [ObservedKey] = []
        while let next = pending {
            gone.append(next.key)
            try move()
        }
        return gone
    }

    private mutating func move() throws(StoreError) {
        do throws(RecordDamage) {
            pending = try reader?.next().map { (Key($0.key).bytes, $0.key, $0.torrent) }
        } catch {
            throw StoreError(.damaged, during: "read snapshots", error.what)
        }
    }
}
