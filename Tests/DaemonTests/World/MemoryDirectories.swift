import Daemon
import Synchronization

/// Directories of this machine in memory: everything is mounted unless a test says otherwise.
final class MemoryDirectories: DirectoryDoor {
    private let bare = Mutex<Set<String>>([])
    private let count = Mutex(0)

    /// How often anybody asked.
    var looks: Int { count.withLock { $0 } }

    func unmount(_ path: String) { bare.withLock { _ = $0.insert(path) } }

    func mount(_ path: String) { bare.withLock { _ = $0.remove(path) } }

    func isBare(_ path: String) -> Bool {
        count.withLock { $0 += 1 }
        return bare.withLock { $0.contains(path) }
    }
}
