/// What kept the spool, the status directory or the orders from being read or written.
///
/// Trouble with one request is never an error but a ``Rejection`` or an unreadable name in a
/// ``SpoolReading``.
public struct SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable: `world-writable`, `not-a-directory`, `exists`, `missing`, `bad-name`, `bad-identity`, `io`.
    public let code: String
    /// What was tried, what the system answered, and what to do where something can be done.
    public let message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    init(_ doing: String, _ failure: SystemFailure) {
        let code =
            switch failure.code {
            case SystemFailure.exists: "exists"
            case SystemFailure.missing: "missing"
            case SystemFailure.notADirectory, SystemFailure.isALink: "not-a-directory"
            default: "io"
            }
        self.init(code: code, message: "\(doing): \(failure)")
    }

    public var description: String { "\(code): \(message)" }
}
