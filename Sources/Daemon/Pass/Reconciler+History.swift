import Logging
import Reconciliation

/// The history: what the torrents looked like at any instant, within bounds.
///
/// Nothing here is ever a reason to write: snapshots ride on commits that are made anyway, and the store is
/// tidied only after a pass that made it larger.
extension Reconciler {
    /// Notes what a torrent of ours looks like from now on; `nil` where it is no longer there or no longer
    /// followed. The store tells the log.
    func record(
        _ torrent: Torrent?, at place: ObservedKey, of follower: SubjectKey?, _ work: inout PassWork
    ) {
        work.batch.torrents[place] = .some(torrent)
        if let follower { work.batch.followers[place] = follower }
    }

    /// Has the commit that is about to be made take a snapshot, when one is due and the log moves.
    func addSnapshot(_ work: inout PassWork) {
        guard work.batch.movesLog, isSnapshotDue(at: work.at) else { return }
        var counters: [ObservedKey: Torrent.Counters] = [:]
        counters.reserveCapacity(recorded.count)
        for place in recorded.keys {
            counters[place] = observed.clients[place.client]?.torrents[place.id]?.counters
        }
        work.batch.snapshot = counters
    }

    func noteSnapshot(_ work: PassWork) {
        if work.batch.snapshot != nil { lastSnapshotAt = work.at }
    }

    /// Across a boot only the wall clock can tell, and one that was set back is not believed.
    private func isSnapshotDue(at now: Timestamp) -> Bool {
        guard let last = lastSnapshotAt else { return true }
        let wall = now.wall.milliseconds - last.wall.milliseconds
        let age = now.milliseconds(since: last) ?? wall
        return age >= settings.snapshotMilliseconds || age < 0
    }

    // MARK: Keeping it small

    /// After a pass that committed: takes away what is older than it has to be kept, and more where the
    /// store's map fills.
    func keepHouse(_ work: PassWork) throws {
        guard store.commits > work.commitsBefore else { return }
        let now = clock.now()
        let limit = WallTime(milliseconds: now.wall.milliseconds - settings.logKeepMilliseconds)
        let isDue = upkeep.isDue(at: now)
        let tidied = try store.tidy(olderThan: isDue ? limit : nil, now: now.wall)
        if isDue { upkeep.tidied(at: now, hasMore: tidied.hasMore) }
        if tidied.trimmed > 0 {
            log.info("trimmed the change log", metadata: ["entries": "\(tidied.trimmed)"])
        }
        if tidied.compacted > 0 {
            log.warning(
                "the store's map fills: the history was shortened below log.keep; raise store.mapSizeMiB",
                metadata: ["entries": "\(tidied.compacted)", "used": "\(Display.percent(tidied.mapUsed))"])
        } else if upkeep.shouldWarn(of: tidied.mapUsed) {
            log.warning(
                "the store's map fills: raise store.mapSizeMiB, or shorten log.keep",
                metadata: ["used": "\(Display.percent(tidied.mapUsed))"])
        }
    }
}

/// When the store is tidied, and whether a person was told that it fills.
struct Upkeep {
    private static let pauseMilliseconds: Int64 = 3_600_000
    /// From here on a person is told, once, until it is below the next.
    private static let warningMap = 0.5
    private static let calmMap = 0.45

    private var tidiedAt: Timestamp?
    private var hasMore = false
    private var hasWarned = false

    func isDue(at now: Timestamp) -> Bool {
        guard !hasMore, let age = tidiedAt.flatMap({ now.milliseconds(since: $0) }) else { return true }
        return age >= Self.pauseMilliseconds
    }

    mutating func tidied(at now: Timestamp, hasMore: Bool) {
        tidiedAt = now
        self.hasMore = hasMore
    }

    mutating func shouldWarn(of mapUsed: Double) -> Bool {
        if mapUsed < Self.calmMap { hasWarned = false }
        guard mapUsed >= Self.warningMap, !hasWarned else { return false }
        hasWarned = true
        return true
    }
}
