import JSON
import Metainfo
import Reconciliation

/// From the objects of `torrents/info` to ``Torrent``, for all versions.
///
/// Only the fields we use are read; all but `hash` may be missing, and `null` counts as missing. What
/// versions say differently is made equal here:
///
/// | field | server | here |
/// |---|---|---|
/// | `infohash_v1`, `infohash_v2` | missing in 4.2.5, "" when unknown | identity; without both: `hash` |
/// | `dl_limit`, `up_limit` | −1 or 0 is unlimited | 0 |
/// | `eta` | 8 640 000 is unknown | `nil` |
/// | `added_on`, `completion_on`, `last_activity` | 0 or −1 is never | `nil` |
/// | `download_path` | missing in 4.2.5 | `nil` |
/// | `seeding_time` | missing in 4.2.5 | `nil` |
/// | `save_path`, `content_path`, `download_path` | trailing `/` in 4.2.5 | without |
/// | `tags` | one text joined with `, `, in any order in 4.2.5 | sorted list |
struct TorrentDecoder {
    /// The names of the wanted fields, in the order of ``Key``.
    static let keys = [
        "hash", "infohash_v1", "infohash_v2", "name", "state",
        "save_path", "content_path", "category", "tags", "auto_tmm",
        "seq_dl", "f_l_piece_prio", "force_start", "super_seeding", "dl_limit", "up_limit",
        "ratio_limit", "seeding_time_limit", "inactive_seeding_time_limit",
        "progress", "size", "amount_left", "downloaded", "uploaded", "dlspeed", "upspeed",
        "eta", "ratio", "num_seeds", "num_leechs", "added_on", "completion_on",
        "download_path", "total_size", "seeding_time", "last_activity",
    ]

    private enum Key: Int, CaseIterable {
        case hash, infohashV1, infohashV2, name, state
        case savePath, contentPath, category, tags, autoTMM
        case seqDL, firstLastPiecePrio, forceStart, superSeeding, dlLimit, upLimit
        case ratioLimit, seedingTimeLimit, inactiveSeedingTimeLimit
        case progress, size, amountLeft, downloaded, uploaded, dlSpeed, upSpeed
        case eta, ratio, numSeeds, numLeechs, addedOn, completionOn
        case downloadPath, totalSize, seedingTime, lastActivity
    }

    /// The server's word for "unknown" or "never".
    private static let unknownETA: Int64 = 8_640_000

    private var pool = TextPool()
    private var lastTags = (text: "", tags: [String]())

    /// - Throws: ``JSONError`` when a value has another type than ever seen, or the id is none.
    mutating func decode(_ record: borrowing JSONRecord) throws(JSONError) -> Torrent {
        let (id, identity) = try self.identity(record)
        return Torrent(
            id: id, identity: identity,
            name: try record.string(Key.name.rawValue) ?? "",
            state: ServerState(wire: try record.string(Key.state.rawValue) ?? ""),
            placement: try placement(record),
            options: try options(record),
            counters: try counters(record),
            addedAt: Self.time(try record.int(Key.addedOn.rawValue)),
            completedAt: Self.time(try record.int(Key.completionOn.rawValue)))
    }

    private func identity(
        _ record: borrowing JSONRecord
    ) throws(JSONError) -> (id: TorrentID, identity: TorrentIdentity) {
        guard let own = try hash(record, .hash, .v1) else {
            throw JSONError(code: "bad-type", message: "A torrent has no \"hash\".", offset: record.offset)
        }
        let v1 = try hash(record, .infohashV1, .v1)
        let v2 = try hash(record, .infohashV2, .v2)
        // The lengths of the two were checked, so together they are an identity or nothing at all (4.2.5).
        return (own.truncated, TorrentIdentity(v1: v1, v2: v2) ?? TorrentIdentity(own))
    }

    private func hash(
        _ record: borrowing JSONRecord, _ key: Key, _ version: InfoHash.Version
    ) throws(JSONError) -> InfoHash? {
        let digits = try record.withBytes(key.rawValue) { Array($0) } ?? []
        if digits.isEmpty { return nil }
        guard let bytes = Hex.decode(digits), let hash = InfoHash(bytes: bytes), hash.version == version
        else {
            throw JSONError(
                code: "bad-type", message: "\"\(Self.keys[key.rawValue])\" is not an info-hash.",
                offset: record.offset)
        }
        return hash
    }

    private mutating func placement(_ record: borrowing JSONRecord) throws(JSONError) -> Torrent.Placement {
        Torrent.Placement(
            savePath: Self.path(try text(record, .savePath)),
            contentPath: Self.path(try record.string(Key.contentPath.rawValue) ?? ""),
            category: try text(record, .category),
            tags: tags(try text(record, .tags)),
            autoTMM: try record.bool(Key.autoTMM.rawValue) ?? false,
            downloadPath: try record.withBytes(Key.downloadPath.rawValue) { pool.text($0) }.map(Self.path))
    }

    private func options(_ record: borrowing JSONRecord) throws(JSONError) -> Torrent.Options {
        Torrent.Options(
            sequentialDownload: try record.bool(Key.seqDL.rawValue) ?? false,
            firstLastPiecePrio: try record.bool(Key.firstLastPiecePrio.rawValue) ?? false,
            forceStart: try record.bool(Key.forceStart.rawValue) ?? false,
            superSeeding: try record.bool(Key.superSeeding.rawValue) ?? false,
            downloadLimit: max(0, try record.int(Key.dlLimit.rawValue) ?? 0),
            uploadLimit: max(0, try record.int(Key.upLimit.rawValue) ?? 0),
            ratioLimit: try record.double(Key.ratioLimit.rawValue) ?? -2,
            seedingTimeLimit: try record.int(Key.seedingTimeLimit.rawValue) ?? -2,
            inactiveSeedingTimeLimit: try record.int(Key.inactiveSeedingTimeLimit.rawValue))
    }

    private func counters(_ record: borrowing JSONRecord) throws(JSONError) -> Torrent.Counters {
        let eta = try record.int(Key.eta.rawValue)
        return Torrent.Counters(
            progress: try record.double(Key.progress.rawValue) ?? 0,
            size: try record.int(Key.size.rawValue) ?? 0,
            amountLeft: try record.int(Key.amountLeft.rawValue) ?? 0,
            downloaded: try record.int(Key.downloaded.rawValue) ?? 0,
            uploaded: try record.int(Key.uploaded.rawValue) ?? 0,
            downloadSpeed: try record.int(Key.dlSpeed.rawValue) ?? 0,
            uploadSpeed: try record.int(Key.upSpeed.rawValue) ?? 0,
            eta: eta.flatMap { $0 >= 0 && $0 < Self.unknownETA ? $0 : nil },
            ratio: try record.double(Key.ratio.rawValue) ?? 0,
            seeds: try record.int(Key.numSeeds.rawValue) ?? 0,
            peers: try record.int(Key.numLeechs.rawValue) ?? 0,
            totalSize: try record.int(Key.totalSize.rawValue),
            seedingSeconds: try record.int(Key.seedingTime.rawValue),
            lastActivityAt: Self.time(try record.int(Key.lastActivity.rawValue)))
    }

    private mutating func text(_ record: borrowing JSONRecord, _ key: Key) throws(JSONError) -> String {
        try record.withBytes(key.rawValue) { pool.text($0) } ?? ""
    }

    private mutating func tags(_ text: String) -> [String] {
        if text.utf8.isEmpty { return [] }
        if text.utf8.elementsEqual(lastTags.text.utf8) { return lastTags.tags }
        // 4.5.2 keeps blanks around a tag. They belong to the tag; only the one blank of the separator goes.
        let tags = text.split(separator: ",").enumerated().map { index, tag in
            String(index > 0 && tag.first == " " ? tag.dropFirst() : tag)
        }
        lastTags = (text, Array(Set(tags)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        return lastTags.tags
    }

    private static func path(_ text: String) -> String {
        text.utf8.count > 1 && text.utf8.last == UInt8(ascii: "/") ? String(text.dropLast()) : text
    }

    private static func time(_ seconds: Int64?) -> WallTime? {
        // Beyond the year 9999 it is no time, and times a thousand it would overflow.
        guard let seconds, seconds > 0, seconds < 253_402_300_800 else { return nil }
        return WallTime(seconds: seconds)
    }
}
