internal import CLMDB

/// The single write transaction. Ends exactly once: `commit` consumes it, going out of scope aborts it and
/// keeps nothing.
///
/// Bound to the thread that began it, so it lives within one synchronous function.
struct WriteTransaction: ~Copyable {
    private let handle: OpaquePointer
    // Unmanaged, because `discard` is possible only for a type without anything to release. Sound: whoever
    // begins a transaction holds the environment until it ends.
    private let unmanaged: Unmanaged<Environment>

    private var environment: Environment { unmanaged.takeUnretainedValue() }

    init(in environment: Environment) throws(StoreError) {
        unmanaged = .passUnretained(environment)
        handle = try environment.begin(.readWrite)
    }

    var rows: Rows { Rows(environment: environment, handle: handle) }

    /// Makes the record what is given: puts it where it is new or differs, deletes it for `nil`.
    ///
    /// - Returns: How many records were written: 0 or 1.
    borrowing func set<Value: Recordable>(
        _ table: Table, _ key: Key, _ value: Value?
    ) throws(StoreError) -> Int {
        guard let value else { return try delete(table, key) }
        return try put(table, key, payload: value.record)
    }

    borrowing func put(_ table: Table, _ key: Key, payload: [UInt8]) throws(StoreError) -> Int {
        let sealed = Envelope.seal(payload, table: table, key: key.bytes)
        if let present = try rows.sealed(table, key), sealed.withUnsafeBytes({ present.equals($0) }) {
            return 0
        }
        try put(table, key, sealed, flags: 0)
        return 1
    }

    /// Adds a record behind all others of its table.
    borrowing func append<Value: Recordable>(
        _ table: Table, _ key: Key, _ value: Value
    ) throws(StoreError) {
        let sealed = Envelope.seal(value.record, table: table, key: key.bytes)
        try put(table, key, sealed, flags: UInt32(MDB_APPEND))
    }

    /// - Returns: How many records were deleted: 0 or 1.
    borrowing func delete(_ table: Table, _ key: Key) throws(StoreError) -> Int {
        let opened = environment.writable(table)
        let code = key.bytes.withUnsafeBytes { bytes in
            var key = MDB_val(bytes)
            return mdb_del(handle, opened, &key, nil)
        }
        guard code != MDB_NOTFOUND else { return 0 }
        try environment.check("write \(table.name)", code)
        return 1
    }

    /// Makes everything durable. When it throws, nothing of the transaction is kept.
    consuming func commit() throws(StoreError) {
        let (environment, code) = (environment, mdb_txn_commit(handle))
        discard self  // Even a failed commit frees the handle; aborting it again would be a double free.
        try environment.check("commit", code)
    }

    deinit { mdb_txn_abort(handle) }

    private borrowing func put(
        _ table: Table, _ key: Key, _ sealed: [UInt8], flags: UInt32
    ) throws(StoreError) {
        let opened = environment.writable(table)
        let code = key.bytes.withUnsafeBytes { keyBytes in
            sealed.withUnsafeBytes { valueBytes in
                var (key, value) = (MDB_val(keyBytes), MDB_val(valueBytes))
                return mdb_put(handle, opened, &key, &value, flags)
            }
        }
        try environment.check("write \(table.name)", code)
    }
}
