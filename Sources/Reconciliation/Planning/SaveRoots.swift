/// Recognises a save root that is not mounted: torrents that were complete turn to missing files together.
/// Whatever is added, changed or removed below such a root would act on an empty directory, so nothing is
/// until it is back or a person says so.
///
/// Where a `pathMap` shows the root to this machine, its own directory tells: gone, or empty. Elsewhere two
/// or more torrents that turn at once tell, as long as nothing below the root is well.
struct SaveRoots {
    /// Roots that are not mounted, as the server names them, by client.
    private(set) var missing: [String: Set<String>] = [:]
    /// Clients of which only a full listing can tell.
    private(set) var needsFullListing: Set<String> = []

    init() {}

    /// - Parameter keys: The subjects that this pass judges: only one of those that turned raises a doubt.
    init(judging keys: [SubjectKey], in context: PlanContext) {
        let hold = context.memory.holds[.saveRootMissing]
        let turned = keys.filter { Self.hasTurned($0, in: context) }
        guard hold != nil || !turned.isEmpty else { return }
        for (client, picture) in context.observed.clients where picture.isKnown {
            var roots = hold.map { Self.held($0, client, picture, context) } ?? []
            if turned.contains(where: {
                Self.isAt(client, $0, context) && !Self.isBelow(roots, $0, in: context)
            }) {
                if picture.isFull {
                    roots.formUnion(Self.fresh(client, picture, context))
                } else {
                    needsFullListing.insert(client)
                }
            }
            if !roots.isEmpty { missing[client] = roots }
        }
    }

    /// The root above a path that is not mounted, if there is one. What is not known may lie anywhere.
    func root(above path: String?, on client: String) -> String? {
        guard let roots = missing[client] else { return nil }
        guard let path else { return roots.min() }
        return roots.filter { Self.isBelow($0, path) }.min()
    }

    static func isBelow(_ root: String, _ path: String) -> Bool {
        path == root || path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
    }

    /// What a hold of this kind lists: the subjects whose torrents are in trouble below a missing root, and
    /// of clients that cannot be seen those that were listed before.
    func affected(in context: PlanContext) -> [SubjectKey] {
        let known = Set(context.memory.holds[.saveRootMissing]?.names ?? [])
        return context.memory.subjects.keys.filter { key in
            guard let client = context.memory.subjects[key]?.following?.place(of: key) else { return false }
            guard context.observed.clients[client]?.isKnown == true else { return known.contains(key.name) }
            guard let torrent = Self.troubled(key, in: context) else { return false }
            return root(above: torrent.placement.savePath, on: client) != nil
        }.sorted()
    }

    // MARK: What tells

    /// The torrent of a subject that had data and reports missing files or an error.
    private static func troubled(_ key: SubjectKey, in context: PlanContext) -> Torrent? {
        guard let following = context.memory.subjects[key]?.following,
            let torrent = context.observed.clients[following.place(of: key)]?
                .torrent(matching: following.identity),
            torrent.state.isInTrouble,
            following.hasCompleted || torrent.counters.progress > 0
        else { return nil }
        return torrent
    }

    /// Whether what a subject follows is at a client.
    private static func isAt(_ client: String, _ key: SubjectKey, _ context: PlanContext) -> Bool {
        context.memory.subjects[key]?.following?.place(of: key) == client
    }

    /// In trouble, and not said so yet: it turned since the last look.
    private static func hasTurned(_ key: SubjectKey, in context: PlanContext) -> Bool {
        troubled(key, in: context) != nil && context.memory.subjects[key]?.published?.phase != .error
    }

    private static func isBelow(
        _ roots: Set<String>, _ key: SubjectKey, in context: PlanContext
    ) -> Bool {
        guard let torrent = troubled(key, in: context) else { return false }
        return roots.contains { isBelow($0, torrent.placement.savePath) }
    }

    /// Roots that were missing before and are still, unless a person approved.
    private static func held(
        _ hold: Hold, _ client: String, _ picture: ClientPicture, _ context: PlanContext
    ) -> Set<String> {
        if context.memory.approvals[.saveRootMissing] == hold.digest { return [] }
        var roots: Set<String> = []
        var unmapped: [String] = []
        var isWell = false
        for name in hold.names {
            let key = SubjectKey(client: client, name: name)
            guard isAt(client, key, context), let following = context.memory.subjects[key]?.following,
                let torrent = picture.torrent(matching: following.identity)
            else { continue }
            let path = torrent.placement.savePath
            if let mapped = mappedRoot(above: path, picture) {
                if picture.roots[mapped] == true { roots.insert(mapped) }
            } else {
                // One that is well again tells that the root is there.
                isWell = isWell || torrent.looksComplete
                if troubled(key, in: context) != nil { unmapped.append(path) }
            }
        }
        if isWell { return roots }
        return roots.union(commonRoots(of: unmapped, well: wellPaths(client, context)).keys)
    }

    /// Roots that this listing shows to be missing.
    private static func fresh(
        _ client: String, _ picture: ClientPicture, _ context: PlanContext
    ) -> Set<String> {
        var roots: Set<String> = []
        var unmapped: [String] = []
        for key in context.memory.subjects.keys
        where isAt(client, key, context) && hasTurned(key, in: context) {
            guard let torrent = troubled(key, in: context) else { continue }
            let path = torrent.placement.savePath
            if let mapped = mappedRoot(above: path, picture) {
                if picture.roots[mapped] == true { roots.insert(mapped) }
            } else if context.memory.subjects[key]?.following?.hasCompleted == true {
                unmapped.append(path)
            }
        }
        // A single one has trouble of its own.
        let common = commonRoots(of: unmapped, well: wellPaths(client, context))
        return roots.union(common.filter { $0.value >= 2 }.keys)
    }

    /// The longest mapping of which the server's side holds the path.
    private static func mappedRoot(above path: String, _ picture: ClientPicture) -> String? {
        picture.roots.keys.filter { isBelow($0, path) }.max { $0.utf8.count < $1.utf8.count }
    }

    /// Where torrents that were complete are still well.
    private static func wellPaths(_ client: String, _ context: PlanContext) -> [String] {
        context.memory.subjects.compactMap { key, subject in
            guard isAt(client, key, context), let following = subject.following, following.hasCompleted,
                let torrent = context.observed.clients[client]?.torrent(matching: following.identity),
                !torrent.state.isInTrouble
            else { return nil }
            return torrent.placement.savePath
        }
    }

    /// The topmost directories below which nothing is well, and how many of the paths lie in each.
    private static func commonRoots(of paths: [String], well: [String]) -> [String: Int] {
        guard let first = paths.first else { return [:] }
        var common = components(first)
        for path in paths.dropFirst() {
            common = zip(common, components(path)).prefix { $0 == $1 }.map(\.0)
        }
        let root = "/" + common.joined(separator: "/")
        if !common.isEmpty, !well.contains(where: { isBelow(root, $0) }) { return [root: paths.count] }
        let below = Dictionary(grouping: paths.filter { components($0).count > common.count }) {
            components($0)[common.count]
        }
        // Each group has a component in common that was not in common before.
        return below.values.reduce(into: [:]) { found, group in
            found.merge(commonRoots(of: group, well: well)) { $0 + $1 }
        }
    }

    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }
}
