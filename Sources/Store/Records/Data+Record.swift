internal import Metainfo
internal import Reconciliation

/// What a subject's row may hold last: what is known of the data of its torrents. Left out where there is
/// nothing of it.
struct StoredData: Equatable, Recordable {
    var survey: DataTrace?
    var following = DataRecord()
    /// In the order of the torrents that leave.
    var leaving: [DataRecord] = []

    init() {}

    init(_ memory: SubjectMemory) {
        survey = memory.survey
        following = memory.following?.data ?? DataRecord()
        leaving = memory.leaving.map(\.data)
        // A row without the part is read back like this, too.
        if isEmpty { leaving = [] }
    }

    /// Nothing is known of any.
    var isEmpty: Bool {
        survey == nil && following == DataRecord() && leaving.allSatisfy { $0 == DataRecord() }
    }

    func write(to writer: inout RecordWriter) {
        writer.write(survey)
        writer.write(following)
        writer.write(each: leaving) { $0.write($1) }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        survey = try reader.readOptional(DataTrace.self)
        following = try reader.read(DataRecord.self)
        var leaving: [DataRecord] = []
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            leaving.append(try reader.read(DataRecord.self))
        }
        self.leaving = leaving
    }
}

extension DataRecord: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(trace)
        writer.write(isAbandoned)
        writer.write(parting?.storedWord ?? "")
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(trace: try reader.readOptional(DataTrace.self), isAbandoned: try reader.readFlag())
        let word = try reader.readText()
        guard !word.isEmpty else { return }
        guard let parting = DataParting(storedWord: word) else {
            throw RecordDamage(what: "holds the unknown word \(word.debugDescription)")
        }
        self.parting = parting
    }
}

extension DataParting {
    fileprivate var storedWord: String {
        switch self {
        case .asked: "asked"
        case .deleted: "deleted"
        case .kept(let rule): rule.rawValue
        }
    }

    fileprivate init?(storedWord word: String) {
        switch word {
        case "asked": self = .asked
        case "deleted": self = .deleted
        default:
            guard let rule = DataRule(rawValue: word) else { return nil }
            self = .kept(rule)
        }
    }
}

extension DataTrace: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(each: places) { $0.write($1) }
        writer.write(skipsCheck)
        writer.write(firstCheck.rawValue)
        writer.write(hasMoved)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        var places: [Place] = []
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            places.append(try reader.read(Place.self))
        }
        self.init(
            places: places, skipsCheck: try reader.readFlag(),
            firstCheck: try reader.readWord(FirstCheck.self), hasMoved: try reader.readFlag())
    }
}

extension DataTrace.Place: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(directory)
        writer.write(ground)
        switch names {
        case .all: writer.write("all")
        case .free(let names):
            writer.write("free")
            writer.write(each: names) { $0.write($1) }
        case .taken(let keys):
            writer.write("taken")
            writer.write(each: keys) { $0.write($1) }
        }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        let (directory, ground) = (try reader.readText(), try reader.readNumber())
        let kind = try reader.readText()
        var (names, keys): ([String], [UInt64]) = ([], [])
        if kind != "all" {
            try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
                if kind == "free" {
                    names.append(try reader.readText())
                } else {
                    keys.append(try reader.readNumber())
                }
            }
        }
        switch kind {
        case "all": self.init(directory: directory, ground: ground, names: .all)
        case "free": self.init(directory: directory, ground: ground, names: .free(names))
        case "taken": self.init(directory: directory, ground: ground, names: .taken(keys))
        default: throw RecordDamage(what: "holds the unknown word \(kind.debugDescription)")
        }
    }
}
