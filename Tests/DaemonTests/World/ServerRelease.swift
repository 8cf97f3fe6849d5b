import Reconciliation
import Testing

/// What a release of qBittorrent can do, as measured. The tests' own table: what the program believes is held
/// against it.
struct ServerRelease: Hashable, Sendable, CustomTestStringConvertible {
    /// The Debian suite that has it.
    let suite: String
    /// As the server says: `v5.3.0`.
    let version: String
    let webAPI: String
    /// From 4.4 on: tags and layouts come with an add, seeding is told in seconds, a torrent may have a path
    /// of its own for what is incomplete, and the second version of torrents is known.
    let isModern: Bool
    /// Stops are called stops, and inactivity can limit seeding.
    let isFive: Bool
    /// A limit of seeding carries its own action.
    let hasLimitAction: Bool

    static let bullseye = ServerRelease(
        suite: "bullseye", version: "v4.2.5", webAPI: "2.5.1", isModern: false, isFive: false,
        hasLimitAction: false)
    static let bookworm = ServerRelease(
        suite: "bookworm", version: "v4.5.2", webAPI: "2.8.19", isModern: true, isFive: false,
        hasLimitAction: false)
    static let trixie = ServerRelease(
        suite: "trixie", version: "v5.1.0", webAPI: "2.11.4", isModern: true, isFive: true,
        hasLimitAction: false)
    static let backports = ServerRelease(
        suite: "trixie-backports", version: "v5.3.0", webAPI: "2.16.2", isModern: true, isFive: true,
        hasLimitAction: true)

    static let all = [bullseye, bookworm, trixie, backports]

    /// Torrents of the second version, and hybrids as such.
    var knowsV2: Bool { isModern }
    var takesTagsInAdd: Bool { isModern }
    var hasDownloadPath: Bool { isModern }
    var hasLayouts: Bool { isModern }
    var tellsSeedingTime: Bool { isModern }
    var stopsAtMetadata: Bool { isModern }
    var takesQueueInAdd: Bool { isFive }
    var hasInactiveLimit: Bool { isFive }

    /// What the program is to find out about such a server.
    var facts: ServerFacts {
        ServerFacts(
            version: version, webAPI: webAPI, ignoresTagsInAdd: !takesTagsInAdd,
            ignoresQueueInAdd: !takesQueueInAdd, unsupported: hasDownloadPath ? [] : [.downloadPath],
            lacksSubfolders: !hasLayouts)
    }

    var testDescription: String { version }
}
