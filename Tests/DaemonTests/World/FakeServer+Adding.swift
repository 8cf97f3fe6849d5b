import Daemon
import Metainfo
import Reconciliation

/// What an add makes, and what calls are answered before they take effect.
extension FakeServer {
    // MARK: Answers

    /// What a call comes to that does not take effect; `nil`: it does.
    func answer(to call: Call, _ id: TorrentID) -> Outcome.Result? {
        switch call {
        case .addTags(let tags), .removeTags(let tags): return answer(to: tags)
        case .recategorize(let name, let path): return ensure(name, path: path)
        case .relocate(let path), .setDownloadPath(let path):
            return Self.isUnusable(path) ? Self.failed(.retry, "bad-path") : nil
        case .rename: return torrents[id] == nil ? .skipped("it is gone") : nil
        case .setSequentialDownload(let flag):
            return toggled(id, to: flag) { $0.options.sequentialDownload }
        case .setFirstLastPiecePrio(let flag):
            return toggled(id, to: flag) { $0.options.firstLastPiecePrio }
        case .limitSeeding:
            if removesAtLimit, !release.hasLimitAction { return Self.failed(.retry, "removes-at-limit") }
            return torrents[id] == nil ? .skipped("it is gone") : nil
        default: return nil
        }
    }

    private func answer(to tags: [String]) -> Outcome.Result? {
        if tags.isEmpty { return .skipped("there are no tags") }
        let areTags = tags.allSatisfy { !$0.isEmpty && !$0.contains(",") }
        return areTags ? nil : Self.failed(.correctRequest, "bad-tag")
    }

    private func toggled(_ id: TorrentID, to flag: Bool, _ current: (Torrent) -> Bool) -> Outcome.Result? {
        guard let torrent = torrents[id] else { return .skipped("it is gone") }
        return current(torrent) == flag ? .skipped("it is so already") : nil
    }

    private func ensure(_ category: String, path: String?) -> Outcome.Result? {
        if category.isEmpty { return nil }
        guard Self.isCategory(category) else { return Self.failed(.correctRequest, "bad-category") }
        if categories[category] == nil { categories[category] = path ?? "" }
        return nil
    }

    func refusal(of payload: SourcePayload, _ identity: TorrentIdentity) -> Outcome.Result? {
        guard !release.knowsV2, identity.v1 == nil else { return nil }
        switch payload {
        case .magnet: return Self.failed(.retry, "conflict")
        case .metainfo: return Self.failed(.correctRequest, "bad-torrent")
        }
    }

    /// A category without a path of ours is left to the add, which drops a bad one.
    func refusal(of addition: Addition) -> Outcome.Result? {
        guard let category = addition.category, let path = addition.categoryPath else { return nil }
        return ensure(category, path: path)
    }

    private static func failed(_ remedy: ActionFailure.Remedy, _ code: String) -> Outcome.Result {
        .failed(ActionFailure(remedy: remedy, code: code, message: "refused: \(code)"))
    }

    private static func isCategory(_ name: String) -> Bool {
        !name.contains("\\") && !name.contains("//") && !name.hasPrefix("/") && !name.hasSuffix("/")
    }

    /// Nobody can make a directory there.
    static func isUnusable(_ path: String) -> Bool { path.hasPrefix("/dev/null/") }

    /// Where automatic management puts what is in a category.
    func managedPath(of category: String) -> String {
        if category.isEmpty { return defaultPath }
        let path = categories[category] ?? ""
        return path.isEmpty ? defaultPath + "/" + category : path
    }

    // MARK: What an add makes

    /// Makes a torrent run: what lies on the disk is found by then at the latest.
    func run(_ torrent: inout Torrent) {
        guard torrent.hasMetadata else {
            torrent.state = .metaDL
            return
        }
        check(&torrent)
        if torrent.counters.progress >= 1 {
            torrent.state = .stalledUP
        } else {
            torrent.state = Self.isUnusable(torrent.placement.savePath) ? .error : .downloading
        }
    }

    private func check(_ torrent: inout Torrent) {
        let name = names[torrent.id] ?? torrent.name
        guard seedable.contains(torrent.placement.savePath + "/" + name) else { return }
        torrent.counters.progress = 1
        torrent.counters.amountLeft = 0
        torrent.completedAt = clock.now().wall
    }

    func torrent(_ identity: TorrentIdentity, _ addition: Addition, _ payload: SourcePayload) -> Torrent {
        let identity = release.knowsV2 ? identity : identity.v1.map { TorrentIdentity($0) } ?? identity
        let id = identity.preferredID
        let name = take(payload, id)
        let placement = placement(of: addition)
        let isMagnet = if case .magnet = payload { true } else { false }
        if addition.awaitsSelection, isMagnet { stopsAtMetadata.insert(id) }
        let size = isMagnet ? 0 : files(of: id).values.reduce(0, +)
        var torrent = Torrent(
            id: id, identity: identity, name: addition.rename ?? name, state: .stoppedDL,
            placement: placement,
            options: Torrent.Options(
                sequentialDownload: addition.sequentialDownload,
                firstLastPiecePrio: addition.firstLastPiecePrio,
                downloadLimit: addition.downloadLimit ?? 0, uploadLimit: addition.uploadLimit ?? 0,
                inactiveSeedingTimeLimit: release.hasInactiveLimit ? -2 : nil),
            counters: Torrent.Counters(
                size: size, amountLeft: size, seedingSeconds: release.tellsSeedingTime ? 0 : nil),
            addedAt: WallTime(seconds: clock.now().wall.milliseconds / 1_000))
        names[id] = name
        let isStopped = addition.isStopped || (addition.awaitsSelection && !isMagnet)
        guard isStopped else {
            if isMagnet { torrent.state = .metaDL } else { run(&torrent) }
            return torrent
        }
        // Later releases leave a stopped one unchecked until it is started.
        if !isMagnet, !release.isModern { check(&torrent) }
        if torrent.counters.progress >= 1 { torrent.state = .stoppedUP }
        return torrent
    }

    private func placement(of addition: Addition) -> Torrent.Placement {
        let tags = facts.ignoresTagsInAdd ? [] : [addition.ownershipTag] + addition.tags
        let category = addition.category.flatMap { Self.isCategory($0) ? $0 : nil } ?? ""
        if !category.isEmpty, categories[category] == nil { categories[category] = "" }
        let isManaged = addition.autoTMM ?? false
        return Torrent.Placement(
            savePath: isManaged ? managedPath(of: category) : addition.savePath ?? defaultPath,
            category: category, tags: Set(tags).sorted(), autoTMM: isManaged,
            downloadPath: release.hasDownloadPath
                ? (isManaged ? "" : addition.options.downloadPath ?? "") : nil)
    }

    /// Notes what a payload tells about files.
    ///
    /// - Returns: The name that it gives the torrent.
    private func take(_ payload: SourcePayload, _ id: TorrentID) -> String {
        switch payload {
        case .magnet(let link):
            do {
                return try Magnet(text: link).displayName ?? "\(id)"
            } catch {
                return "\(id)"
            }
        case .metainfo(let bytes):
            do {
                let file = try TorrentFile(bytes: bytes)
                sizes[id] = Dictionary(
                    file.files.map { ($0.path, $0.length) }, uniquingKeysWith: { first, _ in first })
                return file.name
            } catch {
                // Scenarios of a world in memory send something that stands for a file.
                return "\(id)"
            }
        }
    }
}
