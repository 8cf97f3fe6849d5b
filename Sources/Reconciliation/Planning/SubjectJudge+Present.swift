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
            if mayBeOurs { memory.following?.data.trace = memory.survey }
            memory.following?.wasTagged = isTagged
            memory.following?.lastCallAt = memory.intent?.at
            if mayBeOurs { memory.applied = request.wishes.filter { $0.key.isAtAddOnly && $0.key != .queue } }
            memory.intent = nil
            note(.added, reason: "Found", message: "there, with our tag")
            taken = .found
            return nil
        }
        if isTagged, isHandedOver(torrent) {
            follow(torrent, as: .added)
            memory.following?.wasTagged = true
            note(
                .added, reason: "HandedOver", message: "the request that had it asks for another torrent now")
            taken = .handedOver
            return nil
        }
        if tags.contains(rules.adoptedTag) {
            follow(torrent, as: .adopted)
            memory.selection = nil
            note(.adopted, message: "followed; it was there before its request")
            taken = .adoptedBefore
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
                torrent: torrent
            ).named(.absentForeign)
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
            torrent: torrent
        ).named(.adopt)
    }

    // MARK: Converging

    private mutating func converge(_ request: Request, _ torrent: Torrent) -> Judgement {
        let tagging = refresh(torrent)
        if request.isSuspended || isHandsOff(torrent) { return suspended(torrent: torrent) }
        if let root = missingRoot(torrent, request) { return heldBelow(root, torrent: torrent) }
        if request.wantedState == .absent { return absent(torrent, tagging: tagging) }
        if isToBeRetried, isCuredByAdding(torrent) { return prune(torrent, reason: "Retried") }
        if let waiting = awaitingPrune(torrent, reason: "Retried") { return waiting }
        var standing = PhaseDerivation.standing(
            torrent, hasCompleted: memory.following?.hasCompleted ?? false)
        // The server is busy with it by its own doing: nothing is compared until it is done.
        if torrent.state.isInTransit {
            // But for our mark: that the server was started anew, and forgot it, shows in this look alone.
            if !tagging.isEmpty, memory.intent?.kind != .release {
                memory.intent = Intent(kind: .change, at: now)
                return judgement(.act(tagging), standing, torrent: torrent).named(.tagRestored)
            }
            // A move may take hours; the others are over in a moment.
            let until =
                torrent.state == .moving ? nil : now.advanced(byMilliseconds: Rules.transitMilliseconds)
            return judgement(.wait(until: until, .verifying), standing, torrent: torrent).named(.inTransit)
        }
        if let judgement = goal(request, torrent, tagging: tagging) { return judgement }
        let figures = metGoal(request, torrent)
        if let figures {
            standing.message += "; goal met: " + figures
        } else if standing.phase == .seeding, let goals = request.seedGoals {
            // The figures move by themselves, and so does the message of what is seeding.
            let outlook = goals.outlook(of: torrent, at: now.wall)
            if !outlook.isEmpty { standing.message += "; goal: " + outlook }
        }
        var convergence = FieldConvergence(
            subject: key, request: request, torrent: torrent, memory: memory, rules: rules, now: now,
            facts: picture.facts, isGoalMet: figures != nil,
            isProvisional: memory.following.map(isProvisional) ?? false)
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
                settledVerdict(convergence), standing, torrent: torrent, drift: convergence.drift
            ).named(settledRow(convergence, torrent, isGoalMet: figures != nil))
        }
        let isTagLost = !tagging.isEmpty && convergence.actions.isEmpty
        return correct(actions, convergence, standing, torrent, as: isTagLost ? .tagRestored : nil)
    }

    /// The row of a torrent about which nothing is done.
    private func settledRow(
        _ convergence: FieldConvergence, _ torrent: Torrent, isGoalMet: Bool
    ) -> PlannerCase {
        if !convergence.pendingFields.isEmpty { return .verifying }
        if memory.following?.completeLooks == 1, memory.following?.hasCompleted != true { return .completing }
        if convergence.drift.contains(where: { $0.verdict == .contested }) { return .contested }
        if !convergence.drift.isEmpty { return .driftReported }
        if convergence.awaitsSelection { return .choosingFiles }
        if before?.following?.ownership == .added, memory.following?.ownership == .disowned {
            return .tagTakenOff
        }
        if let taken { return taken }
        if before?.withdrawal != nil { return .returned }
        if torrent.state.isInTrouble { return .inError }
        return isGoalMet ? .goalKept : .settled
    }

    /// Calls that bring the torrent to what is asked for, unless the last failed a moment ago.
    private mutating func correct(
        _ actions: [Action], _ convergence: FieldConvergence, _ standing: Standing, _ torrent: Torrent,
        as row: PlannerCase?
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
        let isDrift = convergence.drift.contains { $0.verdict == .corrected }
        return judgement(.act(actions), standing, torrent: torrent, drift: convergence.drift)
            .named(row ?? (isDrift ? .drift : .change))
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
