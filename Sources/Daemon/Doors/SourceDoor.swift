public import Reconciliation

/// Where torrents come from that a request only names: addresses and search results. Fetched beside the
/// pass, so that a slow one holds nobody up.
public protocol SourceDoor: Sendable {
    /// Begins to fetch what is not being fetched yet. Of one subject only the latest quest counts.
    func want(_ quests: [SourceQuest]) async
    /// Ends what is being fetched for these subjects.
    func forget(_ keys: [SubjectKey]) async
    /// The answers since the last call, in the order in which they came.
    func findings() async -> [SourceFinding]
    /// How many quests are under way, or answered and not taken yet.
    func underWay() async -> Int
    /// Returns when an answer is there, nothing is under way any more, or the time is over.
    func wait(atMostMilliseconds: Int64) async
}

/// Fetches nothing: for whoever only plans.
public struct NoSources: SourceDoor {
    public init() {}

    public func want(_ quests: [SourceQuest]) async {}
    public func forget(_ keys: [SubjectKey]) async {}
    public func findings() async -> [SourceFinding] { [] }
    public func underWay() async -> Int { 0 }
    public func wait(atMostMilliseconds: Int64) async {}
}
