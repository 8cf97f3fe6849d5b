import Metainfo

/// Decides what one pass should do. Pure: the same inputs always give the same plan.
///
/// The planner reads no clock, no file and no socket, and it logs nothing. Whatever it needs to know is an
/// argument; whatever it wants done is in the plan.
///
/// What it decides is a table, ``PlannerCase``: every judgement names the row that it took.
///
/// With the spool unavailable nothing is judged; with a client's picture unknown nothing is planned for it.
public enum Planner {
    /// - Parameters:
    ///   - desired: What the spool asks for.
    ///   - observed: What each qBittorrent reported in this pass.
    ///   - memory: What earlier passes tried, and how it went.
    ///   - rules: The operator's settings that bear on decisions.
    ///   - now: The instant the pass began, on both clocks.
    ///   - selection: Which subjects to judge.
    /// - Returns: One judgement per selected subject, in an order that depends on nothing but the inputs.
    public static func plan(
        desired: DesiredState, observed: ObservedState, memory: Memory, rules: Rules, now: Timestamp,
        selection: Selection = .all
    ) -> Plan {
        var plan = Plan(nextOrder: memory.nextOrder)
        // Absence is not evidence: with the spool unavailable every subject stays as it is.
        guard desired.isComplete else {
            plan.unjudged = .spoolUnavailable
            return plan
        }
        let keys = subjects(selection, desired: desired, memory: memory)
        var context = PlanContext(
            desired: desired, observed: observed, memory: memory, rules: rules, now: now)
        context.vanished = MassVanish.clients(judging: keys, in: context)
        context.saveRoots = SaveRoots(judging: keys, in: context)
        plan.needsFullListing = context.saveRoots.needsFullListing
        var predecessors: [SubjectKey: SubjectKey] = [:]
        for key in keys {
            guard let old = context.predecessor(of: key), context.heirs[old] == nil else { continue }
            context.heirs[old] = key
            predecessors[key] = old
        }
        for key in keys where context.heirs[key] == nil {
            let old = predecessors[key]
            var judge = SubjectJudge(
                key: key, context: context, memory: known(key, continuing: old, memory),
                nextOrder: plan.nextOrder)
            var judgement = judge.judge()
            if let old {
                judgement.continues = old
                judgement.changes.insert(Self.continuation(of: old, by: key), at: 0)
            }
            plan.nextOrder = judge.nextOrder
            plan.needsFullListing.formUnion(judge.needsFullListing)
            plan.record(judgement, for: key)
        }
        for (old, new) in context.heirs where plan.judgements[old] == nil {
            // The new name owns the torrent; the old one's status goes.
            let row = old.client == new.client ? PlannerCase.renamed : .moved
            plan.record(Judgement(.ignore, memory: nil, standing: nil).named(row), for: old)
            precondition(
                plan.judgements[new] != nil, "whoever continues a subject is judged in the same pass")
        }
        return plan
    }

    /// What is known of a subject, or of the one that it continues. A name that was known by itself keeps its
    /// own generation and what was said of it: neither ever goes back.
    private static func known(
        _ key: SubjectKey, continuing old: SubjectKey?, _ memory: Memory
    ) -> SubjectMemory? {
        guard let old, var subject = memory.subjects[old] else { return memory.subjects[key] }
        if old.client != key.client { subject.move(from: old.client, to: key.client) }
        guard let own = memory.subjects[key] else { return subject }
        if var acceptance = own.acceptance {
            acceptance.order = subject.acceptance?.order ?? acceptance.order
            subject.acceptance = acceptance
        }
        subject.published = own.published
        subject.sources = own.sources
        subject.acceptedAt = own.acceptedAt
        subject.leaving += own.leaving + [own.following].compactMap { $0 }
        subject.departed += own.departed
        return subject
    }

    private static func continuation(of old: SubjectKey, by key: SubjectKey) -> Change {
        guard old.client != key.client else {
            return Change(.renamed, subject: key, from: old.name.text, to: key.name.text)
        }
        return Change(
            .changed, subject: key, field: "client", from: old.client, to: key.client, reason: "Moved",
            message: "another qBittorrent is asked for; the torrent goes from the one before when it is there"
        )
    }

    /// A held file that would name another client than before: until it may be looked at, the subject that is
    /// known by its name is the one that it is about.
    private static func isShadow(_ key: SubjectKey, desired: DesiredState, memory: Memory) -> Bool {
        guard memory.clients.count > 1 || !memory.clients.contains(key.client),
            memory.subjects[key] == nil, desired.heldReason(key) != nil
        else { return false }
        return memory.clients.contains {
            memory.subjects[SubjectKey(client: $0, name: key.name)] != nil
        }
    }

    private static func subjects(
        _ selection: Selection, desired: DesiredState, memory: Memory
    ) -> [SubjectKey] {
        switch selection {
        case .all:
            Set(desired.requests.keys).union(desired.rejections.keys).union(desired.unreadable.keys)
                .union(memory.subjects.keys)
                .filter { !isShadow($0, desired: desired, memory: memory) }.sorted()
        case .only(let keys):
            keys.filter { desired.isPresent($0) || memory.subjects[$0] != nil }
                .filter { !isShadow($0, desired: desired, memory: memory) }.sorted()
        }
    }
}

/// What every judgement of one pass shares.
struct PlanContext {
    let desired: DesiredState
    let observed: ObservedState
    let memory: Memory
    let rules: Rules
    let now: Timestamp
    /// Clients of which so many torrents vanished that nothing is added to them.
    var vanished: Set<String> = []
    /// Save roots that are not mounted.
    var saveRoots = SaveRoots()
    /// Who continues a subject whose own file is no longer there.
    var heirs: [SubjectKey: SubjectKey] = [:]

    /// What `key` continues: its own past at another client, or a subject of another name.
    func predecessor(of key: SubjectKey) -> SubjectKey? { moved(key) ?? renamed(key) }

    /// The subject of the same name at the client where the request was before.
    private func moved(_ key: SubjectKey) -> SubjectKey? {
        guard memory.clients.count > 1 || memory.clients.first.map({ $0 != key.client }) ?? false,
            desired.requests[key] != nil
        else { return nil }
        return memory.clients.sorted().lazy.map { SubjectKey(client: $0, name: key.name) }.first {
            $0 != key && memory.subjects[$0] != nil && !desired.isPresent($0)
        }
    }

    /// The gone subject that `key` continues: it follows the torrent that `key` asks for, and its own file is
    /// no longer there. Of several that could continue it, the first accepted, then the first by name.
    private func renamed(_ key: SubjectKey) -> SubjectKey? {
        guard let request = desired.requests[key], let identity = request.identity,
            memory.subjects[key]?.following.map({ !$0.identity.overlaps(identity) }) ?? true,
            let old = memory.follower(of: identity, client: key.client),
            old != key, !isFilePresent(old.name), owner(of: request) == key
        else { return nil }
        return old
    }

    /// Whether a file of this name is there, for whatever client: then it was moved, and not renamed.
    private func isFilePresent(_ name: RequestName) -> Bool {
        memory.clients.union(observed.clients.keys).contains {
            desired.isPresent(SubjectKey(client: $0, name: name))
        }
    }

    /// Which request owns the torrent that `request` asks for.
    func owner(of request: Request) -> SubjectKey {
        let client = request.key.client
        guard let identity = request.identity else { return request.key }
        if let follower = memory.follower(of: identity, client: client) {
            // Whoever follows it goes on owning it, as long as its file is there, even if unusable now.
            if desired.isPresent(follower), stillAsks(follower) { return follower }
            if let heir = heirs[follower] { return heir }
        }
        let claimants = desired.claimants(of: identity, client: client)
        return claimants.min { rank($0) < rank($1) } ?? request.key
    }

    /// A follower whose own request now names another torrent does not stand in anybody's way.
    ///
    /// Asked of the torrent as it is known by now: a hybrid may have been found under its other hash.
    private func stillAsks(_ follower: SubjectKey) -> Bool {
        guard let request = desired.requests[follower],
            let following = memory.subjects[follower]?.following
        else { return true }
        return request.identity?.overlaps(following.identity) ?? true
    }

    /// Another request that asks for a torrent which `key` follows.
    func claimant(
        of identity: TorrentIdentity, at client: String, besides key: SubjectKey
    ) -> SubjectKey? {
        desired.claimants(of: identity, client: client).filter { $0 != key }.min()
    }

    private func rank(_ key: SubjectKey) -> (Int64, SubjectKey) {
        (memory.subjects[key]?.acceptance?.order ?? .max, key)
    }
}
