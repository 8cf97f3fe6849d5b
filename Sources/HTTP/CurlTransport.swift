import Glibc

/// HTTP by libcurl, on one thread of its own.
///
/// Connections are kept alive for reading requests and never shared by those that change something (see
/// ``HTTPRequest/isMutating``). There are no redirects, no cookie jar, no proxy, no `.netrc`, no
/// compression; only `http` and `https`; TLS 1.2 or later with certificates verified.
///
/// *Limits*: HTTP/1.1 only. Requests beyond the number of slots wait in the order they came, without a time
/// limit of their own; every request in a slot has one.
public final class CurlTransport: HTTPTransport, @unchecked Sendable {
    // Sendable: `thread` is guarded by the lock, the rest does not change.

    private let loop: TransferLoop
    private let lock = Lock()
    private var thread: pthread_t?

    /// Starts the thread.
    ///
    /// - Parameter maximumTransfers: How many requests run at once, and how many idle connections are kept.
    ///   Default 64.
    public init(maximumTransfers: Int = 64) {
        precondition(maximumTransfers > 0, "a transport needs a slot")
        loop = TransferLoop(maximumTransfers: maximumTransfers)
        thread = Self.startThread(running: loop)
    }

    deinit { shutdown() }

    public func perform(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let transfer = Transfer(request, origin: try request.checkedOrigin())
        let inbox = loop.inbox
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Transfer.Continuation) in
                transfer.continuation = continuation
                guard !inbox.submit(transfer) else { return }
                let error = transfer.cancellation("cancelled before it began, or the transport was shut down")
                continuation.resume(returning: .failure(error))
            }
        } onCancel: {
            inbox.cancel(transfer)
        }
        return try result.get()
    }

    /// Ends the thread and waits for it. Requests that are still running or come later fail as cancelled.
    /// Calling it again does nothing.
    public func shutdown() {
        let thread = lock.withLock {
            let thread = self.thread
            self.thread = nil
            return thread
        }
        guard let thread else { return }
        loop.inbox.close()
        pthread_join(thread, nil)
    }

    private static func startThread(running loop: TransferLoop) -> pthread_t {
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, runLoop, Unmanaged.passRetained(loop).toOpaque())
        precondition(code == 0, "the system gave no thread to the HTTP transport")
        return thread
    }
}

/// What the transport's thread runs. It holds the loop, not the transport, which can so end the thread.
private func runLoop(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let pointer else { return nil }
    // Signals belong to the other threads; a broken pipe (OpenSSL writes without MSG_NOSIGNAL) to none.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    Unmanaged<TransferLoop>.fromOpaque(pointer).takeRetainedValue().run()
    return nil
}
