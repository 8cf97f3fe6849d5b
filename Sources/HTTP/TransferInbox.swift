import CCurl

/// Where callers leave transfers and cancellations for the loop's thread.
///
/// The loop is woken while the lock is held, and never once the inbox is closed: so nobody wakes a multi
/// handle that is already gone.
final class TransferInbox: @unchecked Sendable {
    // Sendable: every mutable property, and `Transfer.isCancelled`, is touched under the lock alone.

    /// What came in since the loop last looked.
    struct Content {
        var arrivals: [Transfer] = []
        var cancellations: [Transfer] = []
        var isClosed = false
    }

    private let lock = Lock()
    private let multi: UnsafeMutableRawPointer
    private var content = Content()

    init(waking multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    /// - Returns: Whether the loop will see to the transfer. If not, it was cancelled before, or the inbox is
    ///   closed, and the caller ends it.
    func submit(_ transfer: Transfer) -> Bool {
        lock.withLock {
            guard !content.isClosed, !transfer.isCancelled else { return false }
            content.arrivals.append(transfer)
            curl_multi_wakeup(multi)
            return true
        }
    }

    /// May come before the transfer is submitted, and after it has ended.
    func cancel(_ transfer: Transfer) {
        lock.withLock {
            transfer.isCancelled = true
            guard !content.isClosed else { return }
            content.cancellations.append(transfer)
            curl_multi_wakeup(multi)
        }
    }

    /// Refuses everything from now on.
    func close() {
        lock.withLock {
            guard !content.isClosed else { return }
            content.isClosed = true
            curl_multi_wakeup(multi)
        }
    }

    /// Takes out what came in.
    func drain() -> Content {
        lock.withLock {
            let taken = content
            content = Content(isClosed: taken.isClosed)
            return taken
        }
    }
}
