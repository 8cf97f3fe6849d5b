internal import Metainfo
public import Reconciliation

/// What a commit did.
public struct CommitReceipt: Hashable, Sendable {
    /// False when the batch held nothing that the store did not have already: nothing was written then.
    public let didCommit: Bool
    /// The positions that the batch's own changes have in the log, in their order; what became of its
    /// torrents comes behind them.
    public let sequences: Range<UInt64>

    public init(didCommit: Bool, sequences: Range<UInt64>) {
        self.didCommit = didCommit
        self.sequences = sequences
    }
}

extension Store {
    /// Makes a batch durable, in one transaction. Only what differs from what is stored is written; where
    /// nothing does, or the batch is empty, there is no commit.
    ///
    /// `publishing` of a batch that has none leaves what is stored as it is; of several batches of one pass
    /// the union is kept: files that are due stay due until a later pass names its own.
    ///
    /// - Throws: ``StoreError``; nothing of the batch is kept then. A commit that failed is never repeated:
    ///   later calls throw the same error until the store is opened anew.
    public func commit(_ batch: PassBatch) throws(StoreError) -> CommitReceipt {
        guard !batch.isEmpty else { return CommitReceipt(didCommit: false, sequences: 0..<0) }
        let room = batch.snapshot == nil ? 0 : try roomForSnapshot()
        let transaction = try beginWriting()
        let writing = BatchWriting(batch: batch)
        var writes = 0
        for (key, memory) in batch.subjects { writes += try writing.remember(memory, for: key, transaction) }
        for request in batch.accepted { writes += try writing.accept(request, transaction) }
        for source in batch.resolved { writes += try writing.resolve(source, transaction) }
        let became = try writing.observe(transaction, &writes)
        for (kind, hold) in batch.holds { writes += try transaction.set(.holds, Key(kind), hold) }
        for (kind, digest) in batch.approvals {
            writes += try transaction.set(.approvals, Key(kind), digest.map(StoredApproval.init))
        }
        let sequences = try writing.append(became, transaction)
        let pass = try transaction.rows.read(StoredPass.self, .meta, MetaKey.pass)
        let nextOrder = batch.nextOrder ?? pass?.nextOrder ?? 1
        guard writes > 0 || !sequences.isEmpty || nextOrder != pass?.nextOrder ?? 1 else {
            return CommitReceipt(didCommit: false, sequences: 0..<0)
        }
        if let counters = batch.snapshot, batch.movesLog {
            let position = try transaction.rows.read(LogHead.self, .meta, MetaKey.log)?.next
            try Self.takeSnapshot(
                counters, position: position ?? LogHead.empty.next, at: batch.at, room: room, transaction)
        }
        try writing.publish(after: pass?.number, transaction)
        let stored = StoredPass(number: batch.pass, at: batch.at, nextOrder: nextOrder)
        _ = try transaction.set(.meta, MetaKey.pass, stored)
        try commit(transaction)
        return CommitReceipt(didCommit: true, sequences: sequences)
    }
}

/// The parts of a batch on their way into a transaction. Each returns how many records it wrote.
private struct BatchWriting {
    let batch: PassBatch

    func remember(
        _ memory: SubjectMemory?, for key: SubjectKey, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        let row = Key(key)
        let stored = memory.map { StoredSubject(key, $0) }
        let old = try transaction.rows.read(StoredSubject.self, .subjects, row)
        var writes = 0
        if old != stored {
            writes += try relabel(
                key, from: old?.acceptance?.labels ?? [:], to: stored?.acceptance?.labels ?? [:], transaction)
            writes += try transaction.set(.subjects, row, stored)
        }
        let applied = memory?.applied ?? [:]
        writes += try transaction.set(.applied, row, applied.isEmpty ? nil : StoredApplied(applied))
        writes += try transaction.set(.attempts, row, memory?.attempt)
        writes += try transaction.set(.intents, row, memory?.intent)
        writes += try transaction.set(.statuses, row, memory?.published)
        if memory == nil { writes += try endRequests(of: key, but: nil, transaction) }
        return writes
    }

    func accept(
        _ request: AcceptedRequest, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        var document = StoredRequest.Document.bytes(request.payload.document)
        var writes = 0
        if let source = request.payload.source, let identity = request.identity {
            if case .metainfo(let bytes) = source, request.payload.document == bytes {
                document = .payload(Digest.sha256(bytes))
            }
            writes += try keep(source, for: identity, transaction)
        }
        var stored = StoredRequest(
            key: request.key, generation: request.generation, identity: request.identity,
            suffix: request.payload.suffix,
            document: document, acceptedIn: batch.pass, acceptedAt: batch.at.wall)
        for file in request.payload.companions {
            let digest = Digest.sha256(file.bytes)
            stored.companions.append(StoredCompanion(name: file.name, digest: digest))
            writes += try keep(payload: file.bytes, digest, transaction)
        }
        stored.resolutions = try resolutions(known: request, transaction)
        writes += try endRequests(of: request.key, but: request.generation, transaction)
        let row = Key(request.key, generation: request.generation)
        if let old = try transaction.rows.read(StoredRequest.self, .requests, row) {
            // The same once more, as after a crash between two commits: when it was accepted first counts.
            var again = stored
            (again.acceptedIn, again.acceptedAt) = (old.acceptedIn, old.acceptedAt)
            if again == old { return writes }
        }
        return writes + (try transaction.set(.requests, row, stored))
    }

    /// Keeps what was fetched, and notes with the generation that asked for it which torrent it is.
    func resolve(
        _ source: ResolvedSource, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        var writes = try keep(source.found.payload, for: source.found.identity, transaction)
        let row = Key(source.key, generation: source.generation)
        if var stored = try transaction.rows.read(StoredRequest.self, .requests, row) {
            stored.identity = source.found.identity
            if let place = source.place {
                stored.resolutions.removeAll { $0.place == place }
                stored.resolutions.append(StoredResolution(place, source.found))
            }
            writes += try transaction.set(.requests, row, stored)
        }
        return writes
    }

    /// Records what the torrents look like now.
    ///
    /// - Returns: What that means for the log: exactly what the table's rows became.
    func observe(
        _ transaction: borrowing WriteTransaction, _ writes: inout Int
    ) throws(StoreError) -> [Change] {
        var changes: [Change] = []
        for (key, torrent) in batch.torrents.sorted(by: { $0.key < $1.key }) {
            let row = Key(key)
            let old = try transaction.rows.read(StoredTorrent.self, .torrents, row)?.torrent
            changes += ObservedChanges.between(old, torrent, at: key, subject: batch.followers[key])
            writes += try transaction.set(.torrents, row, torrent.map { StoredTorrent(key, $0) })
        }
        return changes
    }

    /// Appends the changes behind what is there, then what became of the torrents.
    ///
    /// - Returns: The positions of the batch's own changes.
    func append(
        _ became: [Change], _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Range<UInt64> {
        guard !batch.changes.isEmpty || !became.isEmpty else { return 0..<0 }
        var head = try transaction.rows.read(LogHead.self, .meta, MetaKey.log) ?? .empty
        let first = head.next
        head.latest = max(head.latest, batch.at.wall)
        for change in batch.changes + became {
            let entry = StoredEntry(
                pass: batch.pass, at: batch.at.wall, latest: head.latest, change: change)
            try transaction.append(.log, Key(sequence: head.next), entry)
            head.next += 1
        }
        _ = try transaction.set(.meta, MetaKey.log, head)
        return first..<first + UInt64(batch.changes.count)
    }

    func publish(after last: UInt64?, _ transaction: borrowing WriteTransaction) throws(StoreError) {
        guard !batch.publishing.isEmpty else { return }
        var keys = batch.publishing
        if last == batch.pass {
            let present = try transaction.rows.read(StoredPublishing.self, .meta, MetaKey.publishing)
            keys.formUnion(present?.keys ?? [])
        }
        _ = try transaction.set(.meta, MetaKey.publishing, StoredPublishing(keys: keys))
    }

    private func relabel(
        _ subject: SubjectKey, from old: [String: String], to new: [String: String],
        _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        var writes = 0
        for (key, value) in old where new[key] != value {
            writes += try transaction.delete(.labels, Key(label: (key, value), subject: subject))
        }
        for (key, value) in new where old[key] != value {
            let stored = StoredLabel(key: key, value: value, subject: subject)
            writes += try transaction.set(.labels, Key(label: (key, value), subject: subject), stored)
        }
        return writes
    }

    /// Keeps a payload, and names it for every info-hash of the torrent. Metainfo replaces what is there, a
    /// magnet link only another magnet link: metainfo holds all that the torrent is, and a second request for
    /// the same torrent by its bare hash must not take that away.
    private func keep(
        _ source: SourcePayload, for identity: TorrentIdentity, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        let (bytes, isMetainfo) =
            switch source {
            case .magnet(let text): (Array(text.utf8), false)
            case .metainfo(let bytes): (bytes, true)
            }
        let digest = Digest.sha256(bytes)
        var writes = 0
        for hash in [identity.v1, identity.v2].compactMap({ $0 }) {
            let old = try transaction.rows.read(StoredSource.self, .metainfo, Key(hash))
            if let old, old.isMetainfo, !isMetainfo { continue }
            writes += try transaction.set(
                .metainfo, Key(hash), StoredSource(digest: digest, isMetainfo: isMetainfo))
            writes += try keep(payload: bytes, digest, transaction)
        }
        return writes
    }

    /// Named by its content: one that is there is the same.
    private func keep(
        payload bytes: [UInt8], _ digest: [UInt8], _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        guard try transaction.rows.sealed(.payloads, Key(bytes: digest)) == nil else { return 0 }
        return try transaction.put(.payloads, Key(bytes: digest), payload: bytes)
    }

    /// What is known of the same sources from any kept generation of the name: also from one that is about to
    /// be replaced, of a name that was forgotten and comes back.
    private func resolutions(
        known request: AcceptedRequest, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> [StoredResolution] {
        guard !request.sourcesDigest.isEmpty else { return [] }
        var latest: [Int: (pass: UInt64, resolution: StoredResolution)] = [:]
        try Store.eachRequest(of: request.key, transaction.rows) { kept in
            for resolution in kept.resolutions where resolution.digest == request.sourcesDigest {
                if let other = latest[resolution.index], other.pass > kept.acceptedIn { continue }
                latest[resolution.index] = (kept.acceptedIn, resolution)
            }
        }
        return latest.values.map(\.resolution).sorted { $0.index < $1.index }
    }

    /// Notes that generations of a subject are no longer what it wants; they are kept as long as the log.
    private func endRequests(
        of key: SubjectKey, but current: Int?, _ transaction: borrowing WriteTransaction
    ) throws(StoreError) -> Int {
        var ended: [StoredRequest] = []
        try Store.eachRequest(of: key, transaction.rows) { request in
            if request.endedAt == nil, request.generation != current { ended.append(request) }
        }
        var writes = 0
        for var request in ended {
            request.endedAt = batch.at.wall
            writes += try transaction.set(.requests, Key(key, generation: request.generation), request)
        }
        return writes
    }
}
