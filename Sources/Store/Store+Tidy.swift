public import Reconciliation

/// What tidying the store did.
public struct Tidied: Equatable, Sendable {
    /// Entries of the log that were older than they have to be kept.
    public var trimmed = 0
    /// There are more of them: tidy again soon.
    public var hasMore = false
    /// Entries that went before their time, because the map fills.
    public var compacted = 0
    /// As they are now.
    public var figures: Summary.StoreFigures

    init(_ figures: Summary.StoreFigures) { self.figures = figures }
}

extension Store {
    /// How full the map may be, as shares of it, and what is kept when it is too full.
    ///
    /// From 90 % on no new work is taken, so the history gives way before.
    private enum Room {
        /// From here on the history is shortened, until it is below the next.
        static let full = 0.7
        static let roomy = 0.6
        /// From here on it is shortened further.
        static let crowded = 0.8
        /// Milliseconds of history that stay in either case: a day, an hour.
        static let usuallyKept: Int64 = 86_400_000
        static let leastKept: Int64 = 3_600_000
        /// The history goes in so many steps, each of so many batches at most: no call takes long.
        static let steps: Int64 = 8
        static let batches = 4
    }

    /// Entries that are deleted in one transaction; their pages are held until it is durable.
    private static let batch = 10_000

    /// Deletes what is older than `limit`, as ``trimLog(olderThan:now:atMost:)`` does, and where the map is
    /// more than 70 % used what is younger, too: the oldest first, down to 60 %. The last day stays; from
    /// 80 % on only the last hour, and if need be without a snapshot at its beginning.
    ///
    /// - Parameter limit: `nil` where trimming is not due.
    /// - Throws: ``StoreError``.
    public func tidy(olderThan limit: WallTime?, now: WallTime) throws(StoreError) -> Tidied {
        var tidied = Tidied(try figures())
        if let limit {
            (tidied.trimmed, tidied.hasMore) = try trim(olderThan: limit, now: now)
            if tidied.trimmed > 0 { tidied.figures = try figures() }
        }
        if tidied.figures.mapUsed >= Room.full { try compact(&tidied, now: now) }
        return tidied
    }

    private func compact(_ tidied: inout Tidied, now: WallTime) throws(StoreError) {
        var limit: Int64?
        var width: Int64?
        while tidied.figures.mapUsed >= Room.roomy, let from = tidied.figures.logFrom {
            let isCrowded = tidied.figures.mapUsed >= Room.crowded
            let end = now.milliseconds - (isCrowded ? Room.leastKept : Room.usuallyKept)
            // Times that are still to come are of a clock that was set ahead.
            let start = limit ?? (from > now ? end : from.milliseconds)
            guard start < end || (limit == nil && from > now) else { break }
            let step = width ?? max((end - start) / Room.steps, 1_000)
            width = step
            let next = min(start + step, end)
            limit = next
            tidied.compacted += try trim(olderThan: WallTime(milliseconds: next), now: now).entries
            tidied.figures = try figures()
        }
        // No snapshot lies where the log should be cut, and there is no room left to wait for one.
        guard tidied.figures.mapUsed >= Room.crowded else { return }
        let last = WallTime(milliseconds: now.milliseconds - Room.leastKept)
        tidied.compacted += try trim(olderThan: last, now: now, regardless: true).entries
        tidied.figures = try figures()
    }

    private func trim(
        olderThan limit: WallTime, now: WallTime, regardless: Bool = false
    ) throws(StoreError) -> (entries: Int, hasMore: Bool) {
        var entries = 0
        for _ in 0..<Room.batches {
            let count = try trimLog(
                olderThan: limit, now: now, atMost: Self.batch, regardless: regardless)
            entries += count
            if count < Self.batch { return (entries, false) }
        }
        return (entries, true)
    }
}
