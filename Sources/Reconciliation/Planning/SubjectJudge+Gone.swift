import Metainfo

/// The request is no longer there, in a complete and error-free listing.
extension SubjectJudge {
    mutating func gone() -> Judgement {
        watchDeparted(asking: nil)
        // What it meant before goes like what it means now, one after the other.
        if memory.following == nil, memory.ending == nil, let old = memory.leaving.popLast() {
            memory.following = old
        }
        let withdrawal = memory.withdrawal
        let judgement = goneWithOne()
        guard memory.ending?.kind == .removed, let old = memory.leaving.popLast() else { return judgement }
        memory.ending = nil
        memory.following = old
        memory.withdrawal = withdrawal
        return self.judgement(.wait(until: now, .verifying), judgement.standing).named(.withdrawnNext)
    }

    private mutating func goneWithOne() -> Judgement {
        if let ending = memory.ending, ending.kind == .removed { return expire(ending) }
        guard let acceptance = memory.acceptance else {
            // Never more than a rejected file: nothing was done for it, nothing is to be said about it.
            return Judgement(.ignore, memory: nil, standing: nil).named(.neverAccepted)
        }
        let isFirstSight = memory.withdrawal == nil
        withdraw()
        if let ending = memory.ending, memory.following == nil || ending.lostItsTorrent {
            return end(.removed, "Withdrawn", "the request is gone (it was \(ending.reason))", .removed)
                .named(.withdrawnEnded)
        }
        memory.ending = nil
        if let following = memory.following, let other = taker(of: following) {
            return end(
                .removed, "Withdrawn", "the request is gone; “\(other.name)” has its torrent now", .removed
            ).named(.withdrawnTaken)
        }
        guard memory.following != nil || memory.intent?.kind == .add else {
            return end(.removed, "Withdrawn", "the request is gone; nothing had been added for it", .removed)
                .named(.withdrawnNothing)
        }
        if case .unknown(let trouble) = picture.coverage { return blind(trouble) }
        guard let identity = memory.following?.identity ?? acceptance.identity else {
            // Nothing says which torrent an add could have been for: there is none to look for.
            return end(.removed, "Withdrawn", "the request is gone; nothing is known of a torrent", .removed)
                .named(.withdrawnNothing)
        }
        guard let torrent = picture.torrent(matching: identity) else { return goneAndAbsent(identity) }
        if memory.following == nil, let judgement = claimUnrecorded(torrent) { return judgement }
        let tagging = refresh(torrent)
        if let waiting = stays(torrent) ?? grace(torrent, isFirstSight: isFirstSight) { return waiting }
        return remove(torrent, tagging: tagging, reason: "Withdrawn")
    }

    /// Asked to be absent: goes, unless another request asks for it to be there.
    mutating func absent(_ torrent: Torrent, tagging: [Action]) -> Judgement {
        guard let other = context.claimant(of: torrent.identity, at: place, besides: key),
            context.desired.requests[other]?.wantedState != .absent
        else { return remove(torrent, tagging: tagging, reason: "Absent") }
        return judgement(
            .ignore,
            Standing(
                .conflict, reason: "Claimed",
                message: "asked to be absent, but “\(other.name)” asks for the same torrent: nothing is "
                    + "removed while they disagree"),
            torrent: torrent
        ).named(.absentClaimed)
    }

    /// Why a torrent stays although its request is gone, if so.
    private func stays(_ torrent: Torrent) -> Judgement? {
        if isHandsOff(torrent) {
            return judgement(
                .wait(until: nil, .suspended),
                Standing(
                    .waiting, reason: WaitReason.suspended.rawValue,
                    message: "the request is gone; the torrent is marked \(rules.handsOffTag) and stays"),
                torrent: torrent
            ).named(.withdrawnHandsOff)
        }
        guard let other = context.claimant(of: torrent.identity, at: place, besides: key) else { return nil }
        return judgement(
            .wait(until: nil, .grace),
            Standing(
                .removing, reason: "Claimed",
                message: "the request is gone; “\(other.name)” asks for the same torrent, so it stays"),
            torrent: torrent
        ).named(.withdrawnClaimed)
    }

    private mutating func expire(_ ending: Ending) -> Judgement {
        let age = now.wall.milliseconds - ending.at.milliseconds
        if age >= rules.keepRemovedMilliseconds, memory.departed.isEmpty {
            return Judgement(.ignore, memory: nil, standing: nil).named(.removedExpired)
        }
        return ended(ending).named(.removedKept)
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
        if memory.intent?.kind == .add, let at = memory.intent?.at, let age = age(at),
            age < Rules.verificationMilliseconds
        {
            // The answer to the add was lost a moment ago: it may still show its effect.
            return judgement(
                .wait(until: at.advanced(byMilliseconds: Rules.verificationMilliseconds), .verifying), nil
            ).named(.withdrawnAdding)
        }
        let wasPruned = memory.intent?.kind == .prune || memory.intent?.kind == .finish
        guard picture.isFull || (wasPruned && picture.settlesAbsence(of: identity)) else {
            needsFullListing.insert(place)
            return judgement(.wait(until: nil, .verifying), nil).named(.needsListing)
        }
        if wasPruned {
            depart()
            return endPruned("Withdrawn").named(.removed)
        }
        return end(.removed, "AlreadyGone", "the request is gone, and so was its torrent", .removed)
            .named(.withdrawnGone)
    }

    /// An add whose outcome was never recorded, and the request is gone meanwhile: ours only with our tag.
    private mutating func claimUnrecorded(_ torrent: Torrent) -> Judgement? {
        guard torrent.placement.tags.contains(rules.tag) else {
            return end(
                .removed, "Withdrawn", "the request is gone; the torrent in qBittorrent is not ours", .removed
            ).named(.withdrawnForeign)
        }
        follow(torrent, as: .added)
        memory.following?.data.trace = memory.survey
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
                message: "the request is gone; the torrent goes unless the request returns\(dataForecast)",
                nextAt: end.wall),
            torrent: torrent
        ).named(.grace)
    }

    /// Takes the torrent out, or takes our hands off it. Its data stays, unless the request says otherwise
    /// and every condition holds.
    ///
    /// - Parameter tagging: Calls that put back our tag where the server forgot it. A removal takes two
    ///   witnesses, our record and the tag, so they come first.
    mutating func remove(_ torrent: Torrent, tagging: [Action], reason: String) -> Judgement {
        guard let following = memory.following else {
            preconditionFailure("only a followed torrent is removed")
        }
        if isStoreLost { return held(.storeLost) }
        if let root = missingRoot(torrent) { return heldBelow(root, torrent: torrent) }
        if var waiting = backingOff(torrent: torrent) {
            waiting.standing?.phase = .removing
            waiting.standing?.reason = WaitReason.backoff.rawValue
            waiting.standing?.message = memory.attempt?.error.message ?? ""
            return waiting.named(.removalBackoff)
        }
        if let waiting = awaitingPrune(torrent, reason: reason) { return waiting }
        let keeps = reason != "Absent" && memory.acceptance?.onDelete == .keep
        switch following.ownership {
        case .disowned:
            return end(
                .removed, "Released",
                "our tag had been taken off; the torrent stays in qBittorrent" + ownersData, .released
            ).named(.removalDisowned)
        case .adopted:
            return release(torrent, tag: rules.adoptedTag, reason: "Released")
        case .added where keeps:
            return release(torrent, tag: rules.tag, reason: "Kept")
        case .added where !tagging.isEmpty:
            memory.intent = Intent(kind: .change, at: now)
            return judgement(
                .act(tagging),
                Standing(.removing, reason: reason, message: "our tag is put back, then it is removed"),
                torrent: torrent
            ).named(.removalTagFirst)
        case .added:
            return awaitingFirstCheck(torrent, reason: reason)
                ?? prune(torrent, reason: reason, data: dataOf(following, torrent))
        }
    }

    /// A removal that was acknowledged a moment ago and does not show yet.
    func awaitingPrune(
        _ torrent: Torrent, reason: String, kind: Intent.Kind = .prune
    ) -> Judgement? {
        guard let intent = memory.intent, intent.kind == kind, let last = memory.following?.lastCallAt,
            let order = last.milliseconds(since: intent.at), order >= 0,
            let age = age(last), age < Rules.verificationMilliseconds
        else { return nil }
        return judgement(
            .wait(until: last.advanced(byMilliseconds: Rules.verificationMilliseconds), .verifying),
            Standing(.removing, reason: reason, message: "removed by qBittorrent's word; looking again"),
            torrent: torrent
        ).named(.removalVerifying)
    }

    /// A removal with data, where what tells downloaded data from what was there does not show yet.
    private func awaitingFirstCheck(_ torrent: Torrent, reason: String) -> Judgement? {
        guard let following = memory.following, awaitsFirstCheck(following, torrent) else { return nil }
        return judgement(
            .wait(until: now.advanced(byMilliseconds: 1_000), .verifying),
            Standing(
                .removing, reason: reason,
                message:
                    "waiting, a minute at most, for the server to tell how much of the data it downloaded"),
            torrent: torrent
        ).named(.removalFirstCheck)
    }

    private mutating func release(_ torrent: Torrent, tag: String, reason: String) -> Judgement {
        guard torrent.placement.tags.contains(tag) else {
            if memory.intent?.kind == .release { depart() }
            return end(
                .removed, reason, "no longer managed; the torrent stays in qBittorrent" + ownersData,
                .released
            ).named(.released)
        }
        memory.intent = Intent(kind: .release, at: now)
        let action = Action(
            subject: key, client: place, identity: torrent.identity, id: torrent.id,
            call: .removeTags([tag]), reason: "no longer asked for, and to be left in place")
        return judgement(
            .act([action]), Standing(.removing, reason: reason, message: "our tag is being taken off"),
            torrent: torrent
        ).named(reason == "Kept" ? .removalKeep : .removalRelease)
    }

    private static let pruneReasons = [
        "Absent": "asked to be absent", "GoalMet": "goal of seed met",
        "Retried": "in error with nothing complete; to be added again",
    ]

    /// - Parameters:
    ///   - kind: ``Intent/Kind/finish`` where it is not to be added again.
    ///   - data: What is asked to become of its data; `nil`: nobody asked for anything but to keep it.
    mutating func prune(
        _ torrent: Torrent, reason: String, kind: Intent.Kind = .prune, data: DataWish? = nil
    ) -> Judgement {
        // Removals are planned from a full listing only, never from a partial look.
        guard picture.isFull else {
            needsFullListing.insert(place)
            return judgement(.wait(until: nil, .verifying), nil, torrent: torrent).named(.needsListing)
        }
        let unseen = clientsToSee(for: data)
        guard unseen.isEmpty else {
            needsFullListing.formUnion(unseen)
            return judgement(.wait(until: nil, .verifying), nil, torrent: torrent).named(.needsListing)
        }
        memory.intent = Intent(kind: kind, at: now)
        let action = Action(
            subject: key, client: place, identity: torrent.identity, id: torrent.id,
            call: .prune(ifTagged: rules.tag, data: data),
            reason: (Self.pruneReasons[reason] ?? "no longer asked for") + (data?.forecast ?? ""))
        let stays = data?.forecast ?? "; its data stays"
        return judgement(
            .act([action]),
            Standing(.removing, reason: reason, message: "being removed from qBittorrent" + stays),
            torrent: torrent
        ).named(Self.pruneRows[reason] ?? .withdrawnPrune)
    }

    private static let pruneRows: [String: PlannerCase] = [
        "Absent": .absentPrune, "GoalMet": .goalRemove, "Retried": .retried,
    ]
}
