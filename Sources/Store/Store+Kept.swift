public import Metainfo
public import Reconciliation

/// A generation of a request that is kept, without its bytes.
public struct KeptRequest: Hashable, Sendable {
    public let key: SubjectKey
    public let generation: Int
    /// `nil` where its source was never fetched.
    public let identity: TorrentIdentity?
    public let acceptedAt: WallTime
    /// The pass that accepted it: of two, the later one is what the name came to mean.
    public let acceptedIn: UInt64
    /// When it stopped being what its subject wants; `nil`: it still is, or the subject is remembered as
    /// removed.
    public let endedAt: WallTime?

    init(_ stored: StoredRequest) {
        key = stored.key
        generation = stored.generation
        identity = stored.identity
        acceptedAt = stored.acceptedAt
        acceptedIn = stored.acceptedIn
        endedAt = stored.endedAt
    }
}

extension Store {
    /// Every generation of every request that is kept, in the order of their keys.
    public func keptRequests() throws(StoreError) -> [KeptRequest] {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        var kept: [KeptRequest] = []
        var cursor = try transaction.rows.cursor(.requests)
        while let row = try cursor.next() { kept.append(KeptRequest(try row.read(StoredRequest.self))) }
        return kept
    }

    /// The files of a generation as they were accepted, byte for byte: the document first, then those that
    /// belong to it.
    ///
    /// - Returns: `nil` when the generation is no longer kept.
    public func files(of kept: KeptRequest) throws(StoreError) -> [RequestFile]? {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let rows = transaction.rows
        let row = Key(kept.key, generation: kept.generation)
        guard let stored = try rows.read(StoredRequest.self, .requests, row) else { return nil }
        let name = stored.key.name.lastComponent + "." + stored.suffix
        var files = [RequestFile(name: name, bytes: try Self.document(of: stored, rows))]
        for companion in stored.companions {
            files.append(
                RequestFile(name: companion.name, bytes: try Self.payload(companion.digest, rows)))
        }
        return files
    }

    /// What a source of a request turned out to be when it was fetched, as long as a generation of the name
    /// that had the same sources is kept.
    public func resolution(of key: SubjectKey, at place: SourcePlace) throws(StoreError) -> FoundSource? {
        var latest: (pass: UInt64, resolution: StoredResolution)?
        do {
            let transaction = try ReadTransaction(in: environment)
            defer { extendLifetime(transaction) }
            try Self.eachRequest(of: key, transaction.rows) { kept in
                for resolution in kept.resolutions where resolution.place == place {
                    if let latest, latest.pass > kept.acceptedIn { continue }
                    latest = (kept.acceptedIn, resolution)
                }
            }
        }
        guard let found = latest?.resolution, let payload = try payload(for: found.identity) else {
            return nil
        }
        return FoundSource(identity: found.identity, payload: payload, size: found.size)
    }
}
