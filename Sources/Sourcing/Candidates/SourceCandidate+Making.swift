import Metainfo
import Reconciliation

extension SourceCandidate {
    init(_ magnet: Magnet, size: Int64? = nil, place: RequestDraft.SourceText? = nil) {
        self.init(
            .known(FoundSource(magnet, size: size)), label: SourceLabel.magnet(magnet.identity), place: place)
    }

    init(_ torrent: TorrentFile, place: RequestDraft.SourceText? = nil) {
        self.init(
            .known(FoundSource(torrent)), label: SourceLabel.torrent(torrent.identity), place: place)
    }

    init(url: String, expected: TorrentIdentity? = nil, place: RequestDraft.SourceText? = nil) {
        self.init(.address(url), label: SourceLabel.address(url), expected: expected, place: place)
    }

    /// The same, said at this place of the request.
    func placed(at place: RequestDraft.SourceText) -> SourceCandidate {
        SourceCandidate(content, label: label, expected: expected, place: place)
    }
}

extension FoundSource {
    /// - Parameter size: Taken where the link does not say.
    init(_ magnet: Magnet, size: Int64? = nil) {
        self.init(
            identity: magnet.identity, payload: .magnet(magnet.link()), size: magnet.exactLength ?? size)
    }

    init(_ torrent: TorrentFile) {
        self.init(
            identity: torrent.identity, payload: .metainfo(torrent.bytes), size: torrent.totalSize)
    }

    var isTorrent: Bool {
        if case .metainfo = payload { true } else { false }
    }

    /// One source out of two that mean the same torrent. Of the two the file is sent where one is a torrent:
    /// it needs no peers to be complete, and it alone proves its identity. Else what came first is.
    func joined(with other: FoundSource) -> FoundSource {
        let (chosen, left) = !isTorrent && other.isTorrent ? (other, self) : (self, other)
        return FoundSource(
            identity: chosen.identity.merging(left.identity), payload: chosen.payload,
            size: chosen.size ?? left.size)
    }
}
