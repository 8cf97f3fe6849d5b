import Daemon
import Metainfo
import Reconciliation

/// What calls do to the torrents of the server.
extension FakeServer {
    /// What a torrent consists of whose own files nobody told; bytes by name.
    static let files: [String: Int64] = ["film.mkv": 800, "sample.mkv": 150, "readme.txt": 50]

    /// The files of a torrent that would be downloaded, sorted.
    func wanted(_ id: TorrentID) -> [String] { (wantedFiles[id] ?? Set(files(of: id).keys)).sorted() }

    func files(of id: TorrentID) -> [String: Int64] { sizes[id] ?? Self.files }

    /// Peers give a magnet its metadata.
    func giveMetadata(to torrent: inout Torrent) {
        let size = files(of: torrent.id).values.reduce(0, +)
        torrent.counters.size = size
        torrent.counters.amountLeft = size
        torrent.state = stopsAtMetadata.remove(torrent.id) != nil ? .stoppedDL : .downloading
    }

    /// Somebody or a call chooses these, and the listing shows how many bytes that are.
    func choose(_ names: Set<String>, of id: TorrentID) {
        wantedFiles[id] = names
        guard var torrent = torrents[id] else { return }
        torrent.counters.size = names.reduce(0) { $0 + (files(of: id)[$1] ?? 0) }
        torrent.counters.amountLeft = Int64(
            Double(torrent.counters.size) * (1 - torrent.counters.progress))
        torrents[id] = torrent
    }

    func selectFiles(_ action: Action, _ selection: FileSelection) -> Outcome.Result {
        guard let id = action.id, let torrent = torrents[id] else { return .skipped("it is gone") }
        guard torrent.hasMetadata else {
            return .failed(ActionFailure(remedy: .retry, code: "no-metadata", message: "no files yet"))
        }
        let names = Set(files(of: id).keys.filter { selection.wants(path: $0, top: nil) })
        guard !names.isEmpty else {
            return .failed(
                ActionFailure(remedy: .correctRequest, code: "no-files", message: "none is wanted"))
        }
        choose(names, of: id)
        return .acknowledged
    }

    private func limit(_ options: inout Torrent.Options, _ goals: SeedGoals) {
        func figure<Value: Numeric>(_ goal: SeedGoals.Goal<Value>?, _ present: Value) -> Value {
            switch goal {
            case nil: present
            case .unlimited?: -1
            case .at(let value)?: value
            }
        }
        options.ratioLimit = figure(goals.ratio, options.ratioLimit)
        options.seedingTimeLimit = figure(goals.time, options.seedingTimeLimit)
        guard release.hasInactiveLimit else { return }
        options.inactiveSeedingTimeLimit = figure(
            goals.inactiveTime, options.inactiveSeedingTimeLimit ?? -2)
    }

    func take(_ call: Call, id: TorrentID) {
        guard var torrent = torrents[id] else { return }
        if case .prune = call {
            torrents[id] = nil
            wantedFiles[id] = nil
            sizes[id] = nil
            ours.remove(id)
            return
        }
        switch call {
        case .add, .prune, .selectFiles: break
        case .addTags(let tags):
            torrent.placement.tags = Set(torrent.placement.tags).union(tags).sorted()
        case .removeTags(let tags): torrent.placement.tags.removeAll { tags.contains($0) }
        case .start where torrent.state.isStopped: run(&torrent)
        case .start: torrent.options.forceStart = false
        case .stop:
            torrent.state = torrent.counters.progress >= 1 ? .stoppedUP : .stoppedDL
            torrent.options.forceStart = false
        case .recategorize(let name, _):
            torrent.placement.category = name
            if torrent.placement.autoTMM { torrent.placement.savePath = managedPath(of: name) }
        case .relocate(let path):
            torrent.placement.savePath = path
            torrent.placement.autoTMM = false
        case .setAutoTMM(let flag):
            torrent.placement.autoTMM = flag
            if flag {
                torrent.placement.savePath = managedPath(of: torrent.placement.category)
                if release.hasDownloadPath { torrent.placement.downloadPath = "" }
            }
        case .rename(let name): torrent.name = name
        case .setSequentialDownload(let flag): torrent.options.sequentialDownload = flag
        case .setFirstLastPiecePrio(let flag): torrent.options.firstLastPiecePrio = flag
        case .limitDownload(let limit): torrent.options.downloadLimit = limit
        case .limitUpload(let limit): torrent.options.uploadLimit = limit
        // Under automatic management it is taken and ignored.
        case .setDownloadPath(let path) where !torrent.placement.autoTMM:
            torrent.placement.downloadPath = path
        case .setDownloadPath: break
        case .setForceStart(let flag):
            torrent.options.forceStart = flag
            // Like the real one, whatever the flag.
            if torrent.state.isStopped { run(&torrent) }
        case .setSuperSeeding(let flag): torrent.options.superSeeding = flag
        case .limitSeeding(let goals): limit(&torrent.options, goals.asLimits)
        case .enqueue(let place): queue[id] = place
        }
        torrents[id] = torrent
    }
}
