internal import Metainfo
internal import Reconciliation

/// A row of the change log.
struct StoredEntry: Equatable, Recordable {
    let pass: UInt64
    let at: WallTime
    /// The latest wall-clock time of any entry up to this one. It never goes back, whatever the clock does,
    /// so that a search by time can stop early and still miss nothing.
    let latest: WallTime
    let change: Change

    init(pass: UInt64, at: WallTime, latest: WallTime, change: Change) {
        self.pass = pass
        self.at = at
        self.latest = latest
        self.change = change
    }

    func write(to writer: inout RecordWriter) {
        writer.write(pass)
        writer.write(at)
        writer.write(latest)
        writer.write(change)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        pass = try reader.readNumber()
        at = try reader.read(WallTime.self)
        latest = try reader.read(WallTime.self)
        change = try reader.read(Change.self)
    }
}

extension Change: Recordable {
    func write(to writer: inout RecordWriter) {
        writer.write(kind.rawValue)
        writer.write(subject)
        writer.write(torrent)
        writer.write(optional: field)
        writer.write(optional: from)
        writer.write(optional: to)
        writer.write(reason)
        writer.write(message)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        self.init(
            try reader.readWord(Kind.self), subject: try reader.readOptional(SubjectKey.self),
            torrent: try reader.readOptional(TorrentID.self), field: try reader.readOptionalText(),
            from: try reader.readOptionalText(), to: try reader.readOptionalText(),
            reason: try reader.readText(), message: try reader.readText())
    }
}

extension RecordWriter {
    fileprivate mutating func write(optional text: String?) {
        write(text != nil)
        if let text { write(text) }
    }
}

extension RecordReader {
    fileprivate mutating func readOptionalText() throws(RecordDamage) -> String? {
        try readFlag() ? try readText() : nil
    }
}
