import Metainfo
import Reconciliation
import TestSupport
import Testing

/// What holds for the permitted plan of any world whatever. Each property is held against thousands of
/// worlds; a complaint names the seed that replays it.
@Suite("The planner, on thousands of worlds")
struct PlannerWorldTests {
    /// - Parameter stride: Of so many worlds one is looked at, where a look takes long.
    private func check(stride: UInt64 = 1, _ complaints: (AnyWorld, Plan) -> [String]) {
        var found = 0
        for (world, plan) in AnyWorld.sample where world.seed % stride == 0 {
            for complaint in complaints(world, plan) {
                Issue.record("\(complaint): replay with seed \(world.seed)")
                found += 1
            }
            if found >= 5 { return }
        }
    }

    @Test("Nothing is removed, changed or marked that is not ours or asked for")
    func touchesOnlyOurs() {
        check { world, plan in
            plan.actions.compactMap { action in
                Self.isAllowed(action, world) ? nil : "\(action.subject): \(action.call), \(action.reason)"
            }
        }
    }

    private static func isAllowed(_ action: Action, _ world: AnyWorld) -> Bool {
        let client = action.client
        guard let picture = world.observed.clients[client] else { return false }
        let torrent = picture.torrent(matching: action.identity)
        if case .add = action.call { return torrent == nil }
        guard let torrent, !torrent.placement.tags.contains("qspool-hands-off") else { return false }
        let isAsked = world.desired.requests[action.subject]?.identity?.overlaps(torrent.identity) ?? false
        /// What a subject means, with all ids that its request knows by now.
        func known(_ identity: TorrentIdentity, _ key: SubjectKey) -> TorrentIdentity {
            let asked = world.desired.requests[key]?.identity
            return asked.map { $0.overlaps(identity) ? identity.merging($0) : identity } ?? identity
        }
        let bonds = world.memory.subjects.flatMap { key, subject in
            ([subject.following].compactMap { $0 } + subject.leaving).filter {
                $0.place(of: key) == client && known($0.identity, key).overlaps(torrent.identity)
            }
        }
        let isIntended = world.memory.subjects.contains { key, subject in
            guard subject.intent?.kind == .add, let meant = subject.acceptance?.identity else { return false }
            return known(meant, key).overlaps(torrent.identity)
        }
        let isOurs = bonds.contains { $0.ownership == .added } || isIntended
        switch action.call {
        case .prune: return isOurs && torrent.placement.tags.contains("qspool")
        case .addTags(["qspool-adopted"]): return isAsked
        case .removeTags(let tags):
            let known = world.memory.subjects.values.compactMap { $0.applied[.tags] }
            let mayGo = known.flatMap { value -> [String] in
                if case .list(let list) = value { list } else { [] }
            }
            return (isOurs || isAsked || !bonds.isEmpty)
                && Set(tags).isSubset(of: mayGo + ["qspool", "qspool-adopted"])
        default: return !bonds.isEmpty || isAsked
        }
    }

    @Test("Nothing is removed or added on an incomplete picture")
    func needsTheWholePicture() {
        check { world, plan in
            if !world.desired.isComplete {
                return plan.judgements.isEmpty ? [] : ["judged without a spool"]
            }
            return plan.actions.compactMap { action in
                guard let picture = world.observed.clients[action.client], picture.isKnown else {
                    return "\(action.subject): \(action.call.word) on what nobody sees"
                }
                switch action.call {
                case .prune where !picture.isFull: return "\(action.subject): removed on a partial look"
                case .add where !picture.settlesAbsence(of: action.identity):
                    return "\(action.subject): added on a partial look"
                case .add, .prune:
                    return world.memory.holds[.storeLost] == nil ? nil : "\(action.subject): store lost"
                default: return nil
                }
            }
        }
    }

    @Test("What is as asked for is left alone")
    func fixedPoint() {
        check(stride: 4) { world, _ in
            let world = Self.fulfilled(world)
            return world.plan().actions.map { "\($0.subject): \($0.reason)" }
        }
    }

    /// Everything that is asked for is followed, and its torrent is as the request wants it.
    private static func fulfilled(_ world: AnyWorld) -> AnyWorld {
        var fulfilled = world
        fulfilled.desired = DesiredState()
        fulfilled.memory = Memory()
        var draw = WorldDraw(SplitMix64(seed: world.seed &* 17))
        for client in AnyWorld.clients {
            var picture = ClientPicture(coverage: .full)
            picture.facts = ServerFacts(version: "v5.3.0", webAPI: "2.16.2")
            for name in AnyWorld.names.prefix(2) {
                let key = SubjectKey(client: client, name: RequestName("\(client) \(name.text)"))
                let (torrent, wishes) = fulfilment(key.description, &draw)
                picture.insert(torrent)
                fulfilled.desired.accept(
                    Request(
                        key: key, identity: torrent.identity, wishes: wishes,
                        version: RequestVersion(digest: Scene.digest("1"), readAt: Scene.ago(5).wall)))
                var subject = SubjectMemory()
                subject.following = Following(
                    ownership: .added, id: torrent.id, identity: torrent.identity)
                subject.following?.wasTagged = true
                fulfilled.memory.remember(subject, for: key)
            }
            fulfilled.observed.clients[client] = picture
        }
        return fulfilled
    }

    private static func fulfilment(
        _ label: String, _ draw: inout WorldDraw
    ) -> (Torrent, [Field: FieldValue]) {
        var torrent = Torrent(id: Scene.identity(label).preferredID, identity: Scene.identity(label))
        torrent.state = draw.any([.downloading, .stalledDL, .stoppedDL, .queuedDL, .forcedDL])
        torrent.placement.tags = draw.any([["qspool"], ["a", "b", "qspool"]])
        torrent.placement.savePath = draw.any(["/srv", "/nas/films"])
        torrent.placement.category = draw.any(["", "iso"])
        torrent.placement.autoTMM = draw.random.oneIn(2)
        torrent.placement.downloadPath = draw.any(["", "/part"])
        torrent.options.downloadLimit = draw.any([0, 1_000])
        torrent.options.forceStart = torrent.state == .forcedDL
        torrent.options.superSeeding = draw.random.oneIn(2)
        torrent.options.ratioLimit = draw.any([-2, 2])
        torrent.counters = Torrent.Counters(progress: 0.5, size: 1_000, amountLeft: 500)
        var wishes: [Field: FieldValue] = [:]
        let fields = Field.allCases.filter { !$0.isAtAddOnly && $0 != .files }
        for field in fields where draw.random.oneIn(2) {
            wishes[field] = torrent.value(of: field)
            if field == .tags { wishes[field] = .list(torrent.placement.tags.filter { $0 != "qspool" }) }
        }
        return (torrent, wishes)
    }

    @Test("Carried out, a plan is not made again, and soon there is nothing to do")
    func convergesOnce() {
        check(stride: 2) { world, plan in
            var (world, plan) = (world, plan)
            var done: Set<Action> = []
            for _ in 1...10 {
                if plan.actions.isEmpty, plan.needsFullListing.isEmpty { return [] }
                // A torrent that vanished may be added again, up to three times; that is no repetition.
                for action in plan.actions where !done.insert(Self.plain(action)).inserted {
                    return [
                        "\(action.subject): again \(action.call.word) of \(action.identity), "
                            + action.reason
                    ]
                }
                world = world.after(plan, seconds: 61)
                plan = world.plan()
            }
            return ["does not end: \(plan.actions.map { "\($0.subject) \($0.call.word)" })"]
        }
    }

    /// Without what may differ between two of the same.
    private static func plain(_ action: Action) -> Action {
        Action(
            subject: action.subject, client: action.client, identity: action.identity, id: action.id,
            call: action.call, reason: "")
    }

    @Test("No more goes in a pass than the budget of the client allows, or a person approved")
    func budget() {
        check { world, plan in
            AnyWorld.clients.compactMap { client in
                let gone = Set(
                    plan.actions.filter { $0.client == client && Self.takesAway($0) }
                        .map(\.subject))
                let budget = world.rules.prune.budget(ours: world.ours(on: client))
                let hold = world.memory.holds[.pruneBudget]
                let isApproved = hold.map { world.memory.approvals[.pruneBudget] == $0.digest } ?? false
                if isApproved, gone.map(\.name).allSatisfy({ hold?.names.contains($0) ?? false }) {
                    return nil
                }
                return gone.count <= budget ? nil : "\(client): \(gone.count) of \(budget)"
            }
        }
    }

    private static func takesAway(_ action: Action) -> Bool {
        switch action.call {
        // A person's `retry` takes one out to add it again.
        case .prune: action.reason != "in error with nothing complete; to be added again"
        case .removeTags(let tags): tags == ["qspool"] || tags == ["qspool-adopted"]
        default: false
        }
    }

    @Test("The order in which things were learnt does not matter")
    func orderIndependent() {
        check(stride: 3) { world, plan in plan == world.shuffled().plan() ? [] : ["another plan"] }
    }

    @Test("What happens to one client changes nothing for another")
    func clientsAreApart() {
        let pictures = [
            ClientPicture(coverage: .unknown(ClientTrouble(kind: .unreachable, message: "refused"))),
            ClientPicture(coverage: .full), ClientPicture(coverage: .partial),
        ]
        check(stride: 3) { world, plan in
            var other = world
            other.observed.clients["second"] = pictures[Int(world.seed / 3 % 3)]
            let after = other.plan().judgements
            return plan.judgements.filter { $0.key.client == "default" }.compactMap { key, judgement in
                guard after[key] != judgement else { return nil }
                return "\(key): \(Scene.gist(judgement)) became \(Scene.gist(after[key]))"
            }
        }
    }

    @Test("Every judgement names its row, and the worlds take most of the rows")
    func rows() {
        var taken: Set<PlannerCase> = []
        check { _, plan in
            taken.formUnion(plan.judgements.values.compactMap(\.row))
            return plan.judgements.filter { $0.value.row == nil }.map { "\($0.key): \(Scene.gist($0.value))" }
        }
        #expect(taken.count > PlannerCase.allCases.count * 3 / 4, "only \(taken.count)")
    }
}
