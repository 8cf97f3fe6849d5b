import Metainfo

/// Decides which of a plan's actions may be carried out. A filter over a finished plan, so that the planner
/// stays free of modes: bounded damage, holds, and the pace of adding.
public enum Policy {
    /// - Returns: The plan with some actions held back, each with its reason, and the holds that are in
    ///   force.
    public static func permit(
        _ plan: Plan, desired: DesiredState, observed: ObservedState, memory: Memory, rules: Rules,
        now: Timestamp
    ) -> Plan {
        var plan = plan
        if case .unavailable(let reason) = desired.availability {
            raiseSpoolUnavailable(reason, in: &plan, memory: memory, now: now)
            return plan
        }
        if memory.holds[.spoolUnavailable] != nil { plan.lifted.insert(.spoolUnavailable) }
        judgeMassVanish(&plan, desired: desired, observed: observed, memory: memory, rules: rules, now: now)
        boundRemovals(&plan, desired: desired, memory: memory, rules: rules, now: now)
        Admission(rules: rules, desired: desired, observed: observed, memory: memory, now: now)
            .apply(to: &plan)
        return plan
    }

    private static func raiseSpoolUnavailable(
        _ reason: String, in plan: inout Plan, memory: Memory, now: Timestamp
    ) {
        let digest = Digest.sha256(Array(reason.utf8))
        plan.holds[.spoolUnavailable] = Hold(
            kind: .spoolUnavailable, since: memory.holds[.spoolUnavailable]?.since ?? now.wall,
            message: reason + "; nothing is added and nothing is removed", names: [],
            lift: "bring the spool back", digest: digest)
    }

    // MARK: Mass vanish

    private static func judgeMassVanish(
        _ plan: inout Plan, desired: DesiredState, observed: ObservedState, memory: Memory, rules: Rules,
        now: Timestamp
    ) {
        let hold = memory.holds[.massVanish]
        let isHeld = plan.judgements.values.contains { $0.verdict == .hold(.massVanish) }
        guard hold != nil || isHeld else { return }
        let context = PlanContext(
            desired: desired, observed: observed, memory: memory, rules: rules, now: now)
        // Less than a look at everything tells nothing new about a hold.
        guard MassVanish.isFull(context) else { return }
        if let hold, MassVanish.isApproved(hold, in: context) || MassVanish.isOver(in: context) {
            plan.lifted.insert(.massVanish)
            plan.usedApprovals.insert(.massVanish)
            return
        }
        let vanished = MassVanish.vanished(in: context)
        let held = Hold(
            kind: .massVanish, since: hold?.since ?? now.wall,
            message:
                "\(vanished.count) of our torrents vanished from qBittorrent at once: the wrong profile or "
                + "another instance? Nothing is added to it",
            names: vanished.map(\.name), lift: "qspool approve", digest: digest(of: vanished))
        plan.holds[.massVanish] = held
        // An approval stands for the names that were held when it was given.
        if memory.approvals[.massVanish] != nil { plan.usedApprovals.insert(.massVanish) }
    }

    // MARK: Removals

    private static func boundRemovals(
        _ plan: inout Plan, desired: DesiredState, memory: Memory, rules: Rules, now: Timestamp
    ) {
        let mayConcern =
            memory.holds[.pruneBudget] != nil
            || plan.judgements.values.contains {
                $0.memory?.withdrawal != nil || isRemoval($0) || isDismissal($0)
            }
        guard mayConcern else { return }
        var removals = pendingRemovals(plan, desired: desired, memory: memory)
        var ours: [String: Int] = [:]
        for (key, subject) in memory.subjects {
            guard let following = subject.following, following.ownership == .added else { continue }
            ours[following.place(of: key), default: 0] += 1
        }
        let isEmptied = isEmptied(plan, removing: removals.values.joined(), desired, memory)
        removals = removals.filter { client, keys in
            isEmptied || keys.count > rules.prune.budget(ours: ours[client] ?? 0)
        }
        let over = Set(removals.values.joined()).sorted()
        guard !over.isEmpty else {
            if memory.holds[.pruneBudget] != nil {
                plan.lifted.insert(.pruneBudget)
                plan.usedApprovals.insert(.pruneBudget)
            }
            return
        }
        // An approval stands for the names that were held when it was given, and for no more.
        if let hold = memory.holds[.pruneBudget], memory.approvals[.pruneBudget] == hold.digest,
            Set(over.map(\.name)).isSubset(of: hold.names)
        {
            return
        }
        holdBack(over, budget: rules.prune, in: &plan, memory: memory, now: now)
    }

    /// All whose request is gone and that are not removed yet, in grace or past it, those that are asked to
    /// be absent, and those that go because their goal is met: one slow `rm -r` is one removal.
    private static func pendingRemovals(
        _ plan: Plan, desired: DesiredState, memory: Memory
    ) -> [String: [SubjectKey]] {
        var pending = Set<SubjectKey>()
        for (key, subject) in memory.subjects where plan.judgements[key] == nil {
            if subject.withdrawal != nil, subject.following != nil, subject.ending == nil {
                pending.insert(key)
            }
        }
        for (key, judgement) in plan.judgements {
            let isWithdrawn =
                judgement.memory?.withdrawal != nil && judgement.memory?.following != nil
                && judgement.memory?.ending == nil
            let isAbsent = desired.requests[key]?.wantedState == .absent
            let isGoal = judgement.memory?.intent?.kind == .finish
            let isAsked = isRemoval(judgement) && (isAbsent || isGoal)
            if isWithdrawn || isAsked || isDismissal(judgement) { pending.insert(key) }
        }
        var places: [String: [SubjectKey]] = [:]
        for key in pending {
            let judgement = plan.judgements[key]
            let subject = judgement.map { $0.memory } ?? memory.subjects[key]
            for place in judgement.map(dismissalPlaces) ?? [] { places[place, default: []].append(key) }
            let isOwn = judgement.map { !isDismissal($0) || isRemoval($0) } ?? true
            if isOwn { places[subject?.following?.place(of: key) ?? key.client, default: []].append(key) }
        }
        return places
    }

    /// Whether a spool of more than a few requests is empty now. Those without a torrent end at first sight:
    /// they count as long as others that went at the same time are still to be removed.
    private static func isEmptied(
        _ plan: Plan, removing: some Collection<SubjectKey>, _ desired: DesiredState, _ memory: Memory
    ) -> Bool {
        guard desired.requests.isEmpty, desired.rejections.isEmpty else { return false }
        if removing.count > Rules.emptiedSpoolLimit { return true }
        func known(_ key: SubjectKey) -> SubjectMemory? {
            plan.judgements[key].map { $0.memory } ?? memory.subjects[key]
        }
        guard let since = removing.compactMap({ known($0)?.withdrawal?.since.wall }).min() else {
            return false
        }
        let ended = memory.subjects.keys.filter { key in
            guard let ending = known(key)?.ending else { return false }
            return ending.kind == .removed && ending.at >= since
        }
        return removing.count + ended.count > Rules.emptiedSpoolLimit
    }

    private static func isRemoval(_ judgement: Judgement) -> Bool {
        guard case .act = judgement.verdict, let kind = judgement.memory?.intent?.kind else { return false }
        return kind == .prune || kind == .finish || kind == .release
    }

    /// Torrents go that requests meant before they came to mean others.
    private static func isDismissal(_ judgement: Judgement) -> Bool {
        !dismissalPlaces(judgement).isEmpty
    }

    /// The clients from which they go.
    private static func dismissalPlaces(_ judgement: Judgement) -> Set<String> {
        guard case .act(let actions) = judgement.verdict, let leaving = judgement.memory?.leaving else {
            return []
        }
        return Set(actions.filter { dismisses($0, leaving) }.map(\.client))
    }

    private static func dismisses(_ action: Action, _ leaving: [Following]) -> Bool {
        leaving.contains {
            $0.place(of: action.subject) == action.client && $0.identity.overlaps(action.identity)
        }
    }

    private static func holdBack(
        _ keys: [SubjectKey], budget: Rules.Prune, in plan: inout Plan, memory: Memory, now: Timestamp
    ) {
        for key in keys {
            if holdBackDismissals(key, in: &plan) { continue }
            guard var judgement = plan.judgements[key], isRemoval(judgement) else { continue }
            judgement.verdict = .hold(.pruneBudget)
            judgement.memory?.intent = memory.subjects[key]?.intent
            judgement.standing = Standing(
                .removing, reason: "Hold",
                message: "held: more are to go than may be removed at once, see summary.json")
            plan.restrict(key, to: judgement)
        }
        let ours = memory.subjects.values.filter { $0.following?.ownership == .added }.count
        plan.holds[.pruneBudget] = Hold(
            kind: .pruneBudget, since: memory.holds[.pruneBudget]?.since ?? now.wall,
            message:
                "\(keys.count) requests are gone or done; at most \(budget.budget(ours: ours)) may be "
                + "removed at once. None is removed until you approve, or until the files are back",
            names: keys.map(\.name).sorted(), lift: "qspool approve", digest: digest(of: keys))
        plan.usedApprovals.insert(.pruneBudget)
    }

    /// Leaves out of a judgement what would take away the torrents of before; the present one goes on.
    private static func holdBackDismissals(_ key: SubjectKey, in plan: inout Plan) -> Bool {
        guard var judgement = plan.judgements[key], isDismissal(judgement), !isRemoval(judgement),
            case .act(let actions) = judgement.verdict
        else { return false }
        let leaving = judgement.memory?.leaving ?? []
        let kept = actions.filter { !dismisses($0, leaving) }
        judgement.verdict = kept.isEmpty ? .hold(.pruneBudget) : .act(kept)
        plan.restrict(key, to: judgement)
        return true
    }

    private static func digest(of keys: [SubjectKey]) -> [UInt8] {
        Digest.sha256(keys.flatMap { Array("\($0.client)\u{0}\($0.name.text)\n".utf8) })
    }

    // MARK: Adds

    /// Takes on no new work while the store is nearly full: what is there is followed as before.
    public static func takeNoNewWork(
        _ plan: Plan, desired: DesiredState, observed: ObservedState, memory: Memory, rules: Rules,
        now: Timestamp
    ) -> Plan {
        var plan = plan
        let admission = Admission(
            rules: rules, desired: desired, observed: observed, memory: memory, now: now)
        for key in plan.order where Admission.adds(plan.judgements[key]) {
            admission.withhold(
                key, reason: .admission,
                message: "the store is nearly full and takes on no new work: raise store.mapSizeMiB or lower "
                    + "log.keep", in: &plan)
        }
        return plan
    }
}
