import Metainfo
import Reconciliation

/// Tells one list of sources from another, whatever else a request says.
enum SourcesDigest {
    /// SHA-256 over what the sources are, in their order.
    static func of(_ candidates: [SourceCandidate]) -> [UInt8] {
        var text: [UInt8] = []
        for candidate in candidates {
            switch candidate.content {
            case .known(let found): text += Array("torrent \(found.identity)".utf8)
            case .address(let url): text += Array("address \(url)".utf8)
            case .search(let guid, let indexerID, let title):
                text += Array("search \(indexerID) \(guid)\u{0}\(title ?? "")".utf8)
            }
            text += Array(" \(candidate.expected?.description ?? "")\n".utf8)
        }
        return Digest.sha256(text)
    }
}
