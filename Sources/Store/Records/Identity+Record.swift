internal import Metainfo
internal import Reconciliation

// How the words of the core are stored, the smallest first.

extension WallTime: Recordable {
    func write(to writer: inout RecordWriter) { writer.write(milliseconds) }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(milliseconds: try reader.readSigned())
    }
}

extension Timestamp: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(bootID)
        writer.write(bootMilliseconds)
        writer.write(wall)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            bootID: try reader.readText(), bootMilliseconds: try reader.readSigned(),
            wall: try reader.read(WallTime.self))
    }
}

extension InfoHash: Recordable {
    func write(to writer: inout RecordWriter) { writer.write(bytes) }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        guard let hash = InfoHash(bytes: try reader.readData()) else {
            throw RecordDamage(what: "holds an info-hash of a wrong length")
        }
        self = hash
    }
}

extension TorrentID: Recordable {
    func write(to writer: inout RecordWriter) { writer.write(bytes) }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        guard let id = TorrentID(bytes: try reader.readData()) else {
            throw RecordDamage(what: "holds a torrent id of a wrong length")
        }
        self = id
    }
}

extension TorrentIdentity: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(v1)
        writer.write(v2)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        let (v1, v2) = (try reader.readOptional(InfoHash.self), try reader.readOptional(InfoHash.self))
        guard let identity = TorrentIdentity(v1: v1, v2: v2) else {
            throw RecordDamage(what: "holds an identity without any info-hash")
        }
        self = identity
    }
}

extension RecordWriter {
    /// One that is not known yet is written as an identity without a hash.
    mutating func write(identity: TorrentIdentity?) {
        write(identity?.v1)
        write(identity?.v2)
    }
}

extension RecordReader {
    mutating func readIdentity() throws(RecordDamage) -> TorrentIdentity? {
        let (v1, v2) = (try readOptional(InfoHash.self), try readOptional(InfoHash.self))
        return TorrentIdentity(v1: v1, v2: v2)
    }
}

extension RequestName: Recordable {
    func write(to writer: inout RecordWriter) { writer.write(text) }

    init(from reader: inout RecordReader) throws(RecordDamage) { self.init(try reader.readText()) }
}

extension SubjectKey: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(client)
        writer.write(name)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(client: try reader.readText(), name: try reader.read(RequestName.self))
    }
}

extension ObservedKey: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(client)
        writer.write(id)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(client: try reader.readText(), id: try reader.read(TorrentID.self))
    }
}

extension FieldValue: Recordable {
    func write(to writer: inout RecordWriter) {
        switch self {
        case .text(let text):
            writer.write(UInt64(0))
            writer.write(text)
        case .flag(let flag):
            writer.write(UInt64(1))
            writer.write(flag)
        case .number(let number):
            writer.write(UInt64(2))
            writer.write(number)
        case .list(let list):
            writer.write(UInt64(3))
            writer.write(each: list) { $0.write($1) }
        case .selection(let selection):
            writer.write(UInt64(4))
            writer.write(each: selection.include) { $0.write($1) }
            writer.write(each: selection.exclude) { $0.write($1) }
        case .goals(let goals):
            writer.write(UInt64(5))
            writer.write(goals)
        }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        switch try reader.readNumber() {
        case 0: self = .text(try reader.readText())
        case 1: self = .flag(try reader.readFlag())
        case 2: self = .number(try reader.readSigned())
        case 3: self = .list(try reader.readTexts())
        case 4:
            self = .selection(
                FileSelection(include: try reader.readTexts(), exclude: try reader.readTexts()))
        case 5: self = .goals(try reader.read(SeedGoals.self))
        default: throw RecordDamage(what: "holds a field of an unknown kind")
        }
    }
}

extension RecordReader {
    mutating func readTexts() throws(RecordDamage) -> [String] {
        var texts: [String] = []
        try readEach { (reader: inout RecordReader) throws(RecordDamage) in
            texts.append(try reader.readText())
        }
        return texts
    }

    mutating func readLabels() throws(RecordDamage) -> [String: String] {
        var labels: [String: String] = [:]
        try readEach { (reader: inout RecordReader) throws(RecordDamage) in
            let key = try reader.readText()
            labels[key] = try reader.readText()
        }
        return labels
    }
}

extension RecordWriter {
    /// In the order of the keys' bytes, so that equal labels give equal records.
    mutating func write(labels: [String: String]) {
        let sorted = labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        write(each: sorted) {
            $0.write($1.key)
            $0.write($1.value)
        }
    }
}
