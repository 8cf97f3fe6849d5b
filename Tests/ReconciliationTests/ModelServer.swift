import Metainfo
import Reconciliation

/// Carries a plan out on the pictures of a world, as a server that does at once what it is told.
extension AnyWorld {
    /// The world a while later: the plan is carried out and acknowledged, everything that takes its time is
    /// done, and every client is listed in full.
    func after(_ plan: Plan, seconds: Int64) -> AnyWorld {
        var world = self
        for (key, judgement) in plan.judgements { world.memory.remember(judgement.memory, for: key) }
        world.memory.nextOrder = plan.nextOrder
        world.memory.orders = []
        for (kind, hold) in plan.holds { world.memory.holds[kind] = hold }
        for kind in plan.lifted { world.memory.holds[kind] = nil }
        for kind in plan.usedApprovals { world.memory.approvals[kind] = nil }
        let actions = plan.actions
        for action in actions { world.carryOut(action) }
        var folding = OutcomeFolding(subjects: world.memory.subjects, rules: rules)
        var random = SystemRandomNumberGenerator()
        folding.fold(actions.map { Outcome(action: $0, result: .acknowledged, at: now) }, using: &random)
        for (key, subject) in folding.subjects { world.memory.remember(subject, for: key) }
        // A status file says what the judgement said.
        for (key, judgement) in plan.judgements {
            guard let phase = judgement.standing?.phase, var subject = world.memory.subjects[key] else {
                continue
            }
            subject.published = PlannerWantedTests.published(phase)
            world.memory.remember(subject, for: key)
        }
        world.now = now.advanced(byMilliseconds: seconds * 1_000)
        for client in Self.clients { world.settle(client) }
        return world
    }

    private mutating func settle(_ client: String) {
        guard var picture = observed.clients[client] else { return }
        for var torrent in picture.torrents.values {
            switch torrent.state {
            case .moving, .allocating, .checkingDL, .checkingResumeData:
                torrent.state = torrent.counters.progress >= 1 ? .stalledUP : .downloading
            case .checkingUP: torrent.state = .stalledUP
            default: continue
            }
            picture.insert(torrent)
        }
        if picture.isKnown { picture.coverage = .full }
        picture.hasRestarted = false
        observed.clients[client] = picture
    }

    private mutating func carryOut(_ action: Action) {
        let client = action.client
        guard var picture = observed.clients[client] else { return }
        defer { observed.clients[client] = picture }
        switch action.call {
        case .add(let addition):
            picture.insert(torrent(added: addition, action.identity, picture))
        case .prune:
            if let id = picture.torrent(matching: action.identity)?.id { picture.remove(id) }
        default:
            guard var torrent = picture.torrent(matching: action.identity) else { return }
            Self.change(&torrent, action.call)
            picture.insert(torrent)
        }
    }

    private func torrent(
        added: Addition, _ identity: TorrentIdentity, _ picture: ClientPicture
    ) -> Torrent {
        let isTagging = picture.facts?.ignoresTagsInAdd != true
        var torrent = Torrent(
            id: identity.preferredID, identity: identity, name: added.rename ?? "t",
            state: added.isStopped || added.awaitsSelection ? .stoppedDL : .downloading,
            placement: Torrent.Placement(
                savePath: added.savePath ?? "/downloads", category: added.category ?? "",
                tags: isTagging ? (added.tags + [added.ownershipTag]).sorted() : [],
                autoTMM: added.autoTMM ?? false, downloadPath: added.options.downloadPath),
            counters: Torrent.Counters(progress: 0, size: 1_000, amountLeft: 1_000, totalSize: 1_000))
        torrent.options.downloadLimit = added.downloadLimit ?? 0
        torrent.options.uploadLimit = added.uploadLimit ?? 0
        torrent.options.sequentialDownload = added.sequentialDownload
        torrent.options.firstLastPiecePrio = added.firstLastPiecePrio
        torrent.addedAt = now.wall
        return torrent
    }

    private static func change(_ torrent: inout Torrent, _ call: Call) {
        let isComplete = torrent.counters.progress >= 1
        switch call {
        case .addTags(let tags): torrent.placement.tags = Set(torrent.placement.tags + tags).sorted()
        case .removeTags(let tags): torrent.placement.tags.removeAll { tags.contains($0) }
        case .start: torrent.state = isComplete ? .stalledUP : .downloading
        case .stop: torrent.state = isComplete ? .stoppedUP : .stoppedDL
        case .recategorize(let name, _): torrent.placement.category = name
        case .relocate(let path):
            torrent.placement.savePath = path
            torrent.placement.autoTMM = false
        case .setAutoTMM(let flag): torrent.placement.autoTMM = flag
        case .rename(let name): torrent.name = name
        case .setSequentialDownload(let flag): torrent.options.sequentialDownload = flag
        case .setFirstLastPiecePrio(let flag): torrent.options.firstLastPiecePrio = flag
        case .limitDownload(let limit): torrent.options.downloadLimit = limit
        case .limitUpload(let limit): torrent.options.uploadLimit = limit
        case .setDownloadPath(let path): torrent.placement.downloadPath = path
        case .setForceStart(let flag):
            torrent.options.forceStart = flag
            torrent.state =
                flag ? (isComplete ? .forcedUP : .forcedDL) : isComplete ? .stalledUP : .downloading
        case .setSuperSeeding(let flag): torrent.options.superSeeding = flag
        case .limitSeeding(let goals): limit(&torrent.options, goals)
        case .selectFiles, .enqueue, .add, .prune: break
        }
    }

    private static func limit(_ options: inout Torrent.Options, _ goals: SeedGoals) {
        func shown(_ goal: SeedGoals.Goal<Int64>) -> Int64 {
            if case .at(let minutes) = goal { minutes } else { -1 }
        }
        if let ratio = goals.ratio {
            options.ratioLimit = if case .at(let value) = ratio { value } else { -1 }
        }
        if let time = goals.time { options.seedingTimeLimit = shown(time) }
        if let idle = goals.inactiveTime { options.inactiveSeedingTimeLimit = shown(idle) }
    }
}
