import Metainfo

/// The request is there and so is its torrent.
extension SubjectJudge {
    mutating func present(_ request: Request, _ torrent: Torrent) -> Judgement {
        if memory.following == nil, let judgement = take(request, torrent) {
            return qualified(judgement, request)
        }
        return qualified(converge(request, torrent), request)
    }

    // MARK: Whose is it?

    /// Starts to follow a torrent that is there. `nil` when that is settled and convergence may go on.
    private mutating func take(_ request: Request, _ torrent: Torrent) -> Judgement? {
        let tags = torrent.placement.tags
        let isTagged = tags.contains(rules.tag)
        let mayBeOurs = memory.intent?.kind == .add
        if mayBeOurs && (isTagged || isUntaggedAdd(torrent)) || isStoreLost && isTagged {
            // Two witnesses: our intent and our tag. (With the store lost, the tag alone until a person
            // confirms; nothing is removed before that.)
            follow(torrent, as: .added)
            memory.following?.wasTagged = isTagged
            memory.following?.lastCallAt = memory.intent?.at
            if mayBeOurs { memory.applied = request.wishes.filter { $0.key.isAtAddOnly && $0.key != .queue } }
            memory.intent = nil
            note(.added, reason: "Found", message: "there, with our tag")
            return nil
        }
        if isTagged, isHandedOver(torrent) {
            follow(torrent, as: .added)
            memory.following?.wasTagged = true
            note(
                .added, reason: "HandedOver", message: "the request that had it asks for another torrent now")
            return nil
        }
        if tags.contains(rules.adoptedTag) {
            follow(torrent, as: .adopted)
            memory.selection = nil
            note(.adopted, message: "followed; it was there before its request")
            return nil
        }
        if request.wantedState == .absent {
            let actions = dismissals()
            guard actions.isEmpty, memory.leaving.isEmpty else { return dismissingAlone(actions) }
            return judgement(
                .settled,
                Standing(
                    .removed, reason: "Released",
                    message: "a torrent that is not ours is in qBittorrent and stays there"),
                torrent: torrent)
        }
        // Nobody's yet: what is said is about the request, not about somebody else's torrent.
        if request.isSuspended || tags.contains(rules.handsOffTag) { return suspended(torrent: nil) }
        if isStoreLost { return held(.storeLost) }
        if let waiting = backingOff(torrent: nil) { return waiting }
        // Whatever was tried before, this one did not come of it.
        memory.intent = nil
        memory.selection = nil
        let action = Action(
            subject: key, identity: torrent.identity, id: torrent.id, call: .addTags([rules.adoptedTag]),
            reason: "asked for and already there")
        return judgement(
            .act([action]),
            Standing(.pending, reason: "Adopting", message: "already in qBittorrent; being adopted"),
            torrent: torrent)
    }

    /// Another request of ours added it, or may have when a process died, and does not ask for it any more.
    private func isHandedOver(_ torrent: Torrent) -> Bool {
        if let giver = context.memory.follower(of: torrent.identity, client: key.client), giver != key {
            return context.memory.subjects[giver]?.following?.ownership == .added
        }
        return context.memory.subjects.contains { giver, subject in
            giver != key && giver.client == key.client && hasGiven(subject, torrent.identity)
        }
    }

    private func hasGiven(_ subject: SubjectMemory, _ identity: TorrentIdentity) -> Bool {
        if subject.following == nil, subject.intent?.kind == .add {
            return subject.acceptance?.identity?.overlaps(identity) ?? false
        }
        return subject.leaving.contains {
            $0.client == nil && $0.ownership == .added && $0.identity.overlaps(identity)
        }
    }

    /// A server that ignores tags in the add leaves ours without one; the intent bridges the gap, and the
    /// time of adding tells ours from one that somebody else added before.
    private func isUntaggedAdd(_ torrent: Torrent) -> Bool {
        guard picture.facts?.ignoresTagsInAdd == true, let intent = memory.intent, let added = torrent.addedAt
        else { return false }
        // The server counts whole seconds.
        return added.milliseconds + 1_000 >= intent.at.wall.milliseconds
    }

    mutating func follow(_ torrent: Torrent, as ownership: Ownership) {
        memory.following = Following(ownership: ownership, id: torrent.id, identity: torrent.identity)
    }

    /// Brings what is known of the bond up to date with the observation. Returns calls that restore our tag.
    mutating func refresh(_ torrent: Torrent) -> [Action] {
        guard var following = memory.following else { return [] }
        let isTagged = torrent.placement.tags.contains(rules.tag)
        following.id = torrent.id
        following.identity = following.identity.merging(torrent.identity)
        if isTagged { following.wasTagged = true }
        refreshConfirmation(&following)
        refreshCompletion(&following, torrent)
        memory.following = following
        // Seen again: whatever was tried for its absence has worked.
        if memory.intent?.kind == .add { memory.intent = nil }
        if memory.attempt?.error.code == "not-listed" { memory.attempt = nil }
        guard following.ownership == .added, !isTagged else { return [] }
        // Not taken off by a person: forgotten by the server, or taken off by us before the request came
        // back.
        let isMissing =
            !following.wasTagged || picture.hasRestarted || isRecent(following)
            || memory.intent?.kind == .release
        if isMissing {
            // A server that left our tag out of the add left the request's tags out too.
            if !following.wasTagged { memory.applied[.tags] = nil }
            return [
                Action(
                    subject: key, client: place, identity: following.identity, id: torrent.id,
                    call: .addTags([rules.tag]),
                    reason: "ours, and the server does not show our tag")
            ]
        }
        memory.following?.ownership = .disowned
        note(
            .released, reason: "TagTakenOff",
            message: "somebody took our tag off; it is followed, and never removed by us")
        return []
    }

    private func isRecent(_ following: Following) -> Bool {
        guard !following.isConfirmed, let last = following.lastCallAt, let age = now.milliseconds(since: last)
        else { return false }
        return age < Rules.confirmationMilliseconds
    }

    private func refreshConfirmation(_ following: inout Following) {
        guard !following.isConfirmed, picture.isFull else { return }
        guard let since = following.seenSince, let age = now.milliseconds(since: since) else {
            following.seenSince = now
            return
        }
        if age >= Rules.confirmationMilliseconds { following.isConfirmed = true }
    }

    private mutating func refreshCompletion(_ following: inout Following, _ torrent: Torrent) {
        following.completeLooks = torrent.looksComplete ? min(following.completeLooks + 1, 2) : 0
        if following.completeLooks == 2, !following.hasCompleted {
            following.hasCompleted = true
            note(.completed, message: "all wanted data is there")
        }
    }

    // MARK: Converging

    private mutating func converge(_ request: Request, _ torrent: Torrent) -> Judgement {
        let tagging = refresh(torrent)
        if request.isSuspended || isHandsOff(torrent) { return suspended(torrent: torrent) }
        if request.wantedState == .absent { return absent(torrent, tagging: tagging) }
        if isToBeRetried, isCuredByAdding(torrent) { return prune(torrent, reason: "Retried") }
        if let waiting = awaitingPrune(torrent, reason: "Retried") { return waiting }
        var standing = PhaseDerivation.standing(
            torrent, hasCompleted: memory.following?.hasCompleted ?? false)
        // The server is busy with it by its own doing: nothing is compared until it is done.
        if torrent.state.isInTransit {
            // A move may take hours; the others are over in a moment.
            let until =
                torrent.state == .moving ? nil : now.advanced(byMilliseconds: Rules.transitMilliseconds)
            return judgement(.wait(until: until, .verifying), standing, torrent: torrent)
        }
        if let judgement = goal(request, torrent, tagging: tagging) { return judgement }
        let figures = metGoal(request, torrent)
        if let figures { standing.message += "; goal met: " + figures }
        var convergence = FieldConvergence(
            subject: key, request: request, torrent: torrent, memory: memory, rules: rules, now: now,
            facts: picture.facts, isGoalMet: figures != nil)
        convergence.compare()
        memory.applied = convergence.applied
        memory.corrections = convergence.corrections
        memory.selection = convergence.selection
        changes += convergence.changes
        if convergence.awaitsSelection { standing = choosing(standing, torrent) }
        let actions = tagging + convergence.actions
        if actions.isEmpty {
            memory.intent = nil
            if convergence.pendingFields.isEmpty { memory.attempt = nil }
            return judgement(
                settledVerdict(convergence), standing, torrent: torrent, drift: convergence.drift)
        }
        return correct(actions, convergence, standing, torrent)
    }

    /// Calls that bring the torrent to what is asked for, unless the last failed a moment ago.
    private mutating func correct(
        _ actions: [Action], _ convergence: FieldConvergence, _ standing: Standing, _ torrent: Torrent
    ) -> Judgement {
        if var waiting = backingOff(torrent: torrent) {
            waiting.drift = convergence.drift
            return waiting
        }
        var standing = standing
        memory.corrections = convergence.correctionsAfterActing
        memory.intent = Intent(kind: .change, at: now)
        // Until the answer is recorded nobody knows which value the server has: after a crash in between, the
        // one applied before must not be taken for the present one, and its absence not for drift.
        for action in convergence.actions {
            if let field = action.call.field { memory.applied[field] = nil }
        }
        // A tag that may be ours by then must be known as ours, or nobody would ever take it off again.
        if !convergence.addedTags.isEmpty {
            memory.applied[.tags] = .list(Set(convergence.appliedTags + convergence.addedTags).sorted())
        }
        standing.reason = standing.reason.isEmpty ? "Correcting" : standing.reason
        return judgement(.act(actions), standing, torrent: torrent, drift: convergence.drift)
    }

    /// Stopped by us until its files are chosen: nobody has to do anything about it.
    private func choosing(_ standing: Standing, _ torrent: Torrent) -> Standing {
        guard torrent.state.isStopped else { return standing }
        var standing = standing
        standing.reason = "ChoosingFiles"
        standing.message = "its files are being chosen; it starts when that is done"
        return standing
    }

    func isHandsOff(_ torrent: Torrent) -> Bool { torrent.placement.tags.contains(rules.handsOffTag) }

    /// The only cure of a save path that cannot be used is to take the torrent out and to add it again.
    private func isCuredByAdding(_ torrent: Torrent) -> Bool {
        torrent.state == .error && torrent.counters.progress == 0 && !isStoreLost
            && memory.following?.ownership == .added && torrent.placement.tags.contains(rules.tag)
    }

    /// Complete once, or a call not visible yet: look again soon. Else settled.
    private func settledVerdict(_ convergence: FieldConvergence) -> Verdict {
        if !convergence.pendingFields.isEmpty {
            let last = memory.following?.lastCallAt ?? now
            return .wait(until: last.advanced(byMilliseconds: Rules.verificationMilliseconds), .verifying)
        }
        if let following = memory.following, following.completeLooks == 1 {
            return .wait(until: now.advanced(byMilliseconds: 1_000), .verifying)
        }
        return .settled
    }
}
