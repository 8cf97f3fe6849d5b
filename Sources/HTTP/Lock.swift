import Glibc

/// A plain mutual-exclusion lock over `pthread_mutex_t`.
///
/// The standard library's `Mutex` works as well, but the thread sanitizer reports false races with it, which
/// would make its runs useless.
final class Lock: @unchecked Sendable {
    // Sendable: the mutex has a fixed address for life and is made to be used from several threads.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        mutex = .allocate(capacity: 1)
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "a mutex needs no resource that can run out")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
