/// Where a value came from, for the error that names it.
enum Origin: Equatable, Sendable {
    case file(String)
    case environment(variable: String)
    /// Given by the name of its setting, as the command line does.
    case flag

    /// The setting as the subject of a sentence.
    func subject(_ key: String) -> String {
        switch self {
        case .file: "`\(key)`"
        case .environment(let variable): "the environment variable \(variable) (`\(key)`)"
        case .flag: "the flag for `\(key)`"
        }
    }

    /// - Parameters:
    ///   - sentence: Without its full stop; begins in lower case.
    ///   - line: Counts only for a file, as does `column`.
    func error(_ sentence: String, key: String?, line: Int, column: Int) -> ConfigurationError {
        let message = sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
        guard case .file(let path) = self else { return ConfigurationError(message: message, key: key) }
        return ConfigurationError(message: message, file: path, line: line, column: column, key: key)
    }
}
