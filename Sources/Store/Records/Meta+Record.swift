internal import Reconciliation

/// The rows of ``Table/meta``.
enum MetaKey {
    static let schema = Key(word: "schema")
    static let spool = Key(word: "spool")
    static let pass = Key(word: "pass")
    static let log = Key(word: "log")
    static let publishing = Key(word: "publishing")
}

/// The version of the tables and their meaning. Written once, read first.
struct SchemaVersion: Equatable, Recordable {
    /// 2: the table of snapshots, and what became of torrents in the log.
    static let current = SchemaVersion(number: 2)
    /// Brought up to date by the first process that opens it for writing.
    static let oldest = SchemaVersion(number: 1)

    let number: UInt64

    init(number: UInt64) { self.number = number }

    func write(to writer: inout RecordWriter) { writer.write(number) }

    init(from reader: inout RecordReader) throws(RecordDamage) { number = try reader.readNumber() }
}

/// The identity of the spool that this store belongs to.
struct SpoolIdentity: Equatable, Recordable {
    let text: String

    init(text: String) { self.text = text }

    func write(to writer: inout RecordWriter) { writer.write(text) }

    init(from reader: inout RecordReader) throws(RecordDamage) { text = try reader.readText() }
}

/// The last pass that committed anything.
struct StoredPass: Equatable, Recordable {
    var number: UInt64
    var at: Timestamp
    var nextOrder: Int64

    init(number: UInt64, at: Timestamp, nextOrder: Int64) {
        self.number = number
        self.at = at
        self.nextOrder = nextOrder
    }

    func write(to writer: inout RecordWriter) {
        writer.write(number)
        writer.write(at)
        writer.write(nextOrder)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        number = try reader.readNumber()
        at = try reader.read(Timestamp.self)
        nextOrder = try reader.readSigned()
    }
}

/// Where the change log goes on. Kept apart from the log, so that no sequence comes back after trimming.
struct LogHead: Equatable, Recordable {
    /// The sequence of the next entry, from 1.
    var next: UInt64
    /// ``StoredEntry/latest`` of the last entry.
    var latest: WallTime

    static let empty = LogHead(next: 1, latest: WallTime(milliseconds: .min))

    init(next: UInt64, latest: WallTime) {
        self.next = next
        self.latest = latest
    }

    func write(to writer: inout RecordWriter) {
        writer.write(next)
        writer.write(latest)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        next = try reader.readNumber()
        latest = try reader.read(WallTime.self)
    }
}

/// The status files that the last pass made due, in order.
struct StoredPublishing: Equatable, Recordable {
    var keys: Set<SubjectKey>

    init(keys: Set<SubjectKey>) { self.keys = keys }

    func write(to writer: inout RecordWriter) { writer.write(each: keys.sorted()) { $0.write($1) } }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        var keys: Set<SubjectKey> = []
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            keys.insert(try reader.read(SubjectKey.self))
        }
        self.keys = keys
    }
}
