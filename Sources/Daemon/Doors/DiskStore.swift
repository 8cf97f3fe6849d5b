public import Metainfo
public import Reconciliation
public import Store

/// The LMDB store behind the pass.
public final class DiskStore: StoreDoor {
    private let store: Store

    public init(_ store: Store) { self.store = store }

    public func spoolIdentity() throws -> String? { try store.spoolIdentity }

    public func adopt(spoolIdentity: String) throws { try store.adopt(spoolIdentity: spoolIdentity) }

    public func recall() throws -> Recalled {
        let recollection = try store.recall()
        return Recalled(
            memory: recollection.memory, lastPass: recollection.lastPass,
            lastPassAt: recollection.lastPassAt, publishing: recollection.publishing,
            observed: recollection.observed, lastSnapshotAt: recollection.lastSnapshotAt)
    }

    public func commit(_ batch: PassBatch) throws { _ = try store.commit(batch) }

    public func payload(for identity: TorrentIdentity) throws -> SourcePayload? {
        try store.payload(for: identity)
    }

    public func resolution(of key: SubjectKey, at place: SourcePlace) throws -> FoundSource? {
        try store.resolution(of: key, at: place)
    }

    public func figures() throws -> Summary.StoreFigures { try store.figures() }

    public func tidy(olderThan limit: WallTime?, now: WallTime) throws -> Tidying {
        let tidied = try store.tidy(olderThan: limit, now: now)
        return Tidying(
            trimmed: tidied.trimmed, compacted: tidied.compacted, hasMore: tidied.hasMore,
            mapUsed: tidied.figures.mapUsed)
    }

    public var commits: Int { store.commits }
}
