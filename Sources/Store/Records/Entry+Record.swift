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
        guard client != nil || !values.isEmpty else { return }
        writer.write(optional: client)
        writer.write(each: values.sorted { $0.key < $1.key }) {
            $0.write(UInt64($1.key.rawValue))
            $0.write($1.value)
        }
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        let kind = try reader.readWord(Kind.self)
        let subject = try reader.readOptional(SubjectKey.self)
        let torrent = try reader.readOptional(TorrentID.self)
        let (field, from, to) = (
            try reader.readOptionalText(), try reader.readOptionalText(), try reader.readOptionalText()
        )
        let (reason, message) = (try reader.readText(), try reader.readText())
        var client: String?
        var values: [ObservedField: String] = [:]
        // Most changes end here.
        if !reader.isAtEnd {
            client = try reader.readOptionalText()
            try reader.readEach { (reader: inout RecordReader) throws(RecordDamage) in
                let field = try reader.readField()
                values[field] = try reader.readText()
            }
        }
        self.init(
            kind, subject: subject, torrent: torrent, field: field, from: from, to: to, reason: reason,
            message: message, client: client, values: values)
    }
}

extension RecordWriter {
    fileprivate mutating func write(optional text: String?) {
        write(text != nil)
        if let text { write(text) }
    }
}

extension RecordReader {
    mutating func readField() throws(RecordDamage) -> ObservedField {
        guard let number = UInt8(exactly: try readNumber()), let field = ObservedField(rawValue: number)
        else {
            throw RecordDamage(what: "holds a field that nobody knows")
        }
        return field
    }

    fileprivate mutating func readOptionalText() throws(RecordDamage) -> String? {
        try readFlag() ? try readText() : nil
    }
}
