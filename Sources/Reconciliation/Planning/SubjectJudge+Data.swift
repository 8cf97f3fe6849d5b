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
        let identity = following.identity.merging(torrent.identity)
        let own = localized(torrent.placement, on: place)
        for (client, picture) in context.observed.clients {
            if client != place {
                // Nobody knows what a server has that cannot be seen now.
                guard picture.isKnown else { return .unseen }
                if picture.torrent(matching: identity) != nil || isAskedFor(identity, at: client) {
                    return .shared
                }
            }
            let others = picture.torrents.values.filter {
                $0.hasMetadata && (client != place || $0.id != torrent.id)
            }
            if others.contains(where: { mayShare(own, torrent, with: $0, at: client) }) { return .shared }
        }
        return nil
    }

    private func isAskedFor(_ identity: TorrentIdentity, at client: String) -> Bool {
        context.desired.claimants(of: identity, client: client).contains {
            context.desired.requests[$0]?.wantedState != .absent
        }
    }

    /// By where they lie alone. What lies in one place by the server's own paths is judged by its lists of
    /// files.
    private func mayShare(
        _ own: Torrent.Placement, _ torrent: Torrent, with other: Torrent, at client: String
    ) -> Bool {
        if client == place, torrent.placement.mayOverlap(other.placement) { return false }
        if own.mayOverlap(localized(other.placement, on: client)) { return true }
        guard client != place, rules.localPath(of: other.placement.savePath, on: client) == nil else {
            return false
        }
        // Without a map nobody knows where that is: what is called the same may be the same.
        let name = Self.lastName(other.placement.contentPath)
        return torrent.placement.mayOverlap(other.placement) || name.isEmpty
            || name == Self.lastName(torrent.placement.contentPath)
    }

    private static func lastName(_ path: String) -> String {
        path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    }

    /// Other servers that must be seen anew before data goes: their torrents may use the same files.
    func clientsToSee(for data: DataWish?) -> Set<String> {
        guard case .go? = data else { return [] }
        return Set(context.observed.clients.filter { $0.key != place && $0.value.isPartial }.keys)
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
        let objection = DataWarrant.objection(to: following, rules: rules)
        guard let rule = objection, rule != .unseen || !isUndecided(following) else {
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

    /// After a call the server's figures lag: nothing is concluded from them yet. 4.5.2 was seen to show a
    /// small torrent as complete many seconds before it showed that anything of it had been downloaded.
    func isTooEarlyForData(_ following: Following) -> Bool {
        (age(following.lastCallAt) ?? .max) < Rules.confirmationMilliseconds
    }

    /// Whether a torrent whose data was asked to go has to wait for the figures that show that it downloaded
    /// it. Where the data stays whatever they say, nothing waits.
    func awaitsFirstCheck(_ old: Following, _ torrent: Torrent) -> Bool {
        guard isUndecided(old), case .stay(.unseen)? = dataOf(old, torrent) else { return false }
        return true
    }

    /// Whether what is missing for the data to go may still come to be seen.
    private func isUndecided(_ following: Following) -> Bool {
        guard let trace = following.data.trace else { return false }
        return trace.firstCheck == .unseen && !trace.places.isEmpty && isTooEarlyForData(following)
    }

    /// Whether a torrent that leaves with its data has to wait for the files of the one in its place.
    func awaitsSuccessor(_ old: Following, _ torrent: Torrent) -> Bool {
        guard let following = memory.following, case .go? = dataOf(old, torrent),
            let next = picture.torrent(matching: following.identity), !next.hasMetadata
        else { return false }
        return (age(following.lastCallAt) ?? .max) < Self.successorMilliseconds
    }
}
