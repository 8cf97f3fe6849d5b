import Logging
import Metainfo
import Reconciliation

/// Observe: each qBittorrent's torrents, as many as this pass needs, and from there the subjects to judge.
extension Reconciler {
    /// How long the others wait for a server that takes its time. What it answers later is for a later pass.
    private static let patienceMilliseconds: Int64 = 1_000

    func observe(_ scope: PassScope, _ work: inout PassWork) async {
        // A full listing is one of its own pass alone.
        for name in clients.keys { observed.clients[name]?.age() }
        work.touched.formUnion(unsettled)
        work.touched.formUnion(publishingBook.unwritten)
        let wantsAll = isFirstPass || work.selection == .all
        if wantsAll { work.selection = .all }
        let full = wantsAll ? Set(clients.keys) : clientsToList(scope, work)
        await list(full, &work)
        let looks = idsToLookAt(scope, work).filter { !full.contains($0.key) }
        if !looks.isEmpty { await look(at: looks, &work) }
        if work.selection != .all { work.selection = .only(work.touched) }
    }

    /// Those of which all torrents are looked at in this pass.
    private func clientsToList(_ scope: PassScope, _ work: PassWork) -> Set<String> {
        if scope.observation == .full { return Set(clients.keys) }
        return Set(
            clients.values.filter { watch in
                let isDue =
                    scope.observation == .due && work.at.hasReached(watch.pacer.nextListing(now: work.at))
                return isDue || watch.trouble != nil || watch.isAwaited || observed.clients[watch.name] == nil
            }.map(\.name))
    }

    /// The torrents of the subjects to judge, and those in motion where a look is due, by client.
    private func idsToLookAt(_ scope: PassScope, _ work: PassWork) -> [String: Set<TorrentID>] {
        var wanted: [String: Set<TorrentID>] = [:]
        func add(_ key: SubjectKey) {
            for (client, ids) in ids(of: key) { wanted[client, default: []].formUnion(ids) }
        }
        work.touched.forEach(add)
        guard case .selected(moving: let isAsked) = scope.observation else {
            publishingBook.inMotion.forEach(add)
            return wanted
        }
        guard isAsked else { return wanted }
        let due = clients.values.filter { watch in
            clients.count == 1
                || work.at.hasReached(watch.nextLook(now: work.at, isMoving: isMoving(watch)))
        }.map(\.name)
        publishingBook.inMotion.filter { due.contains($0.client) }.forEach(add)
        return wanted
    }

    // MARK: Everything

    /// Full listings, side by side, and what they show to have changed.
    func list(_ names: Set<String>, _ work: inout PassWork) async {
        let due = names.sorted().compactMap { clients[$0] }
        let allowed = due.filter { $0.backoff.allows(work.at) || isFirstPass }
        for watch in due where !allowed.contains(where: { $0.name == watch.name }) {
            let waiting = ClientTrouble(kind: .unreachable, message: "waiting before the next try")
            markUnknown(watch.name, watch.trouble ?? waiting)
        }
        // Alone it keeps nobody waiting.
        let patience = clients.count > 1 && !work.isRehearsal ? Self.patienceMilliseconds : nil
        let answers = await withTaskGroup(of: (String, ServerAnswer?).self) { group in
            for watch in allowed {
                group.addTask { [server = watch.server, name = watch.name, isAwaited = watch.isAwaited] in
                    let result = await server.listing(patienceMilliseconds: isAwaited ? 0 : patience)
                    guard let result else { return (name, nil) }
                    return (name, ServerAnswer(result: result, impression: await server.impression()))
                }
            }
            return await group.reduce(into: [String: ServerAnswer?]()) { $0[$1.0] = .some($1.1) }
        }
        for (name, answer) in answers.sorted(by: { $0.key < $1.key }) {
            if let answer { take(answer, from: name, &work) } else { goWithout(name, &work) }
        }
    }

    private func take(_ answer: ServerAnswer, from name: String, _ work: inout PassWork) {
        clients[name]?.isAwaited = false
        switch answer.result {
        case .failure(let trouble):
            clients[name]?.backoff.failed(at: work.at, using: &random)
            markUnknown(name, trouble)
        case .success(let torrents):
            let old = observed.clients[name]
            var picture = ClientPicture(coverage: .full, torrents: torrents)
            picture.facts = answer.impression.facts
            picture.hasRestarted = answer.impression.hasRestarted
            observed.clients[name] = picture
            let wasUnknown = clients[name]?.trouble != nil || !(old?.isKnown ?? false)
            clients[name]?.backoff.succeeded()
            clients[name]?.trouble = nil
            clients[name]?.lastGoodObservation = work.at.wall
            clients[name]?.pacer.noteListing(
                at: clock.now(), costMilliseconds: answer.impression.listingMilliseconds)
            logShare(of: name, torrents: torrents.count, answer.impression.listingMilliseconds)
            work.touched.formUnion(unconfirmed.filter { isWatched($0, at: name) })
            if let old, !wasUnknown, !answer.impression.hasRestarted {
                touchChanged(name, old, picture, &work)
            } else {
                touchAll(of: name, &work)
            }
        }
    }

    /// Its answer is still on its way: what is known of it stands, but for what only a listing can tell.
    private func goWithout(_ name: String, _ work: inout PassWork) {
        clients[name]?.isAwaited = true
        guard var picture = observed.clients[name] else {
            let trouble = ClientTrouble(kind: .unreachable, message: "it has not answered yet")
            observed.clients[name] = ClientPicture(coverage: .unknown(trouble))
            return
        }
        guard picture.isKnown else { return }
        picture.coverage = .partial
        picture.asked = []
        observed.clients[name] = picture
    }

    /// Everything that concerns a server of which nothing was known so far.
    private func touchAll(of client: String, _ work: inout PassWork) {
        guard work.selection != .all else { return }
        guard clients.count > 1 else {
            work.selection = .all
            return
        }
        work.touched.formUnion(memory.subjects.keys.filter { $0.client == client })
        work.touched.formUnion(desired.requests.keys.filter { $0.client == client })
        // Torrents that are to go from there belong to subjects of other clients.
        for (key, subject) in memory.subjects
        where (subject.leaving + subject.departed).contains(where: { $0.client == client }) {
            work.touched.insert(key)
        }
    }

    /// Whether a look at this server tells something of a subject that is not confirmed.
    private func isWatched(_ key: SubjectKey, at client: String) -> Bool {
        key.client == client
            || memory.subjects[key]?.departed.contains { $0.client == client } ?? false
    }

    /// The followers of torrents that a listing shows otherwise than the last picture did.
    private func touchChanged(
        _ client: String, _ old: ClientPicture, _ new: ClientPicture, _ work: inout PassWork
    ) {
        for (id, torrent) in new.torrents {
            if old.torrents[id].map({ torrent.differs(from: $0) }) ?? true {
                touchFollower(of: torrent.identity, on: client, &work)
            } else if let key = memory.follower(of: torrent.identity, client: client),
                desired.requests[key]?.seedGoals?.isMet(by: torrent, at: work.at.wall) ?? false
            {
                // Time alone has met its goal.
                work.touched.insert(key)
            }
        }
        for (id, torrent) in old.torrents where new.torrents[id] == nil {
            touchFollower(of: torrent.identity, on: client, &work)
        }
    }

    private func touchFollower(of identity: TorrentIdentity, on client: String, _ work: inout PassWork) {
        if let key = memory.follower(of: identity, client: client) {
            work.touched.insert(key)
            if publishingBook.inMotion.contains(key) { clients[client]?.lastMotion = work.at }
        }
        work.touched.formUnion(desired.claimants(of: identity, client: client))
    }

    /// What observing takes of a server's time, by its own answers.
    private func logShare(of name: String, torrents: Int, _ milliseconds: Int64) {
        guard let share = clients[name]?.pacer.measuredShare(now: clock.now()) else { return }
        log.debug(
            "listed all torrents",
            metadata: [
                "client": "\(name)", "torrents": "\(torrents)", "milliseconds": "\(milliseconds)",
                "share": "\(Display.decimal(share * 100, places: 2)) %",
            ])
    }

    // MARK: Some

    private func look(at wanted: [String: Set<TorrentID>], _ work: inout PassWork) async {
        for (name, answer) in await answers(to: wanted) {
            switch answer.result {
            case .failure(let trouble):
                clients[name]?.backoff.failed(at: work.at, using: &random)
                markUnknown(name, trouble)
            case .success(let torrents):
                clients[name]?.pacer.noteLook(
                    at: clock.now(), costMilliseconds: answer.impression.lookMilliseconds)
                merge(
                    torrents, of: name, asked: wanted[name] ?? [],
                    hasRestarted: answer.impression.hasRestarted
                ) { self.touchFollower(of: $0, on: name, &work) }
            }
        }
    }

    /// Looks at single torrents, at all servers side by side.
    func answers(to wanted: [String: Set<TorrentID>]) async -> [(name: String, answer: ServerAnswer)] {
        let asked = wanted.compactMap { name, ids in
            ids.isEmpty ? nil : clients[name].map { (name, $0.server, ids.sorted()) }
        }
        let answers = await withTaskGroup(of: (String, ServerAnswer).self) { group in
            for (name, server, ids) in asked {
                group.addTask {
                    let result = await server.look(at: ids)
                    return (name, ServerAnswer(result: result, impression: await server.impression()))
                }
            }
            return await group.reduce(into: [String: ServerAnswer]()) { $0[$1.0] = $1.1 }
        }
        return answers.sorted { $0.key < $1.key }.map { (name: $0.key, answer: $0.value) }
    }

    /// Brings the kept picture up to date with a partial reading.
    func merge(
        _ torrents: [Torrent], of client: String, asked: Set<TorrentID>, hasRestarted: Bool,
        changed: (TorrentIdentity) -> Void
    ) {
        guard var picture = observed.clients.removeValue(forKey: client) else { return }
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
        observed.clients[client] = picture
    }

    func markUnknown(_ client: String, _ trouble: ClientTrouble) {
        if clients[client]?.trouble?.kind != trouble.kind {
            log.warning(
                "qBittorrent is out of reach",
                metadata: ["client": "\(client)", "reason": "\(trouble.message)"])
        }
        clients[client]?.trouble = trouble
        var picture = observed.clients[client] ?? ClientPicture(coverage: .unknown(trouble))
        picture.coverage = .unknown(trouble)
        observed.clients[client] = picture
    }

    /// Every id under which the servers may list the subject's torrents.
    private func ids(of key: SubjectKey) -> [String: [TorrentID]] {
        var ids: [String: [TorrentID]] = [:]
        if let following = memory.subjects[key]?.following {
            ids[following.place(of: key), default: []] += following.identity.ids + [following.id]
        }
        if let request = desired.requests[key], let identity = request.identity {
            ids[key.client, default: []] += identity.ids
        }
        return ids
    }

    /// What changed lately is looked at every two seconds for this long: shown states lag, and a small
    /// download never shows that it is one.
    private static let motionMilliseconds: Int64 = 60_000

    /// Whether something moves there, so that it should be looked at every two seconds.
    func isMoving(_ watch: ClientWatch) -> Bool {
        if publishingBook.isMoving(on: watch.name) { return true }
        guard publishingBook.inMotion.contains(where: { $0.client == watch.name }),
            let lastMotion = watch.lastMotion, let age = clock.now().milliseconds(since: lastMotion)
        else { return false }
        return age < Self.motionMilliseconds
    }
}

/// What one server answered, and what the calls told besides.
struct ServerAnswer: Sendable {
    let result: Result<[Torrent], ClientTrouble>
    let impression: ServerImpression
}
