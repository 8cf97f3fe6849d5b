internal import Logging

extension Setting {
    /// Every setting, in the order in which the example shows them.
    static let all: [Setting] = general + client(Configuration.defaultClient) + sources + control + output

    private static let general: [Setting] = [
        Setting(
            "interval", \.interval, .duration(.milliseconds(100)...days(1)), default: "30s",
            "Time between two passes of the daemon when nothing happens"),
        Setting(
            "spool.requests", \.spool.requests, SettingForm.path.orNull, default: "null",
            "Where the request files are; null: requests below the root"),
        Setting(
            "spool.status", \.spool.status, SettingForm.path.orNull, default: "null",
            "Where the status files go; null: status below the root"),
        Setting(
            "spool.settle", \.spool.settle, .duration(.zero ... .seconds(3600)), default: "2s",
            "A file that cannot be understood counts as being written until it is this old"),
        Setting(
            "spool.fullScan", \.spool.fullScan, .duration(.seconds(1)...days(7)), default: "5m",
            "How often every request file is read again, changed or not"),
        Setting(
            "spool.worldWritable", \.spool.worldWritable, .word, default: "refuse",
            "Whether every local user may be able to write requests"),
        Setting(
            "store.path", \.store.path, SettingForm.path.orNull, default: "null",
            "Where the database is, on a local disk; null: store below the root"),
        Setting(
            "store.mapSizeMiB", \.store.mapSizeMiB, .integer(16...65_536), default: "16384",
            "The largest size of the database, in MiB of address space, not of disk"),
        Setting(
            "status.interval", \.status.interval, .duration(.milliseconds(100)...days(1)), default: "5s",
            "Shortest time between two writes of a status file while its download moves"),
        Setting(
            "status.seedingInterval", \.status.seedingInterval, .duration(.milliseconds(100)...days(7)),
            default: "15m", "The same while it seeds"),
        Setting(
            "status.keepRemoved", \.status.keepRemoved, .duration(.zero...days(3650)), default: "7d",
            "How long the status file of a removed request stays"),
    ]

    /// The settings of one client.
    static func client(_ name: String) -> [Setting] {
        let timeouts = Duration.milliseconds(100)...Duration.seconds(600)
        return login(name) + [
            Setting(
                "clients.\(name).caFile", \.[client: name].caFile, SettingForm.path.orNull, default: "null",
                "Certificates (PEM) to trust instead of the system's"),
            Setting(
                "clients.\(name).allowPlainHTTP", \.[client: name].allowPlainHTTP, .boolean, default: "false",
                "Allow http to a public address, where others can read the password"),
            Setting(
                "clients.\(name).connectTimeout", \.[client: name].connectTimeout, .duration(timeouts),
                default: "10s", "How long connecting may take"),
            Setting(
                "clients.\(name).timeout", \.[client: name].timeout, .duration(timeouts), default: "30s",
                "How long one call may take"),
            Setting(
                "clients.\(name).pathMap", \.[client: name].pathMap,
                .list("a list such as [{remote: /downloads, local: /mnt/downloads}]", of: .pathMapping),
                default: "[]", "Directories that the server knows by another name than this machine"),
        ]
    }

    private static func login(_ name: String) -> [Setting] {
        [
            Setting(
                "clients.\(name).url", \.[client: name].url, .address, default: "\"http://127.0.0.1:8080\"",
                "Where qBittorrent's Web UI listens"),
            Setting(
                "clients.\(name).username", \.[client: name].username,
                SettingForm.username(allowsColon: true).orNull, default: "null",
                "Who logs in; null: admin when there is a password, else nobody"),
            Setting(
                "clients.\(name).passwordFile", \.[client: name].passwordFile, SettingForm.secretPath.orNull,
                default: "null",
                "The password: a file with mode 0600, or below /run/secrets or /run/credentials"),
            Setting(
                "clients.\(name).apiKeyFile", \.[client: name].apiKeyFile, SettingForm.secretPath.orNull,
                default: "null", "An API key instead of name and password (qBittorrent 5.2 and later)"),
            Setting(
                "clients.\(name).basicAuth.username", \.[client: name].basicAuth.username,
                SettingForm.username(allowsColon: false).orNull, default: "null",
                "The user name that a reverse proxy asks for"),
            Setting(
                "clients.\(name).basicAuth.passwordFile", \.[client: name].basicAuth.passwordFile,
                SettingForm.secretPath.orNull, default: "null", "The password that a reverse proxy asks for"),
        ]
    }

    private static let sources: [Setting] = [
        Setting(
            "prowlarr.url", \.prowlarr.url, .address, default: "\"http://127.0.0.1:9696\"",
            "Where Prowlarr listens, for search results that only it can resolve"),
        Setting(
            "prowlarr.apiKeyFile", \.prowlarr.apiKeyFile, SettingForm.secretPath.orNull, default: "null",
            "Prowlarr's API key: a file with mode 0600; null: there is no Prowlarr"),
        Setting(
            "sources.allowHosts", \.sources.allowHosts,
            .list(
                "a list of hosts, each with or without a port, such as [nas.lan, \"10.0.0.5:9117\"]",
                of: .host), default: "[]",
            "Hosts at private addresses from which torrents may be fetched"),
        Setting(
            "sources.timeout", \.sources.timeout, .duration(.seconds(1) ... .seconds(3600)),
            default: "60s", "How long fetching one source may take"),
        Setting(
            "sources.maxBytes", \.sources.maxBytes, .size((1 << 10)...(10 << 20)), default: "10MiB",
            "The largest torrent that is fetched"),
    ]

    private static let control: [Setting] = [
        Setting(
            "paths.allowed", \.paths.allowed, .list("a list of absolute paths", of: .path), default: "[]",
            "Directories below which requests may save; none: everywhere"),
        Setting(
            "defaults", \.defaults, .jsonObject, default: "{}",
            "Fields of every request, such as {category: movies}: a _defaults.json above all folders"),
        Setting(
            "categories", \.categories, .categories, default: "{}",
            "Save paths of the categories that qspool creates, such as {movies: /downloads/movies}"),
        Setting("tag", \.tag, .tag, default: "qspool", "The tag that marks torrents as qspool's"),
        Setting(
            "limits.active", \.limits.active, SettingForm.integer(1...100_000).orNull, default: "null",
            "Downloads of qspool that may be active at once on a client; the rest waits"),
        Setting(
            "limits.minFreeSpace", \.limits.minFreeSpace, SettingForm.size(0...(1 << 50)).orNull,
            default: "null",
            "Room that new torrents leave free on the server's disk, such as \"50 GiB\""),
        Setting(
            "limits.addsPerPass", \.limits.addsPerPass, .integer(1...100_000), default: "1000",
            "Adds in one pass; the rest waits for the next"),
        Setting(
            "prune.grace", \.prune.grace, .duration(.zero...days(365)), default: "60s",
            "How long a request must be gone before its torrent is removed (the data stays)"),
        Setting(
            "prune.budget.count", \.prune.budget.count, .integer(0...1_000_000), default: "5",
            "Removals in one pass; above this number and the share below, none happens without approval"),
        Setting(
            "prune.budget.share", \.prune.budget.share, .share, default: "0.10",
            "The same as a share of all torrents of qspool; the larger of both counts"),
        .later("prune.allowData", .boolean, only: false, default: "false"),
        Setting(
            "drift", \.drift, .word, default: "enforce",
            "Whether a field that was changed in qBittorrent is set back or only reported"),
    ]

    private static let output: [Setting] = [
        Setting(
            "log.keep", \.log.keep, .duration(.seconds(1)...days(3650)), default: "90d",
            "How far back the change log reaches"),
        .later("snapshots.every", .duration(.seconds(1)...days(30)), only: .seconds(3600), default: "1h"),
        Setting(
            "logging.level", \.logging.level, .word, default: "info",
            "The least important lines on standard error"),
    ]

    private static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
