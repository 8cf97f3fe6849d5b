import HTTP
import Metainfo
import Reconciliation

/// What a search result offers to get its torrent by, best first: a magnet link, an address that leads to
/// one, an address of the torrent, its info-hash; and when there is none of these, Prowlarr's own name for
/// it.
///
/// An offer that is none (a malformed address, a hash that is no hash) is passed over as long as another one
/// is usable: a release is written by a program and names most things twice.
struct ReleaseOffers {
    /// The key of a request that holds a search result; also the text of its place.
    static let field = "release"

    private let release: Release
    private let place: RequestDraft.SourceText?
    private let hasProwlarr: Bool

    init(_ text: RequestDraft.ReleaseText, hasProwlarr: Bool) {
        release = text.release
        place = RequestDraft.SourceText(text: Self.field, line: text.line, column: text.column)
        self.hasProwlarr = hasProwlarr
    }

    /// The offers of a search result that Prowlarr itself just gave.
    init(_ release: Release) {
        self.release = release
        place = nil
        hasProwlarr = false
    }

    /// - Parameter isOnlySource: Nothing else in the request says where the torrent comes from.
    /// - Returns: At least one candidate where this is the only source.
    /// - Throws: `hash-mismatch` when magnet link and info-hash mean two torrents; where this is the only
    ///   source also `no-prowlarr`, `missing-field`, and what is wrong with its first offer.
    func candidates(isOnlySource: Bool) throws(Problem) -> [SourceCandidate] {
        var found: [SourceCandidate] = []
        var fault: Problem?
        let texts = [release.magnetURL, magnetGUID, release.downloadURL].compactMap { $0 }
        for text in texts where !text.isEmpty {
            switch offer(text) {
            case .success(let candidate): found.append(candidate)
            case .failure(let problem): fault = fault ?? problem
            }
        }
        if let hash {
            if let other = found.lazy.compactMap({ $0.found?.identity }).first(where: { !$0.overlaps(hash) })
            {
                throw problem(
                    "hash-mismatch", "The release's infoHash is \(hash), and its magnet link means \(other).")
            }
            found.append(SourceCandidate(link(of: hash), size: release.knownSize, place: place))
        }
        guard found.isEmpty else { return found }
        if let guid = release.guid, !guid.isEmpty, let indexerID = release.indexerID {
            if hasProwlarr { return [search(guid, indexerID)] }
            fault =
                fault
                ?? problem(
                    "no-prowlarr",
                    "The release says nothing but guid and indexerId, which only Prowlarr resolves, and none "
                        + "is configured (prowlarr.url, prowlarr.apiKeyFile).")
        }
        guard isOnlySource else { return [] }
        throw fault ?? nothingUsable
    }

    /// The hash that the release names, when it is one.
    private var hash: TorrentIdentity? {
        release.infoHash.flatMap { InfoHash(text: $0) }.map { TorrentIdentity($0) }
    }

    /// A `guid` is taken only when it is a magnet link: otherwise it is most often the address of a page.
    private var magnetGUID: String? {
        release.guid.flatMap { $0.lowercased().hasPrefix("magnet:") ? $0 : nil }
    }

    private func offer(_ text: String) -> Result<SourceCandidate, Problem> {
        do throws(MetainfoError) {
            switch try SourceText(text) {
            case .magnet(let magnet):
                return .success(SourceCandidate(magnet, size: release.knownSize, place: place))
            case .url(let url):
                return .success(SourceCandidate(url: url, expected: hash, place: place))
            case .infoHash, .torrent, .file:
                return .failure(
                    problem(
                        "url-not-allowed", "An address in the release is no http(s) address and no magnet."))
            }
        } catch {
            return .failure(problem(error.code, error.message))
        }
    }

    /// The bare link, with the release's title as its name.
    private func link(of hash: TorrentIdentity) -> Magnet {
        guard let bare = (hash.v1 ?? hash.v2).map({ Magnet(infoHash: $0) }) else {
            preconditionFailure("an identity is never neither")
        }
        guard let title = release.title else { return bare }
        do throws(MetainfoError) {
            return try Magnet(text: bare.link() + "&dn=" + FormEncoding.percentEncoded(title))
        } catch {
            // A title that no magnet link may carry (control characters): the torrent has a name of its own.
            return bare
        }
    }

    private func search(_ guid: String, _ indexerID: Int64) -> SourceCandidate {
        SourceCandidate(
            .search(guid: guid, indexerID: indexerID, title: release.title),
            label: SourceLabel.search(title: release.title, indexerID: indexerID), place: place)
    }

    private var nothingUsable: Problem {
        guard release.infoHash?.isEmpty ?? true else {
            return problem("bad-infohash", "The release's infoHash is none, and it offers nothing else.")
        }
        return problem(
            "missing-field",
            "The release does not say where its torrent is: it has no magnetUrl, downloadUrl, infoHash, and "
                + "not both guid and indexerId.")
    }

    private func problem(_ code: String, _ message: String) -> Problem {
        Problem(code: code, message: message, field: Self.field, line: place?.line, column: place?.column)
    }
}

extension Release {
    /// Bytes; 0 and less mean that nobody knows.
    var knownSize: Int64? { size.flatMap { $0 > 0 ? $0 : nil } }
}
