/// Where a value begins in the text it was read from.
public struct JSONPlace: Hashable, Sendable {
    /// Bytes before the value, counted from the first byte of the text, a byte order mark included.
    public let offset: Int

    public init(offset: Int) {
        self.offset = offset
    }

    /// The place for a person: both start at 1, columns count characters of UTF-8 (code points), and a byte
    /// order mark is no column. Lines end at a line feed.
    ///
    /// - Parameter bytes: The text the place belongs to. A place beyond its end is taken as its end.
    public func lineAndColumn(in bytes: [UInt8]) -> (line: Int, column: Int) {
        let end = min(max(offset, 0), bytes.count)
        let start = min(JSONReader.markSize(bytes), end)
        var line = 1
        var column = 1
        for byte in bytes[start..<end] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }
}
