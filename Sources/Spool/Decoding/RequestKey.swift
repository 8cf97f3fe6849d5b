/// What a key of a request file means: the one table of all keys.
enum RequestKey: Equatable {
    case field(RequestField)
    /// Another tool's word for the same.
    case alias(RequestField)
    /// Another tool's word with values of its own.
    case foreign(ForeignReading)
    case ignored

    /// What it speaks about.
    var field: RequestField? {
        switch self {
        case .field(let field), .alias(let field): field
        case .foreign(let reading): reading.field
        case .ignored: nil
        }
    }

    /// What its value may look like; `nil`: anything.
    var form: ValueForm? {
        switch self {
        case .field(let field), .alias(let field): field.form
        case .foreign(let reading): reading.form
        case .ignored: nil
        }
    }

    static let known: [String: RequestKey] = {
        var keys: [String: RequestKey] = ["$schema": .ignored]
        for field in RequestField.ofRequest { keys[field.rawValue] = .field(field) }
        for (field, names) in aliases {
            for name in names { keys[name] = .alias(field) }
        }
        for (reading, names) in foreign {
            for name in names { keys[name] = .foreign(reading) }
        }
        return keys
    }()

    /// The known key that is nearest to an unknown one, by the number of letters to change; of equally near
    /// ones a field before an alias, then by name.
    static func nearest(to key: String) -> String {
        nearest(to: key, among: spellings) ?? RequestField.source.rawValue
    }

    /// What a key may be meant to be, made once: a file of a thousand unknown keys is judged as fast as one.
    private static let spellings = known.keys.filter { known[$0] != .ignored }
        .map { Spelling(name: $0, lowercased: Array($0.lowercased().utf8), rank: isField($0) ? 0 : 1) }

    private struct Spelling {
        let name: String
        let lowercased: [UInt8]
        let rank: Int
    }

    /// The member of an object that is nearest to an unknown one.
    static func nearest(to key: String, in members: [RequestField]) -> RequestField? {
        let spellings = members.map {
            Spelling(name: $0.name, lowercased: Array($0.name.lowercased().utf8), rank: 0)
        }
        guard let name = nearest(to: key, among: spellings) else { return nil }
        return members.first { $0.name == name }
    }

    private static func nearest(to key: String, among spellings: [Spelling]) -> String? {
        let wanted = Array(key.lowercased().utf8.prefix(64))
        let ranked = spellings.map { (EditDistance.between(wanted, $0.lowercased), $0.rank, $0.name) }
        return ranked.min { $0 < $1 }?.2
    }

    private static func isField(_ key: String) -> Bool {
        if case .field? = known[key] { true } else { false }
    }

    private static let aliases: [(RequestField, [String])] = [
        (.source, ["magnet", "url"]),
        (.client, ["instance", "downloadClient"]),
        (.category, ["label"]),
        (.savePath, ["save_path", "savepath", "path"]),
        (.downloadPath, ["download_path"]),
        (.autoTMM, ["use_auto_tmm", "autoManagement"]),
        (.contentLayout, ["content_layout"]),
        (.skipChecking, ["skip_checking", "skip_hash_check", "skip_check", "seedMode", "seed_mode"]),
        (.sequentialDownload, ["sequential"]),
        (.firstLastPiecePrio, ["first_last_piece_prio", "firstLastPiecePriority"]),
        (.forceStart, ["forced"]),
        (.uploadLimit, ["upLimit", "upload_limit"]),
        (.downloadLimit, ["dlLimit", "download_limit"]),
    ]

    private static let foreign: [(ForeignReading, [String])] = [
        (.stopped, ["paused", "stopped", "startPaused", "add_paused"]),
        (.limitText(.uploadLimit), ["limit_upload_speed", "maxupspeed"]),
        (.limitText(.downloadLimit), ["limit_download_speed", "maxdownspeed"]),
        (.movie, ["movie_id", "movieId"]),
        (.usesDownloadPath, ["useDownloadPath", "use_download_path"]),
        (.operatingMode, ["operating_mode"]),
        (.topOfQueue, ["addToTopOfQueue", "add_to_top_of_queue"]),
        (.ratio, ["ratioLimit", "ratio_limit", "limit_ratio"]),
        (.minutes(.seedTime), ["seedingTimeLimit", "seeding_time_limit", "limit_seed_time"]),
        (.minutes(.seedInactiveTime), ["inactiveSeedingTimeLimit", "inactive_seeding_time_limit"]),
        (.limitAction, ["shareLimitAction", "share_limit_action"]),
    ]
}
