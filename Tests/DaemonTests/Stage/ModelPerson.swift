import Metainfo
import Reconciliation

/// Somebody at a server in memory: what is done shows at once.
struct ModelPerson: Person {
    let server: FakeServer

    func torrents() async throws -> [Torrent] { server.torrents.values.sorted { $0.id < $1.id } }

    func add(_ cargo: Cargo, tags: [String], savePath: String, isStopped: Bool) async throws {
        let addition = Addition(ownershipTag: "", savePath: savePath, isStopped: isStopped)
        var torrent = server.torrent(cargo.identity, addition, .metainfo(cargo.metainfo))
        torrent.placement.tags = tags.sorted()
        server.torrents[torrent.id] = torrent
    }

    func delete(_ ids: [TorrentID]) async throws { for id in ids { server.torrents[id] = nil } }

    func make(_ call: Call, of id: TorrentID) async throws {
        if case .recategorize(let name, let path) = call { server.categories[name] = path ?? "" }
        server.take(call, id: id)
    }

    func choose(_ ends: [String], of cargo: Cargo, _ id: TorrentID) async throws {
        server.choose(
            Set(cargo.files.map(\.path).filter { path in ends.contains { path.hasSuffix($0) } }), of: id)
    }

    func wantedFiles(of id: TorrentID) async throws -> [String] {
        server.wanted(id).map { String($0.split(separator: "/").last ?? "") }.sorted()
    }

    func categories() async throws -> [String: String] { server.categories }

    func removeAtLimit(_ flag: Bool) async throws { server.removesAtLimit = flag }

    func restartServer() async throws { server.restart() }

    func place(_ cargo: Cargo, in path: String) async throws {
        server.seedable.insert(path + "/" + cargo.name)
    }
}
