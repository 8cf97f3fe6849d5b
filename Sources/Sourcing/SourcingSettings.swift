public import HTTP

/// How sources are fetched: the operator's settings, and what does not need setting.
public struct SourcingSettings: Sendable {
    /// Hosts that may be fetched from although their address is not public, as `host` or `host:port`.
    public var allowHosts: [String]
    /// How long one source may take, all its redirects together; waiting for its turn does not count.
    /// Default 60 s.
    public var timeout: Duration
    /// The largest answer that is taken for a torrent. Unit: bytes. Default 10 MiB.
    public var maxBytes: Int
    /// Resolves releases that are named by `guid` and `indexerId` alone; `nil`: none is configured.
    public var prowlarr: ProwlarrSettings?
    /// Between the end of one request to a host and the next to it. Default 1 s.
    public var spacing: Duration
    /// How many requests run at once, each to another host. Default 8.
    public var mostAtOnce: Int

    /// - Parameters: As the properties of the same names.
    public init(
        allowHosts: [String] = [], timeout: Duration = .seconds(60), maxBytes: Int = 10 << 20,
        prowlarr: ProwlarrSettings? = nil, spacing: Duration = .seconds(1), mostAtOnce: Int = 8
    ) {
        precondition(mostAtOnce > 0, "at least one request may run")
        self.allowHosts = allowHosts
        self.timeout = timeout
        self.maxBytes = maxBytes
        self.prowlarr = prowlarr
        self.spacing = spacing
        self.mostAtOnce = mostAtOnce
    }
}

/// Where Prowlarr is, and the key it wants.
public struct ProwlarrSettings: Sendable {
    /// `http` or `https`, with the URL base where Prowlarr has one, without a slash at the end.
    public let url: String
    /// Sent to this origin alone, as `X-Api-Key`.
    public let apiKey: Secret

    /// - Parameter url: Slashes at its end are taken off.
    public init(url: String, apiKey: Secret) {
        var url = url
        while url.utf8.last == UInt8(ascii: "/") { url.removeLast() }
        self.url = url
        self.apiKey = apiKey
    }

    /// `nil` when the URL is none; nothing is Prowlarr's then.
    var origin: HTTPOrigin? { HTTPOrigin(url: url) }

    /// Of an API call.
    ///
    /// - Parameter path: Behind `/api/v1`, with its query.
    func request(_ path: String, timeout: Duration, maximumBytes: Int) -> HTTPRequest {
        HTTPRequest(
            url: url + "/api/v1" + path,
            headers: [
                ("Accept", "application/json"), ("User-Agent", SourceFetcher.userAgent),
                ("X-Api-Key", apiKey.reveal()),
            ],
            // It asks indexers before it says anything, so that silence is no sign of a stuck transfer.
            timeouts: HTTPTimeouts(whole: timeout, lowSpeed: timeout), maximumBytes: maximumBytes)
    }

    /// The indexer whose download link this is: the number before `/download`, right behind the URL base.
    ///
    /// - Parameter link: An address of Prowlarr's origin.
    func indexer(ofDownload link: String) -> Int64? {
        let own = Self.path(of: url)
        let path = Self.path(of: link)
        guard path.starts(with: own) else { return nil }
        let parts = path.dropFirst(own.count)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, parts[2].elementsEqual("download".utf8) else { return nil }
        return Int64(String(decoding: parts[1], as: UTF8.self))
    }

    private static func path(of url: String) -> [UInt8] {
        let bytes = Array(url.utf8)
        let rest = bytes.firstRange(of: Array("://".utf8)).map { bytes[$0.upperBound...] } ?? bytes[...]
        let path = rest.drop { !"/?#".utf8.contains($0) }
        return Array(path.prefix { !"?#".utf8.contains($0) })
    }
}
