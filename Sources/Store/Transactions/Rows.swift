internal import CLMDB
internal import Glibc

/// The records that a transaction sees. Belongs to the transaction and must not outlive it; memory that it
/// hands out is valid only until the transaction writes or ends.
struct Rows {
    let environment: Environment
    private let handle: OpaquePointer
    /// The one table that is open, while the others are not.
    private let only: MDB_dbi?

    init(environment: Environment, handle: OpaquePointer, only: MDB_dbi? = nil) {
        self.environment = environment
        self.handle = handle
        self.only = only
    }

    /// The record as it lies in the file, envelope and all; `nil` when there is none.
    func sealed(_ table: Table, _ key: Key) throws(StoreError) -> UnsafeRawBufferPointer? {
        guard let opened = only ?? environment.table(table) else { return nil }
        var value = MDB_val()
        let code = key.bytes.withUnsafeBytes { bytes in
            var key = MDB_val(bytes)
            return mdb_get(handle, opened, &key, &value)
        }
        guard code != MDB_NOTFOUND else { return nil }
        try environment.check("read \(table.name)", code)
        return UnsafeRawBufferPointer(value)
    }

    /// The payload of a record, checked; `nil` when there is none.
    func payload(_ table: Table, _ key: Key) throws(StoreError) -> UnsafeRawBufferPointer? {
        guard let sealed = try sealed(table, key) else { return nil }
        // A key is never empty, so the buffer's address is valid within the closure.
        let opened = key.bytes.withUnsafeBytes { bytes in
            Result { () throws(StoreError) in try Envelope.open(sealed, table: table, key: bytes) }
        }
        return try opened.get()
    }

    /// The record as a value, copied out; `nil` when there is none.
    func read<Value: Recordable>(
        _ type: Value.Type, _ table: Table, _ key: Key
    ) throws(StoreError) -> Value? {
        guard let payload = try payload(table, key) else { return nil }
        do throws(RecordDamage) {
            return try Value(payload: payload)
        } catch {
            throw key.bytes.withUnsafeBytes { Envelope.damage(table, $0, error.what) }
        }
    }

    func cursor(_ table: Table) throws(StoreError) -> Cursor {
        guard let opened = environment.table(table) else { return Cursor(nil, table, environment) }
        var cursor: OpaquePointer?
        try environment.check("read \(table.name)", mdb_cursor_open(handle, opened, &cursor))
        guard let cursor else { throw StoreError(.other, during: "read \(table.name)", "no cursor") }
        return Cursor(cursor, table, environment)
    }

    /// How many records a table has.
    func count(_ table: Table) throws(StoreError) -> Int {
        guard let opened = environment.table(table) else { return 0 }
        var figures = MDB_stat()
        try environment.check("read \(table.name)", mdb_stat(handle, opened, &figures))
        return figures.ms_entries
    }

    /// How many pages the list of free pages names.
    func freePages() throws(StoreError) -> Int {
        // Table 0 is that list (`FREE_DBI`); each of its records begins with a count (`MDB_IDL`).
        var cursor: OpaquePointer?
        try environment.check("read the free list", mdb_cursor_open(handle, 0, &cursor))
        defer { mdb_cursor_close(cursor) }
        var total = 0
        var (key, value) = (MDB_val(), MDB_val())
        while true {
            let code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
            guard code != MDB_NOTFOUND else { return total }
            try environment.check("read the free list", code)
            let record = UnsafeRawBufferPointer(value)
            guard record.count >= 8 else { continue }
            total += Int(truncatingIfNeeded: record.loadUnaligned(as: UInt64.self))
        }
    }
}

extension MDB_val {
    /// A key or value for LMDB to read. It takes a mutable pointer and does not write through it (`lmdb.h`).
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    init(_ value: MDB_val) { self.init(start: value.mv_data, count: value.mv_size) }

    /// Byte for byte. Faster than comparing element by element, and it is done for every record.
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let start = baseAddress, let otherStart = other.baseAddress else {
            return count == other.count
        }
        return memcmp(start, otherStart, count) == 0
    }
}
