/// Takes the secrets out of URLs before they are shown: in logs, status files and error messages.
///
/// Works on the text and understands malformed URLs as well; when in doubt it hides too much rather than too
/// little. The result is for people, not for sending.
public enum Masking {
    /// Hides user info, the values of key-like query fields (`apikey`, `passkey`, `token`, `link`, …), path
    /// components that look like a token, and fragments. Each becomes `***`.
    public static func url(_ text: String) -> String {
        url(text, depth: 0)
    }

    /// The same for every URL and magnet link inside a longer text. The rest stays as it is.
    public static func text(_ text: String) -> String {
        var result = ""
        var word = ""
        for character in text {
            if character.isWhitespace || "\"'<>()".contains(character) {
                result += masked(word: word)
                result.append(character)
                word = ""
            } else {
                word.append(character)
            }
        }
        return result + masked(word: word)
    }

    private static let mark = "***"

    private static func masked(word: String) -> String {
        let lowered = word.lowercased()
        return lowered.contains("://") || lowered.contains("magnet:?") ? url(word) : word
    }

    private static func url(_ text: String, depth: Int) -> String {
        var rest = Substring(text)
        var result = ""
        if let end = rest.firstRange(of: "://")?.upperBound {
            result += rest[..<end]
            rest = authority(rest[end...], into: &result)
        }
        let path = rest.prefix { $0 != "?" && $0 != "#" }
        result += path.split(separator: "/", omittingEmptySubsequences: false)
            .map { looksLikeToken($0) ? mark : String($0) }.joined(separator: "/")
        rest = rest[path.endIndex...]
        if rest.first == "?" {
            let query = rest.dropFirst().prefix { $0 != "#" }
            result +=
                "?"
                + query.split(separator: "&", omittingEmptySubsequences: false)
                .map { field($0, depth: depth) }.joined(separator: "&")
            rest = rest[query.endIndex...]
        }
        return rest.isEmpty ? result : result + "#" + mark
    }

    /// Appends host and port, with what stands before an `@` hidden.
    ///
    /// - Returns: What follows the authority.
    private static func authority(_ text: Substring, into result: inout String) -> Substring {
        var end = text.firstIndex { "/?#\\".contains($0) } ?? text.endIndex
        // A password with a raw slash in it ends the authority too early: "user:pa" has no port but a word
        // behind its colon. Then the last "@" of all is where the host begins.
        let port = text[..<end].split(separator: ":", maxSplits: 1).dropFirst().first
        let isOdd = text.first != "[" && port.map { !$0.allSatisfy(\.isNumber) } ?? false
        if isOdd, !text[..<end].contains("@"), let at = text.lastIndex(of: "@") {
            end = text[at...].firstIndex { "/?#\\".contains($0) } ?? text.endIndex
        }
        if let at = text[..<end].lastIndex(of: "@") {
            result += mark + text[at..<end]
        } else {
            result += text[..<end]
        }
        return text[end...]
    }

    private static func field(_ field: Substring, depth: Int) -> String {
        guard let equals = field.firstIndex(of: "=") else {
            return looksLikeToken(field) ? mark : String(field)
        }
        let name = field[..<equals]
        let value = field[field.index(after: equals)...]
        return "\(name)=\(masked(value, of: FormEncoding.percentDecoded(name).lowercased(), depth: depth))"
    }

    private static func masked(_ value: Substring, of name: String, depth: Int) -> String {
        if value.isEmpty { return "" }
        if isKeyLike(name) { return mark }
        // An info-hash is no secret, and without it a message says little.
        if ["hash", "hashes", "infohash", "info_hash", "xt", "id"].contains(name) || name.hasPrefix("xt.") {
            return String(value)
        }
        let decoded = FormEncoding.percentDecoded(value)
        if decoded.contains("://") || decoded.hasPrefix("magnet:") {
            // Tracker URLs inside a magnet carry passkeys. Each level is decoded once; three is more than any
            // honest link has.
            return depth < 3 ? FormEncoding.percentEncoded(url(decoded, depth: depth + 1)) : mark
        }
        return looksLikeToken(value) ? mark : String(value)
    }

    private static func isKeyLike(_ name: String) -> Bool {
        let parts = [
            "key", "token", "pass", "secret", "auth", "cred", "session", "signature", "cookie", "pwd",
        ]
        let names = ["sid", "link", "sig", "pin", "pid", "uid", "user", "username", "jwt", "code", "u", "p"]
        return names.contains(name) || parts.contains { name.contains($0) }
    }

    /// Whether a run of letters and digits is more likely drawn by lot than written by a person: 16 or more
    /// hexadecimal digits, 12 or more with both letters and digits, or 24 or more of any kind.
    private static func looksLikeToken(_ text: Substring) -> Bool {
        FormEncoding.percentDecoded(text).utf8
            .split { !isAlphanumeric($0) }
            .contains { run in
                if run.count >= 24 { return true }
                let hasDigit = run.contains { isDigit($0) }
                let hasLetter = run.contains { !isDigit($0) }
                if run.count >= 12, hasDigit, hasLetter { return true }
                return run.count >= 16 && run.allSatisfy { isHexDigit($0) }
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
