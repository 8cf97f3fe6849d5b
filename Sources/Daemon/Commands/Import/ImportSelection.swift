import Metainfo
import Reconciliation

/// Which torrents of a server an import means.
struct ImportSelection {
    let query: ImportQuery
    let rules: Rules

    enum Choice {
        case chosen(Torrent)
        case skipped(Torrent, String)
    }

    /// - Throws: ``Failure`` of usage for a name that no torrent has.
    func choices(among torrents: [Torrent], askedFor: AskedFor) throws(Failure) -> [Choice] {
        let named = try named(among: torrents)
        let meant = (named ?? torrents).filter(fits)
        return meant.sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map { torrent in
            if let name = askedFor.request(for: torrent.identity) {
                return .skipped(torrent, "the request “\(name)” asks for it")
            }
            if torrent.placement.tags.contains(rules.handsOffTag), named == nil {
                return .skipped(
                    torrent, "it is tagged \(rules.handsOffTag); name it to import it all the same")
            }
            if torrent.state == .moving {
                return .skipped(torrent, "it is being moved; import it when that is done")
            }
            return .chosen(torrent)
        }
    }

    private func fits(_ torrent: Torrent) -> Bool {
        query.category.map { torrent.placement.category.utf8.elementsEqual($0.utf8) } ?? true
            && query.tags.allSatisfy { torrent.placement.tags.contains($0) }
    }

    /// `nil` when no names were given.
    private func named(among torrents: [Torrent]) throws(Failure) -> [Torrent]? {
        guard !query.names.isEmpty else { return nil }
        var found: [TorrentID: Torrent] = [:]
        for name in query.names {
            let wanted = InfoHash(text: name)?.truncated
            let matching = torrents.filter { torrent in
                torrent.name.utf8.elementsEqual(name.utf8)
                    || wanted.map { torrent.id == $0 || torrent.identity.ids.contains($0) } ?? false
            }
            guard !matching.isEmpty else { throw unknown(name, torrents) }
            for torrent in matching { found[torrent.id] = torrent }
        }
        return Array(found.values)
    }

    private func unknown(_ name: String, _ torrents: [Torrent]) -> Failure {
        let near = NearestName.likely(name, among: torrents.map(\.name)).map { "“\($0)”" }
        return Failure(
            .usage,
            "qBittorrent has no torrent “\(name)”"
                + (near.isEmpty
                    ? "; give its name as qBittorrent shows it, or its info-hash"
                    : "; it has \(near.joined(separator: ", "))"))
    }
}
