import Metainfo
import Reconciliation

/// Record: what the pass decided and learned, durable before anything of it is visible.
extension Reconciler {
    /// Takes the plan's memory into ours and into the batch. Called once a pass.
    func remember(_ plan: Plan, _ work: inout PassWork) {
        for key in plan.order {
            guard let judgement = plan.judgements[key] else { continue }
            accepting(key, judgement, &work)
            work.batch.changes += judgement.changes
            remember(judgement.memory, for: key, &work)
        }
        if plan.nextOrder != memory.nextOrder {
            memory.nextOrder = plan.nextOrder
            work.batch.nextOrder = plan.nextOrder
        }
    }

    /// Takes what is to be remembered of one subject into our memory and into the batch.
    func remember(_ subject: SubjectMemory?, for key: SubjectKey, _ work: inout PassWork) {
        let before = memory.subjects[key]
        guard subject != before else { return }
        if let old = before?.following, old.id != subject?.following?.id {
            work.leftBehind[ObservedKey(client: old.place(of: key), id: old.id)] = old.identity
        }
        if before?.following?.id != subject?.following?.id {
            for following in [before?.following, subject?.following].compactMap({ $0 }) {
                noteHandover(of: following, from: key, &work)
            }
        }
        memory.remember(subject, for: key)
        work.batch.subjects[key] = .some(subject)
    }

    /// Whoever else asks for a torrent that got another follower, or followed it so far, is told in the next
    /// pass.
    private func noteHandover(of following: Following, from key: SubjectKey, _ work: inout PassWork) {
        let place = following.place(of: key)
        work.rivals.formUnion(desired.claimants(of: following.identity, client: place))
        if let follower = memory.follower(of: following.identity, client: place) {
            work.rivals.insert(follower)
        }
        work.rivals.remove(key)
    }

    /// A generation that is new to the store brings its bytes and its payload.
    private func accepting(_ key: SubjectKey, _ judgement: Judgement, _ work: inout PassWork) {
        guard let acceptance = judgement.memory?.acceptance, let payload = payloads[key] else { return }
        let known = memory.subjects[key]?.acceptance
        if known?.generation != acceptance.generation || known?.identity != acceptance.identity
            || judgement.continues != nil
        {
            work.batch.accepted.append(
                AcceptedRequest(
                    key: key, generation: acceptance.generation, identity: acceptance.identity,
                    payload: payload))
        }
    }

    func settleHolds(_ plan: Plan, _ work: inout PassWork) {
        for (kind, hold) in plan.holds.sorted(by: { $0.key < $1.key }) { set(kind, hold, &work) }
        for kind in plan.lifted.sorted() { set(kind, nil, &work) }
        for kind in plan.usedApprovals where memory.approvals[kind] != nil {
            memory.approvals[kind] = nil
            work.batch.approvals[kind] = .some(nil)
        }
    }

    func record(_ work: inout PassWork) throws {
        // With actions the plan was remembered before they were tried.
        if work.plan.actions.isEmpty { remember(work.plan, &work) }
        turnToSources(&work)
        observeChanges(&work)
        try prepareStatuses(&work)
        try commit(&work)
        fetched = [:]
        payloads = payloads.filter { key, _ in
            // Kept only where the store does not have them yet: accepted, and not judged so far.
            guard let request = desired.requests[key] else { return false }
            return memory.subjects[key]?.acceptance?.digest != request.version.digest
        }
        for (key, judgement) in work.finalPlan.judgements { settle(key, judgement) }
        unsettled.formUnion(work.rivals)
        let isReached = clients.values.contains { $0.trouble == nil }
        // A place that was freed is for the first in line.
        if work.outcomes.contains(where: \.freesPlace), isReached, work.finalPlan.waitsForPlace {
            work.wantsAnotherPass = true
        }
        // Those that wait for their turn have it in the next pass, as soon as this one's are sent.
        if !work.outcomes.isEmpty, isReached, work.finalPlan.hasLine { work.wantsAnotherPass = true }
    }

    func commit(_ work: inout PassWork) throws {
        guard !work.batch.isEmpty else { return }
        // What may not have reached its file is said to be due until it has.
        work.batch.publishing.formUnion(publishingBook.doubtful)
        try store.commit(work.batch)
        number = work.number
        work.published.formUnion(work.batch.publishing)
        work.batch = PassBatch(pass: work.number, at: work.at)
    }

    private func settle(_ key: SubjectKey, _ judgement: Judgement) {
        switch judgement.verdict {
        case .settled where judgement.recheckAt == nil: unsettled.remove(key)
        case .ignore where judgement.memory?.following?.completeLooks != 1: unsettled.remove(key)
        case .ignore, .settled, .act, .wait, .hold: unsettled.insert(key)
        }
        if judgement.memory == nil { unsettled.remove(key) }
        if memory.subjects[key]?.following?.isConfirmed == false {
            unconfirmed.insert(key)
        } else {
            unconfirmed.remove(key)
        }
    }

    /// Torrents of ours that look otherwise than the store has them, counters left out.
    private func observeChanges(_ work: inout PassWork) {
        for key in work.finalPlan.order {
            // Also of a request that is unusable just now: what it added is followed all the same.
            guard let judgement = work.finalPlan.judgements[key],
                let following = judgement.memory?.following,
                let torrent = judgement.torrent
                    ?? observed.clients[following.place(of: key)]?.torrent(matching: following.identity)
            else { continue }
            let place = ObservedKey(client: following.place(of: key), id: torrent.id)
            let settled = torrent.settledForm
            let old = recorded[place]
            guard old != settled else { continue }
            recorded[place] = settled
            work.batch.torrents[place] = .some(settled)
            if let old {
                work.batch.changes += ObservedChanges.between(old, settled, subject: key)
            }
        }
        forgetVanished(&work)
    }

    /// Takes away what is no longer there, or no longer followed, or listed under another id by now.
    private func forgetVanished(_ work: inout PassWork) {
        for key in work.finalPlan.order {
            // A picture is full once in every process and then kept current: what it lacks is gone.
            guard let following = work.finalPlan.judgements[key]?.memory?.following,
                let picture = observed.clients[following.place(of: key)], picture.isKnown,
                picture.torrent(matching: following.identity) == nil
            else { continue }
            for id in following.identity.ids {
                forget(ObservedKey(client: following.place(of: key), id: id), &work)
            }
        }
        // A crash between the two commits of a pass may have left some behind.
        if isFirstPass { for (place, torrent) in recorded { work.leftBehind[place] = torrent.identity } }
        for (place, identity) in work.leftBehind {
            let follower = memory.follower(of: identity, client: place.client)
            guard follower.map({ memory.subjects[$0]?.following?.id != place.id }) ?? true else { continue }
            forget(place, &work)
        }
    }

    private func forget(_ place: ObservedKey, _ work: inout PassWork) {
        guard recorded[place] != nil else { return }
        recorded[place] = nil
        work.batch.torrents[place] = .some(nil)
    }
}

extension Outcome {
    /// A download of ours went, or was stopped.
    var freesPlace: Bool {
        guard case .acknowledged = result else { return false }
        switch action.call {
        case .prune, .stop: return true
        default: return false
        }
    }
}

extension Plan {
    /// Something would be added.
    var adds: Bool { actions.contains { if case .add = $0.call { true } else { false } } }

    /// Something waits for a place among the active downloads, or for room.
    var waitsForPlace: Bool {
        judgements.values.contains { judgement in
            switch judgement.verdict {
            case .wait(_, .admission), .wait(_, .diskSpace): true
            default: false
            }
        }
    }

    /// Something waits only for its turn.
    var hasLine: Bool {
        judgements.values.contains { judgement in
            guard case .wait(_?, .admission) = judgement.verdict else { return false }
            return true
        }
    }

    /// Something would be removed or released.
    var takesAway: Bool {
        judgements.values.contains { judgement in
            guard case .act(let actions) = judgement.verdict else { return false }
            if actions.contains(where: { if case .prune = $0.call { true } else { false } }) { return true }
            switch judgement.memory?.intent?.kind {
            case .prune, .finish, .release: return true
            case .add, .change, nil: return false
            }
        }
    }

    /// The earliest instant at which a call's effect should be visible.
    var verificationDue: Timestamp? {
        judgements.values.compactMap { judgement -> Timestamp? in
            guard case .wait(let until?, .verifying) = judgement.verdict else { return nil }
            return until
        }.min { $0.bootMilliseconds < $1.bootMilliseconds }
    }
}
