import Reconciliation

/// What a server can do, by its Web API version. With ``Difference`` the only place that knows versions.
///
/// A version between two measured ones has what the server's Web API changelog says; one that is newer than
/// all is taken to be like the newest.
struct Capabilities: Equatable, Sendable {
    /// The versions this was measured on: qBittorrent 4.2.5, 4.5.2, 5.1.0 and 5.3.0.
    static let measured = [
        WebAPIVersion(2, 5, 1), WebAPIVersion(2, 8, 19), WebAPIVersion(2, 11, 4), WebAPIVersion(2, 16, 2),
    ]
    static let oldestKnown = WebAPIVersion(2, 5, 1)
    static let newestKnown = WebAPIVersion(2, 16, 2)

    let version: WebAPIVersion

    /// Something that not every version can, and that we ask for only where it can.
    enum Ability: String, CaseIterable, Sendable {
        case categoryList, tags, tagsInAdd, contentLayout, unwantedInPlace, downloadPath, export
        case stopAtMetadata
        case queueInAdd, stopAndStart, shareLimitAction, apiKeys, launchTime, freeSpace
    }

    func has(_ ability: Ability) -> Bool { version >= Difference.of(ability).since }

    /// The endpoint that stops torrents: renamed in 5.0.
    var stopWord: String { has(.stopAndStart) ? "stop" : "pause" }

    /// The endpoint that starts torrents.
    var startWord: String { has(.stopAndStart) ? "start" : "resume" }

    /// Whether `torrents/add` takes tags. 4.2.5 ignores them silently.
    var tagsTravelWithAdd: Bool { has(.tagsInAdd) }

    /// Whether `torrents/add` knows layouts; before it knows only `root_folder`, which makes no folder for a
    /// single file.
    var hasContentLayout: Bool { has(.contentLayout) }

    /// Whether an add can say that the torrent is to stop when it has its metadata. Without it a magnet whose
    /// files are to be chosen is added running and they are chosen as soon as there are any: a little of what
    /// is not wanted may be downloaded until then.
    var stopsAtMetadata: Bool { has(.stopAtMetadata) }

    /// Whether `torrents/export` gives the `.torrent` of a torrent that is there.
    var exportsTorrents: Bool { has(.export) }

    /// Whether an add takes a place in the queue. A call right after the add comes too early everywhere: it
    /// has an effect only once the torrent is listed.
    var queueTravelsWithAdd: Bool { has(.queueInAdd) }

    /// Whether files that are not wanted are shown below a folder `.unwanted`.
    var showsUnwantedFolder: Bool { !has(.unwantedInPlace) }

    /// Whether a torrent has a path of its own for incomplete data.
    var hasDownloadPath: Bool { has(.downloadPath) }

    /// Fields that no call of this version can set.
    var unsupported: Set<Field> { hasDownloadPath ? [] : [.downloadPath] }

    /// Whether the limits of a torrent carry an action of their own.
    var hasShareLimitAction: Bool { has(.shareLimitAction) }

    /// Whether the server takes API keys.
    var hasAPIKeys: Bool { has(.apiKeys) }

    /// Whether `app/processInfo` tells when the server was started.
    var tellsLaunchTime: Bool { has(.launchTime) }

    /// Whether `app/getFreeSpaceAtPath` tells the room on the server's disk. Elsewhere only `sync/maindata`
    /// does, which is not used: it can crash 5.1.0 and 5.3.0.
    var tellsFreeSpace: Bool { has(.freeSpace) }

    /// Newer than any that was measured. It is used as the newest known one.
    var isNewerThanKnown: Bool { version > Self.newestKnown }

    /// Older than any that was measured.
    var isOlderThanKnown: Bool { version < Self.oldestKnown }

    /// What this version lacks, each as what then happens; without what bears on nothing we would do.
    var lacks: [String] {
        Ability.allCases.filter { !has($0) }.map { Difference.of($0).without }.filter { !$0.isEmpty }
    }
}
