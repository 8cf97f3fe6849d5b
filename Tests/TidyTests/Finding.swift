/// One place in the tree that breaks a rule.
struct Finding: Hashable, CustomStringConvertible {
    /// Relative to the root of the tree.
    let file: String
    /// Counted from 1; 0 where the whole file is meant.
    let line: Int
    /// What is wrong, in words that say what to do about it.
    let message: String

    var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}

extension [Finding] {
    /// One a line, for a failed expectation.
    var listing: String { map { "\n  \($0)" }.joined() }
}
