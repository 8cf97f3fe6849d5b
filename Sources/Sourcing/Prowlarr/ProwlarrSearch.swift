import HTTP
import JSON
import Metainfo
import Reconciliation

/// Finds a release again by Prowlarr's search (`Prowlarr.Api.V1/Search/SearchController`).
///
/// Never by its grab (`POST /api/v1/search`), which would send the release to a download client of
/// Prowlarr's own.
struct ProwlarrSearch {
    /// The largest answer to a search. Unit: bytes; 1 000 releases are about 1.5 MB.
    private static let mostBytes = 16 << 20
    /// How many releases are asked for; Prowlarr's own default.
    private static let limit = 100

    private static let keys = [
        "guid", "indexerId", "title", "size", "magnetUrl", "downloadUrl", "infoHash", "protocol",
    ]

    private let call: ProwlarrCall
    private let origin: HTTPOrigin

    init(_ call: ProwlarrCall, origin: HTTPOrigin) {
        self.call = call
        self.origin = origin
    }

    /// Searches the indexer for the title and picks the release by its `guid`.
    ///
    /// - Throws: Everything that heals by itself is to be tried again: also a search that does not find the
    ///   release, because indexers answer late, in part, or not at all, and Prowlarr calls that a success.
    func release(guid: String, indexerID: Int64, title: String?) async throws(SourceFailure) -> Release {
        let query = FormEncoding.query([
            ("query", title ?? ""), ("type", "search"), ("indexerIds", String(indexerID)),
            ("limit", String(Self.limit)), ("offset", "0"),
        ])
        let queue = call.fetch.queue
        let host = HostName.indexer(indexerID, at: origin)
        switch await queue.enter(host) {
        case .go: break
        case .held(let milliseconds):
            throw .busy("Indexer \(indexerID) of \(call.shown)", milliseconds: milliseconds)
        case .cancelled: throw .cancelled
        }
        let result = await call.body("/search?\(query)", maximumBytes: Self.mostBytes)
        if case .failure(let failure) = result, case .retry(let quiet?) = failure.remedy,
            ["http-429", "http-503"].contains(failure.code)
        {
            await queue.hold(host, milliseconds: quiet)
        }
        await queue.leave(host)
        return try pick(guid, indexerID, title, from: try result.get())
    }

    private func pick(
        _ guid: String, _ indexerID: Int64, _ title: String?, from body: [UInt8]
    ) throws(SourceFailure) -> Release {
        var picked: (release: Release, isTorrent: Bool)?
        do {
            try JSONReader.forEachObject(in: body, keys: Self.keys) { record in
                guard picked == nil, let found = Self.text(0, of: record),
                    found.utf8.elementsEqual(guid.utf8),
                    Self.number(1, of: record).map({ $0 == indexerID }) ?? true
                else { return }
                let kind = Self.text(7, of: record)?.lowercased()
                picked = (Self.release(record), kind == nil || kind == "torrent" || kind == "unknown")
            }
        } catch {
            // An error of Prowlarr's own may come as a success; an answer that was cut as well.
            let message = ErrorMessage.inJSON(body).map { ": \(call.quoted($0))" } ?? "."
            throw SourceFailure(
                .retry(notBeforeMilliseconds: nil), code: "url-failed",
                message: "\(call.shown) answered the search with something else than releases\(message)")
        }
        guard let picked else {
            let query =
                title.map { "for \"\(ShownText.cut(Masking.text($0), to: 120))\"" } ?? "without a title"
            throw SourceFailure(
                .retry(notBeforeMilliseconds: nil), code: "not-found",
                message:
                    "\(call.shown) searched indexer \(indexerID) \(query) and did not find this release. "
                    + "It is asked again; is the indexer enabled, and still has it?")
        }
        guard picked.isTorrent else {
            throw SourceFailure(
                .correctRequest, code: "usenet", message: "The release is one of Usenet, not a torrent.")
        }
        return picked.release
    }

    private static func release(_ record: borrowing JSONRecord) -> Release {
        Release(
            guid: text(0, of: record), indexerID: number(1, of: record), title: text(2, of: record),
            size: number(3, of: record), magnetURL: text(4, of: record), downloadURL: text(5, of: record),
            infoHash: text(6, of: record))
    }

    /// What has another type than it should is as good as absent: another value may do.
    private static func text(_ index: Int, of record: borrowing JSONRecord) -> String? {
        do throws(JSONError) {
            return try record.string(index)
        } catch {
            return nil
        }
    }

    private static func number(_ index: Int, of record: borrowing JSONRecord) -> Int64? {
        do throws(JSONError) {
            return try record.int(index)
        } catch {
            return nil
        }
    }
}
