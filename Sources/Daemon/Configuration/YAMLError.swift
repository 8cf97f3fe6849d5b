/// Why a text is not a YAML document of the kind we read, and where.
struct YAMLError: Error, Equatable {
    /// A sentence without its full stop. Never quotes a value: it could be a secret.
    let message: String
    /// Counted from 1.
    let line: Int
    let column: Int
}
