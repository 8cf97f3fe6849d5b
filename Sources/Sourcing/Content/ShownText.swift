import HTTP

/// Text of a server made fit for a message: without what the address itself holds (it may be a passkey, and
/// pages like to repeat it), without other secrets, on one line, escaped and cut.
struct ShownText {
    /// Texts that must not be shown, the longest first.
    private let hidden: [String]

    /// Words of addresses that say something and give nothing away.
    private static let harmless: Set<String> = [
        "announce", "api", "details", "download", "file", "files", "html", "http", "https", "index", "login",
        "rss", "search", "torrent", "torrents",
    ]
    private static let shortestHidden = 4

    /// - Parameters:
    ///   - urls: Every address of the fetch so far.
    ///   - keys: Other texts that must not be shown.
    init(hiding urls: [String], keys: [Secret] = []) {
        var parts = Set(keys.map { $0.reveal() })
        for url in urls {
            let tail = Self.tail(of: url)
            parts.formUnion(tail.split(separator: "/").map(String.init))
            parts.formUnion(tail.split { "/?&=#".contains($0) }.map(String.init))
        }
        parts.formUnion(parts.map { FormEncoding.percentDecoded($0) })
        hidden =
            parts.filter { $0.utf8.count >= Self.shortestHidden && !Self.harmless.contains($0.lowercased()) }
            .sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    }

    /// - Parameter limit: The longest result. Unit: bytes.
    func of(_ text: String, to limit: Int) -> String {
        var shown = text
        for part in hidden where shown.contains(part) { shown = shown.replacing(part, with: "***") }
        let words = shown.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        return Self.cut(Masking.text(words), to: limit)
    }

    /// The first bytes of a body. They are cut long after what is shown, so that no secret is cut in two and
    /// then not known again.
    func of(_ bytes: [UInt8], to limit: Int) -> String {
        of(String(decoding: bytes.prefix(16_384), as: UTF8.self), to: limit)
    }

    /// Everything behind the host.
    private static func tail(of url: String) -> Substring {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        return rest.firstIndex { "/?#".contains($0) }.map { rest[$0...] } ?? ""
    }

    /// The text with control characters escaped, and cut with the mark `…` where it is longer than `limit`
    /// bytes.
    static func cut(_ text: String, to limit: Int) -> String {
        var kept = ""
        var size = 0
        for scalar in text.unicodeScalars {
            let shown = isHarmful(scalar) ? "\\u" + String(scalar.value, radix: 16) : String(scalar)
            size += shown.utf8.count
            guard size <= limit else { return kept + "…" }
            kept += shown
        }
        return kept
    }

    /// Controls, separators of lines, and the marks that turn the direction of writing.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
