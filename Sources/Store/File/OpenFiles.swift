internal import Glibc

/// Which data files this process has open. LMDB must not open a file twice in one process: closing the second
/// would drop the locks of the first, because POSIX record locks belong to the process (`lmdb.h`, caveats).
///
/// Unchecked, and sound: `files` is touched only between `lock` and `unlock`, and `mutex` never moves.
final class OpenFiles: @unchecked Sendable {
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    static let shared = OpenFiles()

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var files: Set<Identity> = []

    private init() {
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "a mutex without attributes can be made")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// - Throws: ``StoreError`` of kind `busy` when the file is open already.
    func enter(_ path: String, in directory: String) throws(StoreError) -> Identity {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw StoreError(code: errno, during: "look at \(path)", in: directory)
        }
        let identity = Identity(device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino))
        guard locked({ files.insert(identity).inserted }) else {
            throw StoreError(.busy, during: "open \(path)", "this process has it open already")
        }
        return identity
    }

    func leave(_ identity: Identity) {
        _ = locked { files.remove(identity) }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
