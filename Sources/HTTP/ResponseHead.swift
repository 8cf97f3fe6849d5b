/// The header fields of an answer, gathered line by line as libcurl hands them over.
///
/// Interim answers (1xx) are forgotten when the next status line comes; trailers after a chunked body are
/// counted and left out.
struct ResponseHead {
    /// The most bytes of header lines accepted, over all interim answers and trailers.
    static let maximumBytes = 256 << 10

    private(set) var fields: [(name: String, value: String)] = []
    private var bytes = 0
    /// Whether the blank line after the last field has come.
    private(set) var isComplete = false

    /// - Returns: Whether the limit still holds. If not, the line was not taken.
    mutating func append(_ line: UnsafeBufferPointer<UInt8>, bodyHasBegun: Bool) -> Bool {
        bytes += line.count
        guard bytes <= Self.maximumBytes else { return false }
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var content = line[...]
        while let last = content.last, last == 0x0A || last == 0x0D || isBlank(last) { content.removeLast() }

        if content.starts(with: Array("HTTP/".utf8)), !bodyHasBegun {
            fields = []
            isComplete = false
        } else if content.isEmpty {
            isComplete = true
        } else if !isComplete {
            appendField(content, isContinuation: content.first.map(isBlank) ?? false)
        }
        return true
    }

    private mutating func appendField(_ content: Slice<UnsafeBufferPointer<UInt8>>, isContinuation: Bool) {
        if isContinuation {
            // A folded line (obsolete, RFC 9112 §5.2) goes on with the value of the field before it.
            guard let last = fields.indices.last else { return }
            fields[last].value += " " + Self.text(content)
            return
        }
        guard let colon = content.firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = Self.text(content[..<colon]).lowercased()
        fields.append((name, Self.text(content[content.index(after: colon)...])))
    }

    private static func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        String(decoding: bytes.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }
}
