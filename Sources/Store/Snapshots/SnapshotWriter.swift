internal import Metainfo
internal import Reconciliation

/// Writes torrents as compactly as their likeness allows: of each only the fields that are not as in a
/// torrent that the reader knows, and texts that many share only once.
///
/// A row is the client and the id, a number with one bit for each field that follows (``RowMark`` for the
/// others), and those fields as text. Behind the rows are the keys of torrents that are gone.
struct SnapshotWriter {
    private var rows = RecordWriter()
    private var gone = RecordWriter()
    private var rowCount: UInt64 = 0
    private var goneCount: UInt64 = 0
    // By bytes: equal strings may have different ones.
    private var pool: [[UInt8]: UInt64] = [:]

    /// - Parameter base: As the reader knows it; `nil` where it knows nothing of the torrent.
    mutating func write(_ key: ObservedKey, _ torrent: Torrent, besides base: Torrent?) {
        let reference = base ?? RowMark.blank(key)
        let isUsual = torrent.placement.contentPath.utf8.elementsEqual(RowMark.usualPath(torrent).utf8)
        var mask = base == nil ? RowMark.new : 0
        if isUsual { mask |= RowMark.usualContentPath }
        var texts: [(field: ObservedField, text: String?)] = []
        for field in ObservedField.allCases where !(isUsual && field == .contentPath) {
            let text = field.text(of: torrent)
            guard !ObservedChanges.same(text, field.text(of: reference)) else { continue }
            mask |= RowMark.bit(field)
            texts.append((field, text))
        }
        rowCount += 1
        rows.write(pooled: key.client, &pool)
        rows.write(key.id)
        rows.write(mask)
        for (field, text) in texts {
            if RowMark.isShared(field) {
                rows.write(pooled: text, &pool)
            } else {
                rows.write(text.map { UInt64($0.utf8.count) + 1 } ?? 0)
                if let text { rows.append(text.utf8) }
            }
        }
    }

    mutating func write(gone key: ObservedKey) {
        goneCount += 1
        gone.write(key)
    }

    var bytes: [UInt8] {
        var counts = RecordWriter()
        counts.write(rowCount)
        counts.write(goneCount)
        return counts.bytes + rows.bytes + gone.bytes
    }
}

/// What a row of a snapshot says besides its fields, and how.
enum RowMark {
    /// The files lie in the save path under the torrent's name.
    static let usualContentPath: UInt64 = 1
    /// Compared with a blank torrent, not with one of the whole snapshot.
    static let new: UInt64 = 1 << 22

    static func bit(_ field: ObservedField) -> UInt64 { 1 << UInt64(field.rawValue) }

    /// Many torrents have the same text.
    static func isShared(_ field: ObservedField) -> Bool {
        switch field {
        case .savePath, .downloadPath, .category, .tags, .state: true
        default: false
        }
    }

    static func usualPath(_ torrent: Torrent) -> String { torrent.placement.savePath + "/" + torrent.name }

    /// What most torrents are: v1, with their hash as id.
    static func blank(_ key: ObservedKey) -> Torrent {
        guard let hash = InfoHash(bytes: key.id.bytes) else { preconditionFailure("an id has 20 bytes") }
        return ObservedChanges.blank(key, TorrentIdentity(hash))
    }
}

extension RecordWriter {
    /// 0 for none, 1 and the text where it is met first, else its number from 2.
    fileprivate mutating func write(pooled text: String?, _ pool: inout [[UInt8]: UInt64]) {
        guard let text else { return write(UInt64(0)) }
        let bytes = Array(text.utf8)
        if let number = pool[bytes] { return write(number) }
        pool[bytes] = UInt64(pool.count) + 2
        write(UInt64(1))
        write(bytes)
    }
}
