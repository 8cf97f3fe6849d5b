import Reconciliation

extension SpoolScan {
    /// What holds in a folder that is being listed.
    ///
    /// - Parameter farther: What holds in the folder above.
    /// - Returns: `nil` when its own defaults are at fault or cannot be read: then it is held, with
    ///   everything below it.
    mutating func defaults(
        _ files: [SpoolFile], in folder: Directory, path: String, under farther: FolderDefaults
    ) -> FolderDefaults? {
        let name = RequestName(path)
        guard !files.isEmpty else {
            defaults[name] = nil
            return farther
        }
        let before = previous.defaults[name]
        var file: DefaultsFile
        if let known = defaults[name], known.files == files {
            file = known
        } else if let before, before.files == files, !before.isRestless {
            file = before
        } else {
            file = judge(of: folder).defaultsFile(files, before: before)
        }
        if let look = file.lookAgainAt { lookAgain(at: look) }
        defer { defaults[name] = file }
        if let hold = file.hold(path) {
            held[name] = hold
            note([file.problem(path)].compactMap { $0 }, in: path)
            return nil
        }
        guard case .said(let own) = file.content else { return nil }
        let now = FolderDefaults(own.over(farther.said))
        // Kept where it says the same: its requests were judged by that very one.
        let effective = before?.effective == now ? before?.effective ?? now : now
        file.effective = effective
        return effective
    }

    /// Looks again at files of defaults: those that an event told of, and those that must be read again
    /// anyway. Where one says something else than before, everything below its folder is looked at.
    ///
    /// - Parameter named: The names that events told of, by folder.
    /// - Returns: `false` when only a full scan can tell.
    mutating func revisit(defaults named: [RequestName: Set<RequestName>], root: Directory) -> Bool {
        var named = named
        for (folder, file) in previous.defaults
        where file.isRestless && !previous.isHeldFromAbove(folder) { named[folder, default: []] = [] }
        // A folder comes before those below it, which are walked with it.
        return named.sorted { $0.key < $1.key }.allSatisfy { folder, names in
            isWalked(folder) || revisit(defaultsOf: folder, names, root: root)
        }
    }

    private mutating func revisit(
        defaultsOf folder: RequestName, _ names: Set<RequestName>, root: Directory
    ) -> Bool {
        guard let directory = open(folder, root: root) else { return false }
        let before = previous.defaults[folder]
        let names = names.union(before?.files.map { RequestName($0.name) } ?? [])
        let files = names.sorted().map { DefaultsFile.look(at: Array($0.text.utf8), in: directory) }
            .filter { $0.sight != .unknown(.notThere) }
        if files.isEmpty, before == nil { return true }
        if !files.isEmpty {
            if let before, before.files == files, !before.isRestless { return true }
            var file = judge(of: directory).defaultsFile(files, before: before)
            file.effective = before?.effective
            defaults[folder] = file
            if file.content == before?.content {
                if let look = file.lookAgainAt { lookAgain(at: look) }
                return true
            }
        }
        walk(
            everythingIn: directory, path: folder.text, depth: PathText.components(folder.text).count,
            under: above(folder))
        return true
    }

    /// What holds in the folder above.
    func above(_ folder: RequestName) -> FolderDefaults {
        folder.text.isEmpty ? base : previous.defaults(in: RequestName(folder.folder), base: base)
    }

    private func judge(of folder: Directory) -> RequestJudge {
        RequestJudge(settings: settings, decoder: decoder, folder: folder, defaults: .none, now: now)
    }
}
