internal import Metainfo
public import Reconciliation

extension Store {
    /// Entries of the change log, as of one instant.
    ///
    /// - Parameters:
    ///   - sequence: Only entries at this position or behind it: one more than the last one seen, to follow.
    ///   - name: Only entries about requests of this name, of any client.
    ///   - since: Only entries that are not older.
    ///   - limit: At most so many.
    ///   - newestFirst: From the end; with `limit`, what came last.
    public func log(
        from sequence: UInt64? = nil, name: RequestName? = nil, kind: Change.Kind? = nil,
        since: WallTime? = nil, limit: Int? = nil, newestFirst: Bool = false
    ) throws(StoreError) -> [LogEntry] {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let rows = transaction.rows
        var start = sequence ?? 0
        if let since { start = max(start, try Self.firstEntry(since: since, rows)) }
        var found: [LogEntry] = []
        var cursor = try rows.cursor(.log)
        var next = newestFirst ? try cursor.last() : try cursor.seek(Key(sequence: start))
        while let row = next, found.count < limit ?? .max {
            let entry = try Self.entry(row)
            guard entry.sequence >= start else { break }
            let isWanted =
                (name == nil || entry.change.subject?.name == name)
                && (kind == nil || entry.change.kind == kind) && (since.map { entry.at >= $0 } ?? true)
            if isWanted { found.append(entry) }
            next = newestFirst ? try cursor.previous() : try cursor.next()
        }
        return found
    }

    /// When the oldest entry was written; `nil` for an empty log.
    static func logFrom(_ rows: Rows) throws(StoreError) -> WallTime? {
        var cursor = try rows.cursor(.log)
        return try cursor.next().map { row throws(StoreError) in try row.read(StoredEntry.self).at }
    }

    static func entry(_ row: Cursor.Row) throws(StoreError) -> LogEntry {
        let stored = try row.read(StoredEntry.self)
        return LogEntry(
            sequence: try sequence(row), pass: stored.pass, at: stored.at, change: stored.change)
    }

    static func sequence(_ row: Cursor.Row) throws(StoreError) -> UInt64 {
        guard row.key.count == 8 else { throw Envelope.damage(row.table, row.key, "is no sequence") }
        return row.key.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The first position from which on an entry may be as young as `since`: halved by
    /// ``StoredEntry/latest``, which never goes back.
    private static func firstEntry(since: WallTime, _ rows: Rows) throws(StoreError) -> UInt64 {
        var cursor = try rows.cursor(.log)
        guard let first = try cursor.next() else { return 0 }
        var low = try sequence(first)
        var high = try rows.read(LogHead.self, .meta, MetaKey.log)?.next ?? low
        while low < high {
            let middle = low + (high - low) / 2
            guard let entry = try rows.read(StoredEntry.self, .log, Key(sequence: middle)) else {
                throw StoreError(.damaged, during: "read log", "entry \(middle) is not there")
            }
            if entry.latest < since { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
