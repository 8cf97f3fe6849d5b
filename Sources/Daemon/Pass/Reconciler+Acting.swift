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
        var rounds: [[Share]] = []
        for (client, actions) in Dictionary(grouping: actions, by: \.client).sorted(by: { $0.key < $1.key }) {
            guard let server = clients[client]?.server else { continue }
            clients[client]?.lastMotion = work.at
            for (index, part) in parts(of: actions).enumerated() {
                if rounds.count == index { rounds.append([]) }
                rounds[index].append(Share(server: server, actions: part))
            }
        }
        for round in rounds {
            guard !stopFlag.isRaised else { break }
            work.outcomes += await perform(round)
        }
        let touched = Set(actions.map(\.subject))
        let subjects = memory.subjects.filter { touched.contains($0.key) }
        var folding = OutcomeFolding(subjects: subjects, rules: rules)
        folding.fold(work.outcomes, using: &random)
        for (key, subject) in folding.subjects { remember(subject, for: key, &work) }
        work.batch.changes += folding.changes
        for (client, trouble) in folding.troubles.sorted(by: { $0.key < $1.key }) {
            clients[client]?.backoff.failed(at: work.at, using: &random)
            markUnknown(client, trouble)
        }
        await lookAfter(actions, &work)
        judgeAgain(touched, &work)
    }

    /// What one server is to do in one round.
    private struct Share {
        let server: any ServerDoor
        let actions: [Action]
    }

    /// Carries out a round, all servers side by side. Payloads are read when they are about to be sent.
    private func perform(_ round: [Share]) async -> [Outcome] {
        let loaded = round.map { share -> (Share, [TorrentIdentity: SourcePayload]) in
            var payloads: [TorrentIdentity: SourcePayload] = [:]
            for action in share.actions {
                if case .add = action.call { payloads[action.identity] = payload(for: action) }
            }
            return (share, payloads)
        }
        let outcomes = await withTaskGroup(of: (Int, [Outcome]).self) { group in
            for (index, (share, payloads)) in loaded.enumerated() {
                group.addTask {
                    (index, await share.server.perform(share.actions, payloads: payloads))
                }
            }
            return await group.reduce(into: [Int: [Outcome]]()) { $0[$1.0] = $1.1 }
        }
        return round.indices.flatMap { index -> [Outcome] in
            let outcomes = outcomes[index] ?? []
            precondition(outcomes.count == round[index].actions.count, "every action has an outcome")
            return outcomes
        }
    }

    /// Actions in the plan's order, cut where the payloads they need grow too large.
    private func parts(of actions: [Action]) -> [[Action]] {
        var parts: [[Action]] = [[]]
        var bytes = 0
        for action in actions {
            if case .add = action.call {
                let size = payload(for: action)?.byteCount ?? 0
                if bytes > 0, bytes + size > Self.payloadBytesAtOnce {
                    parts.append([])
                    bytes = 0
                }
                bytes += size
            }
            parts[parts.count - 1].append(action)
        }
        return parts
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
        let touched = Set(actions.map(\.subject))
        var open = Dictionary(grouping: actions, by: \.client).filter { clients[$0.key]?.trouble == nil }
        for attempt in 1...Self.looks {
            let wanted = open.mapValues { actions in
                Set(actions.flatMap { $0.identity.ids + [$0.id].compactMap { $0 } })
            }
            for (client, answer) in await answers(to: wanted) {
                guard case .success(let torrents) = answer.result else {
                    open[client] = nil
                    continue
                }
                merge(
                    torrents, of: client, asked: wanted[client] ?? [],
                    hasRestarted: answer.impression.hasRestarted
                ) {
                    work.rivals.formUnion(desired.claimants(of: $0, client: client).subtracting(touched))
                }
                if showsAdded(open[client] ?? [], on: client) { open[client] = nil }
            }
            if open.isEmpty || attempt == Self.looks { return }
            await clock.sleep(milliseconds: Self.lookPauseMilliseconds)
        }
    }

    /// Whether what was added is listed by now.
    private func showsAdded(_ actions: [Action], on client: String) -> Bool {
        actions.allSatisfy { action in
            guard case .add = action.call else { return true }
            return observed.clients[client]?.torrent(matching: action.identity) != nil
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
