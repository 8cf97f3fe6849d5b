import Logging
import Metainfo
import Reconciliation

/// Intend, apply, and look at what came of it.
extension Reconciler {
    /// Payload bytes handed to the client at once: bounds memory, whatever is dropped.
    private static let payloadBytesAtOnce = 64 << 20
    /// Looks after acting, and the pause before a further one: a new torrent shows 1 to 12 ms after the
    /// answer.
    private static let looks = 3
    private static let lookPauseMilliseconds: Int64 = 20

    /// Makes durable what is about to be tried: after a crash it says what may have happened.
    func intend(_ plan: Plan, _ work: inout PassWork) throws {
        work.plan = plan
        work.finalPlan = plan
        settleHolds(plan, &work)
        guard !plan.actions.isEmpty else { return }
        remember(plan, &work)
        try commit(&work)
    }

    func apply(_ work: inout PassWork) async {
        let actions = work.plan.actions
        guard !actions.isEmpty else { return }
        lastMotion = work.at
        for batch in batches(of: actions) {
            guard !stopFlag.isRaised else { break }
            let outcomes = await server.perform(batch.actions, payloads: batch.payloads)
            precondition(outcomes.count == batch.actions.count, "every action has an outcome")
            work.outcomes += outcomes
        }
        let touched = Set(actions.map(\.subject))
        let subjects = memory.subjects.filter { touched.contains($0.key) }
        var folding = OutcomeFolding(subjects: subjects, rules: rules)
        folding.fold(work.outcomes, using: &random)
        for (key, subject) in folding.subjects { remember(subject, for: key, &work) }
        work.batch.changes += folding.changes
        if let trouble = folding.troubles[settings.client] {
            serverBackoff.failed(at: work.at, using: &random)
            markUnknown(trouble)
        }
        await lookAfter(actions, &work)
        judgeAgain(touched, &work)
    }

    /// Actions with the payloads they need, in the plan's order, cut where payloads grow too large.
    private func batches(
        of actions: [Action]
    ) -> [(actions: [Action], payloads: [TorrentIdentity: SourcePayload])] {
        var batches: [(actions: [Action], payloads: [TorrentIdentity: SourcePayload])] = [([], [:])]
        var bytes = 0
        for action in actions {
            if case .add = action.call, let payload = payload(for: action) {
                let size = payload.byteCount
                if bytes > 0, bytes + size > Self.payloadBytesAtOnce {
                    batches.append(([], [:]))
                    bytes = 0
                }
                bytes += size
                batches[batches.count - 1].payloads[action.identity] = payload
            }
            batches[batches.count - 1].actions.append(action)
        }
        return batches
    }

    private func payload(for action: Action) -> SourcePayload? {
        if let fetched = fetched[action.identity] { return fetched }
        if let fresh = payloads[action.subject]?.source { return fresh }
        let known = candidates[action.subject]?.compactMap(\.found) ?? []
        if let found = known.first(where: { $0.identity == action.identity }) { return found.payload }
        do {
            return try store.payload(for: action.identity)
        } catch {
            // The action fails with its own sentence; the store's trouble ends the pass at the next commit.
            log.error("the source could not be read back", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    // MARK: Looking

    private func lookAfter(_ actions: [Action], _ work: inout PassWork) async {
        guard trouble == nil else { return }
        let added = actions.filter { if case .add = $0.call { true } else { false } }
        let touched = Set(actions.map(\.subject))
        let ids = Set(actions.flatMap { $0.identity.ids + [$0.id].compactMap { $0 } })
        for attempt in 1...Self.looks {
            guard case .success(let torrents) = await server.look(at: ids.sorted()) else { return }
            let impression = await server.impression()
            merge(torrents, asked: ids, hasRestarted: impression.hasRestarted) {
                work.rivals.formUnion(desired.claimants(of: $0, client: settings.client).subtracting(touched))
            }
            let picture = observed.clients[settings.client]
            let isWhole = added.allSatisfy { picture?.torrent(matching: $0.identity) != nil }
            if isWhole || attempt == Self.looks { return }
            await clock.sleep(milliseconds: Self.lookPauseMilliseconds)
        }
    }

    /// What the look means for the subjects that were acted on. What is still to do is left to the next pass.
    private func judgeAgain(_ touched: Set<SubjectKey>, _ work: inout PassWork) {
        // Orders were obeyed by the plan that was carried out: once.
        var known = memory
        known.orders = []
        let plan = Planner.plan(
            desired: desired, observed: observed, memory: known, rules: rules, now: clock.now(),
            selection: .only(touched))
        let isRenaming = plan.judgements.values.contains { $0.continues != nil }
        for key in plan.order {
            guard var judgement = plan.judgements[key], !isRenaming else { continue }
            if case .act = judgement.verdict {
                judgement.memory = memory.subjects[key]
                judgement.changes = []
                work.wantsAnotherPass = true
            }
            work.batch.changes += judgement.changes
            remember(judgement.memory, for: key, &work)
            if work.finalPlan.judgements[key] != nil {
                work.finalPlan.restrict(key, to: judgement)
            } else {
                work.finalPlan.record(judgement, for: key)
            }
        }
        if !plan.needsFullListing.isEmpty || isRenaming { work.wantsAnotherPass = true }
    }
}

extension SourcePayload {
    var byteCount: Int {
        switch self {
        case .magnet(let link): link.utf8.count
        case .metainfo(let bytes): bytes.count
        }
    }
}
