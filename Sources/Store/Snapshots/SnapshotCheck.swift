internal import Reconciliation

/// Looks whether every snapshot can be read, and whether the log leads from each to the next and from the
/// last to what is recorded now. Of a snapshot that builds on a whole one it looks at the differences and at
/// what the log names, so that it costs what changed.
struct SnapshotCheck {
    private let rows: Rows
    private var findings: [String] = []
    /// The picture that the log leads to, and from where it is known.
    private var state: [ObservedKey: Torrent] = [:]
    private var position: UInt64?
    /// The last whole snapshot, and what the log named since.
    private var base: [ObservedKey: Torrent] = [:]
    private var basePosition: UInt64?
    private var touched: Set<ObservedKey> = []

    static func findings(in rows: Rows) throws(StoreError) -> [String] {
        var check = SnapshotCheck(rows: rows)
        try check.lookForStrays()
        let heads = try Store.snapshots(rows)
        for head in heads where !heads.contains(where: { $0.position == head.base ?? head.position }) {
            check.findings.append("snapshots: what that of \(head.at.wall) builds on is not there")
        }
        guard check.findings.isEmpty else { return check.findings }
        let first = try Store.firstPosition(rows)
        // One that only others build on has no log behind it.
        for head in heads where head.position >= first { try check.look(at: head) }
        try check.compareWithRecorded()
        return check.findings
    }

    private init(rows: Rows) { self.rows = rows }

    /// Pieces behind the end of their snapshot. A head that is missing ends the check.
    private mutating func lookForStrays() throws(StoreError) {
        var head: StoredSnapshot?
        var cursor = try rows.cursor(.snapshots)
        while let row = try cursor.next() {
            let position = try Store.snapshotPosition(row)
            if head?.position != position { head = try Store.head(position, rows) }
            let part = row.key.suffix(4).reduce(0) { $0 << 8 | Int($1) }
            if let head, part > head.pieces {
                findings.append("snapshots: that of \(head.at.wall) has a piece too many")
            }
        }
    }

    private mutating func look(at head: StoredSnapshot) throws(StoreError) {
        try follow(to: head.position)
        guard let whole = head.base else {
            base = try Store.torrents(of: head, rows)
            basePosition = head.position
            touched = []
            if position == nil { state = base } else { compare(head, Set(base.keys).union(state.keys), base) }
            position = head.position
            return
        }
        if basePosition != whole {
            base = try Store.torrents(of: try Store.head(whole, rows), rows)
            basePosition = whole
            touched = []
        }
        let own = try Store.differences(of: head, rows, from: base)
        var named = touched.union(own.changed.keys).union(own.gone)
        if position == nil {
            // The oldest: the log before it is gone, and it is where the picture begins.
            state = try Store.torrents(of: head, rows)
            named = []
            touched = Set(own.changed.keys).union(own.gone)
        }
        let gone = Set(own.gone)
        var seen: [ObservedKey: Torrent] = [:]
        for key in named where !gone.contains(key) { seen[key] = own.changed[key] ?? base[key] }
        compare(head, named, seen)
        position = head.position
    }

    private mutating func compare(
        _ head: StoredSnapshot, _ keys: Set<ObservedKey>, _ seen: [ObservedKey: Torrent]
    ) {
        let isSame = keys.allSatisfy { Self.isSame(state[$0], seen[$0]) }
        guard !isSame || state.count != head.torrents else { return }
        findings.append("snapshots: that of \(head.at.wall) is not what the log made of the one before")
    }

    private mutating func follow(to end: UInt64) throws(StoreError) {
        guard let position else { return }
        var touched = touched
        try Store.replay(from: position, to: end, rows, on: &state) { entry in
            if let place = entry.change.place { touched.insert(place) }
        }
        self.touched = touched
    }

    private mutating func compareWithRecorded() throws(StoreError) {
        guard let last = position else { return }
        try follow(to: try rows.read(LogHead.self, .meta, MetaKey.log)?.next ?? last)
        var count = 0
        var isWhole = true
        var cursor = try rows.cursor(.torrents)
        while let row = try cursor.next() {
            let stored = try row.read(StoredTorrent.self)
            count += 1
            if !Self.isSame(state[stored.key], stored.torrent) { isWhole = false }
        }
        guard !isWhole || count != state.count else { return }
        findings.append("torrents: they are not what the log made of the last snapshot")
    }

    /// But for counters.
    private static func isSame(_ left: Torrent?, _ right: Torrent?) -> Bool {
        guard var left, var right else { return left == nil && right == nil }
        left.counters = Torrent.Counters()
        right.counters = Torrent.Counters()
        return left == right && ObservedChanges.differing(left, right).isEmpty
    }
}
