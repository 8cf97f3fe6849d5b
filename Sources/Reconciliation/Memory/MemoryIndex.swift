/// What can be told of all subjects together without looking at each: kept as they change, so that the time
/// of a plan follows what is judged and not what exists.
struct MemoryIndex: Equatable, Sendable {
    /// How many torrents of ours are followed, by client.
    private(set) var ours: [String: Int] = [:]
    /// Subjects whose request is gone and whose torrent is not removed yet.
    private(set) var withdrawn: Set<SubjectKey> = []
    /// Subjects with a torrent that may still download, by client.
    private(set) var unfinished: [String: Set<SubjectKey>] = [:]
    /// Subjects that may hand a torrent over: to go, or added with an answer that nobody recorded.
    private(set) var givers: Set<SubjectKey> = []

    mutating func replace(_ old: SubjectMemory?, by new: SubjectMemory?, for key: SubjectKey) {
        let client = key.client
        let count = (ours[client] ?? 0) - (Self.isOurs(old) ? 1 : 0) + (Self.isOurs(new) ? 1 : 0)
        ours[client] = count == 0 ? nil : count
        Self.set(key, in: &withdrawn, Self.isWithdrawn(new))
        Self.set(key, in: &givers, Self.isGiver(new))
        Self.set(key, in: &unfinished[client, default: []], Self.isUnfinished(new))
        if unfinished[client]?.isEmpty == true { unfinished[client] = nil }
    }

    private static func set(_ key: SubjectKey, in keys: inout Set<SubjectKey>, _ isMember: Bool) {
        if isMember { keys.insert(key) } else { keys.remove(key) }
    }

    private static func isOurs(_ memory: SubjectMemory?) -> Bool { memory?.following?.ownership == .added }

    private static func isWithdrawn(_ memory: SubjectMemory?) -> Bool {
        memory.map { $0.withdrawal != nil && $0.following != nil && $0.ending == nil } ?? false
    }

    private static func isGiver(_ memory: SubjectMemory?) -> Bool {
        memory.map { !$0.leaving.isEmpty || ($0.following == nil && $0.intent?.kind == .add) } ?? false
    }

    private static func isUnfinished(_ memory: SubjectMemory?) -> Bool {
        guard let memory else { return false }
        let isFollowed = memory.following.map { !$0.hasCompleted && memory.ending == nil } ?? false
        return isFollowed || memory.leaving.contains { !$0.hasCompleted }
    }
}
