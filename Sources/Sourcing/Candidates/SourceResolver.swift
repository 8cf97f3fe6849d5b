import Metainfo
public import Reconciliation

/// Turns a draft into a request: finds out which torrent each of its sources means, as far as that can be
/// told without asking anybody.
///
/// Pure: everything it looks at is in the draft.
public enum SourceResolver {
    /// The candidates come in this order: the file beside the request, then each `source` in the order of the
    /// array (a `.torrent` that is named there stands where it is named), then what the release offers.
    ///
    /// - Parameter hasProwlarr: Whether a Prowlarr is configured: without one, `guid` and `indexerId` alone
    ///   lead nowhere.
    /// - Returns: The request with its candidates, or what is wrong with one of its sources.
    public static func resolve(_ draft: RequestDraft, hasProwlarr: Bool) -> Result<ResolvedDraft, Problem> {
        do throws(Problem) {
            let candidates = try candidates(of: draft, hasProwlarr: hasProwlarr)
            guard let first = candidates.first else { throw missing("There is no source.", nil) }
            let isPlain = candidates.count == 1 && first.found != nil
            let request = Request(
                key: draft.key, identity: first.found?.identity, wishes: draft.wishes,
                onDelete: draft.onDelete, labels: draft.labels, isSuspended: draft.isSuspended,
                version: draft.version, aliases: draft.aliases, terms: draft.terms,
                sources: isPlain ? [] : candidates.map(\.label),
                size: first.found.map(\.size) ?? draft.release?.release.knownSize)
            return .success(
                ResolvedDraft(
                    request: request, document: draft.document, suffix: draft.suffix,
                    candidates: candidates, companions: draft.companions))
        } catch {
            return .failure(error)
        }
    }

    private static func candidates(
        of draft: RequestDraft, hasProwlarr: Bool
    ) throws(Problem) -> [SourceCandidate] {
        let file = try draft.sourceFile.map { (file) throws(Problem) in try candidate(of: file) }
        var list = CandidateList()
        var namedPlace: RequestDraft.SourceText?
        for text in draft.sources {
            switch try candidate(of: text) {
            case .candidate(let candidate): list.append(candidate)
            case .namesFile(let name):
                guard let file else {
                    throw missing("The .torrent that the source names is not there.", text)
                }
                guard namedPlace == nil || namedPlace?.text == name else {
                    throw problem("ambiguous", "The source names more than one .torrent.", text)
                }
                if namedPlace == nil { list.append(file.placed(at: text)) }
                namedPlace = text
            }
        }
        if let release = draft.release {
            let offers = ReleaseOffers(release, hasProwlarr: hasProwlarr)
            let hasOther = file != nil || !draft.sources.isEmpty
            for offer in try offers.candidates(isOnlySource: !hasOther) { list.append(offer) }
        }
        if let file, namedPlace == nil { try list.lead(with: file) }
        return list.candidates
    }

    private static func candidate(of file: RequestDraft.SourceFile) throws(Problem) -> SourceCandidate {
        do throws(MetainfoError) {
            switch file {
            case .torrent(let bytes): return SourceCandidate(try TorrentFile(bytes: bytes))
            case .magnet(let line): return SourceCandidate(try Magnet(text: line))
            }
        } catch {
            throw Problem(code: error.code, message: error.message, field: "source")
        }
    }

    private enum Reading {
        case candidate(SourceCandidate)
        /// The draft carries the content.
        case namesFile(String)
    }

    private static func candidate(of text: RequestDraft.SourceText) throws(Problem) -> Reading {
        do throws(MetainfoError) {
            switch try SourceText(text.text) {
            case .magnet(let magnet): return .candidate(SourceCandidate(magnet, place: text))
            case .infoHash(let hash): return .candidate(SourceCandidate(Magnet(infoHash: hash), place: text))
            case .torrent(let torrent): return .candidate(SourceCandidate(torrent, place: text))
            case .url(let url): return .candidate(SourceCandidate(url: url, place: text))
            case .file(let name): return .namesFile(name)
            }
        } catch {
            throw problem(error.code, error.message, text)
        }
    }

    private static func missing(_ message: String, _ text: RequestDraft.SourceText?) -> Problem {
        problem("missing-field", message, text)
    }

    private static func problem(
        _ code: String, _ message: String, _ text: RequestDraft.SourceText?
    ) -> Problem {
        Problem(code: code, message: message, field: "source", line: text?.line, column: text?.column)
    }
}
