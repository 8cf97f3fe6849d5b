/// What a command ends with. Source: `sysexits.h` for 64 and above.
public enum ExitCode: Int32, CaseIterable, Sendable {
    case done = 0
    /// `plan` has changes.
    case changes = 2
    /// A person is needed: hold, rejected, failed, conflict.
    case personNeeded = 3
    case usage = 64
    /// qBittorrent cannot be reached.
    case unreachable = 69
    /// A defect of qspool.
    case defect = 70
    /// File or store trouble.
    case trouble = 74
    /// Another instance runs.
    case busy = 75
    /// Credentials refused.
    case credentials = 77
    /// Bad configuration, or `init` never ran.
    case configuration = 78

    /// Of several that hold, the one that a command ends with.
    public static func first(of codes: [ExitCode]) -> ExitCode {
        let order: [ExitCode] = [
            .configuration, .busy, .trouble, .credentials, .unreachable, .personNeeded, .changes,
        ]
        return order.first(where: codes.contains) ?? codes.first { $0 != .done } ?? .done
    }
}

/// Why a command ends early: what it says on standard error and the code it ends with.
public struct Failure: Error, Equatable, CustomStringConvertible {
    public let code: ExitCode
    /// One or more sentences: what was tried, what came back, what to do.
    public let message: String

    public init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
