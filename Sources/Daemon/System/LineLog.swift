import CSys
import Glibc
public import Logging
import Reconciliation

/// Log lines on standard error: a constant message and its facts as `key=value`. Under systemd each line
/// carries its journal priority instead of the time.
///
/// *Limits*: 100 lines a second and 4 kB a line; what is over is dropped, and the count of dropped lines is
/// told with the next one.
public struct LineLog: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let isJournal: Bool

    /// - Parameter isJournal: Whether standard error leads to the journal (`JOURNAL_STREAM` is set).
    public init(label: String, level: Logger.Level, isJournal: Bool) {
        self.label = label
        logLevel = level
        self.isJournal = isJournal
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        write(event.level, "\(event.message)", event.metadata)
    }

    private func write(_ level: Logger.Level, _ message: String, _ facts: Logger.Metadata?) {
        let now = SystemClock().now()
        guard let dropped = LinePace.shared.admit(at: now.bootMilliseconds) else { return }
        let merged = metadata.merging(facts ?? [:]) { $1 }
        var line = isJournal ? "<\(priority(level))>" : "\(now.wall) \(level.rawValue.uppercased()) "
        line += message
        for key in merged.keys.sorted() {
            if let value = merged[key] { line += " \(key)=\(Self.quoted("\(value)"))" }
        }
        if dropped > 0 { line += " dropped=\(dropped)" }
        StandardError.write(String(line.prefix(4_000)))
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.contains { $0 == " " || $0 == "\"" || $0.isNewline }
        guard needsQuotes else { return text }
        let escaped = text.map { $0 == "\"" ? "\\\"" : $0.isNewline ? " " : String($0) }.joined()
        return "\"" + escaped + "\""
    }

    private func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}

/// Counts lines by the second.
final class LinePace: @unchecked Sendable {
    // Sound: every access to the counters is inside the lock.
    static let shared = LinePace()
    private static let linesPerSecond = 100
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var second: Int64 = 0
    private var lines = 0
    private var dropped = 0

    init() {
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// - Returns: How many lines were dropped before this one, or `nil` when this one is dropped too.
    func admit(at milliseconds: Int64) -> Int? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if milliseconds / 1000 != second {
            second = milliseconds / 1000
            lines = 0
        }
        guard lines < Self.linesPerSecond else {
            dropped += 1
            return nil
        }
        lines += 1
        defer { dropped = 0 }
        return dropped
    }
}

/// Standard error, written whole lines at a time.
public enum StandardError {
    /// Writes one line. What cannot be written is lost: there is nowhere else to say it.
    public static func write(_ line: String) { part(line + "\n") }

    /// Writes text without ending the line, for what is redrawn.
    public static func part(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return
            }
            start += count
        }
    }
}
