import Testing

@testable import Daemon

/// One row for every setting: nothing can be added without saying what is good and what is bad.
@Suite("Every key of the configuration")
struct ConfigurationKeyTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let key: String
        let variable: String
        /// Accepted, and not the default. For a setting of a later version: right in itself.
        let valid: [String]
        let bad: [String]

        init(_ key: String, _ variable: String, valid: [String], bad: [String]) {
            self.key = key
            self.variable = variable
            self.valid = valid
            self.bad = bad
        }

        var testDescription: String { key }
    }

    static let durations = [
        "5", "s", "-1s", "1.5s", "5 s", "5S", "5w", "1s1s", "99999999999999999999s", "[]", "null",
    ]
    static let paths = ["relative", "/a/../b", "\"/a\\u0001\"", "{}"]

    static let examples = [
        Example("interval", "QSPOOL_INTERVAL", valid: ["100ms", "1d"], bad: durations + ["99ms", "2d"]),
        Example("spool.requests", "QSPOOL_SPOOL_REQUESTS", valid: ["/mnt/requests"], bad: paths),
        Example("spool.status", "QSPOOL_SPOOL_STATUS", valid: ["/mnt/status"], bad: paths),
        Example("spool.settle", "QSPOOL_SPOOL_SETTLE", valid: ["0s", "1h"], bad: durations + ["61m"]),
        Example("spool.fullScan", "QSPOOL_SPOOL_FULL_SCAN", valid: ["1s", "7d"], bad: durations + ["0s"]),
        Example(
            "spool.worldWritable", "QSPOOL_SPOOL_WORLD_WRITABLE", valid: ["allow"],
            bad: ["Allow", "true", "[]"]),
        Example("store.path", "QSPOOL_STORE_PATH", valid: ["/mnt/store"], bad: paths),
        Example(
            "store.mapSizeMiB", "QSPOOL_STORE_MAP_SIZE_MIB", valid: ["16", "65536"],
            bad: ["15", "65537", "0x20", "1e3", "16.0", "16MiB", "-16", "null"]),
        Example("status.interval", "QSPOOL_STATUS_INTERVAL", valid: ["1s"], bad: durations + ["2d"]),
        Example(
            "status.seedingInterval", "QSPOOL_STATUS_SEEDING_INTERVAL", valid: ["1h"], bad: durations + ["8d"]
        ),
        Example("status.keepRemoved", "QSPOOL_STATUS_KEEP_REMOVED", valid: ["0s", "30d"], bad: durations),
        Example(
            "clients.default.url", "QSPOOL_CLIENTS_DEFAULT_URL",
            valid: ["https://nas.example.org/qb", "unix:/run/qb.sock"],
            bad: [
                "ftp://nas", "nas:8080", "http://", "http://u:p@nas", "http://nas/?a", "unix:qb", "null",
                "{}",
            ]),
        Example(
            "clients.default.username", "QSPOOL_CLIENTS_DEFAULT_USERNAME", valid: [],
            bad: ["\"a\\nb\"", "\"\""]),
        Example(
            "clients.default.passwordFile", "QSPOOL_CLIENTS_DEFAULT_PASSWORD_FILE", valid: ["/run/secrets/p"],
            bad: paths),
        Example(
            "clients.default.apiKeyFile", "QSPOOL_CLIENTS_DEFAULT_API_KEY_FILE", valid: ["/run/secrets/k"],
            bad: paths),
        Example(
            "clients.default.basicAuth.username", "QSPOOL_CLIENTS_DEFAULT_BASIC_AUTH_USERNAME", valid: [],
            bad: ["\"a:b\""]),
        Example(
            "clients.default.basicAuth.passwordFile", "QSPOOL_CLIENTS_DEFAULT_BASIC_AUTH_PASSWORD_FILE",
            valid: [], bad: paths),
        Example(
            "clients.default.caFile", "QSPOOL_CLIENTS_DEFAULT_CA_FILE", valid: ["/etc/ca.pem"], bad: paths),
        Example(
            "clients.default.allowPlainHTTP", "QSPOOL_CLIENTS_DEFAULT_ALLOW_PLAIN_HTTP", valid: ["true"],
            bad: ["yes", "on", "1", "True", "null"]),
        Example(
            "clients.default.connectTimeout", "QSPOOL_CLIENTS_DEFAULT_CONNECT_TIMEOUT", valid: ["5s"],
            bad: durations + ["0s", "11m"]),
        Example(
            "clients.default.timeout", "QSPOOL_CLIENTS_DEFAULT_TIMEOUT", valid: ["1m"],
            bad: durations + ["0s", "11m"]),
        Example(
            "clients.default.pathMap", "QSPOOL_CLIENTS_DEFAULT_PATH_MAP",
            valid: ["[{remote: /downloads, local: /mnt/downloads}]"],
            bad: [
                "{}", "/a", "[a]", "[{remote: /a}]", "[{remote: /a, local: b}]",
                "[{remote: /a, local: /b, lokal: /c}]", "null",
            ]),
        Example(
            "prowlarr.url", "QSPOOL_PROWLARR_URL", valid: [],
            bad: ["nas", "http://u@h"]),
        Example("prowlarr.apiKeyFile", "QSPOOL_PROWLARR_API_KEY_FILE", valid: ["/run/k"], bad: paths),
        Example(
            "sources.allowHosts", "QSPOOL_SOURCES_ALLOW_HOSTS", valid: ["[tracker.lan]"],
            bad: ["tracker.lan", "{}"]),
        Example("sources.timeout", "QSPOOL_SOURCES_TIMEOUT", valid: ["1s"], bad: durations + ["2h"]),
        Example(
            "sources.maxBytes", "QSPOOL_SOURCES_MAX_BYTES", valid: ["9MiB", "10 MB", "1 KiB", "4096"],
            bad: ["1023", "11MiB", "10  MB", "10 ", "10mb", "1.5MB", "-1MB", "99999999999999999 TiB"]),
        Example(
            "paths.allowed", "QSPOOL_PATHS_ALLOWED", valid: ["[/downloads, /media]"],
            bad: ["/downloads", "[downloads]", "[[/a]]", "null"]),
        Example("defaults", "QSPOOL_DEFAULTS", valid: ["{state: paused}"], bad: ["[]", "x"]),
        Example(
            "categories", "QSPOOL_CATEGORIES", valid: ["{movies: /downloads/movies, tv/hd: /tv}"],
            bad: [
                "[]", "x", "{movies: downloads}", "{movies: null}", "{/a: /b}", "{a//b: /c}", "{\"a,b\": /c}",
            ]),
        Example(
            "tag", "QSPOOL_TAG", valid: ["mine", "\"my tag\""],
            bad: ["\"\"", "\"a,b\"", "a|b", "\" a\"", "null"]),
        Example("limits.active", "QSPOOL_LIMITS_ACTIVE", valid: ["3"], bad: ["0", "x"]),
        Example("limits.minFreeSpace", "QSPOOL_LIMITS_MIN_FREE_SPACE", valid: ["50 GiB"], bad: ["50 Gi"]),
        Example(
            "limits.addsPerPass", "QSPOOL_LIMITS_ADDS_PER_PASS", valid: ["1", "100000"],
            bad: ["0", "100001", "x"]),
        Example(
            "prune.grace", "QSPOOL_PRUNE_GRACE", valid: ["0s", "5s", "250ms"], bad: durations + ["366d"]),
        Example(
            "prune.budget.count", "QSPOOL_PRUNE_BUDGET_COUNT", valid: ["0", "1000000"],
            bad: ["-1", "1000001"]),
        Example(
            "prune.budget.share", "QSPOOL_PRUNE_BUDGET_SHARE", valid: ["0", "1", "0.5", "1.0"],
            bad: ["1.01", "10%", "nan", "inf", ".5", "0.", "-0.1", "1e-1", "null"]),
        Example("prune.allowData", "QSPOOL_PRUNE_ALLOW_DATA", valid: ["true"], bad: ["yes"]),
        Example("drift", "QSPOOL_DRIFT", valid: ["report"], bad: ["off", "null"]),
        Example("log.keep", "QSPOOL_LOG_KEEP", valid: ["1s", "30d"], bad: durations + ["0s"]),
        Example("snapshots.every", "QSPOOL_SNAPSHOTS_EVERY", valid: ["1s"], bad: durations + ["0s", "31d"]),
        Example("logging.level", "QSPOOL_LOGGING_LEVEL", valid: ["debug", "error"], bad: ["loud", "null"]),
    ]

    @Test func theTableNamesEverySettingAndItsVariable() {
        #expect(Self.examples.map(\.key).sorted() == Setting.all.map(\.key).sorted())
        for example in Self.examples {
            #expect(Setting.all.first { $0.key == example.key }?.variable == example.variable)
        }
        #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
    }

    /// `prune.budget.count` with `7` becomes `{prune: {budget: {count: 7}}}`.
    static func nested(_ key: String, _ value: String) -> String {
        let names = key.split(separator: ".")
        return names.map { "{\($0): " }.joined() + value + String(repeating: "}", count: names.count)
    }

    @Test("File, environment and flags take the same values", arguments: examples)
    func valid(_ example: Example) throws {
        let isLater = Setting.all.first { $0.key == example.key }?.isLater == true
        for text in example.valid where !isLater {
            let fromFile = try load(Self.nested(example.key, text))
            #expect(fromFile != Configuration(), "\(text)")
            guard !text.hasPrefix("\"") else { continue }
            #expect(try load(environment: [example.variable: text]) == fromFile)
            #expect(try load(flags: [example.key: text]) == fromFile)
        }
    }

    @Test("What this version does not carry out is refused, its default is not", arguments: examples)
    func later(_ example: Example) throws {
        let setting = try #require(Setting.all.first { $0.key == example.key })
        #expect(try load(Self.nested(example.key, setting.defaultText)) == Configuration())
        for text in example.valid where setting.isLater {
            let error = try #require(try loadingError(Self.nested(example.key, text)))
            #expect(error.message.contains("`\(example.key)` is not carried out by this version yet"))
            #expect(error.key == example.key)
            #expect(try loadingError(environment: [example.variable: text]) != nil)
        }
    }

    @Test("A bad value is named with its key, its place and what is allowed", arguments: examples)
    func bad(_ example: Example) throws {
        let setting = try #require(Setting.all.first { $0.key == example.key })
        #expect(!example.bad.isEmpty)
        for text in example.bad {
            let error = try #require(try loadingError("\n" + Self.nested(example.key, text)), "\(text)")
            #expect(error.key == example.key)
            #expect(error.line == 2 && error.column != nil)
            #expect(error.message.contains("`\(example.key)`"))
            #expect(error.message.contains("; it must be \(setting.allowed)."), "\(error.message)")
            guard !text.hasPrefix("\"") else { continue }
            let other = try #require(try loadingError(environment: [example.variable: text]), "\(text)")
            #expect(other.message.contains(example.variable))
            #expect(other.file == nil && other.line == nil)
        }
    }
}
