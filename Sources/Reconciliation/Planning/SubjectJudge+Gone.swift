import Metainfo

/// The request is no longer there, in a complete and error-free listing.
extension SubjectJudge {
    mutating func gone() -> Judgement {
        if let ending = memory.ending, ending.kind == .removed { return expire(ending) }
        guard let acceptance = memory.acceptance else {
            // Never more than a rejected file: nothing was done for it, nothing is to be said about it.
            return Judgement(.ignore, memory: nil, standing: nil)
        }
        let isFirstSight = memory.withdrawal == nil
        withdraw()
        if let ending = memory.ending {
            return end(.removed, "Withdrawn", "the request is gone (it was \(ending.reason))", .removed)
        }
        guard memory.following != nil || memory.intent?.kind == .add else {
            return end(.removed, "Withdrawn", "the request is gone; nothing had been added for it", .removed)
        }
        if case .unknown(let trouble) = picture.coverage { return blind(trouble) }
        let identity = memory.following?.identity ?? acceptance.identity
        guard let torrent = picture.torrent(matching: identity) else { return goneAndAbsent(identity) }
        if memory.following == nil, let judgement = claimUnrecorded(torrent) { return judgement }
        _ = refresh(torrent)
        if let waiting = grace(torrent, isFirstSight: isFirstSight) { return waiting }
        return remove(torrent, reason: "Withdrawn")
    }

    private mutating func expire(_ ending: Ending) -> Judgement {
        let age = now.wall.milliseconds - ending.at.milliseconds
        if age >= rules.keepRemovedMilliseconds { return Judgement(.ignore, memory: nil, standing: nil) }
        return ended(ending)
    }

    private mutating func withdraw() {
        let isSaid = context.memory.orders.contains { $0.kind == .remove(key) }
        if memory.withdrawal == nil {
            note(
                .withdrawn, reason: isSaid ? "SaidByPerson" : "FileGone",
                message: isSaid ? "removed by `qspool remove`" : "the request's file is gone")
            memory.withdrawal = Withdrawal(since: context.now, isSaidByPerson: isSaid)
        }
        if isSaid { memory.withdrawal?.isSaidByPerson = true }
        // Boot time of another boot says nothing about how long it has been gone: grace starts anew.
        if let since = memory.withdrawal?.since, context.now.milliseconds(since: since) == nil {
            memory.withdrawal?.since = context.now
        }
    }

    private mutating func goneAndAbsent(_ identity: TorrentIdentity) -> Judgement {
        let wasPruned = memory.intent?.kind == .prune
        guard picture.isFull || (wasPruned && picture.settlesAbsence(of: identity)) else {
            needsFullListing = true
            return judgement(.wait(until: nil, .verifying), nil)
        }
        if wasPruned {
            return end(.removed, "Withdrawn", "removed from qBittorrent; its data was kept", .removed)
        }
        return end(.removed, "AlreadyGone", "the request is gone, and so was its torrent", .removed)
    }

    /// An add whose outcome was never recorded, and the request is gone meanwhile: ours only with our tag.
    private mutating func claimUnrecorded(_ torrent: Torrent) -> Judgement? {
        guard torrent.placement.tags.contains(rules.tag) else {
            return end(
                .removed, "Withdrawn", "the request is gone; the torrent in qBittorrent is not ours", .removed
            )
        }
        follow(torrent, as: .added)
        memory.intent = nil
        return nil
    }

    /// Two complete passes at least the grace apart must agree. `nil` when they do, or a person said so.
    private func grace(_ torrent: Torrent, isFirstSight: Bool) -> Judgement? {
        guard let withdrawal = memory.withdrawal, !withdrawal.isSaidByPerson else { return nil }
        let end = withdrawal.since.advanced(byMilliseconds: rules.prune.graceMilliseconds)
        guard isFirstSight || !now.hasReached(end) else { return nil }
        return judgement(
            .wait(until: end, .grace),
            Standing(
                .removing, reason: WaitReason.grace.rawValue,
                message: "the request is gone; the torrent goes unless the request returns, its data stays",
                nextAt: end.wall),
            torrent: torrent)
    }

    /// Takes the torrent out, or takes our hands off it. Its data stays in every case.
    mutating func remove(_ torrent: Torrent, reason: String) -> Judgement {
        guard let following = memory.following else {
            preconditionFailure("only a followed torrent is removed")
        }
        if isStoreLost { return held(.storeLost) }
        if let waiting = backingOff(torrent: torrent) { return waiting }
        let keeps = reason != "Absent" && memory.acceptance?.onDelete == .keep
        switch following.ownership {
        case .disowned:
            return end(
                .removed, "Released", "our tag had been taken off; the torrent stays in qBittorrent",
                .released)
        case .adopted:
            return release(torrent, tag: rules.adoptedTag, reason: "Released")
        case .added where keeps:
            return release(torrent, tag: rules.tag, reason: "Kept")
        case .added:
            return prune(torrent, reason: reason)
        }
    }

    private mutating func release(_ torrent: Torrent, tag: String, reason: String) -> Judgement {
        guard torrent.placement.tags.contains(tag) else {
            return end(.removed, reason, "no longer managed; the torrent stays in qBittorrent", .released)
        }
        memory.intent = Intent(kind: .release, at: now)
        let action = Action(
            subject: key, identity: torrent.identity, id: torrent.id, call: .removeTags([tag]),
            reason: "no longer asked for, and to be left in place")
        return judgement(
            .act([action]), Standing(.removing, reason: reason, message: "our tag is being taken off"),
            torrent: torrent)
    }

    private static let pruneReasons = [
        "Absent": "asked to be absent", "Retried": "in error with nothing complete; to be added again",
    ]

    mutating func prune(_ torrent: Torrent, reason: String) -> Judgement {
        // Removals are planned from a full listing only, never from a partial look.
        guard picture.isFull else {
            needsFullListing = true
            return judgement(.wait(until: nil, .verifying), nil, torrent: torrent)
        }
        memory.intent = Intent(kind: .prune, at: now)
        let action = Action(
            subject: key, identity: torrent.identity, id: torrent.id, call: .prune(ifTagged: rules.tag),
            reason: Self.pruneReasons[reason] ?? "no longer asked for")
        return judgement(
            .act([action]),
            Standing(.removing, reason: reason, message: "being removed from qBittorrent; its data stays"),
            torrent: torrent)
    }
}
