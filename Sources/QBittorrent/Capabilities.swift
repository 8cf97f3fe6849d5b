import Reconciliation

/// What a server can do, by its Web API version. The only place that knows versions.
///
/// Measured on 2.5.1 (4.2.5), 2.8.19 (4.5.2), 2.11.4 (5.1.0) and 2.16.2 (5.3.0); the thresholds between them
/// are those of the server's Web API changelog. What is harmless on every version is not in the table: login
/// answers and cookie names are recognised as they come, `paused` and `stopped` are both sent, and so are all
/// five parameters of `setShareLimits`.
struct Capabilities: Equatable, Sendable {
    /// The versions this was measured on.
    static let oldestKnown = WebAPIVersion(2, 5, 1)
    static let newestKnown = WebAPIVersion(2, 16, 2)

    let version: WebAPIVersion

    /// The endpoint that stops torrents: renamed in 5.0.
    var stopWord: String { version >= WebAPIVersion(2, 11, 0) ? "stop" : "pause" }

    /// The endpoint that starts torrents.
    var startWord: String { version >= WebAPIVersion(2, 11, 0) ? "start" : "resume" }

    /// Whether `torrents/add` takes tags. 4.2.5 ignores them silently.
    var tagsTravelWithAdd: Bool { version >= WebAPIVersion(2, 6, 2) }

    /// Whether a torrent has a path of its own for incomplete data.
    var hasDownloadPath: Bool { version >= WebAPIVersion(2, 8, 4) }

    /// Whether `torrents/add` knows layouts; before it knows only `root_folder`, which makes no folder for a
    /// single file.
    var hasContentLayout: Bool { version >= WebAPIVersion(2, 7, 0) }

    /// Whether an add can say that the torrent is to stop when it has its metadata. Measured from 2.8.19 on.
    /// Without it a magnet whose files are to be chosen is added running and they are chosen as soon as there
    /// are any: a little of what is not wanted may be downloaded until then.
    var stopsAtMetadata: Bool { version >= WebAPIVersion(2, 8, 15) }

    /// Whether `torrents/export` gives the `.torrent` of a torrent that is there. Measured from 2.8.19 on.
    var exportsTorrents: Bool { version >= WebAPIVersion(2, 8, 14) }

    /// Whether an add takes a place in the queue. 4.5.2 (2.8.19) ignores it. A call right after the add comes
    /// too early everywhere: it has an effect only once the torrent is listed.
    var queueTravelsWithAdd: Bool { version > WebAPIVersion(2, 8, 19) }

    /// Whether files that are not wanted are shown below a folder `.unwanted` (seen on 2.5.1).
    var showsUnwantedFolder: Bool { version < WebAPIVersion(2, 8, 0) }

    /// Fields that no call of this version can set.
    var unsupported: Set<Field> { hasDownloadPath ? [] : [.downloadPath] }

    /// Whether the limits of a torrent carry an action of their own.
    var hasShareLimitAction: Bool { version >= WebAPIVersion(2, 12, 0) }

    /// Whether the server takes API keys.
    var hasAPIKeys: Bool { version >= WebAPIVersion(2, 14, 1) }

    /// Whether `app/processInfo` tells when the server was started.
    var tellsLaunchTime: Bool { version >= WebAPIVersion(2, 15, 1) }

    /// Whether `app/getFreeSpaceAtPath` tells the room on the server's disk. Elsewhere only `sync/maindata`
    /// does, which is not used: it can crash 5.1.0 and 5.3.0.
    var tellsFreeSpace: Bool { version >= WebAPIVersion(2, 15, 2) }

    /// Newer than any that was measured. It is used as the newest known one.
    var isNewerThanKnown: Bool { version > Self.newestKnown }

    /// Older than any that was measured.
    var isOlderThanKnown: Bool { version < Self.oldestKnown }
}
