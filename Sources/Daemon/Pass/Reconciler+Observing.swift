import Logging
import Metainfo
import Reconciliation

/// Observe: qBittorrent's torrents, as many as this pass needs, and from there the subjects to judge.
extension Reconciler {
    func observe(_ scope: PassScope, _ work: inout PassWork) async {
        work.touched.formUnion(unsettled)
        work.touched.formUnion(publishingBook.unwritten)
        let wantsAll = isFirstPass || work.selection == .all
        if scope.observation == .full || wantsAll || observed.clients[settings.client] == nil
            || trouble != nil
        {
            await observeInFull(&work)
            if wantsAll { work.selection = .all }
            return
        }
        var ids = Set(work.touched.flatMap(ids(of:)))
        if case .selected(moving: true) = scope.observation { ids.formUnion(idsInMotion) }
        if !ids.isEmpty { await look(at: ids, &work) }
        work.selection = .only(work.touched)
    }

    /// A full listing, and what it shows to have changed. Ends with a selection.
    func observeInFull(_ work: inout PassWork) async {
        let client = settings.client
        guard serverBackoff.allows(work.at) || isFirstPass else {
            markUnknown(trouble ?? ClientTrouble(kind: .unreachable, message: "waiting before the next try"))
            select(all: false, &work)
            return
        }
        let result = await server.listing()
        let impression = await server.impression()
        switch result {
        case .failure(let trouble):
            serverBackoff.failed(at: work.at, using: &random)
            markUnknown(trouble)
            select(all: isFirstPass, &work)
        case .success(let torrents):
            serverBackoff.succeeded()
            let old = observed.clients[client]
            var picture = ClientPicture(coverage: .full, torrents: torrents)
            picture.facts = impression.facts
            picture.hasRestarted = impression.hasRestarted
            observed.clients[client] = picture
            let wasUnknown = trouble != nil || old == nil
            trouble = nil
            lastGoodObservation = work.at.wall
            pacer.noteListing(at: clock.now(), costMilliseconds: impression.listingMilliseconds)
            if let old, !wasUnknown, !impression.hasRestarted { touchChanged(old, picture, &work) }
            work.touched.formUnion(unconfirmed)
            select(all: wasUnknown || impression.hasRestarted, &work)
        }
    }

    private func select(all: Bool, _ work: inout PassWork) {
        guard work.selection != .all else { return }
        work.selection = all ? .all : .only(work.touched)
    }

    /// The followers of torrents that a listing shows otherwise than the last picture did.
    private func touchChanged(_ old: ClientPicture, _ new: ClientPicture, _ work: inout PassWork) {
        for (id, torrent) in new.torrents {
            if old.torrents[id].map({ torrent.differs(from: $0) }) ?? true {
                touchFollower(of: torrent.identity, &work)
            } else if let key = memory.follower(of: torrent.identity, client: settings.client),
                desired.requests[key]?.seedGoals?.isMet(by: torrent, at: work.at.wall) ?? false
            {
                // Time alone has met its goal.
                work.touched.insert(key)
            }
        }
        for (id, torrent) in old.torrents where new.torrents[id] == nil {
            touchFollower(of: torrent.identity, &work)
        }
    }

    private func touchFollower(of identity: TorrentIdentity, _ work: inout PassWork) {
        if let key = memory.follower(of: identity, client: settings.client) {
            work.touched.insert(key)
            if publishingBook.inMotion.contains(key) { lastMotion = work.at }
        }
        work.touched.formUnion(desired.claimants(of: identity, client: settings.client))
    }

    private func look(at ids: Set<TorrentID>, _ work: inout PassWork) async {
        let result = await server.look(at: ids.sorted())
        let impression = await server.impression()
        switch result {
        case .failure(let trouble):
            serverBackoff.failed(at: work.at, using: &random)
            markUnknown(trouble)
        case .success(let torrents):
            pacer.noteLook(at: clock.now(), costMilliseconds: impression.lookMilliseconds)
            merge(torrents, asked: ids, hasRestarted: impression.hasRestarted) {
                self.touchFollower(of: $0, &work)
            }
        }
    }

    /// Brings the kept picture up to date with a partial reading.
    func merge(
        _ torrents: [Torrent], asked: Set<TorrentID>, hasRestarted: Bool, changed: (TorrentIdentity) -> Void
    ) {
        guard var picture = observed.clients.removeValue(forKey: settings.client) else { return }
        picture.coverage = .partial
        picture.asked = asked
        picture.hasRestarted = hasRestarted
        let found = Set(torrents.map(\.id))
        for torrent in torrents {
            let isChanged = picture.torrents[torrent.id].map { torrent.differs(from: $0) } ?? true
            picture.insert(torrent)
            if isChanged { changed(torrent.identity) }
        }
        for id in asked where !found.contains(id) {
            guard let old = picture.torrents[id] else { continue }
            picture.remove(id)
            changed(old.identity)
        }
        observed.clients[settings.client] = picture
    }

    /// Whether the server's directories that this machine has too are mounted: asked where torrents are in
    /// trouble, or were held for that.
    func lookAtRoots() {
        guard !rules.pathMap.isEmpty else { return }
        for (client, var picture) in observed.clients where picture.isKnown {
            let isHeld = memory.holds[.saveRootMissing] != nil
            let isInDoubt =
                isHeld || picture.isFull && picture.torrents.values.contains { $0.state.isInTrouble }
            let roots = isInDoubt ? Self.roots(rules.pathMap, in: directories) : [:]
            guard roots != picture.roots else { continue }
            observed.clients[client] = nil
            picture.roots = roots
            observed.clients[client] = picture
        }
    }

    private static func roots(
        _ mappings: [Rules.PathMapping], in directories: any DirectoryDoor
    ) -> [String: Bool] {
        Dictionary(
            mappings.map { ($0.remote, directories.isBare($0.local)) }, uniquingKeysWith: { $0 && $1 })
    }

    func markUnknown(_ trouble: ClientTrouble) {
        if self.trouble?.kind != trouble.kind {
            log.warning("qBittorrent is out of reach", metadata: ["reason": "\(trouble.message)"])
        }
        self.trouble = trouble
        var picture = observed.clients[settings.client] ?? ClientPicture(coverage: .unknown(trouble))
        picture.coverage = .unknown(trouble)
        observed.clients[settings.client] = picture
    }

    /// Every id under which the server may list the subject's torrent.
    private func ids(of key: SubjectKey) -> [TorrentID] {
        var ids: [TorrentID] = []
        if let following = memory.subjects[key]?.following { ids += following.identity.ids + [following.id] }
        if let request = desired.requests[key] { ids += request.identity?.ids ?? [] }
        return ids
    }

    /// Ours that change by themselves: downloading, checking, moving, waiting for metadata or for peers.
    private var idsInMotion: [TorrentID] {
        publishingBook.inMotion.flatMap { ids(of: $0) }
    }

    /// What changed lately is looked at every two seconds for this long: shown states lag, and a small
    /// download never shows that it is one.
    private static let motionMilliseconds: Int64 = 60_000

    /// Whether something moves, so that it should be looked at every two seconds.
    var isMoving: Bool {
        if publishingBook.isMoving { return true }
        guard !publishingBook.inMotion.isEmpty, let lastMotion,
            let age = clock.now().milliseconds(since: lastMotion)
        else { return false }
        return age < Self.motionMilliseconds
    }
}
