import Metainfo

/// Which torrent the request means, while that is still to be found out, and what becomes of the one that it
/// meant before.
extension SubjectJudge {
    /// Every source was tried and given up.
    func isExhausted(_ request: Request) -> Bool {
        guard let progress = memory.sources, !request.sources.isEmpty else { return false }
        return progress.index >= request.sources.count
    }

    /// A new generation that names the same sources goes on where it was; others begin at the first.
    mutating func reviseSources(_ request: Request) {
        guard memory.sources?.digest == request.sourcesDigest, !isExhausted(request) else {
            memory.sources = nil
            return
        }
        memory.sources?.attempt = nil
    }

    // MARK: Not known yet

    /// Nothing is followed, and what is to be added must be fetched first.
    mutating func unresolved(_ request: Request) -> Judgement {
        if isExhausted(request) { return exhausted() }
        if request.isSuspended { return suspended(torrent: nil) }
        if isStoreLost { return held(.storeLost) }
        leaveForUnknown()
        if request.wantedState == .absent { return absentUnresolved() }
        if let over = overdue(request) { return over }
        if let waiting = beforeItsTime(request) { return waiting }
        if let attempt = memory.sources?.attempt, !now.hasReached(attempt.nextAt) {
            return judgement(
                .wait(until: attempt.nextAt, .backoff),
                Standing(
                    .waiting, reason: WaitReason.backoff.rawValue, message: attempt.error.message,
                    nextAt: attempt.nextAt.wall)
            ).named(.sourceBackoff)
        }
        var judgement = judgement(
            .wait(until: nil, .resolving),
            Standing(.resolving, message: "fetching " + sourceLabel(request))
        ).named(.resolving)
        judgement.wantsSource = true
        return judgement
    }

    /// What was never fetched was never added: there is nothing of ours but what the request meant before.
    private mutating func absentUnresolved() -> Judgement {
        if case .unknown(let trouble) = picture.coverage { return blind(trouble) }
        let actions = dismissals()
        guard actions.isEmpty, memory.leaving.isEmpty else { return dismissingAlone(actions) }
        return end(.removed, "Absent", "its source was never fetched, so nothing had been added", .removed)
            .named(.absentUnresolved)
    }

    // MARK: The next source beside a torrent that stalled

    /// The torrent that is followed came from a source of this very request, which was given up for another.
    var followsOwnSource: Bool {
        memory.sources?.abandoned.contains { $0.code == Self.stalledCode } ?? false
    }

    /// The code of a source that was given up because its torrent made no progress.
    static let stalledCode = "stalled"

    /// It came to its end after all, while another source was still being looked for.
    mutating func returnToStalled() {
        guard let following = memory.following, followsOwnSource else { return }
        guard memory.sources?.returnTo(code: Self.stalledCode, found: following.identity) == true else {
            return
        }
        note(.changed, field: "source", message: "complete after all: no other source is looked for")
    }

    /// While an older torrent is followed, the next source is fetched beside it.
    func wantsSource(_ request: Request) -> Bool {
        guard request.identity == nil, !isExhausted(request), !request.isSuspended, !isStoreLost,
            request.terms.notBefore.map({ $0 <= now.wall }) ?? true
        else { return false }
        return memory.sources?.attempt.map { now.hasReached($0.nextAt) } ?? true
    }

    private func sourceLabel(_ request: Request) -> String {
        let index = memory.sources?.index ?? 0
        guard request.sources.indices.contains(index) else { return "its source" }
        let count = request.sources.count
        return request.sources[index] + (count > 1 ? " (source \(index + 1) of \(count))" : "")
    }

    /// What is gone from where it was may come back as another; what never was right is the request's fault.
    private mutating func exhausted() -> Judgement {
        guard let last = memory.sources?.abandoned.last else {
            preconditionFailure("sources are exhausted by being given up")
        }
        let advice = "; nothing more is tried until the request changes or `qspool retry \(key.name)`"
        let phase: Phase = last.isGone ? .failed : .rejected
        let reason = last.isGone ? "SourceGone" : Problem(code: last.code, message: "").reason
        if before?.published?.phase != phase || before?.published?.reason != reason {
            note(phase == .failed ? .ended : .rejected, reason: last.code, message: last.message)
        }
        // What an earlier generation brought stays as it was.
        if memory.following == nil { takeBack() }
        // A rejected request shows no torrent, whatever it was rejected for.
        let followed = memory.following.flatMap { picture.torrent(matching: $0.identity) }
        let torrent = phase == .rejected ? nil : followed
        let message = last.message.hasSuffix(".") ? String(last.message.dropLast()) : last.message
        return judgement(
            .ignore, Standing(phase, reason: reason, message: message + advice), torrent: torrent
        ).named(last.isGone ? .sourcesGone : .sourcesBad)
    }

    // MARK: Terms

    /// Waits for `notBefore`; `nil` when it has come or was not set.
    mutating func beforeItsTime(_ request: Request) -> Judgement? {
        guard let start = request.terms.notBefore, now.wall < start else { return nil }
        let left = start.milliseconds - now.wall.milliseconds
        return judgement(
            .wait(until: now.advanced(byMilliseconds: left), .notBefore),
            Standing(
                .waiting, reason: WaitReason.notBefore.rawValue, message: "not before \(start)",
                nextAt: start)
        ).named(.notBefore)
    }

    /// Ends a request that took longer than `giveUpAfter`; its torrent stays as it is.
    mutating func overdue(_ request: Request) -> Judgement? {
        guard let limit = request.terms.giveUpAfterMilliseconds, memory.ending == nil,
            memory.following?.hasCompleted != true, let left = timeLeft(request), left <= 0
        else { return nil }
        // With nothing left to try it was given up before, for a reason that tells more.
        if isExhausted(request), memory.following == nil { return nil }
        return end(
            .failed, "GaveUp",
            "not complete \(Display.duration(seconds: limit / 1_000)) after it was accepted (giveUpAfter); "
                + "the torrent stays as it is; change the request or run `qspool retry \(key.name)` to go on",
            .ended
        ).named(.gaveUp)
    }

    /// Milliseconds until the request is given up; `nil` when it never is.
    func timeLeft(_ request: Request) -> Int64? {
        guard let limit = request.terms.giveUpAfterMilliseconds, let since = memory.acceptedAt else {
            return nil
        }
        // Across boots only the wall clock tells.
        let age = now.milliseconds(since: since) ?? now.wall.milliseconds - since.wall.milliseconds
        return limit - max(age, 0)
    }

    // MARK: Another torrent than before

    /// The request names what nobody knows yet: what it meant before is left, and goes when that is there.
    private mutating func leaveForUnknown() {
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

    /// A torrent that is to go and may not for now.
    private func mustStay(_ old: Following, in picture: ClientPicture, at client: String) -> Bool {
        guard let torrent = picture.torrent(matching: old.identity) else { return false }
        return isHandsOff(torrent) || isAskedForElsewhere(torrent, old)
            || missingRoot(torrent, at: client) != nil || awaitsSuccessor(old, torrent)
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
