import Daemon
import Metainfo
import Reconciliation

/// The disk of the server, and what of it this machine has mounted: the server's `/x` is `/local/x` here.
///
/// Unchecked: a scenario and its pass take turns, each waiting for the other.
final class MemoryDisk: DiskDoor, @unchecked Sendable {
    /// The local end of what the tests map.
    static let prefix = "/local"
    static let mapping = Rules.PathMapping(remote: "/downloads", local: prefix + "/downloads")
    static let mappings = ["default": [mapping]]

    /// Paths as the server has them.
    var files: Set<String> = []
    /// `nil`: not there.
    var ground: UInt64? = 7
    /// What is mounted there is another disk: an empty one.
    var isEmptyMount = false

    /// Local directories that are not mounted.
    private var bare: Set<String> = []
    /// How often anybody asked for those.
    private(set) var looks = 0

    func unmount(_ path: String) { bare.insert(path) }

    func mount(_ path: String) { bare.remove(path) }

    func isBare(_ directory: String) -> Bool {
        looks += 1
        return bare.contains(directory)
    }

    private func isBelow(_ path: String, _ directory: String) -> Bool { path.hasPrefix(directory + "/") }

    func sight(of directory: String, root: String) -> DirectorySight? {
        guard let ground else { return nil }
        let remote = String(directory.dropFirst(Self.prefix.count))
        let names = files.filter { isBelow($0, remote) && !isEmptyMount }.compactMap {
            $0.dropFirst(remote.count + 1).split(separator: "/").first.map(String.init)
        }
        return DirectorySight(ground: ground, names: Set(names).sorted())
    }

    func files(_ paths: [String], in directory: String, root: String) -> DataSight? {
        guard let ground else { return nil }
        let remote = String(directory.dropFirst(Self.prefix.count))
        return DataSight(
            ground: ground, seen: Set(paths.filter { files.contains(remote + "/" + $0) && !isEmptyMount }))
    }
}

/// What a server in memory does with files.
extension FakeServer {
    /// Below its save path; its own folder where the scenario says nothing else.
    func files(of torrent: Torrent) -> [DataFile] {
        let paths = contents[torrent.id] ?? ["\(torrent.id)/film.mkv", "\(torrent.id)/readme.txt"]
        return paths.map { DataFile(path: $0, progress: torrent.counters.progress) }
    }

    func paths(of torrent: Torrent) -> Set<String> {
        Set(files(of: torrent).map { torrent.placement.savePath + "/" + $0.path })
    }

    /// It was downloaded, to some extent.
    func write(_ torrent: Torrent) { disk.files.formUnion(paths(of: torrent)) }

    /// Why the data of a torrent must not go, whatever anybody has found out.
    func objections(to torrent: Torrent) -> [String] {
        let own = paths(of: torrent)
        var objections: [String] = []
        if !own.isDisjoint(with: precious[torrent.id] ?? own) {
            objections.append("\(torrent.id): data went that was there before")
        }
        for other in torrents.values where other.id != torrent.id && other.hasMetadata {
            if !own.isDisjoint(with: paths(of: other)) {
                objections.append("\(torrent.id): data went that \(other.id) uses")
            }
        }
        return objections
    }

    /// Whether the data goes, as the real performer finds out.
    func parting(of torrent: Torrent, _ wish: DataWish) -> DataParting {
        guard case .go(let warrant) = wish else { return wish.parting }
        let own = DataNeighbour(torrent: torrent, files: files(of: torrent))
        let others = torrents.values.filter { DataWarrant.mayShare($0, with: own) }.map {
            DataNeighbour(torrent: $0, files: files(of: $0))
        }
        let look: DataLook = { [disk] directory, paths in
            guard directory.hasPrefix("/downloads") else { return nil }
            return disk.files(paths, in: MemoryDisk.prefix + directory, root: MemoryDisk.mapping.local)
        }
        switch warrant.permit(own, others: others, look: look) {
        case .failure(let rule): return .kept(rule)
        case .success(let permit):
            precondition(permit.id == torrent.id, "a permit is for one torrent")
            return .deleted
        }
    }
}

extension World {
    /// Somebody's data is there, and two torrents have a file in common.
    func fillDisk() {
        server.facts.savePath = "/downloads"
        let (mine, first, second) = (
            Self.identity("bb").preferredID, Self.identity("cc").preferredID, Self.identity("dd").preferredID
        )
        server.disk.files = ["/downloads/\(mine)/film.mkv"]
        server.contents[first] = ["shared/film.mkv", "shared/first.txt"]
        server.contents[second] = ["shared/film.mkv"]
    }
}
