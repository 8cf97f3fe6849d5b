internal import HTTP

/// Where a server listens: `http://host:port/base`, `https://…` or `unix:/path/of/socket`.
///
/// Without user info, query and fragment, and without a slash at the end, so that `base + "/api/v2/…"` is
/// right.
public struct ServerAddress: Sendable, Equatable, CustomStringConvertible {
    /// qBittorrent's own default port, on this machine.
    public static let standard = ServerAddress(
        url: "http://127.0.0.1:8080", socketPath: nil, isEncrypted: false)

    /// Prowlarr's own default port, on this machine.
    static let prowlarrStandard = ServerAddress(
        url: "http://127.0.0.1:9696", socketPath: nil, isEncrypted: false)

    /// Longest path of a Unix socket: `sun_path` has 108 bytes, one of them for the final zero (unix(7)).
    static let maximumSocketPathBytes = 107

    /// What to put in front of `/api/v2/…`. For a socket `http://localhost`.
    public let url: String
    /// The Unix socket to connect to instead of the URL's host.
    public let socketPath: String?
    let isEncrypted: Bool

    private init(url: String, socketPath: String?, isEncrypted: Bool) {
        self.url = url
        self.socketPath = socketPath
        self.isEncrypted = isEncrypted
    }

    /// As the configuration writes it.
    public var description: String { socketPath.map { "unix:" + $0 } ?? url }

    /// A defect of an address, without the address: it could hold a password.
    struct Defect: Error, Equatable {
        let sentence: String
    }

    /// - Throws: ``Defect``.
    static func parse(_ text: String) throws(Defect) -> ServerAddress {
        if text.hasPrefix("unix:") { return try socket(String(text.dropFirst("unix:".count))) }
        let lowered = text.lowercased()
        guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://") else {
            throw Defect(sentence: "does not begin with http://, https:// or unix:")
        }
        let authority = text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw Defect(sentence: "holds a user name; it belongs into `username` and `passwordFile`")
        }
        guard !text.contains("?"), !text.contains("#") else {
            throw Defect(sentence: "holds a query or a fragment")
        }
        var trimmed = Substring(text)
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        // libcurl would look for the host behind a third slash.
        guard !authority.isEmpty, let origin = HTTPOrigin(url: String(trimmed)) else {
            throw Defect(sentence: "is not a URL")
        }
        return ServerAddress(
            url: String(trimmed), socketPath: nil, isEncrypted: origin.scheme == "https")
    }

    private static func socket(_ path: String) throws(Defect) -> ServerAddress {
        if let defect = AbsolutePath.defect(path) {
            throw Defect(sentence: "names a socket whose path \(defect)")
        }
        let path = AbsolutePath.normalised(path)
        guard path.utf8.count <= maximumSocketPathBytes, path != "/" else {
            throw Defect(
                sentence: "names no socket, or one whose path has over \(maximumSocketPathBytes) bytes")
        }
        return ServerAddress(url: "http://localhost", socketPath: path, isEncrypted: false)
    }

    /// Whether secrets sent there could be read on the way: plain HTTP to an address that is not known as
    /// private.
    ///
    /// Names are judged by their form, because resolving one proves nothing about the next time:
    /// `localhost`, names of one label and those below `.local` (RFC 6762), `.home.arpa` (RFC 8375),
    /// `.internal` (reserved by ICANN) and `.lan` are private, others public.
    var isPlainAndPublic: Bool {
        guard !isEncrypted, socketPath == nil, let host = HTTPOrigin(url: url)?.host else { return false }
        if let isPublic = AddressRules.isPublic(host: host) { return isPublic }
        let privateEndings = [".local", ".lan", ".internal", ".home.arpa"]
        return host.contains(".") && !privateEndings.contains { host.hasSuffix($0) }
    }
}
