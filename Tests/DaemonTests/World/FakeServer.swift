import Daemon
import Metainfo
import Reconciliation

/// A qBittorrent in memory, behind the client that talks to it: adds with tags, refuses duplicates by
/// identity, forgets, delays, loses answers. It does what its release does; `Scenarios.Conformance` holds it
/// to real servers.
///
/// It is the truth that survives our process, so a scenario can compare it with what we say.
/// Unchecked: a scenario and its pass take turns, each waiting for the other.
final class FakeServer: ServerDoor, @unchecked Sendable {
    let clock: ManualClock
    let release: ServerRelease
    var torrents: [TorrentID: Torrent] = [:]
    /// Torrents that came by an add of ours.
    var ours: Set<TorrentID> = []
    /// Every action that reached the server.
    private(set) var calls: [Action] = []
    /// What must never happen, where it did.
    private(set) var complaints: [String] = []
    var faults = Faults()
    var facts: ServerFacts
    let disk = MemoryDisk()
    /// Paths of the files of a torrent below its save path, where they matter.
    var contents: [TorrentID: [String]] = [:]
    /// What was on the disk before its torrent was added.
    var precious: [TorrentID: Set<String>] = [:]
    private var partings: [TorrentID: DataParting] = [:]

    /// Save paths by category; empty: below the default one.
    var categories: [String: String] = [:]
    /// Bytes of the files by torrent and name; ``files`` where there is nothing.
    var sizes: [TorrentID: [String: Int64]] = [:]
    /// Where torrents go for which nobody says where.
    var defaultPath = "/downloads"
    /// What torrents call themselves.
    var names: [TorrentID: String] = [:]
    /// What lies on its disk, as save path and name of the torrent.
    var seedable: Set<String> = []
    /// Set by a person: torrents at their share limit are removed.
    var removesAtLimit = false {
        didSet { if !release.hasLimitAction { facts.unsupported = removesAtLimit ? [.seed] : [] } }
    }
    /// Names of the files that are wanted, by torrent; all where there is nothing.
    var wantedFiles: [TorrentID: Set<String>] = [:]
    /// Torrents that stop when they have their metadata.
    var stopsAtMetadata: Set<TorrentID> = []
    /// Where torrents were moved in the queue.
    var queue: [TorrentID: QueuePosition] = [:]

    private var starts = 1
    private var startsAtListing = 1
    private var startsAtListingBefore = 1
    private var readingCalls = 0
    private var changingCalls = 0
    private var hidden: [TorrentID: Int] = [:]
    private var delayed: [(due: Int64, id: TorrentID, call: Call)] = []

    /// What goes wrong. All of it stays until taken back, but for what counts down.
    struct Faults {
        /// A listing does not come within anybody's patience.
        var isSlow = false
        /// Nothing gets through.
        var trouble: ClientTrouble?
        /// Only so many more actions get through, then the connection is refused.
        var actionsLeft: Int?
        /// The next calls for these subjects are refused, so many times each.
        var refusals: [String: Int] = [:]
        /// Every add for these is refused for good.
        var badTorrents: Set<String> = []
        /// The next calls take effect and their answers are lost.
        var lostAnswers = 0
        /// The next calls are lost and so are their answers.
        var lostCalls = 0
        /// The next adds are acknowledged and forgotten.
        var forgottenAdds = 0
        /// A new torrent is listed only at this reading after its add, 0 being at once.
        var readingsUntilListed = 0
        /// Changes show only so many milliseconds after their call.
        var effectMilliseconds: Int64 = 0
        /// Changes of these fields are acknowledged and not made.
        var ignoredFields: Set<Field> = []
    }

    init(clock: ManualClock, release: ServerRelease = .backports) {
        self.clock = clock
        self.release = release
        facts = release.facts
    }

    /// Stops, and starts again with a memory that lacks these.
    func restart(forgetting ids: [TorrentID] = []) {
        starts += 1
        for id in ids { torrents[id] = nil }
    }

    /// What a server has on its disk.
    struct Kept {
        fileprivate let torrents: [TorrentID: Torrent]
        fileprivate let ours: Set<TorrentID>
        fileprivate let wantedFiles: [TorrentID: Set<String>]
    }

    var kept: Kept { Kept(torrents: torrents, ours: ours, wantedFiles: wantedFiles) }

    /// Is killed, and starts again with what it had on its disk a moment before.
    func restart(with kept: Kept) {
        starts += 1
        torrents = kept.torrents
        ours.formUnion(kept.ours)
        wantedFiles = kept.wantedFiles
    }

    // MARK: The door

    func listing(patienceMilliseconds: Int64?) async -> Result<[Torrent], ClientTrouble>? {
        if let trouble = faults.trouble { return .failure(trouble) }
        if faults.isSlow, patienceMilliseconds != nil { return nil }
        startsAtListingBefore = startsAtListing
        startsAtListing = starts
        return .success(read())
    }

    func look(at ids: [TorrentID]) async -> Result<[Torrent], ClientTrouble> {
        precondition(!ids.isEmpty, "an empty list means every torrent to a server")
        if let trouble = faults.trouble { return .failure(trouble) }
        return .success(
            read().filter { torrent in ids.contains(torrent.id) })
    }

    func perform(_ actions: [Action], payloads: [TorrentIdentity: SourcePayload]) async -> [Outcome] {
        actions.map { action in
            let result = result(of: action, payload: payloads[action.identity])
            let parting = action.id.flatMap { partings.removeValue(forKey: $0) }
            return Outcome(action: action, result: result, at: clock.now(), parting: parting)
        }
    }

    func impression() async -> ServerImpression {
        ServerImpression(
            facts: facts, hasRestarted: starts > startsAtListingBefore, readingCalls: readingCalls,
            changingCalls: changingCalls, listingMilliseconds: 1, lookMilliseconds: 1)
    }

    func keepAlive() async {}

    // MARK: Reading

    private func read() -> [Torrent] {
        readingCalls += 1
        let now = clock.now().bootMilliseconds
        for effect in delayed where effect.due <= now { take(effect.call, id: effect.id) }
        delayed.removeAll { $0.due <= now }
        let shown = torrents.values.filter { hidden[$0.id, default: 0] == 0 }
        hidden = hidden.mapValues { max($0 - 1, 0) }.filter { $0.value > 0 }
        return shown.sorted { $0.id < $1.id }
    }

    // MARK: Changing

    private func result(of action: Action, payload: SourcePayload?) -> Outcome.Result {
        if let trouble = faults.trouble { return abandoned(trouble) }
        if let left = faults.actionsLeft {
            guard left > 0 else {
                return abandoned(ClientTrouble(kind: .unreachable, message: "connection refused"))
            }
            faults.actionsLeft = left - 1
        }
        calls.append(action)
        changingCalls += 1
        let name = action.subject.name.text
        if faults.refusals[name, default: 0] > 0 {
            faults.refusals[name, default: 0] -= 1
            return .failed(ActionFailure(remedy: .retry, code: "refused", message: "refused with 409"))
        }
        if faults.badTorrents.contains(name), case .add = action.call {
            return .failed(
                ActionFailure(remedy: .correctRequest, code: "bad-torrent", message: "refused with 415"))
        }
        let unknown = Outcome.Result.unknown(
            ActionFailure(remedy: .retry, code: "timeout", message: "no answer within 30 s"))
        if faults.lostCalls > 0 {
            faults.lostCalls -= 1
            return unknown
        }
        let result = carryOut(action, payload: payload)
        if faults.lostAnswers > 0 {
            faults.lostAnswers -= 1
            return unknown
        }
        return result
    }

    private func abandoned(_ trouble: ClientTrouble) -> Outcome.Result {
        .failed(
            ActionFailure(
                remedy: .abandonClient(trouble), code: trouble.kind.rawValue, message: trouble.message))
    }

    private func carryOut(_ action: Action, payload: SourcePayload?) -> Outcome.Result {
        switch action.call {
        case .add(let addition): return add(action.identity, addition, payload)
        case .prune(let tag, let wish): return prune(action, tag, wish)
        case .selectFiles(let selection): return selectFiles(action, selection)
        default:
            guard let id = action.id else { preconditionFailure("only an add has no id") }
            if let answer = answer(to: action.call, id) { return answer }
            if let field = action.call.field, faults.ignoredFields.contains(field) { return .acknowledged }
            // Unknown ids are answered with 200, like by the real one.
            if isForeign(id), action.call != .addTags(["qspool-adopted"]) {
                complaints.append("\(action.subject) changed a foreign torrent")
            }
            delay(action.call, id: id)
            return .acknowledged
        }
    }

    /// Somebody else added it, and no request asked for it yet.
    private func isForeign(_ id: TorrentID) -> Bool {
        guard let torrent = torrents[id], !ours.contains(id) else { return false }
        return Set(torrent.placement.tags).isDisjoint(with: ["qspool", "qspool-adopted"])
    }

    /// Takes effect at once, or later where that is what goes wrong.
    private func delay(_ call: Call, id: TorrentID) {
        guard faults.effectMilliseconds > 0 else { return take(call, id: id) }
        delayed.append((clock.now().bootMilliseconds + faults.effectMilliseconds, id, call))
    }

    private func add(
        _ identity: TorrentIdentity, _ addition: Addition, _ payload: SourcePayload?
    ) -> Outcome.Result {
        guard let payload else {
            return .failed(ActionFailure(remedy: .retry, code: "no-payload", message: "nothing to send"))
        }
        if let refusal = refusal(of: payload, identity) ?? refusal(of: addition) { return refusal }
        if let there = torrents.values.first(where: { $0.identity.overlaps(identity) }) {
            if hidden[there.id, default: 0] == 0 { complaints.append("\(identity) was added again") }
            // Its client looks whether it carries our tag, where tags come with an add.
            let isTagged = there.placement.tags.contains(addition.ownershipTag)
            guard isTagged || facts.ignoresTagsInAdd else {
                return .failed(
                    ActionFailure(remedy: .retry, code: "conflict", message: "it is there already"))
            }
            return .acknowledged
        }
        if faults.forgottenAdds > 0 {
            faults.forgottenAdds -= 1
            return .acknowledged
        }
        let torrent = torrent(identity, addition, payload)
        torrents[torrent.id] = torrent
        precious[torrent.id] = disk.files.intersection(paths(of: torrent))
        ours.insert(torrent.id)
        hidden[torrent.id] = faults.readingsUntilListed
        return .acknowledged
    }

    private func prune(_ action: Action, _ tag: String, _ wish: DataWish?) -> Outcome.Result {
        guard let id = action.id, let torrent = torrents[id] else { return .skipped("it is gone already") }
        guard torrent.identity.overlaps(action.identity), torrent.placement.tags.contains(tag) else {
            return .skipped("it does not carry our tag")
        }
        if !ours.contains(id) { complaints.append("\(action.subject) pruned a foreign torrent") }
        if let wish { partings[id] = parting(of: torrent, wish) }
        if partings[id] == .deleted {
            complaints += objections(to: torrent)
            disk.files.subtract(paths(of: torrent))
        }
        delay(action.call, id: id)
        return .acknowledged
    }
}
