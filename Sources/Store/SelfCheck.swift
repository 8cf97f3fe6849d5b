internal import Metainfo
internal import Reconciliation

/// Reads every record of the store and looks whether they fit together.
struct SelfCheck {
    private let rows: Rows
    private var findings: [String] = []
    /// Every label of every subject, as the index should have it.
    private var labels: Set<[UInt8]> = []
    private var payloads: Set<[UInt8]> = []

    /// - Returns: What is wrong, as sentences.
    static func findings(in rows: Rows) throws(StoreError) -> [String] {
        var check = SelfCheck(rows: rows)
        for table in Table.allCases {
            do throws(StoreError) {
                try check.look(at: table)
            } catch {
                guard error.kind == .damaged || error.kind == .schema else { throw error }
                check.findings.append("\(error.operation): \(error.answer)")
            }
        }
        return check.findings
    }

    private init(rows: Rows) { self.rows = rows }

    // In the order of the tables' numbers; what one needs of another is gathered before.
    private mutating func look(at table: Table) throws(StoreError) {
        switch table {
        case .meta: try lookAtMeta()
        case .requests:
            try gatherPayloads()
            try lookAtRequests()
        case .metainfo: try lookAtSources()
        case .payloads: try lookAtPayloads()
        case .subjects: try lookAtSubjects()
        // Looked at together with the subjects they belong to.
        case .applied, .attempts, .intents, .statuses: break
        case .torrents: try each(StoredTorrent.self, table) { Key($0.key) }
        case .log: try lookAtLog()
        case .labels: try lookAtLabels()
        case .holds: try each(Hold.self, table) { Key($0.kind) }
        case .approvals: try each(StoredApproval.self, table)
        case .snapshots: findings += try SnapshotCheck.findings(in: rows)
        }
    }

    private func lookAtMeta() throws(StoreError) {
        _ = try rows.read(SpoolIdentity.self, .meta, MetaKey.spool)
        _ = try rows.read(StoredPass.self, .meta, MetaKey.pass)
        _ = try rows.read(StoredPublishing.self, .meta, MetaKey.publishing)
    }

    /// The keys alone; the records are looked at in their turn.
    private mutating func gatherPayloads() throws(StoreError) {
        var cursor = try rows.cursor(.payloads)
        while let row = try cursor.next() { payloads.insert(Array(row.key)) }
    }

    private mutating func lookAtRequests() throws(StoreError) {
        var missing: [String] = []
        let known = payloads
        try each(StoredRequest.self, .requests) { request in
            if case .payload(let digest) = request.document, !known.contains(digest) {
                missing.append("requests: the document of \(request.key) is not there")
            }
            for companion in request.companions where !known.contains(companion.digest) {
                missing.append("requests: a file beside \(request.key) is not there")
            }
            return Key(request.key, generation: request.generation)
        }
        findings += missing
    }

    private mutating func lookAtSources() throws(StoreError) {
        var cursor = try rows.cursor(.metainfo)
        while let row = try cursor.next() {
            let source = try row.read(StoredSource.self)
            let name = Hex.encode(Array(row.key))
            if InfoHash(bytes: Array(row.key)) == nil { findings.append("metainfo: \(name) is no info-hash") }
            if !payloads.contains(source.digest) {
                findings.append("metainfo: the payload of \(name) is not there")
            }
        }
    }

    private mutating func lookAtPayloads() throws(StoreError) {
        var cursor = try rows.cursor(.payloads)
        while let row = try cursor.next() {
            guard Digest.sha256(Array(row.payload)) != Array(row.key) else { continue }
            findings.append("payloads: \(Hex.encode(Array(row.key))) is another one")
        }
    }

    private mutating func lookAtSubjects() throws(StoreError) {
        try each(StoredSubject.self, .subjects) { Key($0.key) }
        var expected: Set<[UInt8]> = []
        try Store.eachSubject(rows) { subject, memory in
            for (key, value) in memory.acceptance?.labels ?? [:] {
                expected.insert(Key(label: (key, value), subject: subject).bytes)
            }
        }
        labels = expected
    }

    private mutating func lookAtLabels() throws(StoreError) {
        var present: Set<[UInt8]> = []
        try each(StoredLabel.self, .labels) { label in
            let key = Key(label: (label.key, label.value), subject: label.subject)
            present.insert(key.bytes)
            return key
        }
        let (missing, stray) = (labels.subtracting(present).count, present.subtracting(labels).count)
        if missing > 0 { findings.append("labels: \(missing) labels of subjects are not in the index") }
        if stray > 0 { findings.append("labels: \(stray) entries belong to no subject") }
    }

    private mutating func lookAtLog() throws(StoreError) {
        let head = try rows.read(LogHead.self, .meta, MetaKey.log) ?? .empty
        var expected: UInt64?
        var latest = WallTime(milliseconds: .min)
        var cursor = try rows.cursor(.log)
        while let row = try cursor.next() {
            let (sequence, entry) = (try Store.sequence(row), try row.read(StoredEntry.self))
            if let expected, sequence != expected {
                findings.append("log: entries \(expected) to \(sequence &- 1) are not there")
            }
            if entry.latest < max(latest, entry.at) {
                findings.append("log: entry \(sequence) goes back in time")
            }
            (expected, latest) = (sequence &+ 1, entry.latest)
        }
        if let expected, expected != head.next {
            findings.append("log: it ends before \(expected) and should go on at \(head.next)")
        }
    }

    /// Reads all records of a table and compares each with the key it lies under.
    private mutating func each<Value: Recordable>(
        _ type: Value.Type, _ table: Table, _ key: (Value) -> Key? = { _ in nil }
    ) throws(StoreError) {
        var cursor = try rows.cursor(table)
        while let row = try cursor.next() {
            let value = try row.read(type)
            if let key = key(value), !row.key.elementsEqual(key.bytes) {
                findings.append("\(table.name): \(Envelope.describe(row.key)) holds another record")
            }
        }
    }
}
