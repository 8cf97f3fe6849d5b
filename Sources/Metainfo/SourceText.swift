/// What the text of a request's `source` is, told without looking at anything but the text.
public enum SourceText: Equatable, Sendable {
    case magnet(Magnet)
    case infoHash(InfoHash)
    /// From a `data:` URL.
    case torrent(TorrentFile)
    /// The name of a `.torrent` in the folder of the request. One component, visible, no control characters.
    case file(String)
    /// An `http` or `https` address, not fetched yet. Its host is judged when it is.
    case url(String)

    /// The longest address. Unit: bytes.
    static let longestURL = 4_096

    /// - Throws: ``MetainfoError``: `missing-field` (nothing there), `url-not-allowed` (other scheme, user
    ///   info, blanks or control characters, no host, over 4 kB), `bad-path` (a `.torrent` elsewhere than in
    ///   the same folder), `bad-infohash` (anything that is nothing of all this), and what ``Magnet`` and
    ///   ``TorrentFile`` throw.
    public init(_ text: String) throws(MetainfoError) {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 > 0x20 }) else {
            throw MetainfoError(code: "missing-field", message: "The source is empty.")
        }
        if ASCII.hasPrefix(bytes, "magnet:") {
            self = .magnet(try Magnet(text: text))
        } else if ASCII.hasPrefix(bytes, "data:") {
            self = .torrent(try TorrentFile(bytes: try DataURL.decode(text)))
        } else if let scheme = Self.scheme(of: bytes) {
            self = .url(try Self.url(text, bytes, scheme: scheme))
        } else if let hash = InfoHash(text: text) {
            self = .infoHash(hash)
        } else if ASCII.hasSuffix(bytes, ".torrent") {
            self = .file(try Self.file(text, bytes))
        } else {
            throw Self.unknown(bytes)
        }
    }

    /// The scheme in lower case. A colon alone makes no scheme, because file names have them (`Alien:
    /// Romulus`); two slashes behind it do, and so do names that are known as schemes.
    private static func scheme(of bytes: [UInt8]) -> String? {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = String(decoding: ASCII.lowercased(bytes[..<colon]), as: UTF8.self)
        let known = [
            "http", "https", "file", "ftp", "ftps", "sftp", "scp", "smb", "dict", "gopher", "javascript",
        ]
        return bytes[(colon + 1)...].starts(with: "//".utf8) || known.contains(scheme) ? scheme : nil
    }

    private static func url(_ text: String, _ bytes: [UInt8], scheme: String) throws(MetainfoError) -> String
    {
        guard scheme == "http" || scheme == "https" else {
            throw notAllowed("Only http and https addresses are fetched.")
        }
        guard bytes.count <= longestURL else { throw notAllowed("The address is longer than 4 kB.") }
        guard isVisible(text), !bytes.contains(UInt8(ascii: " ")), !bytes.contains(UInt8(ascii: "\\")) else {
            throw notAllowed("The address holds a blank, a backslash or a control character.")
        }
        let rest = bytes[(scheme.utf8.count + 1)...]
        guard rest.starts(with: "//".utf8) else { throw notAllowed("The address has no host.") }
        let authority = rest.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw notAllowed("The address holds a user name or a password.")
        }
        guard let first = authority.first, first != UInt8(ascii: ":") else {
            throw notAllowed("The address has no host.")
        }
        return text
    }

    private static func file(_ text: String, _ bytes: [UInt8]) throws(MetainfoError) -> String {
        guard !bytes.contains(UInt8(ascii: "/")) else {
            throw badPath("A named .torrent must lie in the folder of its request.")
        }
        guard bytes.first != UInt8(ascii: "."), bytes.count <= FileName.mostBytes, isVisible(text) else {
            throw badPath(
                "The name of the .torrent begins with a dot, is too long, or holds a control character.")
        }
        return text
    }

    private static func unknown(_ bytes: [UInt8]) -> MetainfoError {
        let looksLikeHash =
            bytes.count <= 128 && bytes.allSatisfy { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ".") }
        return MetainfoError(
            code: "bad-infohash",
            message: looksLikeHash
                ? "An info-hash is 40 or 64 hex digits or 32 digits of base32; this is none."
                : "The source is no magnet link, info-hash, http(s) address, data: URL or name of a .torrent."
        )
    }

    private static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private static func notAllowed(_ message: String) -> MetainfoError {
        MetainfoError(code: "url-not-allowed", message: message)
    }

    private static func badPath(_ message: String) -> MetainfoError {
        MetainfoError(code: "bad-path", message: message)
    }
}
