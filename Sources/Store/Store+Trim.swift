internal import Metainfo
public import Reconciliation

extension Store {
    /// Deletes what is older than `limit`, from the oldest on: entries of the log, the snapshots before
    /// them, and then what nothing names any more: generations that ended before, and payloads of torrents
    /// that neither a subject nor a kept generation has.
    ///
    /// Where there are snapshots, the log is cut at one: at the last that is not younger than it, so
    /// that every instant from `limit` on can still be rebuilt. What it builds on is kept with it.
    ///
    /// Bounded, because the pages of a large deletion must all be held until it is durable: call it again as
    /// long as it returns `atMost`. The file does not shrink; its pages are used again.
    ///
    /// - Parameters:
    ///   - now: A clock that was set ahead for a while leaves times that are still to come: they do not keep
    ///     what is around them for ever.
    ///   - regardless: Not cut at a snapshot: what is younger than `limit` can be rebuilt only from the next
    ///     one on.
    /// - Returns: How many entries were deleted.
    /// - Throws: ``StoreError``; nothing was deleted then.
    public func trimLog(
        olderThan limit: WallTime, now: WallTime, atMost: Int, regardless: Bool = false
    ) throws(StoreError) -> Int {
        precondition(atMost > 0, "a batch of deletions has a size")
        let transaction = try beginWriting()
        let heads = try Self.readableSnapshots(transaction.rows)
        let cut = regardless ? nil : Self.cut(heads, olderThan: limit, now: now)
        var end = cut?.position
        if cut == nil, !regardless { end = try Self.reachable(heads, transaction.rows).first?.position }
        let old = try Self.entries(
            before: end, olderThan: cut == nil ? limit : nil, now: now, atMost, transaction.rows)
        var writes = 0
        for sequence in old { writes += try transaction.delete(.log, Key(sequence: sequence)) }
        if old.count < atMost { writes += try Self.dropUnreachable(heads, atMost: atMost, transaction) }
        // What ended went into the log, so there is nothing new to sweep unless that became shorter.
        if !old.isEmpty, old.count < atMost {
            writes += try Self.sweep(endedBefore: limit, atMost: atMost, transaction)
        }
        guard writes > 0 else { return 0 }
        try commit(transaction)
        return old.count
    }

    /// The snapshot at which the log may begin; `nil` while it must not be cut at any.
    private static func cut(
        _ heads: [StoredSnapshot], olderThan limit: WallTime, now: WallTime
    ) -> StoredSnapshot? {
        heads.prefix { $0.at.wall <= limit || $0.at.wall > now }.last { $0.at.wall <= limit }
    }

    /// None where one of them is damaged: then the log is cut by its entries' times alone.
    private static func readableSnapshots(_ rows: Rows) throws(StoreError) -> [StoredSnapshot] {
        do throws(StoreError) {
            return try snapshots(rows)
        } catch {
            guard error.kind == .damaged else { throw error }
            return []
        }
    }

    /// The oldest entries that may go: those before a position, and where there is a limit only older ones.
    private static func entries(
        before end: UInt64?, olderThan limit: WallTime?, now: WallTime, _ atMost: Int, _ rows: Rows
    ) throws(StoreError) -> [UInt64] {
        var old: [UInt64] = []
        var cursor = try rows.cursor(.log)
        while old.count < atMost, let row = try cursor.next() {
            let position = try sequence(row)
            if let end, position >= end { break }
            if let limit {
                let at = try row.read(StoredEntry.self).at
                guard at < limit || at > now else { break }
            }
            old.append(position)
        }
        return old
    }

    /// Deletes the snapshots behind which the log is not whole any more, but for those that others build on.
    /// The latest first: whatever is left for another time, each has what it builds on.
    private static func dropUnreachable(
        _ heads: [StoredSnapshot], atMost: Int, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        let kept = try reachable(heads, transaction.rows)
        let bases = Set(kept.compactMap(\.base)).union(kept.map(\.position))
        var writes = 0
        for head in heads.reversed() where !bases.contains(head.position) {
            guard writes < atMost else { break }
            for part in 0...head.pieces {
                writes += try transaction.delete(.snapshots, Key(snapshot: head.position, part: part))
            }
        }
        return writes
    }

    private static func sweep(
        endedBefore limit: WallTime, atMost: Int, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        var kept = Kept()
        var garbage: [(table: Table, key: Key)] = []
        try kept.mark(subjects: transaction.rows)
        garbage += try kept.mark(requests: transaction.rows, endedBefore: limit)
        garbage += try kept.unnamed(.metainfo, transaction.rows)
        garbage += try kept.unnamed(.payloads, transaction.rows)
        var writes = 0
        // In this order, so that a part of it leaves no name without what it names.
        for (table, key) in garbage.prefix(atMost) { writes += try transaction.delete(table, key) }
        return writes
    }
}

/// What is still named by something.
private struct Kept {
    private var subjects: Set<SubjectKey> = []
    private var hashes: Set<InfoHash> = []
    private var payloads: Set<[UInt8]> = []

    mutating func mark(subjects rows: Rows) throws(StoreError) {
        var cursor = try rows.cursor(.subjects)
        while let row = try cursor.next() {
            let stored = try row.read(StoredSubject.self)
            subjects.insert(stored.key)
            mark(stored.acceptance?.identity)
            mark(stored.following?.identity)
        }
    }

    /// Marks what is kept and returns the rest.
    mutating func mark(
        requests rows: Rows, endedBefore limit: WallTime
    ) throws(StoreError) -> [(Table, Key)] {
        var garbage: [(Table, Key)] = []
        var cursor = try rows.cursor(.requests)
        while let row = try cursor.next() {
            let stored = try row.read(StoredRequest.self)
            // One that never ended belongs to its subject; without a subject its acceptance is all that is
            // known.
            let end = stored.endedAt ?? (subjects.contains(stored.key) ? nil : stored.acceptedAt)
            if let end, end < limit {
                garbage.append((.requests, Key(bytes: Array(row.key))))
                continue
            }
            mark(stored.identity)
            if case .payload(let digest) = stored.document { payloads.insert(digest) }
            for companion in stored.companions { payloads.insert(companion.digest) }
            for resolution in stored.resolutions { mark(resolution.identity) }
        }
        return garbage
    }

    /// The rows of a table of sources that nothing names. Of info-hashes that are kept, marks the payloads.
    mutating func unnamed(_ table: Table, _ rows: Rows) throws(StoreError) -> [(Table, Key)] {
        var garbage: [(Table, Key)] = []
        var cursor = try rows.cursor(table)
        while let row = try cursor.next() {
            let key = Array(row.key)
            let isKept: Bool
            if table == .metainfo {
                isKept = InfoHash(bytes: key).map { hashes.contains($0) } ?? false
                if isKept { payloads.insert(try row.read(StoredSource.self).digest) }
            } else {
                isKept = payloads.contains(key)
            }
            if !isKept { garbage.append((table, Key(bytes: key))) }
        }
        return garbage
    }

    private mutating func mark(_ identity: TorrentIdentity?) {
        for hash in [identity?.v1, identity?.v2] {
            if let hash { hashes.insert(hash) }
        }
    }
}
