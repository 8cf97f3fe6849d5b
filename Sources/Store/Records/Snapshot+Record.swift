internal import Reconciliation

/// The head of a snapshot: what the pieces behind it mean.
struct StoredSnapshot: Equatable, Recordable {
    /// The log's next position when it was made: with what lies behind it, later states follow from it.
    let position: UInt64
    /// The whole snapshot that this one tells the differences from; `nil` where it is whole itself.
    let base: UInt64?
    /// How many were made since the whole one.
    let depth: Int
    let at: Timestamp
    /// How many torrents there were.
    let torrents: Int
    /// Pieces, and the bytes that they have together.
    let pieces: Int
    let bytes: Int

    init(
        position: UInt64, base: UInt64?, depth: Int, at: Timestamp, torrents: Int, pieces: Int, bytes: Int
    ) {
        self.position = position
        self.base = base
        self.depth = depth
        self.at = at
        self.torrents = torrents
        self.pieces = pieces
        self.bytes = bytes
    }

    func write(to writer: inout RecordWriter) {
        writer.write(position)
        writer.write(base != nil)
        if let base { writer.write(base) }
        writer.write(depth)
        writer.write(at)
        writer.write(torrents)
        writer.write(pieces)
        writer.write(bytes)
    }

    init(from reader: inout RecordReader) throws(RecordDamage) {
        position = try reader.readNumber()
        base = try reader.readFlag() ? try reader.readNumber() : nil
        depth = try reader.readInt()
        at = try reader.read(Timestamp.self)
        torrents = try reader.readInt()
        pieces = try reader.readInt()
        bytes = try reader.readInt()
        guard depth >= 0, torrents >= 0, pieces >= 0, bytes >= 0, (base == nil) == (depth == 0) else {
            throw RecordDamage(what: "is no head of a snapshot")
        }
    }
}
