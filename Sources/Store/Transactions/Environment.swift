internal import CLMDB
internal import Glibc

/// An open LMDB environment: the map, the locks and the handles of all tables.
///
/// Default sync flags: a commit is durable when it returns. Not `Sendable`: whoever uses it from several
/// tasks puts it behind an actor.
final class Environment {
    let directory: String
    let mode: Store.Mode
    private let handle: OpaquePointer
    private let identity: OpenFiles.Identity
    /// By number. `nil` for one that a store of an older schema does not have, which is read as empty.
    private var tables: [MDB_dbi?] = []

    /// Opens what is there, after looking at the file; with `creating`, makes what is not.
    ///
    /// - Parameter mapSizeMiB: Address space, not disk; in MiB. A larger file opens nevertheless, full.
    /// - Throws: ``StoreError``. Nothing was written, unless `creating`.
    init(
        directory: String, mapSizeMiB: Int, mode: Store.Mode, creating: Bool = false
    ) throws(StoreError) {
        precondition(mapSizeMiB > 0 && mapSizeMiB <= 1 << 30, "a map has a size")
        self.directory = directory
        self.mode = mode
        let file = DataFile(directory: directory)
        if creating, try (file.size() ?? 0) == 0 {
            try file.make()
        } else {
            try file.check()
        }
        identity = try OpenFiles.shared.enter(file.path, in: directory)
        do throws(StoreError) {
            handle = try Self.open(directory, mapSizeMiB, mode)
        } catch {
            OpenFiles.shared.leave(identity)
            throw error
        }
        try openTables(creating: creating)
        // The slots of readers that were killed: they would keep old pages from being used again.
        var dead: Int32 = 0
        try check("look for dead readers", mdb_reader_check(handle, &dead))
    }

    deinit {
        mdb_env_close(handle)
        OpenFiles.shared.leave(identity)
    }

    /// - Precondition: No transaction of this environment is open; LMDB would wait for itself.
    func begin(_ mode: Store.Mode) throws(StoreError) -> OpaquePointer {
        let flags = UInt32(mode == .readOnly ? MDB_RDONLY : 0)
        var transaction: OpaquePointer?
        var code = mdb_txn_begin(handle, nil, flags, &transaction)
        if code == MDB_MAP_RESIZED {
            // Another process opened the file with a larger map and used it: take over its size, once.
            try check("follow the map's size", mdb_env_set_mapsize(handle, 0))
            code = mdb_txn_begin(handle, nil, flags, &transaction)
        }
        try check("begin", code)
        guard let transaction else { throw StoreError(.other, during: "begin", "no transaction") }
        return transaction
    }

    func table(_ table: Table) -> MDB_dbi? { tables[Int(table.rawValue) - 1] }

    /// A store that is open for writing has all tables.
    func writable(_ table: Table) -> MDB_dbi {
        guard let opened = self.table(table) else { preconditionFailure("\(table.name) was not opened") }
        return opened
    }

    /// Bytes of the map, and of a page.
    func mapSize() throws(StoreError) -> (map: Int, page: Int, lastPage: Int) {
        var facts = MDB_envinfo()
        try check("ask for the map's size", mdb_env_info(handle, &facts))
        var figures = MDB_stat()
        try check("ask for the page size", mdb_env_stat(handle, &figures))
        return (Int(facts.me_mapsize), Int(figures.ms_psize), Int(facts.me_last_pgno))
    }

    /// Turns an LMDB return code into a thrown error. Every call into LMDB goes through here.
    func check(_ operation: @autoclosure () -> String, _ code: Int32) throws(StoreError) {
        guard code == MDB_SUCCESS else {
            throw StoreError(code: code, during: operation(), in: directory)
        }
    }

    private static func open(
        _ directory: String, _ mapSizeMiB: Int, _ mode: Store.Mode
    ) throws(StoreError) -> OpaquePointer {
        var created: OpaquePointer?
        var code = mdb_env_create(&created)
        guard code == MDB_SUCCESS, let handle = created else {
            throw StoreError(code: code, during: "open \(directory)", in: directory)
        }
        code = mdb_env_set_mapsize(handle, mapSizeMiB << 20)
        if code == MDB_SUCCESS { code = mdb_env_set_maxdbs(handle, Table.most) }
        if code == MDB_SUCCESS {
            // Readers belong to their transaction, not to a thread: a task may go on another one.
            let flags = MDB_NOTLS | (mode == .readOnly ? MDB_RDONLY : 0)
            code = mdb_env_open(handle, directory, UInt32(flags), 0o600)
        }
        guard code == MDB_SUCCESS else {
            // `lmdb.h`: an environment that could not be opened is closed all the same.
            mdb_env_close(handle)
            throw StoreError(code: code, during: "open \(directory)", in: directory)
        }
        return handle
    }

    /// Handles stay valid after a commit only, so the transaction is committed; one that wrote nothing writes
    /// nothing.
    private func openTables(creating: Bool) throws(StoreError) {
        if !creating, mode == .readWrite, try isOld() { try bringUpToDate() }
        let transaction = try begin(creating ? .readWrite : .readOnly)
        do throws(StoreError) {
            let schema = try judgeSchema(transaction, creating)
            for table in Table.allCases {
                let isLacking = table == .snapshots && schema == .oldest && !creating
                tables.append(isLacking ? nil : try open(table, transaction, creating))
            }
        } catch {
            mdb_txn_abort(transaction)
            throw error
        }
        try check("open the tables", mdb_txn_commit(transaction))
    }

    private func isOld() throws(StoreError) -> Bool {
        let transaction = try begin(.readOnly)
        defer { mdb_txn_abort(transaction) }
        return try judgeSchema(transaction, false) == .oldest
    }

    /// Gives a store of an older schema what it lacks, in one commit.
    private func bringUpToDate() throws(StoreError) {
        let transaction = try begin(.readWrite)
        do throws(StoreError) {
            let meta = try open(.meta, transaction, false)
            _ = try open(.snapshots, transaction, true)
            let key = MetaKey.schema.bytes
            let sealed = Envelope.seal(SchemaVersion.current.record, table: .meta, key: key)
            let code = key.withUnsafeBytes { key in
                sealed.withUnsafeBytes { value in
                    var (key, value) = (MDB_val(key), MDB_val(value))
                    return mdb_put(transaction, meta, &key, &value, 0)
                }
            }
            try check("write the schema", code)
        } catch {
            mdb_txn_abort(transaction)
            throw error
        }
        try check("bring the store up to date", mdb_txn_commit(transaction))
    }

    /// Before any other table: those of a newer schema may be others. One that is being made is current.
    private func judgeSchema(
        _ transaction: OpaquePointer, _ creating: Bool
    ) throws(StoreError) -> SchemaVersion {
        let meta = try open(.meta, transaction, creating)
        let rows = Rows(environment: self, handle: transaction, only: meta)
        guard let schema = try rows.read(SchemaVersion.self, .meta, MetaKey.schema) else {
            if creating { return .current }
            throw DataFile(directory: directory).missing()
        }
        guard schema.number <= SchemaVersion.current.number else {
            throw StoreError(
                .schema, during: "open \(directory)",
                "schema \(schema.number), this version knows up to \(SchemaVersion.current.number)")
        }
        guard schema.number >= SchemaVersion.oldest.number else {
            throw StoreError(.damaged, during: "open \(directory)", "schema \(schema.number) never was")
        }
        return schema
    }

    private func open(
        _ table: Table, _ transaction: OpaquePointer, _ creating: Bool
    ) throws(StoreError) -> MDB_dbi {
        var opened: MDB_dbi = 0
        let code = mdb_dbi_open(transaction, table.name, UInt32(creating ? MDB_CREATE : 0), &opened)
        // A file without `meta` was begun and never finished; one with it has all tables, in one commit.
        if code == MDB_NOTFOUND, table == .meta { throw DataFile(directory: directory).missing() }
        guard code != MDB_NOTFOUND else {
            throw StoreError(.damaged, during: "open \(directory)", "the table \(table.name) is not there")
        }
        try check("open \(table.name)", code)
        return opened
    }
}
