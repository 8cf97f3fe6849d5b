/// Tells a person's removal from a wrong profile or a wrong instance: when many of ours are gone at once,
/// nothing at all is added to that server until they are back or somebody confirms. Counted per client.
enum MassVanish {
    /// More than this many of ours, or more than this share, or all of two or more.
    private static let count = 3
    private static let share = 0.20

    /// The clients to which nothing is added: held before and neither lifted nor approved, or of which too
    /// many torrents vanished. Counted only when one of the subjects that this pass judges did: a listing
    /// that shows others to be gone has them judged.
    static func clients(judging keys: [SubjectKey], in context: PlanContext) -> Set<String> {
        let hold = context.memory.holds[.massVanish]
        let before = hold.map { clients(of: $0, in: context) } ?? []
        let held = before.filter { client in
            guard let hold, !isApproved(hold, client, in: context) else { return false }
            return !isOver(client, in: context)
        }
        let concerned = Set(keys.filter { isVanished($0, in: context) }.map(\.client)).subtracting(before)
        return held.union(concerned.filter { isTooMuch($0, in: context) })
    }

    /// What a hold of this kind lists: the subjects whose torrents are gone, and of clients that were not
    /// listed in full what it listed before. Sorted.
    static func names(on clients: Set<String>, in context: PlanContext) -> [SubjectKey] {
        let known = context.memory.holds[.massVanish]?.names ?? []
        return clients.flatMap { client -> [SubjectKey] in
            isFull(client, in: context)
                ? vanished(on: client, in: context)
                : known.map { SubjectKey(client: client, name: $0) }.filter {
                    context.memory.subjects[$0] != nil
                }
        }.sorted()
    }

    /// The clients that a hold is about: names stand in one spool, subjects on one client.
    static func clients(of hold: Hold, in context: PlanContext) -> Set<String> {
        Set(context.observed.clients.keys).filter { client in
            hold.names.contains { context.memory.subjects[SubjectKey(client: client, name: $0)] != nil }
        }
    }

    /// Whether a person confirmed the loss of these. Of more than were held then: asked again.
    private static func isApproved(_ hold: Hold, _ client: String, in context: PlanContext) -> Bool {
        guard context.memory.approvals[.massVanish] == hold.digest, isFull(client, in: context) else {
            return false
        }
        return Set(vanished(on: client, in: context).map(\.name)).isSubset(of: hold.names)
    }

    /// Only a look at everything can tell that they are back.
    private static func isOver(_ client: String, in context: PlanContext) -> Bool {
        isFull(client, in: context) && vanished(on: client, in: context).isEmpty
    }

    static func isFull(_ client: String, in context: PlanContext) -> Bool {
        context.observed.clients[client]?.isFull ?? false
    }

    private static func vanished(on client: String, in context: PlanContext) -> [SubjectKey] {
        context.memory.subjects.keys.filter { $0.client == client && isVanished($0, in: context) }
    }

    private static func isTooMuch(_ client: String, in context: PlanContext) -> Bool {
        var ours = 0
        var absent = 0
        var gone = 0
        for (key, memory) in context.memory.subjects where key.client == client && isOurs(memory) {
            ours += 1
            if isAbsent(key, memory, in: context) { absent += 1 }
            if isVanished(key, in: context) { gone += 1 }
        }
        // What the server may merely have forgotten makes no mass of its own, but adds to an empty list.
        let isEverything = ours >= 2 && absent == ours && gone > 0
        return isEverything || Double(gone) > max(Double(count), share * Double(ours))
    }

    // A torrent that the server may simply have forgotten (not yet confirmed) does not count, nor does one
    // that we removed or are about to add again.
    private static func isVanished(_ key: SubjectKey, in context: PlanContext) -> Bool {
        guard let memory = context.memory.subjects[key], isOurs(memory),
            let following = memory.following, following.isConfirmed
        else { return false }
        switch memory.intent?.kind {
        case .add, .prune, .finish: return false
        case .change, .release, nil: return isAbsent(key, memory, in: context)
        }
    }

    private static func isAbsent(_ key: SubjectKey, _ memory: SubjectMemory, in context: PlanContext) -> Bool
    {
        guard let following = memory.following, let picture = context.observed.clients[key.client],
            picture.isFull
        else { return false }
        return picture.torrent(matching: following.identity) == nil
    }

    private static func isOurs(_ memory: SubjectMemory) -> Bool {
        // What is to go from where its request was before is no longer counted there.
        memory.following?.ownership == .added && memory.following?.client == nil && memory.ending == nil
    }
}
