import Daemon
import Metainfo
import Reconciliation

/// What a scenario asks the world, and what people do to its qBittorrent.
extension World {
    // MARK: Facts

    static func identity(_ label: String) -> TorrentIdentity {
        TorrentIdentity(InfoHash(bytes: Array(Digest.sha256(Array(label.utf8)).prefix(20)))!)
    }

    static func hybrid(_ label: String) -> TorrentIdentity {
        TorrentIdentity(
            v1: identity(label).v1, v2: InfoHash(bytes: Digest.sha256(Array("v2 \(label)".utf8))))!
    }

    func torrent(_ label: String) -> Torrent? {
        server.torrents.values.first { $0.identity.overlaps(Self.identity(label)) }
    }

    func has(_ label: String) -> Bool { torrent(label) != nil }

    func phase(_ name: String) -> Phase? { publication.status(name)?.phase }

    func reason(_ name: String) -> String? { publication.status(name)?.reason }

    var holds: [Hold.Kind] { report.holds.map(\.kind) }

    /// How many adds of this request reached the server.
    func adds(of name: String) -> Int {
        server.calls.count { action in
            if case .add = action.call { action.subject.name.text == name } else { false }
        }
    }

    /// The words of the actions that reached the server.
    var words: [String] { server.calls.map(\.call.word) }

    var isQuiet: Bool { report.isQuiet }

    // MARK: People and peers

    func change(_ label: String, _ body: (inout Torrent) -> Void) {
        guard var torrent = torrent(label) else { preconditionFailure("there is no torrent \(label)") }
        body(&torrent)
        server.torrents[torrent.id] = torrent
    }

    /// Somebody adds a torrent by hand.
    func addByHand(_ label: String, tags: [String] = [], category: String = "") {
        let identity = Self.identity(label)
        server.ours.remove(identity.preferredID)
        server.torrents[identity.preferredID] = Torrent(
            id: identity.preferredID, identity: identity, name: label, state: .downloading,
            placement: Torrent.Placement(savePath: "/by-hand", category: category, tags: tags),
            counters: Torrent.Counters(size: 1_000, amountLeft: 1_000), addedAt: clock.now().wall)
    }

    /// Somebody removes torrents in qBittorrent.
    func removeByHand(_ labels: String...) { removeByHand(labels) }

    func removeByHand(_ labels: [String]) {
        for label in labels {
            guard let torrent = torrent(label) else { preconditionFailure("there is no torrent \(label)") }
            server.torrents[torrent.id] = nil
        }
    }

    func takeOffTag(_ tag: String, of label: String) {
        change(label) { $0.placement.tags.removeAll { $0 == tag } }
    }

    func putOnTag(_ tag: String, of label: String) {
        change(label) { $0.placement.tags = ($0.placement.tags + [tag]).sorted() }
    }

    func progress(_ label: String, _ share: Double) {
        change(label) {
            if !$0.hasMetadata { server.giveMetadata(to: &$0) }
            $0.state = .downloading
            $0.counters.progress = share
            $0.counters.amountLeft = Int64(Double($0.counters.size) * (1 - share))
            $0.counters.downloaded = $0.counters.size - $0.counters.amountLeft
            server.write($0)
        }
    }

    func complete(_ label: String) {
        change(label) {
            if !$0.hasMetadata { server.giveMetadata(to: &$0) }
            $0.state = .stalledUP
            $0.counters.progress = 1
            $0.counters.amountLeft = 0
            $0.counters.downloaded = $0.counters.size
            $0.completedAt = clock.now().wall
            server.write($0)
        }
    }

    /// Peers give a magnet its metadata.
    func findMetadata(_ label: String) {
        change(label) { server.giveMetadata(to: &$0) }
    }

    /// The files of a torrent that would be downloaded, sorted.
    func wantedFiles(_ label: String) -> [String] { torrent(label).map { server.wanted($0.id) } ?? [] }

    /// Somebody chooses other files in qBittorrent.
    func chooseByHand(_ names: Set<String>, of label: String) {
        guard let torrent = torrent(label) else { preconditionFailure("there is no torrent \(label)") }
        server.choose(names, of: torrent.id)
    }

    func seed(_ label: String, ratio: Double = 0, minutes: Int64 = 0) {
        change(label) {
            $0.counters.ratio = ratio
            $0.counters.seedingSeconds = minutes * 60
        }
    }

    func conditions(_ name: String) -> [Condition.Kind] {
        publication.status(name)?.conditions.filter(\.isTrue).map(\.kind) ?? []
    }

    func severServer(_ kind: ClientTrouble.Kind = .unreachable) {
        server.faults.trouble = ClientTrouble(kind: kind, message: "connection refused")
    }

    func healServer() { server.faults = FakeServer.Faults() }
}
