import Reconciliation

extension SpoolScan {
    /// Looks again at the files that an event told of, at those that must be read again anyway, and at the
    /// requests that they concern.
    ///
    /// - Returns: `false` when only a full scan can tell.
    mutating func revisit(_ paths: Set<String>, root: Directory) -> Bool {
        var folders: [RequestName: Set<RequestName>] = [:]
        var defaults: [RequestName: Set<RequestName>] = [:]
        var unjudged: Set<RequestName> = []
        for path in paths {
            guard let visit = visit(path) else { return false }
            switch visit {
            case .nothing: break
            case .file(let folder, let name): folders[folder, default: []].insert(name)
            case .defaults(let folder, let name): defaults[folder, default: []].insert(name)
            case .unjudged(let folder): unjudged.insert(folder)
            }
        }
        guard revisit(defaults: defaults, root: root),
            unjudged.allSatisfy({ isWalked($0) || relist(unjudgedIn: $0, root: root) })
        else { return false }
        for name in previous.restless {
            guard let group = previous.groups[name], !previous.isHeld(name) else { continue }
            folders[RequestName(name.folder), default: []]
                .formUnion(group.files.map { RequestName($0.name) })
        }
        return folders.sorted { $0.key < $1.key }.allSatisfy { folder, names in
            // Listed a moment ago, because of its defaults.
            isWalked(folder) || revisit(names, in: folder, root: root)
        }
    }

    /// Which file of which folder a path means.
    private enum Visit {
        case file(RequestName, RequestName)
        case defaults(RequestName, RequestName)
        /// Something below a folder whose defaults are at fault.
        case unjudged(RequestName)
        /// It does not concern requests, or nothing there is looked at.
        case nothing
    }

    /// - Returns: `nil` when it takes a full scan.
    private func visit(_ path: String) -> Visit? {
        let components = PathText.components(path)
        guard let last = components.last else { return nil }
        let folder = RequestName(components.dropLast().joined(separator: "/"))
        for component in components.dropLast()
        where SpoolName(Array(component.utf8), isFolder: true) == .skipped {
            return .nothing
        }
        let kind = SpoolName(Array(last.utf8), isFolder: false)
        if let holder = previous.holder(above: folder) { return visit(last, kind, heldBy: holder) }
        // What its defaults hold, its defaults can release.
        if previous.held[folder] != nil, kind != .defaults || previous.defaults[folder] == nil {
            return visit(last, kind, heldBy: folder)
        }
        guard previous.folders[folder] != nil else { return nil }
        switch kind {
        case .request: return .file(folder, RequestName(last))
        case .defaults: return .defaults(folder, RequestName(last))
        case .unusable, .folder: return nil
        case .skipped:
            // Hidden and temporary names are skipped as folders too; any other may be one.
            let isSkipped = SpoolName(Array(last.utf8), isFolder: true) == .skipped
            return isSkipped ? .nothing : .file(folder, RequestName(last))
        }
    }

    /// Below a held folder only names count, and those only where they are listed.
    private func visit(_ last: String, _ kind: SpoolName, heldBy holder: RequestName) -> Visit {
        guard previous.unjudged[holder] != nil else { return .nothing }
        switch kind {
        case .request: return .unjudged(holder)
        case .defaults, .unusable, .folder: return .nothing
        case .skipped:
            let isSkipped = SpoolName(Array(last.utf8), isFolder: true) == .skipped
            return isSkipped ? .nothing : .unjudged(holder)
        }
    }

    private mutating func revisit(_ names: Set<RequestName>, in path: RequestName, root: Directory) -> Bool {
        guard let folder = open(path, root: root) else { return false }
        var touched: [RequestName: [SpoolFile]] = [:]
        for name in names {
            guard look(at: name.text, in: folder, path: path, &touched) else { return false }
        }
        let defaults = previous.defaults(in: path, base: base)
        while true {
            addClaimants(of: &touched, in: path)
            let before = self
            let listed = touched.sorted { $0.key < $1.key }.map { ($0.key.lastComponent, $0.value) }
            judge(
                listed, in: folder, path: path.text, defaults: defaults,
                sightElsewhere: { file in
                    Self.known(file, in: path, before.previous)
                },
                claimsElsewhere: { file in
                    let claims = before.previous.claims[RequestName(PathText.join(path.text, file))] ?? []
                    return claims.contains { touched[$0] == nil }
                })
            let more = concerned(by: touched, in: path)
            if more.isEmpty { return true }
            // A document names another file than before: judge again together with that one.
            self = before
            for (name, files) in more { touched[name] = files }
        }
    }

    /// The folder, reached by the descriptors from the spool down; `nil` when it is not the one that was
    /// listed.
    func open(_ path: RequestName, root: Directory) -> Directory? {
        do throws(SystemFailure) {
            var folder = root
            for component in PathText.components(path.text) { folder = try folder.folder(component) }
            return try folder.facts().stamp.device == previous.folders[path] ? folder : nil
        } catch {
            return nil
        }
    }

    /// Takes down how a file looks now, beside the other files of its request.
    private func look(
        at file: String, in folder: Directory, path: RequestName, _ touched: inout [RequestName: [SpoolFile]]
    ) -> Bool {
        guard case .request(let stem, _, let suffix) = SpoolName(Array(file.utf8), isFolder: false) else {
            return isNoFolder(file, in: folder, path: path)
        }
        let name = RequestName(PathText.join(path.text, stem))
        var files = touched[name] ?? previous.groups[name]?.files ?? []
        let isKnown = files.contains { $0.name == file }
        let sight: SpoolFile.Sight
        do throws(SystemFailure) {
            let facts = try folder.facts(file)
            guard facts.kind != .folder, facts.kind != .link else { return false }
            sight = .file(facts.kind, facts.stamp)
        } catch {
            // Something that nobody knew is gone again already. What was known takes a full listing.
            if error.isMissing { return !isKnown }
            sight = .unknown(error)
        }
        files.removeAll { $0.name == file }
        touched[name] = FolderListing.sorted(files + [SpoolFile(name: file, suffix: suffix, sight: sight)])
        return true
    }

    /// A name that no request can have concerns nobody, unless it is or was a folder.
    private func isNoFolder(_ name: String, in folder: Directory, path: RequestName) -> Bool {
        guard previous.folders[RequestName(PathText.join(path.text, name))] == nil else { return false }
        do throws(SystemFailure) {
            let kind = try folder.facts(name).kind
            return kind != .folder && kind != .link
        } catch {
            return error.isMissing
        }
    }

    /// Requests that name a touched `.torrent` are touched with it.
    private func addClaimants(of touched: inout [RequestName: [SpoolFile]], in path: RequestName) {
        for file in touched.values.flatMap({ $0 }) where file.suffix == .torrent {
            for claimant in previous.claims[RequestName(PathText.join(path.text, file.name))] ?? []
            where touched[claimant] == nil {
                touched[claimant] = previous.groups[claimant]?.files
            }
        }
    }

    /// Requests whose files are named now and were not before, or the other way round.
    private func concerned(
        by touched: [RequestName: [SpoolFile]], in path: RequestName
    ) -> [RequestName: [SpoolFile]] {
        var more: [RequestName: [SpoolFile]] = [:]
        for name in touched.keys {
            let old = previous.groups[name]?.named
            let new = updates[name].flatMap { $0 }.map(\.named) ?? old
            guard old != new else { continue }
            for file in [old, new].compactMap({ $0 }) {
                guard case .request(let stem, _, _) = SpoolName(Array(file.utf8), isFolder: false) else {
                    continue
                }
                let other = RequestName(PathText.join(path.text, stem))
                if touched[other] == nil, let group = previous.groups[other] { more[other] = group.files }
            }
        }
        return more
    }

    private static func known(_ file: String, in path: RequestName, _ picture: SpoolPicture) -> SpoolFile? {
        guard case .request(let stem, _, _) = SpoolName(Array(file.utf8), isFolder: false) else { return nil }
        return picture.groups[RequestName(PathText.join(path.text, stem))]?.files.first { $0.name == file }
    }
}
