import JSON

/// One line of `qspool check`.
public struct CheckFinding: Equatable, Sendable {
    /// How much it matters.
    public enum Level: String, Sendable {
        case ok, note, warning, error
    }

    public var level: Level
    /// `root`, `spool`, `store`, `clock`, or a client's name.
    public var subject: String
    public var message: String
    /// What the command ends with because of it.
    public var code: ExitCode

    public init(_ level: Level, _ subject: String, _ message: String, code: ExitCode = .trouble) {
        self.level = level
        self.subject = subject
        self.message = message
        self.code = level == .error ? code : .done
    }
}

extension [CheckFinding] {
    public var exitCode: ExitCode { ExitCode.first(of: map(\.code)) }
}

/// Findings as JSON.
public enum FindingsDocument {
    public static func render(_ findings: [CheckFinding]) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginObject()
        writer.field("ok", !findings.contains { $0.level == .error })
        writer.key("findings")
        writer.beginArray()
        for finding in findings {
            writer.beginObject()
            writer.field("level", finding.level.rawValue)
            writer.field("subject", finding.subject)
            writer.field("message", finding.message)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [10]
    }
}
