import Metainfo
import Reconciliation

extension World {
    /// Where a torrent may come from, in the words of a scenario.
    enum Place {
        case torrent(String)
        case address(String)

        var candidate: SourceCandidate {
            switch self {
            case .torrent(let label):
                let identity = World.identity(label)
                let payload = SourcePayload.magnet("magnet:?xt=urn:btih:\(identity)")
                return SourceCandidate(
                    .known(FoundSource(identity: identity, payload: payload)), label: "torrent " + label)
            case .address(let url): return SourceCandidate(.address(url), label: url)
            }
        }
    }

    /// A request whose torrent comes from one of these places.
    func drop(_ name: String, from places: [Place], _ terms: RequestTerms = RequestTerms()) {
        let first = places.first?.candidate.found?.identity
        var wish = MemorySpool.Wish(identity: first ?? Self.identity("unknown"), terms: terms)
        wish.sources = places.map(\.candidate)
        spool.write(name, wish)
    }

    /// A request with terms, for the torrent of its own name.
    func drop(_ name: String, _ terms: RequestTerms, size: Int64? = nil) {
        var wish = MemorySpool.Wish(identity: Self.identity(name), terms: terms)
        wish.size = size
        spool.write(name, wish)
    }

    /// What the status says of each source.
    func verdicts(_ name: String) -> [String] {
        publication.status(name)?.sources.map { "\($0.source): \($0.verdict.rawValue)" } ?? []
    }
}
