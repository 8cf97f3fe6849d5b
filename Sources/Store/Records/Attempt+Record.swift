internal import Reconciliation

extension LastError: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(code)
        writer.write(message)
        writer.write(isRetriable)
        writer.write(at)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            code: try reader.readText(), message: try reader.readText(), isRetriable: try reader.readFlag(),
            at: try reader.read(WallTime.self))
    }
}

extension Attempt: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(failures)
        writer.write(lastAt)
        writer.write(nextAt)
        writer.write(error)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            failures: try reader.readInt(), lastAt: try reader.read(Timestamp.self),
            nextAt: try reader.read(Timestamp.self), error: try reader.read(LastError.self))
    }
}

extension Intent: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(kind.rawValue)
        writer.write(at)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(kind: try reader.readWord(Kind.self), at: try reader.read(Timestamp.self))
    }
}

extension Published: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(phase.rawValue)
        writer.write(reason)
        writer.write(digest)
        writer.write(each: conditions.sorted { $0.key.rawValue < $1.key.rawValue }) {
            $0.write($1.key.rawValue)
            $0.write($1.value.isTrue)
            $0.write($1.value.since)
        }
        writer.write(category)
        writer.write(labels: labels)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        let (phase, reason) = (try reader.readWord(Phase.self), try reader.readText())
        let digest = try reader.readData()
        var conditions: [Condition.Kind: Truth] = [:]
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            let kind = try reader.readWord(Condition.Kind.self)
            conditions[kind] = Truth(isTrue: try reader.readFlag(), since: try reader.read(WallTime.self))
        }
        self.init(
            phase: phase, reason: reason, digest: digest, conditions: conditions,
            category: try reader.readText(), labels: try reader.readLabels())
    }
}

extension Hold: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(kind.rawValue)
        writer.write(since)
        writer.write(message)
        writer.write(each: names) { $0.write($1) }
        writer.write(lift)
        writer.write(digest)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        let (kind, since) = (try reader.readWord(Kind.self), try reader.read(WallTime.self))
        let message = try reader.readText()
        var names: [RequestName] = []
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            names.append(try reader.read(RequestName.self))
        }
        self.init(
            kind: kind, since: since, message: message, names: names, lift: try reader.readText(),
            digest: try reader.readData())
    }
}

/// A row of ``Table/approvals``: which picture a person approved.
struct StoredApproval: Equatable, Recordable {
    var digest: [UInt8]

    init(digest: [UInt8]) { self.digest = digest }

    func write(to writer: inout RecordWriter) { writer.write(digest) }

    init(from reader: inout RecordReader) throws(RecordDamage) { digest = try reader.readData() }
}
