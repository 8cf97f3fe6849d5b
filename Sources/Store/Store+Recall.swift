public import Reconciliation

/// What the store hands to the first pass of a process.
public struct Recollection: Equatable, Sendable {
    public var memory = Memory()
    /// The number of the last pass that committed anything; 0 before the first.
    public var lastPass: UInt64 = 0
    public var lastPassAt: Timestamp?
    /// The status files that it made due: whether they were written is not known.
    public var publishing: Set<SubjectKey> = []
    /// The torrents of ours as last observed, without counters.
    public var observed: [ObservedKey: Torrent] = [:]
    /// When the last snapshot was made.
    public var lastSnapshotAt: Timestamp?

    public init() {}
}

extension Store {
    /// Everything that passes rely on, as of one instant. About a tenth of a second for 10 000 subjects.
    ///
    /// - Throws: ``StoreError``; kind `damaged` for the first record that does not match its checksum.
    public func recall() throws(StoreError) -> Recollection {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let rows = transaction.rows
        var recollection = Recollection()
        if let pass = try rows.read(StoredPass.self, .meta, MetaKey.pass) {
            recollection.lastPass = pass.number
            recollection.lastPassAt = pass.at
            recollection.memory.nextOrder = pass.nextOrder
        }
        recollection.publishing =
            try rows.read(StoredPublishing.self, .meta, MetaKey.publishing)?.keys ?? []
        try Self.eachSubject(rows) { recollection.memory.remember($1, for: $0) }
        try Self.recallHolds(rows, into: &recollection.memory)
        // A growing dictionary moves its values, and a torrent is a large one.
        recollection.observed.reserveCapacity(try rows.count(.torrents))
        var torrents = try rows.cursor(.torrents)
        while let row = try torrents.next() {
            let stored = try row.read(StoredTorrent.self)
            recollection.observed[stored.key] = stored.torrent
        }
        recollection.lastSnapshotAt = try Self.lastSnapshot(rows)?.at
        return recollection
    }

    /// What is known of one subject; `nil` when nothing is.
    public func subject(_ key: SubjectKey) throws(StoreError) -> SubjectMemory? {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let (rows, row) = (transaction.rows, Key(key))
        guard var memory = try rows.read(StoredSubject.self, .subjects, row)?.memory else { return nil }
        memory.applied = try rows.read(StoredApplied.self, .applied, row)?.values ?? [:]
        memory.attempt = try rows.read(Attempt.self, .attempts, row)
        memory.intent = try rows.read(Intent.self, .intents, row)
        memory.published = try rows.read(Published.self, .statuses, row)
        return memory
    }

    /// Visits all subjects, each with all its parts. The tables have the same keys in the same order, so they
    /// are walked side by side.
    ///
    /// - Throws: ``StoreError``; kind `damaged` also for a part whose subject is not there.
    static func eachSubject(
        _ rows: Rows, _ body: (SubjectKey, SubjectMemory) throws(StoreError) -> Void
    ) throws(StoreError) {
        var subjects = try rows.cursor(.subjects)
        var applied = try PartCursor<StoredApplied>(rows, .applied)
        var attempts = try PartCursor<Attempt>(rows, .attempts)
        var intents = try PartCursor<Intent>(rows, .intents)
        var statuses = try PartCursor<Published>(rows, .statuses)
        while let row = try subjects.next() {
            let stored = try row.read(StoredSubject.self)
            var memory = stored.memory
            memory.applied = try applied.part(of: row.key)?.values ?? [:]
            memory.attempt = try attempts.part(of: row.key)
            memory.intent = try intents.part(of: row.key)
            memory.published = try statuses.part(of: row.key)
            try body(stored.key, memory)
        }
        try applied.finish()
        try attempts.finish()
        try intents.finish()
        try statuses.finish()
    }

    private static func recallHolds(_ rows: Rows, into memory: inout Memory) throws(StoreError) {
        var holds = try rows.cursor(.holds)
        while let row = try holds.next() {
            let hold = try row.read(Hold.self)
            memory.holds[hold.kind] = hold
        }
        for kind in Hold.Kind.allCases {
            memory.approvals[kind] = try rows.read(StoredApproval.self, .approvals, Key(kind))?.digest
        }
    }
}

/// Follows a table that has a record for some of the subjects.
private struct PartCursor<Part: Recordable>: ~Copyable {
    private var cursor: Cursor
    private var pending: Cursor.Row?

    init(_ rows: Rows, _ table: Table) throws(StoreError) {
        var first = try rows.cursor(table)
        pending = try first.next()
        cursor = first
    }

    /// The part that the subject with this key has. Keys are asked for in order.
    mutating func part(of key: UnsafeRawBufferPointer) throws(StoreError) -> Part? {
        guard let row = pending, row.key.equals(key) else { return nil }
        pending = try cursor.next()
        return try row.read(Part.self)
    }

    /// A record that was not asked for belongs to nobody.
    func finish() throws(StoreError) {
        guard let row = pending else { return }
        throw Envelope.damage(row.table, row.key, "belongs to a subject that is not there")
    }
}
