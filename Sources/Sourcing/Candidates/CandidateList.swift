import Metainfo
import Reconciliation

/// The candidates of one request in order, without repetitions: whatever means a torrent that is there
/// already joins it.
struct CandidateList {
    private(set) var candidates: [SourceCandidate] = []

    mutating func append(_ candidate: SourceCandidate) {
        if let index = candidates.firstIndex(where: { $0.isSame(as: candidate) }) {
            candidates[index] = candidates[index].joined(with: candidate)
        } else {
            candidates.append(candidate)
        }
    }

    /// Puts the file beside the request first.
    ///
    /// - Throws: `ambiguous` when other sources are known and none of them means the file's torrent: which of
    ///   the two was meant, nobody can tell.
    mutating func lead(with file: SourceCandidate) throws(Problem) {
        guard let found = file.found else { preconditionFailure("a file beside a request is known") }
        let others = candidates.compactMap { candidate in candidate.found.map { (candidate, $0) } }
        guard let same = candidates.firstIndex(where: { $0.isSame(as: file) }) else {
            guard let (other, said) = others.first else { return candidates.insert(file, at: 0) }
            throw Problem(
                code: "ambiguous",
                message: "The source means the torrent \(said.identity), and the file beside the request is "
                    + "\(found.identity).",
                field: other.place?.text == ReleaseOffers.field ? ReleaseOffers.field : "source",
                line: other.place?.line, column: other.place?.column)
        }
        candidates.insert(candidates.remove(at: same).joined(with: file), at: 0)
    }
}

extension SourceCandidate {
    fileprivate func isSame(as other: SourceCandidate) -> Bool {
        switch (content, other.content) {
        case (.known(let mine), .known(let theirs)): mine.identity.overlaps(theirs.identity)
        case (.address(let mine), .address(let theirs)): mine.utf8.elementsEqual(theirs.utf8)
        case (.search(let mine, let indexer, _), .search(let theirs, let other, _)):
            mine.utf8.elementsEqual(theirs.utf8) && indexer == other
        case (.known, _), (.address, _), (.search, _): false
        }
    }

    /// Both are the same: what both know together.
    fileprivate func joined(with other: SourceCandidate) -> SourceCandidate {
        guard let mine = found, let theirs = other.found else {
            return SourceCandidate(
                content, label: label, expected: expected ?? other.expected, place: place ?? other.place)
        }
        let joined = mine.joined(with: theirs)
        return SourceCandidate(
            .known(joined), label: joined.payload == mine.payload ? label : other.label,
            place: place ?? other.place)
    }
}
