internal import Metainfo
internal import Reconciliation

/// The row of an accepted generation in ``Table/requests``.
struct StoredRequest: Equatable, Recordable {
    enum Document: Equatable {
        case bytes([UInt8])
        /// The SHA-256 of a payload: the document of a bare `.torrent` is the metainfo itself, kept once.
        case payload([UInt8])
    }

    var key: SubjectKey
    var generation: Int
    /// `nil` while its source is still to be fetched.
    var identity: TorrentIdentity?
    var suffix: String
    var document: Document
    /// The pass that accepted it. A name that is forgotten and comes back starts anew at generation 1, so the
    /// latest generation is the one of the latest pass.
    var acceptedIn: UInt64
    var acceptedAt: WallTime
    /// When it stopped being what the subject wants: a newer generation came, or the subject was forgotten.
    var endedAt: WallTime?
    var companions: [StoredCompanion] = []
    /// What sources of it that had to be fetched turned out to be.
    var resolutions: [StoredResolution] = []

    init(
        key: SubjectKey, generation: Int, identity: TorrentIdentity?, suffix: String, document: Document,
        acceptedIn: UInt64, acceptedAt: WallTime
    ) {
        self.key = key
        self.generation = generation
        self.identity = identity
        self.suffix = suffix
        self.document = document
        self.acceptedIn = acceptedIn
        self.acceptedAt = acceptedAt
    }

    func write(to writer: inout RecordWriter) {
        writer.write(key)
        writer.write(generation)
        writer.write(identity: identity)
        writer.write(suffix)
        switch document {
        case .bytes(let bytes):
            writer.write(false)
            writer.write(bytes)
        case .payload(let digest):
            writer.write(true)
            writer.write(digest)
        }
        writer.write(acceptedIn)
        writer.write(acceptedAt)
        writer.write(endedAt)
        guard !companions.isEmpty || !resolutions.isEmpty else { return }
        writer.write(each: companions) { $0.write($1) }
        writer.write(each: resolutions) { $0.write($1) }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        key = try reader.read(SubjectKey.self)
        generation = try reader.readInt()
        identity = try reader.readIdentity()
        suffix = try reader.readText()
        document = try reader.readFlag() ? .payload(try reader.readData()) : .bytes(try reader.readData())
        acceptedIn = try reader.readNumber()
        acceptedAt = try reader.read(WallTime.self)
        endedAt = try reader.readOptional(WallTime.self)
        // Rows of requests of one file and one known source end here.
        guard !reader.isAtEnd else { return }
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            companions.append(try reader.read(StoredCompanion.self))
        }
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            resolutions.append(try reader.read(StoredResolution.self))
        }
    }
}

/// A file that belongs to the JSON of a request. Its bytes are a payload.
struct StoredCompanion: Equatable, Recordable {
    var name: String
    /// SHA-256 of its bytes: their key in ``Table/payloads``.
    var digest: [UInt8]

    init(name: String, digest: [UInt8]) {
        self.name = name
        self.digest = digest
    }

    func write(to writer: inout RecordWriter) {
        writer.write(name)
        writer.write(digest)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        name = try reader.readText()
        digest = try reader.readData()
        guard digest.count == 32 else { throw RecordDamage(what: "holds a digest of a wrong length") }
    }
}

/// What came of a source that was fetched.
struct StoredResolution: Equatable, Recordable {
    /// Of all sources of the request.
    var digest: [UInt8]
    /// Position among them.
    var index: Int
    var identity: TorrentIdentity
    var size: Int64?

    init(_ place: SourcePlace, _ found: FoundSource) {
        digest = place.digest
        index = place.index
        identity = found.identity
        size = found.size
    }

    var place: SourcePlace { SourcePlace(digest: digest, index: index) }

    func write(to writer: inout RecordWriter) {
        writer.write(digest)
        writer.write(index)
        writer.write(identity)
        writer.write(size ?? -1)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        digest = try reader.readData()
        index = try reader.readInt()
        identity = try reader.read(TorrentIdentity.self)
        let size = try reader.readSigned()
        self.size = size < 0 ? nil : size
    }
}

/// A row of ``Table/metainfo``: which payload an info-hash has. A hybrid has two rows and one payload.
struct StoredSource: Equatable, Recordable {
    /// SHA-256 of the payload's bytes: its key in ``Table/payloads``.
    var digest: [UInt8]
    /// Whether the payload is metainfo, which a magnet link never replaces.
    var isMetainfo: Bool

    init(digest: [UInt8], isMetainfo: Bool) {
        self.digest = digest
        self.isMetainfo = isMetainfo
    }

    func write(to writer: inout RecordWriter) {
        writer.write(digest)
        writer.write(isMetainfo)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        digest = try reader.readData()
        isMetainfo = try reader.readFlag()
        guard digest.count == 32 else { throw RecordDamage(what: "holds a digest of a wrong length") }
    }
}

/// A row of ``Table/labels``: the whole of what its key may hold only as a digest.
struct StoredLabel: Equatable, Recordable {
    var key: String
    var value: String
    var subject: SubjectKey

    init(key: String, value: String, subject: SubjectKey) {
        self.key = key
        self.value = value
        self.subject = subject
    }

    func write(to writer: inout RecordWriter) {
        writer.write(key)
        writer.write(value)
        writer.write(subject)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        key = try reader.readText()
        value = try reader.readText()
        subject = try reader.read(SubjectKey.self)
    }
}
