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
            guard judgement.memory != memory.subjects[key] else { continue }
            memory.remember(judgement.memory, for: key)
            work.batch.subjects[key] = .some(judgement.memory)
        }
        if plan.nextOrder != memory.nextOrder {
            memory.nextOrder = plan.nextOrder
            work.batch.nextOrder = plan.nextOrder
        }
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
        observeChanges(&work)
        try prepareStatuses(&work)
        try commit(&work)
        payloads = payloads.filter { memory.subjects[$0.key]?.acceptance == nil }
        for (key, judgement) in work.finalPlan.judgements { settle(key, judgement) }
    }

    func commit(_ work: inout PassWork) throws {
        guard !work.batch.isEmpty else { return }
        try store.commit(work.batch)
        number = work.number
        work.published.formUnion(work.batch.publishing)
        work.batch = PassBatch(pass: work.number, at: work.at)
    }

    private func settle(_ key: SubjectKey, _ judgement: Judgement) {
        switch judgement.verdict {
        case .settled, .ignore: unsettled.remove(key)
        case .act, .wait, .hold: unsettled.insert(key)
        }
        if judgement.memory == nil { unsettled.remove(key) }
    }

    /// Torrents of ours that look otherwise than the store has them, counters left out.
    private func observeChanges(_ work: inout PassWork) {
        for key in work.finalPlan.order {
            guard let judgement = work.finalPlan.judgements[key], let torrent = judgement.torrent,
                judgement.memory?.following != nil
            else { continue }
            let place = ObservedKey(client: key.client, id: torrent.id)
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

    private func forgetVanished(_ work: inout PassWork) {
        for key in work.finalPlan.order {
            guard let judgement = work.finalPlan.judgements[key], judgement.torrent == nil,
                judgement.standing != nil
            else { continue }
            let identities = [
                judgement.memory?.following?.identity, judgement.memory?.acceptance?.identity,
            ]
            for id in Set(identities.compactMap { $0 }.flatMap(\.ids)) {
                let place = ObservedKey(client: key.client, id: id)
                guard recorded[place] != nil else { continue }
                recorded[place] = nil
                work.batch.torrents[place] = .some(nil)
            }
        }
    }
}

extension Plan {
    /// The earliest instant at which a call's effect should be visible.
    var verificationDue: Timestamp? {
        judgements.values.compactMap { judgement -> Timestamp? in
            guard case .wait(let until?, .verifying) = judgement.verdict else { return nil }
            return until
        }.min { $0.bootMilliseconds < $1.bootMilliseconds }
    }
}
