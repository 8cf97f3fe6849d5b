public import Metainfo
public import Reconciliation

extension Store {
    /// What to send to a server to add this torrent: metainfo where any member of the identity has it, else
    /// the magnet link that was accepted last. `nil` when no accepted request ever named it.
    public func payload(for identity: TorrentIdentity) throws(StoreError) -> SourcePayload? {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let rows = transaction.rows
        var found: StoredSource?
        for hash in [identity.v1, identity.v2].compactMap({ $0 }) {
            guard let source = try rows.read(StoredSource.self, .metainfo, Key(hash)) else { continue }
            if found == nil || source.isMetainfo { found = source }
            if source.isMetainfo { break }
        }
        guard let found else { return nil }
        let bytes = try Self.payload(found.digest, rows)
        return found.isMetainfo ? .metainfo(bytes) : .magnet(String(decoding: bytes, as: UTF8.self))
    }

    /// A generation of a request, byte for byte as it was accepted.
    ///
    /// - Parameter generation: `nil` for the latest.
    /// - Returns: With the suffix of the file it was: `json`, `torrent` or `magnet`. `nil` when it is not
    ///   kept.
    public func document(
        _ key: SubjectKey, generation: Int? = nil
    ) throws(StoreError) -> (generation: Int, document: [UInt8], suffix: String)? {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let rows = transaction.rows
        var found: StoredRequest?
        try Self.eachRequest(of: key, rows) { request in
            guard generation.map({ $0 == request.generation }) ?? true else { return }
            let age = (request.acceptedIn, request.generation)
            if found.map({ age > ($0.acceptedIn, $0.generation) }) ?? true { found = request }
        }
        guard let found else { return nil }
        return (found.generation, try Self.document(of: found, rows), found.suffix)
    }

    static func document(of stored: StoredRequest, _ rows: Rows) throws(StoreError) -> [UInt8] {
        switch stored.document {
        case .bytes(let bytes): bytes
        case .payload(let digest): try payload(digest, rows)
        }
    }

    /// The subjects whose accepted request has this label.
    public func subjects(label: (key: String, value: String)) throws(StoreError) -> Set<SubjectKey> {
        let transaction = try ReadTransaction(in: environment)
        defer { extendLifetime(transaction) }
        let start = Key(label: label)
        var found: Set<SubjectKey> = []
        var cursor = try transaction.rows.cursor(.labels)
        var next = try cursor.seek(start)
        while let row = next, row.key.starts(with: start.bytes) {
            found.insert(try row.read(StoredLabel.self).subject)
            next = try cursor.next()
        }
        return found
    }

    /// Visits the kept generations of a subject, by number.
    static func eachRequest(
        of key: SubjectKey, _ rows: Rows, _ body: (StoredRequest) -> Void
    ) throws(StoreError) {
        let start = Key(key)
        var cursor = try rows.cursor(.requests)
        var next = try cursor.seek(start)
        // A key is the subject's and eight bytes of generation, and no subject's key begins another's.
        while let row = next, row.key.starts(with: start.bytes) {
            body(try row.read(StoredRequest.self))
            next = try cursor.next()
        }
    }

    static func payload(_ digest: [UInt8], _ rows: Rows) throws(StoreError) -> [UInt8] {
        guard let bytes = try rows.payload(.payloads, Key(bytes: digest)) else {
            throw StoreError(.damaged, during: "read payloads", "\(Hex.encode(digest)) is not there")
        }
        return Array(bytes)
    }
}
