/// Why a text could not be read as JSON, or a value not as what was asked for.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One stable word: `bad-json`, `bad-encoding`, `duplicate-key`, `too-deep`, `too-large`, `empty`;
    /// `bad-type` when a field of a record has another type than the one asked for.
    public let code: String
    /// One plain sentence for a person, without the place.
    public let message: String
    /// Bytes before the fault, counted from the start of the text, where it is known.
    public let offset: Int?
    /// The line of the fault, from 1. Only whole documents tell it.
    public let line: Int?
    /// The column of the fault in characters, from 1. Only whole documents tell it.
    public let column: Int?

    /// A fault without line and column: in an answer too large to count lines in, or in no text at all.
    public init(code: String, message: String, offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
        line = nil
        column = nil
    }

    /// A fault at a place of a text.
    public init(code: String, message: String, offset: Int, in bytes: [UInt8]) {
        self.code = code
        self.message = message
        self.offset = offset
        let place = JSONPlace(offset: offset).lineAndColumn(in: bytes)
        line = place.line
        column = place.column
    }

    public var description: String {
        guard let line, let column else { return "\(code): \(message)" }
        return "\(code): line \(line), column \(column): \(message)"
    }
}
