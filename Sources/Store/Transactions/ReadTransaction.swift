internal import CLMDB

/// A consistent look at the store, whatever is written meanwhile. Short: as long as it lives, no page that it
/// could read is used again, and the file grows.
///
/// Whoever takes its ``rows`` keeps it to the end of the scope with `extendLifetime`: the rows look at memory
/// that is theirs only as long as the transaction lives.
struct ReadTransaction: ~Copyable {
    private let handle: OpaquePointer
    private let environment: Environment

    init(in environment: Environment) throws(StoreError) {
        self.environment = environment
        handle = try environment.begin(.readOnly)
    }

    var rows: Rows { Rows(environment: environment, handle: handle) }

    deinit { mdb_txn_abort(handle) }
}
