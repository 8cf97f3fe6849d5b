import HTTP
import Metainfo
import Reconciliation

/// One whole answer of a hop: a redirect, a torrent, or the reason why it is neither.
struct Answer {
    private static let redirects: Set<Int> = [301, 302, 303, 307, 308]
    /// How much of a text of the server's own is shown. Unit: bytes.
    private static let shownBytes = 120

    private let response: HTTPResponse
    private let hop: Hop
    private let words: ShownText
    private let kind: ContentKind
    private let retryAfter: Int64?

    init(_ response: HTTPResponse, of hop: Hop, words: ShownText, now: WallTime) {
        self.response = response
        self.hop = hop
        self.words = words
        kind = ContentKind(response)
        retryAfter = RetryAfter.milliseconds(response, now: now)
    }

    /// Where it redirects to, as it was written.
    var location: String? {
        guard Self.redirects.contains(response.status), let text = response.header("location"), !text.isEmpty
        else { return nil }
        return text
    }

    /// How long the host asked everybody to leave it alone.
    var quietMilliseconds: Int64? {
        switch response.status {
        case 403, 408, 425, 429, 500...: retryAfter
        default: nil
        }
    }

    /// - Throws: Why this is no torrent.
    func found() throws(SourceFailure) -> FoundSource {
        switch response.status {
        case 200...205, 207..<300: return try content()
        case 206:
            throw SourceFailure(
                .retry(notBeforeMilliseconds: nil), code: "cut-off",
                message: "\(hop.shown) answered with a part of the file, though the whole was asked for.")
        default: throw refusal
        }
    }

    private func content() throws(SourceFailure) -> FoundSource {
        do throws(MetainfoError) {
            switch kind {
            case .torrent: return FoundSource(try TorrentFile(bytes: response.body))
            case .magnet(let line): return FoundSource(try Magnet(text: line))
            default: break
            }
        } catch {
            throw defect(error)
        }
        if case .empty = kind {
            throw SourceFailure(
                .retry(notBeforeMilliseconds: retryAfter), code: "url-failed",
                message: "\(hop.shown) answered with nothing.")
        }
        throw SourceFailure(
            .correctRequest, code: "url-failed",
            message: "\(hop.shown) answered with \(description) instead of a torrent.\(advice)")
    }

    /// A body without a length ends where its connection does, so that a cut one looks whole: it is tried
    /// again. With a length, what came is what was meant.
    private func defect(_ error: MetainfoError) -> SourceFailure {
        let hasEnd =
            response.header("content-length") != nil || response.header("transfer-encoding") != nil
        if case .torrent = kind, !hasEnd {
            return SourceFailure(
                .retry(notBeforeMilliseconds: nil), code: "cut-off",
                message:
                    "\(hop.shown) answered with a torrent that is damaged or was cut off: \(error.message)")
        }
        return SourceFailure(
            .correctRequest, code: error.code,
            message: "\(hop.shown) answered with something that is not usable: \(error.message)")
    }

    // MARK: Statuses

    private var refusal: SourceFailure {
        let status = response.status
        switch status {
        case 400 where hop.isProwlarr:
            return failure(
                .correctRequest,
                "the link is damaged or was made by another Prowlarr. Search again for a fresh one.")
        case 401 where hop.isProwlarr:
            return failure(
                .correctRequest,
                "the API key in the link is not valid any more. Search again for a fresh one.")
        case 409 where hop.isProwlarr:
            return failure(retry, "Prowlarr could not have it from its indexer. \(again)")
        case 410 where hop.isProwlarr && description.lowercased().contains("disabled"):
            return failure(
                .retry(notBeforeMilliseconds: retryAfter ?? 3_600_000),
                "its indexer is disabled in Prowlarr. Enable it there. \(again)")
        case 404, 410: return failure(.gone, "the torrent is no longer there.")
        case 403 where retryAfter != nil, 408, 425, 429, 500...: return failure(retry, again)
        // The address carries the key, so that it can never work as it is written; and asking on with a key
        // that is no longer valid gets accounts closed. Whoever means "not now" says so with Retry-After.
        case 401, 403:
            return failure(
                .correctRequest,
                "it wants a login. Is the key in the address right and valid? `qspool retry` asks again."
            )
        case 300..<400: return failure(.correctRequest, "it names no other place to go.", code: "url-failed")
        case 400..<500:
            return failure(.correctRequest, "it does not serve this address. `qspool retry` asks again.")
        default: return failure(retry, again)
        }
    }

    private var retry: SourceFailure.Remedy { .retry(notBeforeMilliseconds: retryAfter) }

    private var again: String {
        guard let retryAfter, retryAfter > 0 else { return "It is asked again." }
        return "It is asked again in \(RetryAfter.text(milliseconds: retryAfter)), as it wishes."
    }

    private func failure(
        _ remedy: SourceFailure.Remedy, _ sentence: String, code: String? = nil
    ) -> SourceFailure {
        let said = kind == .empty ? "" : " (\(description))"
        return SourceFailure(
            remedy, code: code ?? "http-\(response.status)",
            message: "\(hop.shown) answered \(response.status)\(said): \(sentence)")
    }

    // MARK: Words

    /// What came, for people; no secrets.
    private var description: String {
        switch kind {
        case .torrent: return "a torrent"
        case .magnet: return "a magnet link"
        case .empty: return "nothing"
        case .webPage(let title, let wantsLogin):
            let name = wantsLogin ? "a login page" : "a web page"
            return "\(name)\(title.map { " titled \(quoted($0))" } ?? ""), \(sample)"
        case .nzb: return "an NZB, which is for Usenet,"
        case .feed: return "a feed of releases"
        case .xmlError(let text): return "the error \(quoted(text))"
        case .xml: return "XML, \(sample)"
        case .json(let message?): return "JSON that says \(quoted(message))"
        case .json(nil): return "JSON, \(sample)"
        case .compressed(let name): return "data compressed by \(name)"
        case .text: return "text, \(sample)"
        case .binary: return "data of another kind (\(contentType))"
        }
    }

    private var advice: String {
        switch kind {
        case .webPage:
            " The address wants a login, or it is that of a page about the torrent and not the torrent's own."
        case .compressed: " qspool asks for no compression, and takes none."
        case .feed: " Request one of its releases."
        default: ""
        }
    }

    private var sample: String { "\(contentType), beginning \(quoted(response.body))" }

    private var contentType: String {
        guard let type = response.header("content-type"), !type.isEmpty else { return "of no said type" }
        return words.of(type, to: 60)
    }

    private func quoted(_ text: String) -> String { "\"\(words.of(text, to: Self.shownBytes))\"" }

    private func quoted(_ bytes: [UInt8]) -> String { "\"\(words.of(bytes, to: Self.shownBytes))\"" }
}
