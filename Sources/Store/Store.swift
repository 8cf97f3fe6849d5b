/// The embedded memory: requests, what was agreed on, attempts, the last observed state and the change log,
/// in one LMDB file.
///
/// One process writes; it holds the spool's lock and makes one ``Store`` of mode ``Mode/readWrite``. Any
/// number of processes read at the same time. A commit is durable when it returns, and is whole or not at
/// all. Every record carries its format, length and checksum; one that does not match ends the call with
/// ``StoreError``, it is never guessed at.
///
/// Synchronous and not `Sendable`: a write transaction belongs to a thread, so no call waits for anything but
/// the disk. Put it behind an actor with an executor of its own.
///
/// *Limits:* local file systems only. One ``Store`` for a directory in a process; a second one is refused as
/// `busy`. After a commit that failed no other is tried: close, open again, look anew.
public final class Store {
    public enum Mode: Sendable {
        case readWrite
        /// Needs write permission on `lock.mdb` nevertheless: LMDB registers its readers there.
        case readOnly
    }

    let environment: Environment
    /// Commits that became durable since the store was opened.
    public private(set) var commits = 0
    private var failure: StoreError?

    /// Opens the store of a directory. Never creates one, and writes nothing but the register of readers.
    ///
    /// - Parameters:
    ///   - directory: Exists already, mode 0700; holds `data.mdb` and `lock.mdb`.
    ///   - mapSizeMiB: `store.mapSizeMiB`: address space in MiB, the most the file may grow to.
    /// - Throws: ``StoreError`` of kind `missing` (no file, an empty one, or one that was never finished),
    ///   `damaged`, `schema`, `busy` or `other`.
    public init(directory: String, mapSizeMiB: Int, mode: Mode) throws(StoreError) {
        environment = try Environment(directory: directory, mapSizeMiB: mapSizeMiB, mode: mode)
    }

    private init(_ environment: Environment) { self.environment = environment }

    /// Makes a store, or finishes one that was begun; opens one that is there. For `init`, and for a store
    /// that was lost: then without an identity, until a person approved and ``adopt(spoolIdentity:)`` gives
    /// it one.
    ///
    /// - Throws: ``StoreError``; kind `other` when the store belongs to another spool.
    @discardableResult
    public static func create(
        directory: String, mapSizeMiB: Int, spoolIdentity: String?
    ) throws(StoreError) -> Store {
        let environment = try Environment(
            directory: directory, mapSizeMiB: mapSizeMiB, mode: .readWrite, creating: true)
        let store = Store(environment)
        try store.beginSchema()
        if let spoolIdentity { try store.initialize(spoolIdentity: spoolIdentity) }
        try DataFile(directory: directory).settleDirectory()
        return store
    }

    /// Whether a store that is not empty lies in the directory. Says nothing about its health.
    public static func exists(directory: String) -> Bool {
        do {
            return try (DataFile(directory: directory).size() ?? 0) > 0
        } catch {
            // What cannot be looked at is there: opening it will say what is wrong.
            return true
        }
    }

    /// The identity of the spool this store belongs to; `nil` before it was given one.
    public var spoolIdentity: String? {
        get throws(StoreError) {
            let transaction = try ReadTransaction(in: environment)
            defer { extendLifetime(transaction) }
            return try transaction.rows.read(SpoolIdentity.self, .meta, MetaKey.spool)?.text
        }
    }

    /// Gives the store its spool. Does nothing when it has that one already.
    ///
    /// - Throws: ``StoreError``; kind `other` when it belongs to another spool. Nothing was written then.
    public func initialize(spoolIdentity: String) throws(StoreError) {
        if let present = try self.spoolIdentity, present != spoolIdentity {
            throw StoreError(
                .other, during: "initialize",
                "the store belongs to the spool \(present) and not to \(spoolIdentity)")
        }
        try adopt(spoolIdentity: spoolIdentity)
    }

    /// Gives the store to this spool, whichever it belonged to: a person approved it.
    public func adopt(spoolIdentity: String) throws(StoreError) {
        let transaction = try beginWriting()
        let identity = SpoolIdentity(text: spoolIdentity)
        guard try transaction.set(.meta, MetaKey.spool, identity) > 0 else { return }
        try commit(transaction)
    }

    /// Every write begins here and ends with `commit`.
    func beginWriting() throws(StoreError) -> WriteTransaction {
        precondition(environment.mode == .readWrite, "a store that was opened for reading is not written to")
        if let failure { throw failure }
        return try WriteTransaction(in: environment)
    }

    /// A commit that failed is the last one: what the system has kept of it is known only after opening anew.
    func commit(_ transaction: consuming WriteTransaction) throws(StoreError) {
        do throws(StoreError) {
            try transaction.commit()
        } catch {
            failure = error
            throw error
        }
        commits += 1
    }

    /// A schema that is there was judged when the tables were opened.
    private func beginSchema() throws(StoreError) {
        let transaction = try beginWriting()
        guard try transaction.set(.meta, MetaKey.schema, SchemaVersion.current) > 0 else { return }
        try commit(transaction)
    }
}
