extension RequestField {
    /// What it means, in the words that an editor shows beside it.
    var meaning: String {
        switch self {
        case .source:
            "Where the torrent comes from; several are tried in order. A file of the same name that ends in "
                + ".torrent or .magnet is a source too."
        case .release: "A search result of Prowlarr, Sonarr, Radarr or a Torznab feed, as it was returned."
        case .client: "The qBittorrent that is meant, by its name in the configuration. Default: default."
        case .state:
            "running or stopped: kept so. absent: the torrent goes, its data as `onDelete` says. Left out: "
                + "started once, and what a person does in qBittorrent is respected."
        case .category: "Made when it is missing. Empty or null: none."
        case .tags: "These are on it; tags of others are left alone. Empty or null: none of ours."
        case .savePath: "Where the data lies: an absolute path as qBittorrent sees it."
        case .downloadPath:
            "Where incomplete data lies: an absolute path as qBittorrent sees it. Empty or null: with the "
                + "rest."
        case .autoTMM: "Automatic torrent management: qBittorrent takes the paths from the category."
        case .rename: "The name that qBittorrent shows. Files keep theirs."
        case .contentLayout: "Whether files lie in a folder of the torrent's name. Only when it is added."
        case .skipChecking: "Takes data that is there as complete without reading it. Only when it is added."
        case .sequentialDownload: "Pieces are downloaded in their order."
        case .firstLastPiecePrio: "The first and the last piece of each file come first."
        case .forceStart: "Runs although the limits of the queue say no."
        case .superSeeding: "For the first seed of a torrent."
        case .queue: "Where it enters the queue. Only when it is added."
        case .downloadLimit, .uploadLimit:
            "Bytes per second, or text with a unit: \"2 MiB/s\". 0 or null: unlimited."
        case .labels: "Names and values of the producer's own; status files carry them, list finds by them."
        case .suspend: "While true nothing about this torrent is changed."
        default: meaningOfTerm
        }
    }

    private var meaningOfTerm: String {
        switch self {
        case .seed: "How long it is seeded once it is complete, and what happens then."
        case .seedRatio: "Uploaded by downloaded. null: there is no such goal."
        case .seedTime: "How long: \"7d\", \"36h\", or minutes as a number. null: there is no such goal."
        case .seedInactiveTime:
            "How long without uploading: \"7d\", \"36h\", or minutes as a number. null: no such goal."
        case .seedThen: "At the first goal that is met: nothing, stop it, or remove it and keep its data."
        case .files: "Which files of the torrent are wanted. Patterns of both lists are matched in any case."
        case .filesInclude: "Only files that one of these patterns matches. Empty or null: all."
        case .filesExclude: "Not the files that one of these patterns matches, although they are included."
        case .onDelete:
            "When the request file is deleted. remove: the torrent goes, its data stays. keep: the torrent "
                + "stays. removeData: its data goes too, if prune.allowData is set, nothing of it was "
                + "there before, and no other torrent uses it."
        case .onVanish:
            "When somebody else removed the torrent. auto: one that was complete is done with, another is "
                + "added again. readd: added again, three times at most. accept: not added again."
        case .stall: "What a time without progress means."
        case .stallAfter: "How long: \"6h\"."
        case .stallThen: "Say so, try the next source, or give up."
        case .notBefore: "Nothing is done before: a time with its zone, \"2026-12-01T18:00:00Z\"."
        case .giveUpAfter: "Not complete this long after its acceptance: given up. \"14d\"."
        case .priority: "Which goes first when limits hold requests back: the higher. Default: 0."
        case .labelsMovie: "The number of a film."
        default: preconditionFailure("\(rawValue) has no meaning")
        }
    }
}

extension ForeignReading {
    /// What it means, in the words that an editor shows beside it.
    var meaning: String {
        switch self {
        case .stopped: "Another tool's word for state: true is stopped."
        case .limitText(let field): "Another tool's word for \(field.rawValue), with a unit only."
        case .movie: "Another tool's word for the label movie."
        case .usesDownloadPath: "Another tool's word: false is a downloadPath of null."
        case .operatingMode: "Another tool's word for forceStart: Forced is true."
        case .topOfQueue: "Another tool's word for queue: true is top."
        case .ratio: "Another tool's word for seed.ratio; -1 is null, -2 says nothing."
        case .minutes(let field): "Another tool's word for \(field.rawValue); -1 is null, -2 says nothing."
        case .limitAction: "Another tool's word for seed.then: Stop is stop, Remove is remove."
        }
    }
}
