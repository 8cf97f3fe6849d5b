public import HTTP
import Metainfo

/// Where a qBittorrent is and how to get in.
///
/// Printing it shows no password, key or cookie: the secrets are of type `Secret`.
public struct ServerAddress: Sendable {
    /// `http://host:port`, `https://…` with or without a path, or `unix:/path` for a Unix socket.
    public var url: String
    /// The Web UI's user name; `nil` when the server asks for none.
    public var username: String?
    public var password: Secret?
    /// Sent as a bearer token instead of a login. Needs a server from 5.2 on (Web API 2.14.1).
    public var apiKey: Secret?
    /// HTTP Basic of a reverse proxy in front of the server. Not together with `apiKey`: there is one header.
    public var basicAuth: HTTPRequest.BasicAuth?
    /// A PEM file with certificate authorities to trust instead of the system's.
    public var caFile: String?
    /// Default 10 s.
    public var connectTimeout: Duration
    /// For a whole call, waiting included. Default 30 s: a 4.5.2 with 10 000 torrents is deaf for up to 12 s
    /// while it carries out a bulk call.
    public var timeout: Duration

    public init(
        url: String = "http://127.0.0.1:8080", username: String? = nil, password: Secret? = nil,
        apiKey: Secret? = nil, basicAuth: HTTPRequest.BasicAuth? = nil, caFile: String? = nil,
        connectTimeout: Duration = .seconds(10), timeout: Duration = .seconds(30)
    ) {
        self.url = url
        self.username = username
        self.password = password
        self.apiKey = apiKey
        self.basicAuth = basicAuth
        self.caFile = caFile
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }

    /// Tells this address and these credentials from others, without telling what they are.
    public var account: AccountDigest {
        var text: [UInt8] = []
        let parts = [
            url, username, password?.reveal(), apiKey?.reveal(), basicAuth?.user,
            basicAuth?.password.reveal(),
        ]
        for part in parts {
            // Length first, so that no two different lists give the same bytes.
            let bytes = Array((part ?? "").utf8)
            text += Array("\(part == nil ? "-" : String(bytes.count)):".utf8) + bytes
        }
        return AccountDigest(bytes: Digest.sha256(text))
    }

    /// The masked address, for messages.
    var shown: String { Masking.url(url) }

    /// The path of the Unix socket, when it is one.
    var unixSocket: String? {
        url.hasPrefix("unix:") ? String(url.dropFirst("unix:".count)) : nil
    }

    /// What stands before `/api/v2/…`.
    var base: String {
        if unixSocket != nil { return "http://localhost" }
        var base = Substring(url)
        // A doubled or trailing slash inside a path is a 404 on all versions.
        while base.hasSuffix("/") { base.removeLast() }
        return String(base)
    }
}

/// The digest of an address with its credentials: a kept session or a refused login counts only for the
/// account it belongs to.
///
/// *Limits*: a plain SHA-256. Whoever reads it can try passwords against it, so it belongs into files of mode
/// 0600 only, beside the session cookie that is worth as much.
public struct AccountDigest: Hashable, Sendable {
    let bytes: [UInt8]

    /// Lower-case hex, 64 digits.
    var text: String { Hex.encode(bytes) }

    init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "an account's digest is a SHA-256")
        self.bytes = bytes
    }

    init?(text: some StringProtocol) {
        guard let bytes = Hex.decode(Array(text.utf8)), bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}
