import Metainfo

/// Text from outside made fit to be shown: escaped and cut.
public enum DisplayText {
    /// The longest text of a server or a file name that is shown, in bytes.
    public static let limit = 512

    /// The text with control characters, and those that turn the direction of writing, as `\u0007`.
    public static func of(_ text: String) -> String {
        // Nearly every text needs nothing, and a look at the bytes says so.
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isHarmful(scalar) {
                shown += escape(scalar)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// The same for bytes that may not be UTF-8: each byte that is not, as `\xff`.
    public static func of(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return of(text) }
        return bytes.map { byte in
            (0x20..<0x7F).contains(byte)
                ? String(UnicodeScalar(byte)) : "\\x" + Hex.encode([byte])
        }.joined()
    }

    /// Escaped, and cut to `limit` bytes with the mark `…` where it is longer.
    public static func cut(_ text: String, to limit: Int = limit) -> String {
        let shown = of(text)
        guard shown.utf8.count > limit else { return shown }
        var kept = ""
        var size = 0
        for scalar in shown.unicodeScalars {
            size += UTF8.width(scalar)
            if size > limit - mark.utf8.count { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept + mark
    }

    /// Whether the text holds a control character: C0, DEL or C1.
    static func hasControl(_ text: String) -> Bool {
        // Below 0x80 a byte is a character; a control above begins with 0xC2.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return false }
        return text.unicodeScalars.contains(where: isControl)
    }

    private static let mark = "…"

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    // Besides the controls: line and paragraph separators and the marks that turn the direction of writing,
    // with which a name can show as another (`gpj.exe` as `exe.jpg`).
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: isControl(scalar)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
