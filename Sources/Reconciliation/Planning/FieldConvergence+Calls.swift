/// Which calls bring a field to its wanted value.
extension FieldConvergence {
    func calls(_ field: Field, _ wanted: FieldValue, _ observed: FieldValue) -> [Call] {
        switch (field, wanted) {
        case (.state, .text(let word)):
            word == WantedState.stopped.rawValue ? [.stop] : [.start]
        case (.category, .text(let name)):
            [.recategorize(name, path: rules.categoryPaths[name])]
        case (.savePath, .text(let path)): [.relocate(path)]
        case (.rename, .text(let name)): [.rename(name)]
        case (.tags, .list(let tags)): tagCalls(tags)
        case (.autoTMM, .flag(let flag)): [.setAutoTMM(flag)]
        case (.sequentialDownload, .flag(let flag)): [.setSequentialDownload(flag)]
        case (.firstLastPiecePrio, .flag(let flag)): [.setFirstLastPiecePrio(flag)]
        case (.downloadLimit, .number(let limit)): [.limitDownload(limit)]
        case (.uploadLimit, .number(let limit)): [.limitUpload(limit)]
        case (.downloadPath, .text(let path)):
            // Under automatic management the server takes the path and ignores it.
            (torrent.placement.autoTMM ? [.setAutoTMM(false)] : []) + [.setDownloadPath(path)]
        case (.forceStart, .flag(let flag)): [.setForceStart(flag)]
        case (.superSeeding, .flag(let flag)): [.setSuperSeeding(flag)]
        case (.seed, .goals(let goals)): [.limitSeeding(goals)]
        case (.files, .selection(let selection)): [.selectFiles(selection)]
        default: preconditionFailure("\(field.rawValue) never holds \(wanted)")
        }
    }

    /// Tags that this pass puts on the torrent.
    var addedTags: [String] {
        actions.flatMap { action -> [String] in
            guard case .addTags(let tags) = action.call else { return [] }
            return tags
        }
    }

    private func tagCalls(_ wanted: [String]) -> [Call] {
        let there = torrent.placement.tags
        let missing = wanted.filter { !there.contains($0) }
        let extra = appliedTags.filter { there.contains($0) && !wanted.contains($0) }
        return (missing.isEmpty ? [] : [.addTags(missing)]) + (extra.isEmpty ? [] : [.removeTags(extra)])
    }
}
