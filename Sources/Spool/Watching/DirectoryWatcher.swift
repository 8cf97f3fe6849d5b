import CSys
import Glibc

/// Tells when something below `requests/` or in `orders/` changes, by inotify.
///
/// A thread of its own waits for events and gathers them; whoever is slow gets one event with everything in
/// it. Sub-folders are watched as they come. A directory that is not there (unmounted, not made yet) is
/// looked for every two seconds.
///
/// *Limits.* inotify sees nothing that another machine does on a network file system, and a user may watch
/// only so many folders: whoever uses this also scans now and then.
public final class DirectoryWatcher: Sendable {
    /// One element for all that happened since the last was taken. Ends with ``stop()``.
    public let events: AsyncStream<SpoolEvent>

    private let mailbox: EventMailbox
    private let wake: WakeHandle

    /// - Parameters:
    ///   - requests: The path of `requests/`.
    ///   - orders: The path of `orders/`; `nil`: not watched.
    /// - Throws: ``SpoolError`` when the system gives no inotify instance or no thread.
    public init(requests: String, orders: String?) throws(SpoolError) {
        let mailbox = EventMailbox()
        let inotify = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard inotify >= 0 else { throw SpoolError("cannot watch the spool", SystemFailure.last) }
        let event = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard event >= 0 else {
            let failure = SystemFailure.last
            close(inotify)
            throw SpoolError("cannot watch the spool", failure)
        }
        let wake = WakeHandle(taking: event)
        let loop = WatchLoop(
            inotify: inotify, wake: wake, requests: requests, orders: orders, mailbox: mailbox)
        self.mailbox = mailbox
        self.wake = wake
        events = AsyncStream { await mailbox.next() }
        try Self.start(loop)
    }

    deinit { stop() }

    /// Ends the thread and the events.
    public func stop() {
        mailbox.finish()
        wake.signal()
    }

    private static func start(_ loop: WatchLoop) throws(SpoolError) {
        var thread = pthread_t()
        // The thread owns the loop from here and frees it when it ends.
        let argument = Unmanaged.passRetained(loop)
        let result = pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<WatchLoop>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        guard result == 0 else {
            argument.release()
            throw SpoolError("cannot watch the spool", SystemFailure(code: result))
        }
        pthread_detach(thread)
    }
}

/// The eventfd by which the thread is told to end; closed when the last who knows it is gone.
final class WakeHandle: Sendable {
    let descriptor: Int32

    init(taking descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func signal() { eventfd_write(descriptor, 1) }
}
