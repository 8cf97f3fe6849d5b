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
        judgeSaveRoots(&plan, desired: desired, observed: observed, memory: memory, rules: rules, now: now)
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
        let clients = MassVanish.clients(judging: plan.order, in: context)
        guard !clients.isEmpty else {
            plan.lifted.insert(.massVanish)
            plan.usedApprovals.insert(.massVanish)
            return
        }
        let names = MassVanish.names(on: clients, in: context)
        plan.holds[.massVanish] = Hold(
            kind: .massVanish, since: hold?.since ?? now.wall,
            message:
                "\(names.count) of our torrents vanished from qBittorrent at once: the wrong profile or "
                + "another instance? Nothing is added to it",
            names: names.map(\.name), lift: "qspool approve", digest: digest(of: names))
        // An approval stands for the names that were held when it was given, and waits for a full listing.
        guard let approval = memory.approvals[.massVanish] else { return }
        if approval != hold?.digest || clients.allSatisfy({ MassVanish.isFull($0, in: context) }) {
            plan.usedApprovals.insert(.massVanish)
        }
    }

    // MARK: Save roots

    private static func judgeSaveRoots(
        _ plan: inout Plan, desired: DesiredState, observed: ObservedState, memory: Memory, rules: Rules,
        now: Timestamp
    ) {
        let hold = memory.holds[.saveRootMissing]
        let isHeld = plan.judgements.values.contains { $0.verdict == .hold(.saveRootMissing) }
        guard hold != nil || isHeld else { return }
        let context = PlanContext(
            desired: desired, observed: observed, memory: memory, rules: rules, now: now)
        let roots = SaveRoots(judging: plan.order, in: context)
        // With nothing known of any client nothing new is known of the hold.
        guard observed.clients.values.contains(where: \.isKnown) else { return }
        let affected = roots.affected(in: context)
        guard !affected.isEmpty, !roots.missing.isEmpty else {
            if observed.clients.values.allSatisfy(\.isKnown) || affected.isEmpty {
                plan.lifted.insert(.saveRootMissing)
                plan.usedApprovals.insert(.saveRootMissing)
            }
            return
        }
        let names = Set(roots.missing.values.joined()).sorted().joined(separator: ", ")
        plan.holds[.saveRootMissing] = Hold(
            kind: .saveRootMissing, since: hold?.since ?? now.wall,
            message:
                "\(names): not mounted, as it seems: \(affected.count) of our torrents below it lost their "
                + "files at once. Nothing there is added, changed or removed",
            names: affected.map(\.name), lift: "mount it again, or qspool approve",
            digest: digest(of: affected))
        if memory.approvals[.saveRootMissing] != nil { plan.usedApprovals.insert(.saveRootMissing) }
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
        let isEmptied = isEmptied(plan, removing: removals.values.joined(), desired, memory)
        removals = removals.filter { client, keys in
            isEmptied || keys.count > rules.prune.budget(ours: memory.index.ours[client] ?? 0)
        }
        guard !removals.isEmpty else {
            if memory.holds[.pruneBudget] != nil {
                plan.lifted.insert(.pruneBudget)
                plan.usedApprovals.insert(.pruneBudget)
            }
            return
        }
        // An approval stands for the names that were held when it was given, and for no more; on each client
        // for itself.
        let hold = memory.holds[.pruneBudget]
        if let hold, memory.approvals[.pruneBudget] == hold.digest {
            removals = removals.filter { !Set($0.value.map(\.name)).isSubset(of: hold.names) }
            if removals.isEmpty { return }
        }
        holdBack(removals, budget: rules.prune, in: &plan, memory: memory, now: now)
    }

    /// All whose request is gone and that are not removed yet, in grace or past it, those that are asked to
    /// be absent, and those that go because their goal is met: one slow `rm -r` is one removal.
    private static func pendingRemovals(
        _ plan: Plan, desired: DesiredState, memory: Memory
    ) -> [String: [SubjectKey]] {
        var pending = Set<SubjectKey>()
        for key in memory.index.withdrawn where plan.judgements[key] == nil { pending.insert(key) }
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
            let going = judgement.map(dismissalPlaces) ?? []
            for place in going.subtracting(movedPlaces(key, subject)) {
                places[place, default: []].append(key)
            }
            let isOwn = judgement.map { !isDismissal($0) || isRemoval($0) } ?? true
            if isOwn { places[subject?.following?.place(of: key) ?? key.client, default: []].append(key) }
        }
        // Requests that name another client were all moved by one hand: those that wait for their place there
        // count with those that have it.
        for key in memory.index.givers.union(plan.judgements.keys) {
            let subject = plan.judgements[key].map { $0.memory } ?? memory.subjects[key]
            for place in movedPlaces(key, subject) { places[place, default: []].append(key) }
        }
        return places
    }

    /// The clients that a request was moved from and that still have its torrent.
    private static func movedPlaces(_ key: SubjectKey, _ subject: SubjectMemory?) -> Set<String> {
        let moved = subject?.leaving.filter { $0.client != nil && $0.ownership == .added } ?? []
        return Set(moved.map { $0.place(of: key) })
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
        _ removals: [String: [SubjectKey]], budget: Rules.Prune, in plan: inout Plan, memory: Memory,
        now: Timestamp
    ) {
        let keys = Set(removals.values.joined()).sorted()
        for key in keys {
            if holdBackDismissals(key, in: &plan) { continue }
            guard var judgement = plan.judgements[key], isRemoval(judgement) else { continue }
            judgement.verdict = .hold(.pruneBudget)
            judgement.row = .pruneBudget
            judgement.memory?.intent = memory.subjects[key]?.intent
            judgement.standing = Standing(
                .removing, reason: "Hold",
                message: "held: more are to go than may be removed at once, see summary.json")
            plan.restrict(key, to: judgement)
        }
        let limit = removals.keys.reduce(0) { $0 + budget.budget(ours: memory.index.ours[$1] ?? 0) }
        plan.holds[.pruneBudget] = Hold(
            kind: .pruneBudget, since: memory.holds[.pruneBudget]?.since ?? now.wall,
            message:
                "\(keys.count) requests are gone or done; at most \(limit) may be "
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
        if kept.isEmpty { judgement.row = .pruneBudget }
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
                key, reason: .admission, row: .storeFull,
                message: "the store is nearly full and takes on no new work: raise store.mapSizeMiB or lower "
                    + "log.keep", in: &plan)
        }
        return plan
    }
}
