/// A field of the request format (contract 2.2). The raw value is its key; a member of an object field is
/// written with the object's key and a dot.
enum RequestField: String, CaseIterable {
    case source, release, client, state, category, tags, savePath, downloadPath, autoTMM, rename
    case contentLayout, skipChecking, sequentialDownload, firstLastPiecePrio, forceStart, superSeeding
    case queue, downloadLimit, uploadLimit, seed, files, onDelete, onVanish, stall, notBefore, giveUpAfter
    case priority, labels, suspend

    case seedRatio = "seed.ratio"
    case seedTime = "seed.time"
    case seedInactiveTime = "seed.inactiveTime"
    case seedThen = "seed.then"
    case filesInclude = "files.include"
    case filesExclude = "files.exclude"
    case stallAfter = "stall.after"
    case stallThen = "stall.then"
    /// Like any label, but that other tools have a key of their own for it.
    case labelsMovie = "labels.movie"

    /// Those that are keys of a request itself.
    static let ofRequest = allCases.filter { $0.parent == nil }

    /// The object that it is a member of.
    var parent: RequestField? {
        switch self {
        case .seedRatio, .seedTime, .seedInactiveTime, .seedThen: .seed
        case .filesInclude, .filesExclude: .files
        case .stallAfter, .stallThen: .stall
        case .labelsMovie: .labels
        default: nil
        }
    }

    /// The members that it can have; empty for `labels`, whose names are free, and for what is no object.
    var members: [RequestField] {
        self == .labels ? [] : Self.allCases.filter { $0.parent == self }
    }

    /// Its key inside its object, or its own.
    var name: String {
        guard let parent else { return rawValue }
        return String(rawValue.dropFirst(parent.rawValue.count + 1))
    }
}
