/// What lies below a save root that is not mounted, or would.
extension SubjectJudge {
    /// The missing root below which an add would save. Where the request does not say, the category or the
    /// server's default does.
    func missingRoot(_ request: Request) -> String? {
        guard context.saveRoots.missing[key.client] != nil else { return nil }
        return [.some(placeOfAdd(request)), downloadPath(request)].compactMap { $0 }
            .lazy.compactMap { context.saveRoots.root(above: $0, on: key.client) }.first
    }

    /// The missing root below which a torrent lies, or would be moved to.
    func missingRoot(_ torrent: Torrent, _ request: Request? = nil, at client: String? = nil) -> String? {
        let client = client ?? place
        guard context.saveRoots.missing[client] != nil else { return nil }
        var paths = [torrent.placement.savePath]
        if let request, case .text(let wanted)? = request.wishes[.savePath] { paths.append(wanted) }
        return paths.lazy.compactMap { context.saveRoots.root(above: $0, on: client) }.first
    }

    /// Held, and said so. What qBittorrent reports of a torrent that is there stays its phase.
    func heldBelow(_ root: String, torrent: Torrent?) -> Judgement {
        let kind = Hold.Kind.saveRootMissing
        let message =
            "the save root \(root) does not seem to be mounted: nothing below it is added, changed or "
            + "removed until it is back, see summary.json"
        var standing = Standing(.waiting, reason: "Hold", message: message)
        if let torrent {
            let seen = PhaseDerivation.standing(
                torrent, hasCompleted: memory.following?.hasCompleted ?? false)
            standing = Standing(seen.phase, reason: kind.rawValue, message: seen.message + "; " + message)
        }
        return judgement(.hold(kind), standing, torrent: torrent).named(.saveRootMissing)
    }

    /// `nil`: nobody knows.
    private func placeOfAdd(_ request: Request) -> String? {
        if request.wishes[.autoTMM] != .flag(true), case .text(let path)? = request.wishes[.savePath],
            !path.isEmpty
        {
            return path
        }
        if case .text(let category)? = request.wishes[.category], let path = rules.categoryPaths[category] {
            return path
        }
        return picture.facts?.savePath
    }

    private func downloadPath(_ request: Request) -> String?? {
        guard case .text(let path)? = request.wishes[.downloadPath], !path.isEmpty else { return .none }
        return .some(path)
    }
}
