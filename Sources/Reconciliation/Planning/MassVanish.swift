/// Tells a person's removal from a wrong profile or a wrong instance: when many of ours are gone at once,
/// nothing is added until somebody confirms.
enum MassVanish {
    /// More than this many of ours, or more than this share, or all of two or more.
    private static let count = 3
    private static let share = 0.20

    /// The clients of which too many torrents vanished, among the subjects that this pass judges.
    static func clients(judging keys: [SubjectKey], in context: PlanContext) -> Set<String> {
        var vanished: [String: Int] = [:]
        for key in keys where isVanished(key, in: context) { vanished[key.client, default: 0] += 1 }
        guard !vanished.isEmpty else { return [] }
        var ours: [String: Int] = [:]
        for (key, memory) in context.memory.subjects where isOurs(memory) {
            ours[key.client, default: 0] += 1
        }
        let over = vanished.filter { client, gone in
            let all = ours[client] ?? 0
            return Double(gone) > max(Double(count), share * Double(all)) || (gone >= 2 && gone == all)
        }
        return Set(over.keys)
    }

    /// The names that a hold of this kind lists.
    static func names(in context: PlanContext) -> [RequestName] {
        context.memory.subjects.keys.filter { isVanished($0, in: context) }.map(\.name).sorted()
    }

    // A torrent that the server may simply have forgotten (not yet confirmed) does not count, nor does one
    // that we are about to add again.
    private static func isVanished(_ key: SubjectKey, in context: PlanContext) -> Bool {
        guard let memory = context.memory.subjects[key], isOurs(memory),
            let following = memory.following, following.isConfirmed, memory.intent == nil,
            let picture = context.observed.clients[key.client], picture.isFull
        else { return false }
        return picture.torrent(matching: following.identity) == nil
    }

    private static func isOurs(_ memory: SubjectMemory) -> Bool {
        memory.following?.ownership == .added && memory.ending == nil
    }
}
