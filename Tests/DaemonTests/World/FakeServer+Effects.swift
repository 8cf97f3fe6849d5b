import Daemon
import Metainfo
import Reconciliation

/// What calls do to the torrents of the server.
extension FakeServer {
    /// Every torrent has the same files; bytes by name.
    static let files: [String: Int64] = ["film.mkv": 800, "sample.mkv": 150, "readme.txt": 50]

    /// The files of a torrent that would be downloaded, sorted.
    func wanted(_ id: TorrentID) -> [String] { (wantedFiles[id] ?? Set(Self.files.keys)).sorted() }

    /// Somebody or a call chooses these, and the listing shows how many bytes that are.
    func choose(_ names: Set<String>, of id: TorrentID) {
        wantedFiles[id] = names
        guard var torrent = torrents[id] else { return }
        torrent.counters.size = names.reduce(0) { $0 + (Self.files[$1] ?? 0) }
        torrent.counters.amountLeft = Int64(
            Double(torrent.counters.size) * (1 - torrent.counters.progress))
        torrents[id] = torrent
    }

    func selectFiles(_ action: Action, _ selection: FileSelection) -> Outcome.Result {
        guard let id = action.id, let torrent = torrents[id] else { return .skipped("it is gone") }
        guard torrent.hasMetadata else {
            return .failed(ActionFailure(remedy: .retry, code: "no-metadata", message: "no files yet"))
        }
        let names = Set(Self.files.keys.filter { selection.wants(path: $0, top: nil) })
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
        options.inactiveSeedingTimeLimit = figure(
            goals.inactiveTime, options.inactiveSeedingTimeLimit ?? -2)
    }

    func take(_ call: Call, id: TorrentID) {
        guard var torrent = torrents[id] else { return }
        if case .prune = call {
            torrents[id] = nil
            wantedFiles[id] = nil
            ours.remove(id)
            return
        }
        switch call {
        case .add, .prune, .selectFiles: break
        case .addTags(let tags):
            torrent.placement.tags = Set(torrent.placement.tags).union(tags).sorted()
        case .removeTags(let tags): torrent.placement.tags.removeAll { tags.contains($0) }
        case .start where torrent.state.isStopped:
            torrent.state = torrent.counters.progress >= 1 ? .stalledUP : .downloading
        case .start: torrent.options.forceStart = false
        case .stop:
            torrent.state = torrent.counters.progress >= 1 ? .stoppedUP : .stoppedDL
            torrent.options.forceStart = false
        case .recategorize(let name, _): torrent.placement.category = name
        case .relocate(let path): torrent.placement.savePath = path
        case .setAutoTMM(let flag): torrent.placement.autoTMM = flag
        case .rename(let name): torrent.name = name
        case .setSequentialDownload(let flag): torrent.options.sequentialDownload = flag
        case .setFirstLastPiecePrio(let flag): torrent.options.firstLastPiecePrio = flag
        case .limitDownload(let limit): torrent.options.downloadLimit = limit
        case .limitUpload(let limit): torrent.options.uploadLimit = limit
        case .setDownloadPath(let path): torrent.placement.downloadPath = path
        case .setForceStart(let flag):
            torrent.options.forceStart = flag
            // Like the real one, whatever the flag.
            if torrent.state.isStopped { torrent.state = .downloading }
        case .setSuperSeeding(let flag): torrent.options.superSeeding = flag
        case .limitSeeding(let goals): limit(&torrent.options, goals.asLimits)
        case .enqueue(let place): queue[id] = place
        }
        torrents[id] = torrent
    }
}
