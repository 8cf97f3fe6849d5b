import Daemon
import Metainfo
import Reconciliation
import Testing

/// What must come of any storm once it is over.
extension World {
    /// All trouble ends: nothing fails any more, and everything can be read.
    func calm() {
        for server in servers.values { server.faults = FakeServer.Faults() }
        store.fault = nil
        spool.isMounted = true
        spool.heldFolders = [:]
        for name in spool.names { spool.makeReadable(name) }
    }

    /// Time passes, a person approves what is held, sources answer, and peers send all there is.
    func recover() async throws {
        calm()
        let latest = spool.wishes.compactMap(\.terms.notBefore).max() ?? clock.now().wall
        if clock.now().wall < latest {
            wait(.milliseconds(latest.milliseconds - clock.now().wall.milliseconds))
        }
        for _ in 1...4 {
            wait(.seconds(3_600))
            spool.order(.approve(nil))
            try await settle()
            for _ in 1...6 where !sources.open.isEmpty {
                sources.answerAll { Self.label(at: $0) }
                try await settle()
            }
            // First its metadata, then all that is wanted of it.
            for _ in 1...2 {
                for server in servers.values {
                    for torrent in server.torrents.values { deliver(torrent, at: server) }
                }
                try await settle()
            }
        }
    }

    private func deliver(_ torrent: Torrent, at server: FakeServer) {
        var torrent = torrent
        switch torrent.state {
        case .metaDL:
            server.giveMetadata(to: &torrent)
        case .downloading, .stalledDL, .forcedDL:
            torrent.state = .stalledUP
            torrent.counters.progress = 1
            torrent.counters.amountLeft = 0
            torrent.completedAt = clock.now().wall
        default: return
        }
        server.torrents[torrent.id] = torrent
    }

    /// The torrent that a request means by now; `nil` while nobody knows.
    func meaning(_ name: String) -> TorrentIdentity? {
        guard let wish = spool.wish(name) else { return nil }
        if wish.sources.isEmpty { return wish.identity }
        let progress = store.subject(name)?.sources
        let index = progress?.index ?? 0
        guard wish.sources.indices.contains(index) else { return nil }
        return wish.sources[index].found?.identity ?? progress?.found
    }

    /// Whether every usable request has what it asks for, as far as it may.
    var unsettled: [String] {
        spool.names.filter { name in
            guard let wish = spool.wish(name) else { return publication.status(name)?.phase != .rejected }
            guard let status = publication.status(name) else { return true }
            switch status.phase {
            case .failed, .finished, .error: return false
            case .conflict: return !hasRival(name)
            case .removed: return wish.wishes[.state] != .text("absent")
            case .waiting: return status.reason != "Suspended"
            case .rejected:
                let progress = store.subject(name)?.sources
                return wish.sources.isEmpty || progress?.index != wish.sources.count
            case .removing, .pending, .resolving, .adding: return true
            case .metadata, .queued, .checking, .moving, .downloading, .stalled, .stopped, .completed,
                .seeding:
                // With every source given up, what it had stays.
                let isExhausted = store.subject(name)?.sources?.index == wish.sources.count
                guard let meaning = meaning(name) else { return !isExhausted }
                return status.torrent?.torrent.identity.overlaps(meaning) != true
            }
        }
    }

    /// Another request asks for the same torrent.
    private func hasRival(_ name: String) -> Bool {
        guard let meaning = meaning(name) else { return false }
        let client = spool.wish(name)?.client ?? "default"
        return spool.names.contains { $0 != name && isConcerned($0, with: meaning, at: client) }
    }

    private func isConcerned(_ name: String, with identity: TorrentIdentity, at client: String) -> Bool {
        let wish = spool.wish(name)
        if meaning(name)?.overlaps(identity) == true, wish?.client == client { return true }
        return store.memory.subjects.contains { key, subject in
            let known = subject.leaving + [subject.following].compactMap { $0 }
            return key.name.text == name
                && known.contains { $0.place(of: key) == client && $0.identity.overlaps(identity) }
        }
    }

    /// Torrents with one of our tags for which no request is there any more.
    var strays: [Torrent] {
        servers.flatMap { client, server in
            server.torrents.values.filter { torrent in
                let tags = torrent.placement.tags
                guard tags.contains("qspool") || tags.contains("qspool-adopted") else { return false }
                return !spool.names.contains { isConcerned($0, with: torrent.identity, at: client) }
            }
        }
    }

    /// What is remembered of things that must be over.
    var loose: [String] {
        store.memory.subjects.flatMap { key, subject -> [String] in
            var loose: [String] = []
            // What waits for a person stays as it is until then.
            let phase = publication.status(key.name.text)?.phase
            let isSuspended = spool.wish(key.name.text)?.isSuspended ?? false
            if phase == .rejected || phase == .failed || phase == .conflict || isSuspended { return [] }
            let leaving = subject.leaving.filter { old in
                !spool.names.contains {
                    $0 != key.name.text && isConcerned($0, with: old.identity, at: old.place(of: key))
                }
            }
            if !leaving.isEmpty { loose.append("\(key): leaving") }
            if subject.intent != nil, subject.ending == nil { loose.append("\(key): intent") }
            if subject.withdrawal != nil { loose.append("\(key): withdrawal") }
            return loose
        } + (report.fetching > 0 ? ["fetching"] : [])
            + (report.wantsAnotherPass ? ["wants another pass"] : [])
    }

    /// Requests whose torrent has other files than they ask for, or is still to be started.
    var unchosen: [String] {
        spool.names.filter { name in
            guard let wish = spool.wish(name), case .selection(let selection)? = wish.wishes[.files],
                let status = publication.status(name), let shown = status.torrent?.torrent,
                let server = servers[wish.client], let torrent = server.torrents[shown.id],
                torrent.hasMetadata, !wish.isSuspended,
                ![.conflict, .failed, .finished, .removed].contains(status.phase)
            else { return false }
            let wanted = FakeServer.files.keys.filter { selection.wants(path: $0, top: nil) }
            let owesStart = store.subject(name)?.selection?.startsWhenChosen ?? false
            return server.wanted(torrent.id) != wanted.sorted() || owesStart
        }
    }
}
