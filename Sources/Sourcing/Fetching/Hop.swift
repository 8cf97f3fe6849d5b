import HTTP
import Metainfo
import Reconciliation

/// One address on the way to a torrent, judged before anybody is asked: where it leads, and what may be sent
/// there. Its network address is judged when the socket is opened.
struct Hop {
    let url: String
    let origin: HTTPOrigin
    /// A part of the configured Prowlarr: named by the request itself or by Prowlarr. Nobody else's redirect
    /// makes an address one, so that no foreign host can point us at it with the key in hand.
    let isProwlarr: Bool
    /// The indexer, when this is one of Prowlarr's download links.
    let indexerID: Int64?

    /// - Parameter previous: Whose redirect it is; `nil` for the address that the request names.
    /// - Throws: `url-not-allowed` when it has user info, blanks, no host, more than 4 kB; `url-failed` for a
    ///   redirect to something that is not fetched.
    init(_ url: String, from previous: Hop?, _ settings: SourcingSettings) throws(SourceFailure) {
        let isHTTP = ["http:", "https:"].contains { url.lowercased().hasPrefix($0) }
        let subject = previous.map { "\($0.shown) redirects to an address that is not followed" }
        guard isHTTP || previous == nil else {
            let scheme = ShownText.cut(String(url.prefix { $0 != ":" }), to: 20)
            throw SourceFailure(
                .correctRequest, code: "url-failed",
                message: "\(subject ?? ""): \(scheme): is neither http(s) nor a magnet link.")
        }
        do throws(MetainfoError) {
            _ = try SourceText(url)
        } catch {
            throw SourceFailure(
                .correctRequest, code: "url-not-allowed",
                message: (subject.map { "\($0): " } ?? "") + error.message)
        }
        guard let origin = HTTPOrigin(url: url) else {
            throw SourceFailure(
                .correctRequest, code: "url-not-allowed",
                message: subject.map { "\($0): it is malformed." } ?? "The address is malformed.")
        }
        self.url = url
        self.origin = origin
        let prowlarr = settings.prowlarr.flatMap { $0.origin == origin ? $0 : nil }
        isProwlarr = prowlarr != nil && (previous?.isProwlarr ?? true)
        indexerID = isProwlarr ? prowlarr?.indexer(ofDownload: url) : nil
    }

    /// For messages: scheme, host and port.
    var shown: String { SourceLabel.address(url) }

    /// Who is to be treated politely. Behind Prowlarr that is the indexer: one that wants to be left alone
    /// says nothing about the others.
    var host: String {
        let isStandard = origin.port == (origin.scheme == "https" ? 443 : 80)
        let name = isStandard ? origin.host : "\(origin.host) \(origin.port)"
        return indexerID.map { HostName.indexer($0, at: origin) } ?? name
    }

    /// - Parameter left: Of the time that the whole fetch may take.
    func request(_ settings: SourcingSettings, left: Duration) -> HTTPRequest {
        var headers = [
            (name: "Accept", value: "application/x-bittorrent, */*;q=0.8"),
            (name: "User-Agent", value: SourceFetcher.userAgent),
        ]
        // Only for a download link: with the key, other pages of Prowlarr would tell things that end up in a
        // message.
        if let prowlarr = settings.prowlarr, indexerID != nil {
            headers.append((name: "X-Api-Key", value: prowlarr.apiKey.reveal()))
        }
        var allowHosts = settings.allowHosts
        if isProwlarr { allowHosts.append(origin.name) }
        // Prowlarr fetches from its indexer before it answers.
        let timeouts =
            isProwlarr ? HTTPTimeouts(whole: left, lowSpeed: left) : HTTPTimeouts(whole: left)
        return HTTPRequest(
            url: url, headers: headers, timeouts: timeouts, maximumBytes: settings.maxBytes,
            addressRule: .publicOnly(allowHosts: allowHosts))
    }
}

/// How the queue of hosts names them.
enum HostName {
    /// An indexer behind Prowlarr.
    static func indexer(_ id: Int64, at origin: HTTPOrigin) -> String {
        "\(origin.host) \(origin.port) indexer \(id)"
    }
}
