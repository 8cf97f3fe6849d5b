public import Logging

/// What the operator decided: every setting of `config.yaml`, resolved.
///
/// A value of this type has passed all checks, each setting's own and those between settings. It holds no
/// secret that came from a file: ``Client/credentials(credentialsDirectory:)`` reads those when a
/// connection is made, so that commands which need no server need no secret either.
///
/// Names, units, defaults and limits are those of `Setting.all`, which a test holds equal to what stands
/// here. Settings that this version does not carry out are no part of this type; loading refuses them.
public struct Configuration: Sendable, Equatable {
    /// The client that the `QBITTORRENT_…` variables set, and that requests mean which name none.
    public static let defaultClient = "default"

    /// Time between two passes of the daemon when nothing happens. 30 s; 100 ms to 1 day.
    public var interval: Duration = .seconds(30)
    public var spool = Spool()
    public var store = Store()
    public var status = Status()
    /// The servers by name. Never empty.
    public var clients = [Configuration.defaultClient: Client()]
    public var prowlarr = Prowlarr()
    public var sources = Sources()
    public var paths = Paths()
    /// Fields of every request, as the text of a JSON object. `nil`: none.
    public var defaults: [UInt8]?
    /// Save paths by category, used when qspool creates the category. None.
    public var categories: [String: String] = [:]
    /// The tag that marks a torrent as ours. `qspool`.
    public var tag = "qspool"
    public var limits = Limits()
    public var prune = Prune()
    /// Whether a field that somebody changed is set back. `enforce`.
    public var drift = Drift.enforce
    public var log = Log()
    public var logging = LogOutput()

    /// The defaults.
    public init() {}

    /// A client's settings; those of a client that is not there are the defaults.
    public subscript(client name: String) -> Client {
        get { clients[name] ?? Client() }
        set { clients[name] = newValue }
    }
}

extension Configuration {
    /// Where requests and status files are, and when the directory is read.
    public struct Spool: Sendable, Equatable {
        /// Whether `requests/` may be writable by every local user.
        public enum WorldWritable: String, Sendable, CaseIterable {
            case refuse, allow
        }

        /// The directory of requests. `nil`: `requests` below the root.
        public var requests: String?
        /// The directory of status files. `nil`: `status` below the root.
        public var status: String?
        /// How old a file that does not parse must be to count as bad and not as being written. 2 s; 0 s to
        /// 1 h.
        public var settle: Duration = .seconds(2)
        /// How often every file is read again, whatever its stat says. 5 min; 1 s to 7 days.
        public var fullScan: Duration = .seconds(300)
        public var worldWritable = WorldWritable.refuse

        public init() {}
    }

    /// The embedded database.
    public struct Store: Sendable, Equatable {
        /// Its directory. `nil`: `store` below the root.
        public var path: String?
        /// The largest size the store may grow to.
        ///
        /// A ceiling, not an allocation: LMDB reserves this much address space and the file grows as needed.
        ///
        /// - Unit: MiB (1 048 576 bytes).
        /// - Default: 16 384. Limits: 16 to 65 536.
        /// - Source: `lmdb.h`, `mdb_env_set_mapsize`.
        public var mapSizeMiB = 16_384

        public init() {}
    }

    /// When status files are written again.
    public struct Status: Sendable, Equatable {
        /// Shortest time between two writes for a moving download. 5 s; 100 ms to 1 day.
        public var interval: Duration = .seconds(5)
        /// The same for a torrent that seeds. 15 min; 100 ms to 7 days.
        public var seedingInterval: Duration = .seconds(900)
        /// How long the status of a removed request stays. 7 days; 0 s to 3650 days.
        public var keepRemoved: Duration = .seconds(7 * 86_400)

        public init() {}
    }

    /// What resolves search results that carry neither address nor hash.
    public struct Prowlarr: Sendable, Equatable {
        /// `http://127.0.0.1:9696`.
        public var url = ServerAddress.prowlarrStandard
        /// `nil`: there is no Prowlarr.
        public var apiKeyFile: String?

        public init() {}

        public var isConfigured: Bool { apiKeyFile != nil }
    }

    /// How sources are fetched.
    public struct Sources: Sendable, Equatable {
        /// Hosts, each with or without a port, whose addresses may be private. None.
        public var allowHosts: [String] = []
        /// For one source, redirects included. 60 s; 1 s to 1 h.
        public var timeout: Duration = .seconds(60)
        /// Of one torrent. 10 MiB; 1 KiB to 10 MiB.
        public var maxBytes = 10 << 20

        public init() {}
    }

    /// Where requests may save.
    public struct Paths: Sendable, Equatable {
        /// Absolute directories below which save paths must lie. Empty: any absolute path.
        public var allowed: [String] = []

        public init() {}

        /// Whether `path` is one of the allowed directories or below one. Lexical: the path is the
        /// server's, so no link can be followed here.
        public func allows(_ path: String) -> Bool {
            allowed.isEmpty || allowed.contains { AbsolutePath.isWithin(path, $0) }
        }
    }

    /// How much one pass may do.
    public struct Limits: Sendable, Equatable {
        /// Adds in one pass; the rest waits for the next. 1000; 1 to 100 000.
        public var addsPerPass = 1000
        /// Downloads that may be active at once on a client. `nil`: any number; 1 to 100 000.
        public var active: Int?
        /// Room that new torrents leave free. Unit: bytes. `nil`: none; 0 to 1 PiB.
        public var minFreeSpace: Int?

        public init() {}
    }

    /// When a torrent whose request is gone is removed.
    public struct Prune: Sendable, Equatable {
        /// How many removals one pass may make: the larger of a number and a share of what is managed.
        public struct Budget: Sendable, Equatable {
            /// 5; 0 to 1 000 000.
            public var count = 5
            /// A part of 1. 0.10; 0 to 1.
            public var share = 0.10

            public init() {}
        }

        /// How long a request must be gone, in two complete passes, before its torrent goes. 60 s; 0 s to
        /// 365 days.
        public var grace: Duration = .seconds(60)
        public var budget = Budget()

        public init() {}
    }

    /// What happens to a field that differs from its request after it was set.
    public enum Drift: String, Sendable, CaseIterable {
        /// Set it back.
        case enforce
        /// Say so, and leave it.
        case report
    }

    /// The change log in the store.
    public struct Log: Sendable, Equatable {
        /// How far back it reaches. 90 days; 1 s to 3650 days.
        public var keep: Duration = .seconds(90 * 86_400)

        public init() {}
    }

    /// What is written to standard error.
    public struct LogOutput: Sendable, Equatable {
        /// The least important lines still written. `info`.
        public var level = Logger.Level.info

        public init() {}
    }
}
