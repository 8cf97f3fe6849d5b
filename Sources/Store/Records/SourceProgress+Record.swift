internal import Metainfo
internal import Reconciliation

/// What a subject's row may hold behind its older parts; left out where there is nothing of it.
struct StoredLater: Equatable, Recordable {
    var sources: SourceProgress?
    var acceptedAt: Timestamp?
    var leaving: [Following] = []
    var patience: Patience?
    var selection: SelectionProgress?
    /// The server that has the torrent that is followed, where that is not the subject's own.
    var followingClient: String?

    init() {}

    init(_ memory: SubjectMemory) {
        sources = memory.sources
        acceptedAt = memory.acceptedAt
        leaving = memory.leaving
        patience = memory.patience
        selection = memory.selection
        followingClient = memory.following?.client
    }

    func write(to writer: inout RecordWriter) {
        writer.write(sources)
        writer.write(acceptedAt)
        writer.write(each: leaving) { $0.write($1) }
        writer.write(patience)
        writer.write(selection)
        // The subject's own server is the empty text.
        writer.write(each: [followingClient] + leaving.map(\.client)) { $0.write($1 ?? "") }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        sources = try reader.readOptional(SourceProgress.self)
        acceptedAt = try reader.readOptional(Timestamp.self)
        var leaving: [Following] = []
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            leaving.append(try reader.read(Following.self))
        }
        self.leaving = leaving
        patience = try reader.readOptional(Patience.self)
        selection = try reader.readOptional(SelectionProgress.self)
        // Rows of before there were several servers end here.
        if !reader.isAtEnd { try readPlaces(&reader) }
    }

    private mutating func readPlaces(_ reader: inout RecordReader) throws(RecordDamage) {
        var places: [String?] = []
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            let place = try reader.readText()
            places.append(place.isEmpty ? nil : place)
        }
        guard places.count == leaving.count + 1 else {
            throw RecordDamage(what: "does not name a server for each torrent")
        }
        followingClient = places[0]
        for index in leaving.indices { leaving[index].client = places[index + 1] }
    }
}

extension SourceProgress: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(digest)
        writer.write(index)
        writer.write(identity: found)
        writer.write(size ?? -1)
        writer.write(each: abandoned) { $0.write($1) }
        writer.write(attempt)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(digest: try reader.readData())
        index = try reader.readInt()
        found = try reader.readIdentity()
        let size = try reader.readSigned()
        self.size = size < 0 ? nil : size
        var abandoned: [Abandoned] = []
        try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
            abandoned.append(try reader.read(Abandoned.self))
        }
        self.abandoned = abandoned
        attempt = try reader.readOptional(Attempt.self)
    }
}

extension SourceProgress.Abandoned: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(index)
        writer.write(code)
        writer.write(message)
        writer.write(isGone)
        writer.write(at)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            index: try reader.readInt(), code: try reader.readText(), message: try reader.readText(),
            isGone: try reader.readFlag(), at: try reader.read(WallTime.self))
    }
}

extension Patience: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(amountLeft)
        writer.write(idleMilliseconds)
        writer.write(countedAt)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            amountLeft: try reader.readSigned(), idleMilliseconds: try reader.readSigned(),
            countedAt: try reader.readOptional(Timestamp.self))
    }
}

extension SelectionProgress: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(startsWhenChosen)
        writer.write(wantedSize ?? -1)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(startsWhenChosen: try reader.readFlag())
        let size = try reader.readSigned()
        wantedSize = size < 0 ? nil : size
    }
}
