internal import Metainfo
internal import Reconciliation

/// The row of a subject in ``Table/subjects``: its whole name and those parts of its memory that have no
/// table of their own.
struct StoredSubject: Equatable, Recordable {
    var key: SubjectKey
    var acceptance: Acceptance?
    var following: Following?
    var corrections: [Field: [Int64]]
    var withdrawal: Withdrawal?
    var ending: Ending?
    var later = StoredLater()

    init(_ key: SubjectKey, _ memory: SubjectMemory) {
        self.key = key
        acceptance = memory.acceptance
        following = memory.following
        corrections = memory.corrections
        withdrawal = memory.withdrawal
        ending = memory.ending
        later = StoredLater(memory)
    }

    /// The memory without what lies in other tables.
    var memory: SubjectMemory {
        var memory = SubjectMemory()
        memory.acceptance = acceptance
        memory.following = following
        memory.corrections = corrections
        memory.withdrawal = withdrawal
        memory.ending = ending
        memory.sources = later.sources
        memory.acceptedAt = later.acceptedAt
        memory.leaving = later.leaving
        memory.patience = later.patience
        memory.selection = later.selection
        return memory
    }

    func write(to writer: inout RecordWriter) {
        writer.write(key)
        writer.write(acceptance)
        writer.write(following)
        writer.write(each: corrections.sorted { $0.key < $1.key }) { writer, entry in
            writer.write(entry.key.rawValue)
            writer.write(each: entry.value) { $0.write($1) }
        }
        writer.write(withdrawal)
        writer.write(ending)
        if later != StoredLater() { writer.write(later) }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        key = try reader.read(SubjectKey.self)
        acceptance = try reader.readOptional(Acceptance.self)
        following = try reader.readOptional(Following.self)
        var corrections: [Field: [Int64]] = [:]
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            let field = try reader.readWord(Field.self)
            var instants: [Int64] = []
            try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
                instants.append(try reader.readSigned())
            }
            corrections[field] = instants
        }
        self.corrections = corrections
        withdrawal = try reader.readOptional(Withdrawal.self)
        ending = try reader.readOptional(Ending.self)
        // Rows of before there were alternatives end here.
        if !reader.isAtEnd { later = try reader.read(StoredLater.self) }
        following?.client = later.followingClient
    }
}

/// The row of a subject in ``Table/applied``; there is none where nothing was applied.
struct StoredApplied: Equatable, Recordable {
    var values: [Field: FieldValue]

    init(_ values: [Field: FieldValue]) { self.values = values }

    func write(to writer: inout RecordWriter) {
        writer.write(each: values.sorted { $0.key < $1.key }) {
            $0.write($1.key.rawValue)
            $0.write($1.value)
        }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        var values: [Field: FieldValue] = [:]
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            let field = try reader.readWord(Field.self)
            values[field] = try reader.read(FieldValue.self)
        }
        self.values = values
    }
}

extension Acceptance: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(generation)
        writer.write(digest)
        writer.write(order)
        writer.write(at)
        writer.write(identity: identity)
        writer.write(onDelete.rawValue)
        writer.write(labels: labels)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            generation: try reader.readInt(), digest: try reader.readData(), order: try reader.readSigned(),
            at: try reader.read(WallTime.self), identity: try reader.readIdentity(),
            onDelete: try reader.readWord(OnDelete.self), labels: try reader.readLabels())
    }
}

extension Following: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(ownership.rawValue)
        writer.write(id)
        writer.write(identity)
        writer.write(lastCallAt)
        writer.write(seenSince)
        writer.write(isConfirmed)
        writer.write(wasTagged)
        writer.write(completeLooks)
        writer.write(hasCompleted)
        writer.write(readds)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            ownership: try reader.readWord(Ownership.self), id: try reader.read(TorrentID.self),
            identity: try reader.read(TorrentIdentity.self))
        lastCallAt = try reader.readOptional(Timestamp.self)
        seenSince = try reader.readOptional(Timestamp.self)
        isConfirmed = try reader.readFlag()
        wasTagged = try reader.readFlag()
        completeLooks = try reader.readInt()
        hasCompleted = try reader.readFlag()
        readds = try reader.readInt()
    }
}

extension Withdrawal: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(since)
        writer.write(isSaidByPerson)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(since: try reader.read(Timestamp.self), isSaidByPerson: try reader.readFlag())
    }
}

extension Ending: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(kind.rawValue)
        writer.write(reason)
        writer.write(message)
        writer.write(at)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            kind: try reader.readWord(Kind.self), reason: try reader.readText(),
            message: try reader.readText(), at: try reader.read(WallTime.self))
    }
}
