import Glibc
import HTTP
import Testing

@testable import Daemon

@Suite("Loading the configuration")
struct ConfigurationLoadTests {
    @Test func theDefaultsAreTheContracts() throws {
        let defaults = try load()
        #expect(defaults == Configuration())
        #expect(defaults.interval == .seconds(30))
        #expect(defaults.store.mapSizeMiB == 16_384)
        #expect(defaults.clients.keys.sorted() == ["default"])
        let client = defaults[client: "default"]
        #expect(client.url.url == "http://127.0.0.1:8080")
        #expect(try client.credentials(credentialsDirectory: nil).login == .none)
        #expect(defaults.prune.grace == .seconds(60))
        #expect(defaults.prune.budget.count == 5 && defaults.prune.budget.share == 0.1)
        #expect(defaults.requestsDirectory(root: "/r") == "/r/requests")
        #expect(defaults.statusDirectory(root: "/r") == "/r/status")
        #expect(defaults.storeDirectory(root: "/r/") == "/r/store")
    }

    @Test func aLaterSourceStandsOverTheOnesBefore() throws {
        let file = "prune: {grace: 1s}\ninterval: 1s\ndrift: report\n"
        let environment = ["QSPOOL_PRUNE_GRACE": "2s", "QSPOOL_INTERVAL": "2s"]
        let configuration = try load(file, environment: environment, flags: ["prune.grace": "3s"])
        #expect(configuration.prune.grace == .seconds(3))
        #expect(configuration.interval == .seconds(2))
        #expect(configuration.drift == .report)
    }

    @Test func aBadValueIsFoundAlthoughAnotherStandsOverIt() throws {
        let error = try loadingError("interval: soon\n", environment: ["QSPOOL_INTERVAL": "2s"])
        #expect(error?.key == "interval")
    }

    @Test(
        "Headings with nothing below them say nothing",
        arguments: ["", "prune:\n", "clients:\n  default:\n", "~"])
    func emptyHeadings(text: String) throws {
        #expect(try load(text) == Configuration())
    }

    static let unknown: [(text: String, key: String, nearest: String, line: Int, column: Int)] = [
        ("intervall: 3s\n", "intervall", "interval", 1, 1),
        ("prune:\n  graze: 3s\n", "prune.graze", "prune.grace", 2, 3),
        ("prune: {budget: {cuont: 3}}\n", "prune.budget.cuont", "prune.budget.count", 1, 18),
        ("grace: 3s\n", "grace", "prune.grace", 1, 1),
        (
            "clients: {default: {password: hunter2}}\n", "clients.default.password",
            "clients.default.passwordFile", 1, 21
        ),
        ("\"\": 1\n", "", "log", 1, 1),
        ("<<: {}\n", "<<", "log", 1, 1),
    ]

    @Test("An unknown key is named with the nearest known one", arguments: unknown)
    func unknownKey(_ row: (text: String, key: String, nearest: String, line: Int, column: Int)) throws {
        let error = try #require(try loadingError(row.text))
        #expect(error.key == row.key)
        #expect(error.line == row.line && error.column == row.column)
        #expect(error.message.contains("`\(row.key)` is not a known key"))
        #expect(error.message.contains("nearest known key is `\(row.nearest)`"), "\(error.message)")
        #expect(!error.description.contains("hunter2"))
        #expect(error.description.hasSuffix("config.yaml:\(row.line):\(row.column): \(error.message)"))
    }

    @Test func dotsAreNoShorthandForMappings() throws {
        let error = try loadingError("prune: {grace: 1s}\nprune.grace: 2s\n")
        #expect(error?.key == "prune.grace" && error?.line == 2)
        #expect(error?.message.contains("mappings within each other") == true)
    }

    @Test func clientsAreNamedByTheFile() throws {
        let both = try load("clients:\n  default: {}\n  nas: {url: \"http://10.0.0.2:8080\", timeout: 5s}\n")
        #expect(both.clients.keys.sorted() == ["default", "nas"])
        #expect(both[client: "nas"].url.url == "http://10.0.0.2:8080")
        #expect(both[client: "nas"].timeout == .seconds(5))
        #expect(both[client: "default"] == Client())
    }

    @Test("A client `default` is there unless others are named and nothing is said of it")
    func defaultClient() throws {
        let file = "clients: {nas: {url: \"http://10.0.0.2\"}}"
        #expect(try load(file).clients.keys.sorted() == ["nas"])
        let environment = ["QBITTORRENT_URL": "http://10.0.0.3"]
        #expect(try load(file, environment: environment).clients.keys.sorted() == ["default", "nas"])
        #expect(
            try load(file, environment: ["QSPOOL_CLIENTS_DEFAULT_TIMEOUT": "5s"]).clients.count == 2)
    }

    @Test func theEnvironmentStandsOverEachClient() throws {
        let file = "clients: {seed-box_1: {url: \"http://10.0.0.2\"}}"
        let name = "QSPOOL_CLIENTS_SEED_BOX_1_CONNECT_TIMEOUT"
        let client = try load(file, environment: [name: "3s"])[client: "seed-box_1"]
        #expect(client.connectTimeout == .seconds(3))
        #expect(try loadingError(file, environment: ["QSPOOL_CLIENTS_NAS_URL": "x"]) != nil)
    }

    @Test(
        "A client's name is checked",
        arguments: ["", "a b", "-a", "x:y", "é", "a/b", String(repeating: "x", count: 65)])
    func badClientName(name: String) throws {
        let error = try #require(try loadingError("clients: {\"\(name)\": {}}"))
        #expect(error.message.contains("is no name for a client"), "\(error.message)")
    }

    @Test func clientsWithOneVariableAreRefused() throws {
        let error = try #require(try loadingError("clients: {a-b: {}, a_b: {}}"))
        #expect(error.message.contains("the same environment variables"), "\(error.message)")
    }

    @Test func aProwlarrOfDefaultsCountsAsAbsent() throws {
        let text = "prowlarr: { url: \"http://127.0.0.1:9696\", apiKeyFile: null }\n"
        #expect(try load(text) == Configuration())
    }

    @Test("What is no mapping is named", arguments: ["- 1\n", "x\n", "prune: 3\n", "clients: []\n"])
    func noMapping(text: String) throws {
        #expect(try loadingError(text)?.message.hasSuffix("must be a mapping.") == true)
    }

    @Test func badYAMLIsNamedWithItsPlace() throws {
        let error = try loadingError("interval: 1s\ninterval: 2s\n")
        #expect(error?.line == 2 && error?.column == 1)
        #expect(error?.message == "The key `interval` is given twice.")
    }

    @Test func aMissingFileIsAnErrorOnlyWhenItWasAskedFor() throws {
        let path = "/nonexistent/config.yaml"
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.load(root: "/nonexistent", configPath: path, environment: [:], flags: [:])
        }
        #expect(error?.message.contains("No such file") == true && error?.file == path)
        let absent = try Configuration.load(
            root: "/nonexistent", configPath: nil, environment: [:], flags: [:])
        #expect(absent == Configuration())
    }

    @Test func aConfigurationIsARegularFileOfAtMostOneMebibyte() throws {
        let scratch = try ConfigurationScratch()
        let large = try scratch.write([UInt8](repeating: 0x23, count: (1 << 20) + 1), to: "large")
        let fifo = scratch.root + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        for (path, sentence) in [
            (large, "too large"), (fifo, "not a regular file"), ("/tmp", "not a regular file"),
        ] {
            let error = #expect(throws: ConfigurationError.self) {
                try Configuration.load(root: "/nonexistent", configPath: path, environment: [:], flags: [:])
            }
            #expect(error?.message.contains(sentence) == true)
        }
    }

    @Test(
        "A variable of ours that is not known is named",
        arguments: [
            ("QSPOOL_PRUNE_GRAZE", "QSPOOL_PRUNE_GRACE"), ("QSPOOL_PRUNE", "QSPOOL_PRUNE_GRACE"),
            ("QSPOOL_CLIENTS_DEFAULT_PASSWORD", "QSPOOL_CLIENTS_DEFAULT_PASSWORD_FILE"),
            ("QSPOOL_interval", "QSPOOL_INTERVAL"),
        ])
    func unknownVariable(_ variable: String, _ nearest: String) throws {
        let error = try #require(try loadingError(environment: [variable: "hunter2"]))
        #expect(error.message.contains(variable) && error.message.contains(nearest), "\(error.message)")
        #expect(!error.description.contains("hunter2"))
    }

    @Test func variablesOfOthersAndOfTestsAreLeftAlone() throws {
        let environment = [
            "QSPOOL_ROOT": "/x", "QSPOOL_SERVERS": "/y", "QSPOOL_BINARY": "z", "QSPOOL_TEST_LONG": "1",
            "QBITTORRENT_WEBUI_PORT": "1", "PATH": "/bin", "QBITTORRENT_PASSWORD": "",
        ]
        #expect(try load(environment: environment) == Configuration())
    }

    @Test func anUnknownFlagNamesTheNearest() throws {
        let error = try loadingError(flags: ["prune.graze": "1s"])
        #expect(error?.message == "There is no setting `prune.graze`; the nearest is `prune.grace`.")
    }

    @Test func listsInTheEnvironmentAreFlowText() throws {
        let configuration = try load(environment: ["QSPOOL_PATHS_ALLOWED": "[/a, '/b/']"])
        #expect(configuration.paths.allowed == ["/a", "/b"])
        #expect(configuration.paths.allows("/b/c") && !configuration.paths.allows("/bc"))
        let error = try loadingError(environment: ["QSPOOL_PATHS_ALLOWED": "[/a"])
        #expect(error?.message.contains("QSPOOL_PATHS_ALLOWED (`paths.allowed`) is not YAML") == true)
    }

    static let contradictions: [(text: String, sentence: String)] = [
        (
            "clients: {default: {apiKeyFile: /k, basicAuth: {username: u, passwordFile: /p}}}",
            "cannot be used together"
        ),
        ("clients: {default: {basicAuth: {username: u}}}", "needs both"),
        ("clients: {default: {username: u}}", "set without a password"),
        ("clients: {default: {url: \"http://example.org\"}}", "plain http to a public address"),
        ("clients: {default: {url: \"http://93.184.216.34:8080\"}}", "plain http to a public address"),
        ("categories: {m: /x}\npaths: {allowed: [/y]}", "outside `paths.allowed`"),
        ("spool: {requests: /a, status: /a/b}", "inside the requests"),
        ("spool: {requests: /a, status: /a/}", "inside the requests"),
        ("spool: {requests: /a/b, status: /a}", "inside `spool.status`"),
        ("spool: {requests: /a}\nstore: {path: /a/store}", "inside the requests"),
        ("spool: {status: /a}\nstore: {path: /a/store}", "lie within each other"),
    ]

    @Test("Settings that do not fit together are refused", arguments: contradictions)
    func contradiction(_ row: (text: String, sentence: String)) throws {
        let error = try #require(try loadingError(row.text))
        #expect(error.message.contains(row.sentence), "\(error.message)")
        #expect(error.key != nil)
    }

    @Test func plainHTTPToAPublicAddressCanBeAllowed() throws {
        let text = "clients: {default: {url: \"http://example.org\", allowPlainHTTP: true}}"
        #expect(try load(text)[client: "default"].url.url == "http://example.org")
    }
}
