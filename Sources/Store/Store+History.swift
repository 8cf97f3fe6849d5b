public import Reconciliation

/// What was observed at an instant of the past.
public struct PastState: Equatable, Sendable {
    /// When the log last moved before that instant: since then it looked like this.
    public let since: WallTime
    /// Without what only counts time; other counters as last seen with a change or a snapshot.
    public let torrents: [ObservedKey: Torrent]

    public init(since: WallTime, torrents: [ObservedKey: Torrent]) {
        self.since = since
        self.torrents = torrents
    }
}

extension Store {
    /// The torrents of ours as they were recorded at `instant`: after the last entry of the log that is not
    /// younger, rebuilt from the snapshot before it and the log between.
    ///
    /// A clock that was set back makes two states of one time: the one that was recorded later counts.
    ///
    /// - Parameter instant: `nil` for what was recorded last.
    /// - Returns: `nil` where the history does not reach back so far; see ``historyFrom()``.
    /// - Throws: ``StoreError``; kind `damaged` where a snapshot or an entry cannot be read, or they do not
    ///   fit together.
    public func observed(at instant: WallTime?) throws(StoreError) -> PastState? {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let rows = transaction.rows
        let heads = try Self.reachable(rows)
        guard let end = try Self.position(at: instant, heads, rows),
            let start = heads.last(where: { $0.position <= end })
        else { return nil }
        var torrents = try Self.torrents(of: start, rows)
        var since = start.at.wall
        try Self.replay(from: start.position, to: end, rows, on: &torrents) { since = $0.at }
        return PastState(since: since, torrents: torrents)
    }

    /// From when on ``observed(at:)`` knows what was; `nil` before the first snapshot.
    public func historyFrom() throws(StoreError) -> WallTime? {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        return try Self.reachable(transaction.rows).first?.at.wall
    }

    /// Snapshots behind which the log is whole, oldest first.
    static func reachable(_ rows: Rows) throws(StoreError) -> [StoredSnapshot] {
        try reachable(try snapshots(rows), rows)
    }

    static func reachable(
        _ heads: [StoredSnapshot], _ rows: Rows
    ) throws(StoreError) -> [StoredSnapshot] {
        let first = try firstPosition(rows)
        return heads.filter { $0.position >= first }
    }

    /// The position of the oldest entry that is kept, or the next one where none is.
    static func firstPosition(_ rows: Rows) throws(StoreError) -> UInt64 {
        var cursor = try rows.cursor(.log)
        if let row = try cursor.next() { return try sequence(row) }
        return try rows.read(LogHead.self, .meta, MetaKey.log)?.next ?? LogHead.empty.next
    }

    /// The position behind the last entry, or of the last snapshot, that is not younger than `instant`.
    private static func position(
        at instant: WallTime?, _ heads: [StoredSnapshot], _ rows: Rows
    ) throws(StoreError) -> UInt64? {
        guard let instant else {
            return try rows.read(LogHead.self, .meta, MetaKey.log)?.next ?? heads.last?.position
        }
        let last = heads.last { $0.at.wall <= instant }?.position
        var cursor = try rows.cursor(.log)
        var next = try cursor.last()
        while let row = next {
            // Before the snapshot nothing can be later than it.
            let position = try sequence(row) + 1
            if let last, position <= last { return last }
            if try row.read(StoredEntry.self).at <= instant { return position }
            next = try cursor.previous()
        }
        return last
    }

    /// The torrents that a snapshot says there were.
    static func torrents(of head: StoredSnapshot, _ rows: Rows) throws(StoreError) -> [ObservedKey: Torrent] {
        var torrents: [ObservedKey: Torrent] = [:]
        if let base = head.base {
            torrents = try differences(of: try Self.head(base, rows), rows, from: [:]).changed
        }
        let own = try differences(of: head, rows, from: torrents)
        for key in own.gone { torrents[key] = nil }
        torrents.merge(own.changed) { $1 }
        guard torrents.count == head.torrents else {
            throw damage(head, "has \(torrents.count) torrents and should have \(head.torrents)")
        }
        return torrents
    }

    /// What a snapshot says that is not as in the whole one; of a whole one, everything.
    static func differences(
        of head: StoredSnapshot, _ rows: Rows, from base: [ObservedKey: Torrent]
    ) throws(StoreError) -> (changed: [ObservedKey: Torrent], gone: [ObservedKey]) {
        let bytes = try content(of: head, rows)
        do throws(RecordDamage) {
            var reader = try SnapshotReader(bytes)
            var changed: [ObservedKey: Torrent] = [:]
            while let row = try reader.next({ base[$0] }) { changed[row.key] = row.torrent }
            return (changed, try reader.gone())
        } catch {
            throw damage(head, error.what)
        }
    }

    /// Takes the entries from `start` up to and without `end` into a picture.
    static func replay(
        from start: UInt64, to end: UInt64, _ rows: Rows, on torrents: inout [ObservedKey: Torrent],
        visit: (StoredEntry) -> Void = { _ in }
    ) throws(StoreError) {
        guard start < end else { return }
        var expected = start
        var cursor = try rows.cursor(.log)
        var next = try cursor.seek(Key(sequence: start))
        while expected < end {
            guard let row = next, try sequence(row) == expected else {
                throw StoreError(.damaged, during: "read log", "entry \(expected) is not there")
            }
            let entry = try row.read(StoredEntry.self)
            guard ObservedChanges.apply(entry.change, to: &torrents) else {
                throw StoreError(
                    .damaged, during: "read log", "entry \(expected) does not fit what was before it")
            }
            visit(entry)
            expected += 1
            next = try cursor.next()
        }
    }
}
