/// Tells a person's removal from a wrong profile or a wrong instance: when many of ours are gone at once,
/// nothing at all is added to that server until they are back or somebody confirms.
enum MassVanish {
    /// More than this many of ours, or more than this share, or all of two or more.
    private static let count = 3
    private static let share = 0.20

    /// The clients to which nothing is added: held before and neither lifted nor approved, or of which too
    /// many torrents vanished. Counted only when one of the subjects that this pass judges did: a listing
    /// that shows others to be gone has them judged.
    static func clients(judging keys: [SubjectKey], in context: PlanContext) -> Set<String> {
        if let hold = context.memory.holds[.massVanish] {
            if isApproved(hold, in: context) || isOver(in: context) { return [] }
            let held = Set(hold.names)
            return Set(context.memory.subjects.keys.filter { held.contains($0.name) }.map(\.client))
        }
        let concerned = Set(keys.filter { isVanished($0, in: context) }.map(\.client))
        return concerned.filter { isTooMuch($0, in: context) }
    }

    /// What a hold of this kind lists: the subjects whose torrents are gone, sorted.
    static func vanished(in context: PlanContext) -> [SubjectKey] {
        context.memory.subjects.keys.filter { isVanished($0, in: context) }.sorted()
    }

    /// Whether a person confirmed the loss of these. Of more than were held then: asked again.
    static func isApproved(_ hold: Hold, in context: PlanContext) -> Bool {
        guard context.memory.approvals[.massVanish] == hold.digest, isFull(context) else { return false }
        return Set(vanished(in: context).map(\.name)).isSubset(of: hold.names)
    }

    /// Only a look at everything can tell that they are back.
    static func isOver(in context: PlanContext) -> Bool { isFull(context) && vanished(in: context).isEmpty }

    static func isFull(_ context: PlanContext) -> Bool {
        context.observed.clients.values.allSatisfy(\.isFull)
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
