/// One line of `qspool check` about a server.
public struct Finding: Equatable, Sendable {
    /// How much it matters.
    public enum Level: String, Sendable {
        /// As it should be.
        case ok
        /// Worth knowing.
        case note
        /// It works, and will surprise.
        case warning
        /// It does not work.
        case error
    }

    public let level: Level
    /// A sentence for a person. No secrets.
    public let message: String

    public init(_ level: Level, _ message: String) {
        self.level = level
        self.message = message
    }
}
