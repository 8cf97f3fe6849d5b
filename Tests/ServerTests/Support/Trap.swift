import Glibc
import TestSupport

/// Kills a real server right after it answered a call of a kind: it has acknowledged, and dies before it has
/// written everything down.
final class Trap: @unchecked Sendable {
    // Sendable: what is set is touched under the lock alone.

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var target: (call: String, server: pid_t, delay: UInt32)?
    private var count = 0

    init() { pthread_mutex_init(lock, nil) }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// The next successful answer to `call` (`torrents/add`) is the server's last.
    ///
    /// - Parameter delay: Microseconds between its answer and its end, while the client waits for the answer.
    func set(on call: String, server: pid_t, delay: UInt32) {
        locked { target = (call, server, delay) }
    }

    /// How many servers it has killed.
    var kills: Int { locked { count } }

    /// To be called with every answer of the server.
    func notice(_ request: LoopbackServer.Received, _ status: Int) {
        let hit: (call: String, server: pid_t, delay: UInt32)? = locked {
            guard let set = target, (200..<300).contains(status), request.path == "/api/v2/" + set.call
            else { return nil }
            target = nil
            return set
        }
        guard let hit else { return }
        if hit.delay > 0 { usleep(hit.delay) }
        guard kill(hit.server, SIGKILL) == 0 else { return }
        locked { count += 1 }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }
}
