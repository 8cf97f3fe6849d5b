import Metainfo

/// What becomes of the data of a torrent that goes.
extension SubjectJudge {
    /// A torrent that is abandoned, and one that is exchanged, are not removed with their data before the one
    /// in their place shows its files, for as long as this: it might write into the same.
    static let successorMilliseconds: Int64 = 600_000

    /// `nil`: nothing but the torrent was asked to go.
    func dataOf(_ following: Following, _ torrent: Torrent) -> DataWish? {
        guard asksForData(following) else { return nil }
        let wish = DataWarrant.wish(following, torrent, rules: rules)
        guard case .go = wish, let rule = objection(ofOtherServers: following, torrent) else { return wish }
        return .stay(rule)
    }

    /// Another server of ours may have the same disk. Its torrents are told by where they lie alone: what
    /// lies in the same place by the path maps of both counts as shared.
    private func objection(ofOtherServers following: Following, _ torrent: Torrent) -> DataRule? {
        // The request moved to another server, which may well have the same files.
        if following.client != nil { return .shared }
        let own = localized(torrent.placement, on: place)
        for (client, picture) in context.observed.clients where client != place {
            // Nobody knows what a server has that was never seen.
            if !picture.isKnown, picture.torrents.isEmpty { return .unseen }
            for other in picture.torrents.values where other.hasMetadata {
                if own.mayOverlap(localized(other.placement, on: client)) { return .shared }
                let isMapped = rules.localPath(of: other.placement.savePath, on: client) != nil
                if !isMapped, torrent.placement.mayOverlap(other.placement) { return .shared }
            }
        }
        return nil
    }

    private func localized(_ placement: Torrent.Placement, on client: String) -> Torrent.Placement {
        placement.mapped { rules.localPath(of: $0, on: client) ?? $0 }
    }

    /// An abandoned torrent is nobody's wish any more: what little there is of it goes where data may go.
    private func asksForData(_ following: Following) -> Bool {
        if memory.acceptance?.onDelete == .removeData { return true }
        return following.data.isAbandoned && rules.prune.allowData && memory.acceptance?.onDelete == .remove
    }

    /// What is to be expected of the data while the grace runs.
    var dataForecast: String {
        guard memory.acceptance?.onDelete == .removeData, let following = memory.following else {
            return ", its data stays"
        }
        guard let rule = DataWarrant.objection(to: following, rules: rules) else {
            return ", with its data if no other torrent uses its files"
        }
        return "; its data stays (\(rule.rawValue)): \(rule.sentence)"
    }

    /// For the status of a torrent that is left in place, where its data was asked to go.
    var ownersData: String {
        guard memory.acceptance?.onDelete == .removeData else { return "" }
        let rule = DataRule.notOurs
        return ", and so does its data (\(rule.rawValue)): \(rule.sentence)"
    }

    /// The torrent that we removed is gone: ends the subject, and says what became of the data.
    ///
    /// - Parameter reason: The reason where nobody asked for the data.
    mutating func endPruned(_ reason: String) -> Judgement {
        guard let parting = memory.following?.data.parting else {
            return end(.removed, reason, "removed from qBittorrent; its data was kept", .removed)
        }
        return end(.removed, parting.reason, "removed from qBittorrent" + parting.sentence, .removed)
    }

    /// Whether a torrent that leaves with its data has to wait for the files of the one in its place.
    func awaitsSuccessor(_ old: Following, _ torrent: Torrent) -> Bool {
        guard let following = memory.following, case .go? = dataOf(old, torrent),
            let next = picture.torrent(matching: following.identity), !next.hasMetadata
        else { return false }
        return (age(following.lastCallAt) ?? .max) < Self.successorMilliseconds
    }
}
