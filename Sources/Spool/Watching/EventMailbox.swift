import Glibc

/// Where the watching thread leaves what happened and one reader takes it.
///
/// `@unchecked Sendable`: everything is behind the lock, a POSIX mutex because the thread sanitizer
/// understands it.
final class EventMailbox: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var pending = SpoolEvent()
    private var waiting: CheckedContinuation<SpoolEvent?, Never>?
    private var isFinished = false

    init() { pthread_mutex_init(lock, nil) }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Adds to what waits to be taken.
    func add(_ change: (inout SpoolEvent) -> Void) {
        let delivery: (CheckedContinuation<SpoolEvent?, Never>, SpoolEvent)? = locked {
            change(&pending)
            guard !pending.isEmpty, let reader = waiting else { return nil }
            waiting = nil
            defer { pending = SpoolEvent() }
            return (reader, pending)
        }
        if let (reader, event) = delivery { reader.resume(returning: event) }
    }

    /// The next event, or `nil` when there will be none. Waits; a cancelled task gets `nil`.
    func next() async -> SpoolEvent? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: SpoolEvent?? = locked {
                    // One reader at a time; a second one would wait for ever.
                    if isFinished || Task.isCancelled || waiting != nil { return .some(nil) }
                    if !pending.isEmpty {
                        defer { pending = SpoolEvent() }
                        return pending
                    }
                    waiting = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            release()
        }
    }

    func finish() {
        locked { isFinished = true }
        release()
    }

    var hasFinished: Bool { locked { isFinished } }

    private func release() {
        let reader = locked { () -> CheckedContinuation<SpoolEvent?, Never>? in
            defer { waiting = nil }
            return waiting
        }
        reader?.resume(returning: nil)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }
}
