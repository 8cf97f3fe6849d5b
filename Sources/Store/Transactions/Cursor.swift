internal import CLMDB

/// Walks a table in key order. Must go out of scope before its transaction ends.
struct Cursor: ~Copyable {
    /// A record where it lies: valid only until the transaction writes or ends.
    struct Row {
        let table: Table
        let key: UnsafeRawBufferPointer
        /// Checked.
        let payload: UnsafeRawBufferPointer

        /// - Throws: ``StoreError`` of kind `damaged` that names table and key.
        func read<Value: Recordable>(_ type: Value.Type) throws(StoreError) -> Value {
            do throws(RecordDamage) {
                return try Value(payload: payload)
            } catch {
                throw Envelope.damage(table, key, error.what)
            }
        }
    }

    /// `nil` for a table that an older store does not have.
    private let handle: OpaquePointer?
    private let table: Table
    private let environment: Environment

    init(_ handle: OpaquePointer?, _ table: Table, _ environment: Environment) {
        self.handle = handle
        self.table = table
        self.environment = environment
    }

    deinit { if let handle { mdb_cursor_close(handle) } }

    /// The next record; the first one after opening. `nil` at the end.
    mutating func next() throws(StoreError) -> Row? { try move(MDB_NEXT) }

    /// The record before; `nil` at the beginning.
    mutating func previous() throws(StoreError) -> Row? { try move(MDB_PREV) }

    mutating func last() throws(StoreError) -> Row? { try move(MDB_LAST) }

    /// The first record whose key is `key` or behind it.
    mutating func seek(_ key: Key) throws(StoreError) -> Row? {
        guard let handle else { return nil }
        var (found, value) = (MDB_val(), MDB_val())
        // LMDB replaces the key it was given by the one it found, which lies in the file.
        let code = key.bytes.withUnsafeBytes { bytes in
            found = MDB_val(bytes)
            return mdb_cursor_get(handle, &found, &value, MDB_SET_RANGE)
        }
        return try row(code, found, value)
    }

    private func move(_ operation: MDB_cursor_op) throws(StoreError) -> Row? {
        guard let handle else { return nil }
        var (key, value) = (MDB_val(), MDB_val())
        return try row(mdb_cursor_get(handle, &key, &value, operation), key, value)
    }

    private func row(_ code: Int32, _ key: MDB_val, _ value: MDB_val) throws(StoreError) -> Row? {
        guard code != MDB_NOTFOUND else { return nil }
        try environment.check("read \(table.name)", code)
        let key = UnsafeRawBufferPointer(key)
        let payload = try Envelope.open(UnsafeRawBufferPointer(value), table: table, key: key)
        return Row(table: table, key: key, payload: payload)
    }
}
