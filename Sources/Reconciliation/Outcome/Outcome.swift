/// How an action went, as far as the call itself can tell. Whether it had its effect is told by a later look.
public struct Outcome: Equatable, Sendable {
    public enum Result: Equatable, Sendable {
        /// The server acknowledged it.
        case acknowledged
        /// Not needed after all: the last look showed another picture (the torrent gone, the tag off, …).
        case skipped(String)
        /// The server may or may not have done it: cut off or timed out after something was sent.
        case unknown(ActionFailure)
        /// It was not done.
        case failed(ActionFailure)
    }

    public let action: Action
    public let result: Result
    /// When the answer came.
    public let at: Timestamp
    /// What became of the data, where an acknowledged removal was to take it along.
    public let parting: DataParting?

    public init(action: Action, result: Result, at: Timestamp, parting: DataParting? = nil) {
        self.parting = parting
        self.action = action
        self.result = result
        self.at = at
    }
}

/// Why an action did not succeed, and therefore what happens next.
public struct ActionFailure: Error, Hashable, Sendable {
    public enum Remedy: Hashable, Sendable {
        /// The world may heal by itself. Try again after the backoff.
        case retry
        /// The request itself is at fault. Do nothing until its file changes.
        case correctRequest
        /// The server's whole picture is in doubt (gone, refused us): end the calls of this pass to it.
        case abandonClient(ClientTrouble)
    }

    public let remedy: Remedy
    /// Stable, lower case with hyphens: `timeout`, `refused`, `conflict`, `bad-torrent`.
    public let code: String
    /// A sentence for a person: what was tried, what came back, what to do. No secrets.
    public let message: String

    public init(remedy: Remedy, code: String, message: String) {
        self.remedy = remedy
        self.code = code
        self.message = message
    }
}
