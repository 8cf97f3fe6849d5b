/// Why there is no usable configuration: exit code 78. Nothing has been touched by then.
///
/// The message never holds a secret: values of addresses that carry a user name, and contents of password
/// files, are not quoted.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for a person: what is wrong and what is allowed.
    public let message: String
    /// The file at fault. `nil` when an environment variable, a flag or the combination is.
    public let file: String?
    /// Counted from 1. `nil` when no single line is at fault.
    public let line: Int?
    public let column: Int?
    /// The setting at fault, dotted: `prune.grace`.
    public let key: String?

    public init(
        message: String, file: String? = nil, line: Int? = nil, column: Int? = nil, key: String? = nil
    ) {
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.key = key
    }

    /// `FILE:LINE:COLUMN: MESSAGE`, without the parts that are not known.
    public var description: String {
        let place = [file, line.map { String($0) }, column.map { String($0) }].compactMap { $0 }
        return place.isEmpty ? message : place.joined(separator: ":") + ": " + message
    }
}
