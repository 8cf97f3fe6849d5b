import Metainfo
import Reconciliation

/// Somebody else who uses the same qBittorrent, by its own ways and not by ours. Every method returns when
/// the server shows what was done.
protocol Person: Sendable {
    /// All torrents, as this person sees them.
    func torrents() async throws -> [Torrent]
    /// Adds a torrent by hand, as a file, with tags of this person's own.
    func add(_ cargo: Cargo, tags: [String], savePath: String, isStopped: Bool) async throws
    /// Removes torrents; their data stays.
    func delete(_ ids: [TorrentID]) async throws
    /// Makes a change, in the same words in which ours are told.
    func make(_ call: Call, of id: TorrentID) async throws
    /// Chooses which files of a torrent are wanted, by their names' ends.
    func choose(_ ends: [String], of cargo: Cargo, _ id: TorrentID) async throws
    /// The wanted files of a torrent, by the last part of their paths, sorted.
    func wantedFiles(of id: TorrentID) async throws -> [String]
    /// Category names with their save paths.
    func categories() async throws -> [String: String]
    /// Whether the server is to remove torrents at their share limit.
    func removeAtLimit(_ flag: Bool) async throws
    /// Stops the server in good order and starts it again.
    func restartServer() async throws
    /// Lays a torrent's content where a server finds it below a save path.
    func place(_ cargo: Cargo, in path: String) async throws
}

extension Person {
    func torrent(_ id: TorrentID) async throws -> Torrent? { try await torrents().first { $0.id == id } }
}

/// What a torrent shows of a change, so that nobody need wait longer than it takes.
enum ChangeShown {
    /// Whether a torrent is as a call makes it; a call that no listing shows is shown at once.
    static func isDone(_ call: Call, in torrent: Torrent) -> Bool {
        switch call {
        case .addTags(let tags): return Set(tags).isSubset(of: torrent.placement.tags)
        case .removeTags(let tags): return Set(tags).isDisjoint(with: torrent.placement.tags)
        case .start: return !torrent.state.isStopped
        case .stop: return torrent.state.isStopped
        case .recategorize(let name, _): return torrent.placement.category == name
        case .relocate(let path): return torrent.placement.savePath == path
        case .setAutoTMM(let flag): return torrent.placement.autoTMM == flag
        case .rename(let name): return torrent.name == name
        case .setSequentialDownload(let flag): return torrent.options.sequentialDownload == flag
        case .setFirstLastPiecePrio(let flag): return torrent.options.firstLastPiecePrio == flag
        case .limitDownload(let limit): return torrent.options.downloadLimit == limit
        case .limitUpload(let limit): return torrent.options.uploadLimit == limit
        case .setDownloadPath(let path): return torrent.value(of: .downloadPath) == .text(path)
        case .setForceStart(let flag): return torrent.options.forceStart == flag && !torrent.state.isStopped
        case .setSuperSeeding(let flag): return torrent.options.superSeeding == flag
        case .limitSeeding(let goals): return isLimited(torrent.options, goals)
        case .add, .selectFiles, .enqueue, .prune: return true
        }
    }

    private static func isLimited(_ options: Torrent.Options, _ goals: SeedGoals) -> Bool {
        func figure<Value: Hashable>(_ goal: SeedGoals.Goal<Value>?, _ none: Value) -> Value? {
            switch goal {
            case nil: nil
            case .unlimited?: none
            case .at(let value)?: value
            }
        }
        let ratio = figure(goals.ratio, -1).map { abs($0 - options.ratioLimit) < 0.01 } ?? true
        let time = figure(goals.time, -1).map { $0 == options.seedingTimeLimit } ?? true
        let idle = figure(goals.inactiveTime, -1).map { $0 == options.inactiveSeedingTimeLimit ?? $0 } ?? true
        return ratio && time && idle
    }
}
