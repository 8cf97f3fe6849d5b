public import Metainfo

extension Plan {
    /// Looks, before anything is called, at the directories to which torrents are about to come, and notes
    /// what is found with those torrents.
    ///
    /// - Parameters:
    ///   - facts: What is known of a client's server.
    ///   - names: All names that the torrent of an add could have at its top; `nil` when nobody knows.
    ///   - sight: What lies in a directory of a client's server; `nil` when it cannot be seen.
    public mutating func survey(
        facts: (String) -> ServerFacts?, names: (Action) -> [String]?,
        sight: (String, String) -> DirectorySight?
    ) {
        for key in order {
            guard var judgement = judgements[key], case .act(let actions) = judgement.verdict else {
                continue
            }
            for action in actions {
                switch action.call {
                case .add(let addition):
                    var trace = DataTrace(skipsCheck: addition.options.skipChecking)
                    let seen = addition.directories(facts(action.client)).compactMap { directory in
                        sight(action.client, directory).map { (directory, $0) }
                    }
                    let candidates = seen.isEmpty ? nil : names(action)
                    for (directory, found) in seen { trace.note(directory, found, candidates: candidates) }
                    judgement.memory?.survey = trace
                case .relocate(let path), .setDownloadPath(let path):
                    judgement.memory?.noteMove(of: action.identity, to: path, sight(action.client, path))
                default: break
                }
            }
            restrict(key, to: judgement)
        }
    }
}

extension SubjectMemory {
    /// A torrent is about to be moved: what is there already is not its own.
    fileprivate mutating func noteMove(
        of identity: TorrentIdentity, to path: String, _ found: DirectorySight?
    ) {
        guard following?.identity.overlaps(identity) == true else { return }
        if let found {
            following?.data.trace?.note(path, found, candidates: nil)
        } else {
            following?.data.trace?.places.removeAll { $0.directory == path }
        }
    }
}

extension Addition {
    /// Where the server may put the torrent, as far as anybody knows before it does.
    fileprivate func directories(_ facts: ServerFacts?) -> [String] {
        var directories = [savePath, options.downloadPath].compactMap { $0 }
        if savePath == nil || autoTMM == true {
            let base = facts?.savePath
            directories += [categoryPath, base].compactMap { $0 }
            if let base, let category, !category.isEmpty { directories.append(base + "/" + category) }
        }
        return Set(directories.map(\.withoutSlash)).filter { !$0.isEmpty }.sorted()
    }
}

extension String {
    fileprivate var withoutSlash: String {
        utf8.count > 1 && hasSuffix("/") ? String(dropLast()) : self
    }
}

extension TorrentFile {
    /// Names at the top that are looked for one by one.
    private static var mostNames: Int { 64 }

    /// All names that it could have at the top of a directory, whatever its layout there.
    public var topNames: [String] {
        let parts = files.map { $0.path.split(separator: "/", maxSplits: 2).map(String.init) }
        guard files.count != 1 || parts[0].count > 1 else {
            // Its folder, where one is made for a single file, is called like it without its extension.
            let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
            return Set([name, files[0].path, stem]).filter { !$0.isEmpty }.sorted()
        }
        let inner = Set(parts.compactMap { $0.dropFirst().first })
        return ([name] + (inner.count <= Self.mostNames ? inner.sorted() : []))
    }
}
