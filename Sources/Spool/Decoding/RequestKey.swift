/// The fields of a request that this version carries out.
enum RequestField: String, CaseIterable {
    case source, client, state, category, tags, savePath, autoTMM, rename, sequentialDownload
    case firstLastPiecePrio, downloadLimit, uploadLimit, onDelete, labels, suspend
}

/// What a key of a request file means.
enum RequestKey {
    case field(RequestField)
    /// Another tool's word for the same.
    case alias(RequestField)
    /// Another tool's flag for a torrent that is added stopped; `false` is as if it were not there.
    case stoppedAlias
    /// Another tool's limit in KiB/s, where ours is in bytes/s: taken as text with a unit only.
    case limitAlias(RequestField)
    /// A film's number, which becomes the label `movie`.
    case movieAlias
    /// A field of the format, not carried out by this version, with the types it may have.
    case later(String, Set<String>)
    case ignored

    /// What it speaks about, where this version carries that out.
    var field: RequestField? {
        switch self {
        case .field(let field), .alias(let field), .limitAlias(let field): field
        case .stoppedAlias: .state
        case .movieAlias: .labels
        case .later, .ignored: nil
        }
    }

    static let known: [String: RequestKey] = {
        var keys: [String: RequestKey] = ["$schema": .ignored]
        for field in RequestField.allCases { keys[field.rawValue] = .field(field) }
        for (field, names) in aliases {
            for name in names { keys[name] = .alias(field) }
        }
        for name in ["paused", "stopped", "startPaused", "add_paused"] { keys[name] = .stoppedAlias }
        for name in ["limit_upload_speed", "maxupspeed"] { keys[name] = .limitAlias(.uploadLimit) }
        for name in ["limit_download_speed", "maxdownspeed"] { keys[name] = .limitAlias(.downloadLimit) }
        for name in ["movie_id", "movieId"] { keys[name] = .movieAlias }
        for (field, types, names) in laterFields {
            // The first row of a field is that of its own name.
            if keys[field] == nil { keys[field] = .later(field, types) }
            for name in names { keys[name] = .later(field, types) }
        }
        return keys
    }()

    /// The known key that is nearest to an unknown one, by the number of letters to change; of equally near
    /// ones a field before an alias, then by name.
    static func nearest(to key: String) -> String {
        let wanted = Array(key.lowercased().utf8.prefix(64))
        let ranked = known.keys.filter { $0 != "$schema" }
            .map { (EditDistance.between(wanted, Array($0.lowercased().utf8)), isAlias($0) ? 1 : 0, $0) }
        return ranked.min { $0 < $1 }?.2 ?? RequestField.source.rawValue
    }

    private static func isAlias(_ key: String) -> Bool {
        switch known[key] {
        case .field: false
        case .later(let field, _): field != key
        default: true
        }
    }

    private static let aliases: [(RequestField, [String])] = [
        (.source, ["magnet", "url"]),
        (.client, ["instance", "downloadClient"]),
        (.category, ["label"]),
        (.savePath, ["save_path", "savepath", "path"]),
        (.autoTMM, ["use_auto_tmm", "autoManagement"]),
        (.sequentialDownload, ["sequential"]),
        (.firstLastPiecePrio, ["first_last_piece_prio", "firstLastPiecePriority"]),
        (.uploadLimit, ["upLimit", "upload_limit"]),
        (.downloadLimit, ["dlLimit", "download_limit"]),
    ]

    private static let flag: Set = ["boolean"]
    private static let text: Set = ["string"]

    private static let laterFields: [(String, Set<String>, [String])] = [
        ("release", ["object"], []),
        ("downloadPath", ["string", "null"], ["download_path"]),
        ("downloadPath", flag, ["useDownloadPath", "use_download_path"]),
        ("contentLayout", text, ["content_layout"]),
        ("skipChecking", flag, ["skip_checking", "skip_hash_check", "skip_check", "seedMode", "seed_mode"]),
        ("forceStart", flag, ["forced"]),
        ("forceStart", text, ["operating_mode"]),
        ("superSeeding", flag, []),
        ("queue", text, []),
        ("queue", flag, ["addToTopOfQueue", "add_to_top_of_queue"]),
        ("seed", ["object"], []),
        ("seed", ["number"], ["ratioLimit", "ratio_limit", "limit_ratio"]),
        (
            "seed", ["number", "string"],
            [
                "seedingTimeLimit", "seeding_time_limit", "limit_seed_time", "inactiveSeedingTimeLimit",
                "inactive_seeding_time_limit",
            ]
        ),
        ("seed", text, ["shareLimitAction", "share_limit_action"]),
        ("files", ["object"], []),
        ("onVanish", text, []),
        ("stall", ["object"], []),
        ("notBefore", text, []),
        ("giveUpAfter", ["string", "number"], []),
        ("priority", ["number", "string"], []),
    ]
}
