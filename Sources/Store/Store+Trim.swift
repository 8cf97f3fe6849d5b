internal import Metainfo
public import Reconciliation

extension Store {
    /// Deletes log entries that are older, from the oldest on, and then what nothing names any more:
    /// generations that ended before, and payloads of torrents that neither a subject nor a kept generation
    /// has.
    ///
    /// Bounded, because the pages of a large deletion must all be held until it is durable: call it again as
    /// long as it returns `atMost`. The file does not shrink; its pages are used again.
    ///
    /// - Returns: How many entries were deleted.
    /// - Throws: ``StoreError``; nothing was deleted then.
    public func trimLog(olderThan limit: WallTime, atMost: Int) throws(StoreError) -> Int {
        precondition(atMost > 0, "a batch of deletions has a size")
        let transaction = try beginWriting()
        var old: [UInt64] = []
        var cursor = try transaction.rows.cursor(.log)
        while old.count < atMost, let row = try cursor.next() {
            // By the time that never goes back: the log loses its beginning, not its middle.
            guard try row.read(StoredEntry.self).latest < limit else { break }
            old.append(try Self.sequence(row))
        }
        // LMDB frees the cursors of a write transaction with it: this one goes before.
        _ = consume cursor
        var writes = 0
        for sequence in old { writes += try transaction.delete(.log, Key(sequence: sequence)) }
        // What ended went into the log, so there is nothing new to sweep unless that became shorter.
        if !old.isEmpty, old.count < atMost {
            writes += try Self.sweep(endedBefore: limit, atMost: atMost, transaction)
        }
        guard writes > 0 else { return 0 }
        try commit(transaction)
        return old.count
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
