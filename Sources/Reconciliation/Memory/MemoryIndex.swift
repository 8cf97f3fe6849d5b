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
        if let place = Self.ourPlace(old, key) { count(place, -1) }
        if let place = Self.ourPlace(new, key) { count(place, 1) }
        Self.set(key, in: &withdrawn, Self.isWithdrawn(new))
        Self.set(key, in: &givers, Self.isGiver(new))
        for place in Self.unfinishedPlaces(old, key) {
            unfinished[place]?.remove(key)
            if unfinished[place]?.isEmpty == true { unfinished[place] = nil }
        }
        for place in Self.unfinishedPlaces(new, key) { unfinished[place, default: []].insert(key) }
    }

    private mutating func count(_ place: String, _ change: Int) {
        let sum = (ours[place] ?? 0) + change
        ours[place] = sum == 0 ? nil : sum
    }

    private static func set(_ key: SubjectKey, in keys: inout Set<SubjectKey>, _ isMember: Bool) {
        if isMember { keys.insert(key) } else { keys.remove(key) }
    }

    private static func ourPlace(_ memory: SubjectMemory?, _ key: SubjectKey) -> String? {
        guard let following = memory?.following, following.ownership == .added else { return nil }
        return following.place(of: key)
    }

    private static func isWithdrawn(_ memory: SubjectMemory?) -> Bool {
        memory.map { $0.withdrawal != nil && $0.following != nil && $0.ending == nil } ?? false
    }

    private static func isGiver(_ memory: SubjectMemory?) -> Bool {
        memory.map {
            !$0.leaving.isEmpty || !$0.departed.isEmpty || ($0.following == nil && $0.intent?.kind == .add)
        } ?? false
    }

    private static func unfinishedPlaces(_ memory: SubjectMemory?, _ key: SubjectKey) -> Set<String> {
        guard let memory else { return [] }
        var places = Set(memory.leaving.filter { !$0.hasCompleted }.map { $0.place(of: key) })
        if let following = memory.following, !following.hasCompleted, memory.ending == nil {
            places.insert(following.place(of: key))
        }
        return places
    }
}
