public import Glibc

/// A program that ``Command/start(_:_:environment:directory:)`` started. It is killed, with its process
/// group, when nobody holds this value any more.
///
/// `@unchecked Sendable` is sound: the status is the only thing that changes, and the lock guards it.
public final class RunningCommand: @unchecked Sendable {
    /// The process id, which is that of its process group too.
    public let pid: pid_t

    private let outputFile: Int32
    private let errorFile: Int32
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var reaped: Int32?

    init(pid: pid_t, output: Int32, errors: Int32) {
        self.pid = pid
        outputFile = output
        errorFile = errors
        pthread_mutex_init(lock, nil)
    }

    deinit {
        if status == nil { _ = finish(within: .zero) }
        close(outputFile)
        close(errorFile)
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// `nil` while it runs; then its exit status, or 128 plus the signal that ended it.
    public var status: Int32? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if reaped == nil {
            var raw: Int32 = 0
            if waitpid(pid, &raw, WNOHANG) == pid {
                reaped = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
            }
        }
        return reaped
    }

    /// What it has printed on standard output so far.
    public var output: String { Self.text(of: outputFile) }

    /// What it has printed on standard error so far.
    public var errors: String { Self.text(of: errorFile) }

    /// Sends a signal to this process alone, if it still runs.
    ///
    /// - Returns: Whether it was sent. The pid cannot have been reused: it is ours until its status was read.
    @discardableResult
    public func signal(_ number: Int32) -> Bool {
        guard status == nil else { return false }
        return kill(pid, number) == 0
    }

    /// Waits for it to end by itself, and kills its process group when the time is over.
    public func finish(within timeout: Duration = .seconds(60)) -> Command.Finished {
        var timedOut = false
        if !wait(upTo: timeout, until: { status != nil }) {
            timedOut = true
            kill(-pid, SIGKILL)
            _ = wait(upTo: .seconds(30)) { status != nil }
        }
        return Command.Finished(status: status ?? 137, output: output, errors: errors, timedOut: timedOut)
    }

    /// Waits for a whole line on standard output, such as the one that says "ready".
    ///
    /// - Returns: The first line, without its end; `nil` when the program ended or the time is over before
    ///   there was one.
    public func firstLine(within timeout: Duration = .seconds(60)) -> String? {
        var line: String?
        _ = wait(upTo: timeout) {
            let ended = status != nil
            let text = output
            if let end = text.firstIndex(of: "\n") { line = String(text[..<end]) }
            return line != nil || ended
        }
        return line
    }

    /// Looks again and again, at first after a fifth of a millisecond, later every 10 ms.
    private func wait(upTo timeout: Duration, until isDone: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + timeout
        var pause: UInt32 = 200
        while !isDone() {
            guard ContinuousClock.now < deadline else { return false }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        return true
    }

    private static func text(of file: Int32) -> String {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(file, &block, block.count, off_t(bytes.count))
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
