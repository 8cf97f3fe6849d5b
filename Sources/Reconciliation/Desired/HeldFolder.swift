/// Why the content of a folder of the spool counts as unknown: nothing in it is changed, nothing in it goes,
/// and nothing new in it is accepted.
public struct HeldFolder: Hashable, Sendable {
    /// A clause for a person: `is a symbolic link, which is not followed`.
    public let reason: String
    /// What is wrong with the folder's `_defaults.json`, with its place in that file; `nil` for every other
    /// hold, also for a `_defaults.json` that could not be read or is being written.
    public let problem: Problem?

    public init(reason: String, problem: Problem? = nil) {
        self.reason = reason
        self.problem = problem
    }
}
