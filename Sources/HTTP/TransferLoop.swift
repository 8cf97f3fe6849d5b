import CCurl
import Glibc

/// The one thread that owns libcurl's multi handle and all easy handles.
///
///     submitted ──slot free──▶ running ──done, failed or cancelled──▶ answered
///         └──────────────────cancelled or closed────────────────────────▲
///
/// Every transfer submitted is answered exactly once.
final class TransferLoop: @unchecked Sendable {
    // Sendable: callers touch the inbox alone, which is; the rest belongs to the thread that runs `run()`.

    let inbox: TransferInbox
    private let multi: UnsafeMutableRawPointer
    private let maximumTransfers: Int
    private var waiting: [Transfer] = []
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]
    private var idle: [UnsafeMutableRawPointer] = []

    /// Easy handles kept for the next request; more of them are freed after use.
    private static let maximumIdle = 8
    /// The longest sleep without any event. It only bounds how long a lost wake-up could go unseen.
    private static let maximumSleepMilliseconds: Int32 = 60_000

    private static let libraryCode = curl_global_init(3)  // CURL_GLOBAL_DEFAULT, a macro of macros.

    init(maximumTransfers: Int) {
        precondition(Self.libraryCode == CURLE_OK, "libcurl could not be initialised")
        guard let multi = curl_multi_init() else { fatalError("libcurl has no memory for a multi handle") }
        let code = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, maximumTransfers)
        precondition(code == CURLM_OK, "libcurl refused the size of its connection cache")
        self.multi = multi
        self.maximumTransfers = maximumTransfers
        inbox = TransferInbox(waking: multi)
    }

    /// Works until the inbox is closed, then ends what is left and frees everything.
    func run() {
        while true {
            let content = inbox.drain()
            waiting += content.arrivals
            for transfer in content.cancellations { end(transfer, "the task was cancelled") }
            if content.isClosed { break }
            startWaiting()
            var count: Int32 = 0
            check(curl_multi_perform(multi, &count))
            finishDone()
            if !waiting.isEmpty, running.count < maximumTransfers { continue }
            check(curl_multi_poll(multi, nil, 0, Self.maximumSleepMilliseconds, nil))
        }
        for transfer in waiting + Array(running.values) { end(transfer, "the transport was shut down") }
        for handle in idle { curl_easy_cleanup(handle) }
        curl_multi_cleanup(multi)
    }

    private func startWaiting() {
        let count = min(waiting.count, maximumTransfers - running.count)
        guard count > 0 else { return }
        let next = waiting[..<count]
        waiting.removeFirst(count)
        for transfer in next { start(transfer) }
    }

    private func start(_ transfer: Transfer) {
        guard let raw = idle.popLast() ?? curl_easy_init() else {
            return answer(transfer, .failure(transfer.breakdown("libcurl has no memory for a handle")))
        }
        do {
            try transfer.configure(EasyHandle(raw: raw))
        } catch {
            let failure = transfer.breakdown("libcurl refused an option (error \(error.code.rawValue))")
            retire(raw, of: transfer)
            return answer(transfer, .failure(failure))
        }
        running[raw] = transfer
        let code = curl_multi_add_handle(multi, raw)
        guard code == CURLM_OK else {
            return finish(
                raw, .failure(transfer.breakdown("libcurl refused the transfer (\(code.rawValue))")))
        }
    }

    private func finishDone() {
        var count: Int32 = 0
        while let message = curl_multi_info_read(multi, &count) {
            guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle else { continue }
            guard let transfer = running[raw] else { preconditionFailure("a handle in use has a transfer") }
            finish(raw, transfer.result(message.pointee.data.result))
        }
    }

    /// Ends a transfer from outside. One that is already over is left alone: its cancellation came late.
    private func end(_ transfer: Transfer, _ reason: String) {
        if let index = waiting.firstIndex(where: { $0 === transfer }) {
            waiting.remove(at: index)
            answer(transfer, .failure(transfer.cancellation(reason)))
        } else if let raw = transfer.handle?.raw {
            finish(raw, .failure(transfer.cancellation(reason)))
        }
    }

    private func finish(_ raw: UnsafeMutableRawPointer, _ result: Result<HTTPResponse, HTTPError>) {
        guard let transfer = running.removeValue(forKey: raw) else { return }
        curl_multi_remove_handle(multi, raw)
        retire(raw, of: transfer)
        answer(transfer, result)
    }

    private func retire(_ raw: UnsafeMutableRawPointer, of transfer: Transfer) {
        curl_easy_reset(raw)
        transfer.freeBorrowed()
        transfer.handle = nil
        if idle.count < Self.maximumIdle {
            idle.append(raw)
        } else {
            curl_easy_cleanup(raw)
        }
    }

    private func answer(_ transfer: Transfer, _ result: Result<HTTPResponse, HTTPError>) {
        transfer.continuation?.resume(returning: result)
        transfer.continuation = nil
    }

    /// A multi handle that fails (no memory) fails everybody: each transfer is answered, and the loop goes
    /// on.
    private func check(_ code: CURLMcode) {
        guard code != CURLM_OK else { return }
        for (raw, transfer) in running {
            finish(raw, .failure(transfer.breakdown("libcurl failed (multi error \(code.rawValue))")))
        }
    }
}
