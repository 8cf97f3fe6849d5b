/// A defect in a request, kept as data and shown to its producer. Final until the file changes.
public struct Problem: Error, Hashable, Sendable {
    /// Stable, lower case with hyphens: `bad-json`, `unknown-field`.
    public let code: String
    /// One sentence for a person. No secrets.
    public let message: String
    /// The request's key that is at fault, such as `source`, where one is.
    public let field: String?
    /// From 1, where it can be known.
    public let line: Int?
    /// In characters, from 1, where it can be known.
    public let column: Int?

    public init(code: String, message: String, field: String? = nil, line: Int? = nil, column: Int? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.line = line
        self.column = column
    }

    /// The code with each part capitalised, as a status file's `reason`: `bad-json` is `BadJson`.
    public var reason: String {
        code.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

/// A request file that cannot be carried out, and which content of it that is.
public struct Rejection: Hashable, Sendable {
    public let problem: Problem
    /// Of the file's present content; `nil` when it could not be read at all (a link, a FIFO).
    public let version: RequestVersion?

    public init(problem: Problem, version: RequestVersion?) {
        self.problem = problem
        self.version = version
    }
}

/// Something in the spool that has no status file of its own: a name that cannot be used.
public struct SpoolProblem: Hashable, Sendable {
    /// Escaped for display.
    public let path: String
    public let code: String
    public let message: String

    public init(path: String, code: String, message: String) {
        self.path = path
        self.code = code
        self.message = message
    }
}
