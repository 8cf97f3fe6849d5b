import CCurl

/// Scheme, host and port of a URL, as libcurl itself reads them, so that what is judged is what is
/// connected to.
///
/// Two URLs of one origin may share credentials; those of two may not.
public struct HTTPOrigin: Hashable, Sendable {
    /// `http` or `https`.
    public let scheme: String
    /// Lower case, an IPv6 address without brackets. IPv4 addresses in odd spellings (octal, hexadecimal, one
    /// number) come out in dotted decimal.
    public let host: String
    /// The port, the scheme's own where the URL names none.
    public let port: Int

    /// The longest URL read, in bytes.
    static let maximumURLBytes = 65_536

    /// - Parameter url: Absolute, `http` or `https`. Anything else gives `nil`, as do user info, blanks and
    ///   control characters, and more than 64 KiB.
    public init?(url: String) {
        guard url.utf8.count <= Self.maximumURLBytes, url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            let parser = curl_url()
        else { return nil }
        defer { curl_url_cleanup(parser) }
        let code = url.withCString {
            curl_url_set(parser, CURLUPART_URL, $0, UInt32(CURLU_DISALLOW_USER))
        }
        guard code == CURLUE_OK, let scheme = Self.part(CURLUPART_SCHEME, of: parser),
            scheme == "http" || scheme == "https", let host = Self.part(CURLUPART_HOST, of: parser),
            let port = Self.part(CURLUPART_PORT, of: parser).flatMap({ Int($0) })
        else { return nil }
        self.scheme = scheme
        self.port = port
        self.host = Self.normalised(host)
    }

    /// Whether `entries` name this host, as `host` or `host:port`; IPv6 addresses in brackets.
    func isListed(in entries: [String]) -> Bool {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return entries.contains { entry in
            let entry = entry.lowercased()
            return entry == name || entry == "\(name):\(port)" || entry == host
        }
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let code = curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT))
        guard code == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func normalised(_ host: String) -> String {
        var host = Substring(host.lowercased())
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        // "name." is the same host as "name": the dot only says that no search domain is to be tried.
        if host.hasSuffix(".") { host = host.dropLast() }
        return String(host)
    }
}
