import HTTP
import Metainfo
import Reconciliation

/// Removals that may take the data along.
extension Performer {
    /// More torrents than this are not asked for their files for the sake of one: then the data stays.
    private static let mostNeighbours = 2_000

    /// One torrent after the other: each is judged by a listing of its own, so that none is judged by what
    /// another removal has made untrue.
    mutating func prune(_ members: [Int], ifTagged tag: String, _ warrant: DataWarrant) async {
        for index in members {
            guard abandonment == nil else { return }
            switch await permit(index, tag, warrant) {
            case .failure(let unread): record([index], unread.outcome)
            case .success(.failure(let rule)):
                partings[index] = .kept(rule)
                await prune([index], ifTagged: tag)
            case .success(.success(let permit)): await remove(index, ifTagged: tag, permit)
            }
        }
    }

    /// Whether the data may go, by a complete listing and the files of all torrents that could use the same.
    ///
    /// - Returns: A result in the place of an answer when the server does not tell, or the torrent is not to
    ///   be removed after all.
    private mutating func permit(
        _ index: Int, _ tag: String, _ warrant: DataWarrant
    ) async -> Result<Result<DataPermit, DataRule>, Unread> {
        let torrents: [Torrent]
        switch await Observation(connection: connection).listing() {
        case .failure(let failure):
            if failure.isLasting { abandonment = failure }
            return .failure(Unread(outcome: failure.result))
        case .success(let reading): torrents = reading.torrents
        }
        let torrent = torrents.first { $0.id == id(of: index) }
        if let reason = Self.objection(to: actions[index], torrent, tag: tag) {
            return .failure(Unread(outcome: .skipped(reason)))
        }
        guard let torrent else { preconditionFailure("a torrent that is not there is objected to") }
        let own: DataNeighbour
        switch await readFiles(torrent.id) {
        case .failure(let unread): return .failure(unread)
        case .success(let files): own = DataNeighbour(torrent: torrent, files: files.data)
        }
        let suspects = torrents.filter { DataWarrant.mayShare($0, with: own) }
        guard suspects.count <= Self.mostNeighbours else { return .success(.failure(.unseen)) }
        var neighbours: [DataNeighbour] = []
        for suspect in suspects {
            switch await readFiles(suspect.id) {
            // Gone since the listing: it uses nothing any more.
            case .failure(let unread) where unread.isGone: continue
            case .failure(let unread): return .failure(unread)
            case .success(let files):
                neighbours.append(DataNeighbour(torrent: suspect, files: files.data))
            }
        }
        return .success(warrant.permit(own, others: neighbours, look: look))
    }

    /// The only call that deletes data. The torrent is looked at once more: it must be where it was judged.
    private mutating func remove(_ index: Int, ifTagged tag: String, _ permit: DataPermit) async {
        precondition(permit.id == id(of: index), "a permit is for the torrent it was made for")
        guard let seen = await lastLook(at: [index]) else { return }
        let torrent = seen[permit.id]
        if let reason = Self.objection(to: actions[index], torrent, tag: tag) {
            return record([index], .skipped(reason))
        }
        guard let torrent, permit.holds(for: torrent) else {
            return record([index], .skipped("it came to lie elsewhere while its files were looked at"))
        }
        partings[index] = .deleted
        await change([index], "torrents/delete", [("deleteFiles", "true")])
    }
}

extension Performer.Unread {
    fileprivate var isGone: Bool {
        if case .skipped = outcome { true } else { false }
    }
}
