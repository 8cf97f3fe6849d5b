import Metainfo

/// What becomes of the torrent that the request meant before it came to mean another one, or another client.
extension SubjectJudge {
    /// The request names what nobody knows yet: what it meant before is left, and goes when that is there.
    mutating func leaveForUnknown() {
        guard let old = memory.following else { return }
        memory.leaving.append(old)
        beginAnother()
    }

    /// What should have taken the place of the last torrent never came: that one is followed again, unless
    /// it is another request's by now.
    mutating func takeBack() {
        memory.leaving = memory.leaving.filter { taker(of: $0) == nil }
        guard let index = memory.leaving.lastIndex(where: { $0.client == nil }) else { return }
        var old = memory.leaving.remove(at: index)
        old.data.isAbandoned = false
        old.data.parting = nil
        memory.following = old
    }

    /// The request came to mean another torrent: the one followed so far goes once the new one is there. What
    /// was to go and is asked for again is followed as before.
    mutating func exchange(for identity: TorrentIdentity) {
        // What is followed never goes, however it came to be on the way out.
        defer {
            if let kept = memory.following?.identity {
                memory.leaving.removeAll { $0.client == nil && $0.identity.overlaps(kept) }
            }
        }
        if let old = memory.following {
            guard !old.identity.overlaps(identity) else { return }
            note(
                .changed, field: "source", from: old.identity.description, to: identity.description,
                message: "another torrent is asked for; the one before goes when this one is there")
            memory.leaving.append(old)
            memory.leaving[memory.leaving.count - 1].data.isAbandoned = followsOwnSource
            beginAnother()
        }
        let index = memory.leaving.firstIndex { $0.client == nil && $0.identity.overlaps(identity) }
        guard let index else { return }
        var old = memory.leaving.remove(at: index)
        old.data.isAbandoned = false
        old.data.parting = nil
        beginAnother()
        // One that was there before its request may have lost our mark by now: it is taken up anew.
        memory.following = old.ownership == .adopted ? nil : old
    }

    /// Before the request comes to mean `identity`, or what is still to be found out: an add of which nobody
    /// knows what became of it goes like a torrent that was there, if our tag shows that it worked.
    mutating func leaveUnrecorded(for identity: TorrentIdentity?) {
        guard memory.following == nil, let intent = memory.intent, intent.kind == .add,
            let old = memory.acceptance?.identity, identity.map({ !$0.overlaps(old) }) ?? true
        else { return }
        var following = Following(ownership: .added, id: old.preferredID, identity: old)
        following.lastCallAt = intent.at
        following.data.trace = memory.survey
        memory.leaving.append(following)
        beginAnother()
    }

    /// Nothing that was learnt of one torrent holds for another.
    private mutating func beginAnother() {
        loseTorrent()
        memory.corrections = [:]
        memory.intent = nil
        memory.attempt = nil
        memory.patience = nil
        memory.survey = nil
    }

    /// What is to go and may not yet is looked at again after this long.
    private static let leavingMilliseconds: Int64 = 60_000

    /// Calls that take out the torrents that the request meant before, or our hands off them.
    mutating func dismissals() -> [Action] {
        guard !memory.leaving.isEmpty, !isStoreLost else { return [] }
        var actions: [Action] = []
        refreshLeaving()
        let before = memory.leaving
        defer { for old in before where !memory.leaving.contains(old) { noteDismissed(old) } }
        memory.leaving = memory.leaving.filter { old in
            let client = old.place(of: key)
            guard taker(of: old) == nil else { return false }
            // A server that is configured no longer is out of our hands, and its torrents with it.
            guard let picture = context.observed.clients[client] else { return false }
            guard picture.isFull else {
                // Asked for only where something could be done then.
                if picture.isKnown, !mustStay(old, in: picture, at: client) {
                    needsFullListing.insert(client)
                }
                return true
            }
            guard let torrent = picture.torrent(matching: old.identity),
                let (call, data) = dismissal(of: torrent, old)
            else { return false }
            // Whoever asks for it takes it from here, as ours.
            guard !mustStay(old, in: picture, at: client) else { return true }
            let unseen = clientsToSee(for: data)
            guard unseen.isEmpty else {
                needsFullListing.formUnion(unseen)
                return true
            }
            let reason =
                old.client == nil
                ? "its request asks for another torrent now" : "its request asks for another client now"
            actions.append(
                Action(
                    subject: key, client: client, identity: torrent.identity, id: torrent.id, call: call,
                    reason: reason + (data?.forecast ?? "")))
            return true
        }
        return actions
    }

    /// What shows of their data only now counts for those that are on their way out, too.
    private mutating func refreshLeaving() {
        for index in memory.leaving.indices where memory.leaving[index].data.trace?.firstCheck == .unseen {
            let old = memory.leaving[index]
            guard let picture = context.observed.clients[old.place(of: key)],
                let torrent = picture.torrent(matching: old.identity)
            else { continue }
            let isFresh = isTooEarlyForData(old)
            memory.leaving[index].data.trace?.refresh(torrent, wanted: [], isFresh: isFresh)
        }
    }

    /// A torrent that is to go and may not for now.
    private func mustStay(_ old: Following, in picture: ClientPicture, at client: String) -> Bool {
        guard let torrent = picture.torrent(matching: old.identity) else { return false }
        return isHandsOff(torrent) || isAskedForElsewhere(torrent, old)
            || missingRoot(torrent, at: client) != nil || awaitsSuccessor(old, torrent)
            || awaitsFirstCheck(old, torrent)
    }

    /// A hybrid may be asked for by the hash that the old one was not known by; and whoever follows it has
    /// it, even while its file cannot be used.
    private func isAskedForElsewhere(_ torrent: Torrent, _ old: Following) -> Bool {
        let identity = old.identity.merging(torrent.identity)
        let client = old.place(of: key)
        if let other = context.memory.follower(of: identity, client: client), other != key,
            context.desired.isPresent(other), context.desired.requests[other] == nil
        {
            return true
        }
        return context.desired.claimants(of: identity, client: client).contains { other in
            other != key && context.desired.requests[other]?.wantedState != .absent
        }
    }

    /// Another request that asks for a torrent and follows it: it is that one's by now.
    func taker(of old: Following) -> SubjectKey? {
        context.desired.claimants(of: old.identity, client: old.place(of: key)).filter { other in
            other != key
                && context.memory.subjects[other]?.following?.identity.overlaps(old.identity) ?? false
        }.min()
    }

    /// What the request meant before and another one has taken over is no longer its own.
    mutating func yield(for identity: TorrentIdentity?) {
        guard let following = memory.following, let identity, !following.identity.overlaps(identity),
            taker(of: following) != nil
        else { return }
        beginAnother()
    }

    private mutating func noteDismissed(_ old: Following) {
        if old.ownership != .disowned, taker(of: old) == nil { depart(old) }
        let place = old.place(of: key)
        let picture = context.observed.clients[place]
        let isGone = picture.map { $0.torrent(matching: old.identity) == nil } ?? false
        let isMoved = old.client != nil
        changes.append(
            Change(
                isGone ? .removed : .released, subject: key, torrent: old.id,
                reason: isGone ? old.data.parting?.reason ?? "Exchanged" : "Exchanged",
                message: Self.dismissed(old, place: isMoved ? place : nil, isGone, isKnown: picture != nil)))
    }

    private static func dismissed(
        _ old: Following, place: String?, _ isGone: Bool, isKnown: Bool
    ) -> String {
        let data = old.data.parting?.sentence ?? "; its data stays"
        guard let place else {
            return isGone
                ? "the torrent that the request asked for before is gone from qBittorrent" + data
                : "the torrent that the request asked for before stays in qBittorrent"
        }
        guard isKnown else { return "“\(place)” is configured no longer: its torrent stays there" }
        return isGone
            ? "the torrent is gone from “\(place)”, where the request was before" + data
            : "the torrent stays in “\(place)”, where the request was before"
    }

    /// `nil`: nothing of ours is on it any more, so it stays.
    private func dismissal(of torrent: Torrent, _ old: Following) -> (call: Call, data: DataWish?)? {
        switch old.ownership {
        case .added where torrent.placement.tags.contains(rules.tag):
            guard memory.acceptance?.onDelete != .keep else { return (.removeTags([rules.tag]), nil) }
            let data = dataOf(old, torrent)
            return (.prune(ifTagged: rules.tag, data: data), data)
        case .adopted where torrent.placement.tags.contains(rules.adoptedTag):
            return (.removeTags([rules.adoptedTag]), nil)
        case .added, .adopted, .disowned: return nil
        }
    }

    /// The judgement with the dismissals that may be made now in front of nothing else: the torrent that is
    /// wanted comes first.
    mutating func dismissing(_ judgement: Judgement) -> Judgement {
        guard memory.following != nil else { return judgement }
        // What was refused lately waits, like everything else that is tried again.
        if !memory.leaving.isEmpty, let attempt = before?.attempt, attempt.error.code != "not-listed",
            !now.hasReached(attempt.nextAt)
        {
            var judgement = judgement
            if judgement.memory?.attempt == nil { judgement.memory?.attempt = attempt }
            judgement.recheckAt = attempt.nextAt
            return judgement
        }
        let actions = dismissals()
        var judgement = judgement
        judgement.memory?.leaving = memory.leaving
        judgement.memory?.departed = memory.departed
        judgement.changes = changes
        if !memory.leaving.isEmpty {
            judgement.recheckAt = now.advanced(byMilliseconds: Self.leavingMilliseconds)
            if judgement.row == .settled { judgement.row = .leavingStays }
        }
        guard !actions.isEmpty, !isStoreLost else { return judgement }
        switch judgement.verdict {
        case .act(let others): judgement.verdict = .act(others + actions)
        case .settled, .wait(_, .verifying), .wait(_, .stalling):
            judgement.verdict = .act(actions)
            judgement.row = .leavingGoes
        case .wait, .hold, .ignore: break
        }
        return judgement
    }
}
