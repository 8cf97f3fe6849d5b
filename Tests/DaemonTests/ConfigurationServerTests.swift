import HTTP
import Testing

@testable import Daemon

@Suite("The server's address and its credentials")
struct ConfigurationServerTests {
    @Test(
        "Which plain addresses are public",
        arguments: [
            ("http://127.0.0.1:8080", false), ("http://localhost:8080", false), ("http://[::1]:8080", false),
            ("http://192.168.1.9", false), ("http://10.0.0.1", false), ("http://[fd00::1]", false),
            ("http://nas", false), ("http://nas.local", false), ("http://nas.lan:8080/qb", false),
            ("http://nas.lan.", false), ("https://example.org", false), ("http://NAS.LAN", false),
            ("http://example.org", true), ("http://nas.lan.example.org", true), ("http://8.8.8.8", true),
            ("http://134744072", true), ("http://0x08080808", true), ("http://010.010.010.010", true),
            ("http://[2001:4860:4860::8888]", true), ("http://[::ffff:8.8.8.8]", true),
            ("unix:/run/qb.sock", false),
        ])
    func publicAddresses(_ text: String, _ isPublic: Bool) throws {
        #expect(try ServerAddress.parse(text).isPlainAndPublic == isPublic)
    }

    @Test func addressesAreTrimmed() throws {
        #expect(try ServerAddress.parse("http://nas:8080//").url == "http://nas:8080")
        #expect(try ServerAddress.parse("https://nas/qb/").url == "https://nas/qb")
        let socket = try ServerAddress.parse("unix:///run/qb.sock")
        #expect(socket.socketPath == "/run/qb.sock" && socket.description == "unix:/run/qb.sock")
        #expect(try ServerAddress.parse("http://127.0.0.1:8080/") == .standard)
    }

    @Test(
        "Addresses that are none",
        arguments: [
            "", "nas", "http:nas", "http:///x", "ftp://nas", "http://nas:99999", "http://na s",
            "http://u@nas",
            "http://u:p@nas", "http://nas/?q", "http://nas/#f", "http://nas\n", "unix:", "unix:/",
            "unix:run/x",
            "unix:/run/../x", "unix:/" + String(repeating: "x", count: 107),
        ])
    func noAddress(text: String) {
        #expect(throws: ServerAddress.Defect.self) { try ServerAddress.parse(text) }
    }

    @Test func aUserNameInAnAddressIsNeverQuoted() throws {
        let text = "clients: {default: {url: \"http://admin:hunter2@nas\"}}"
        let error = try #require(try loadingError(text))
        #expect(error.message.contains("holds a user name") && !error.description.contains("hunter2"))
    }

    @Test func aPasswordInPlaceOfItsFileIsNeverQuoted() throws {
        let error = try #require(try loadingError("clients: {default: {passwordFile: hunter2}}"))
        #expect(error.message.contains("absolute path") && !error.description.contains("hunter2"))
        let other = try #require(try loadingError(environment: ["QBITTORRENT_PASSWORD_FILE": "hunter2"]))
        #expect(!other.description.contains("hunter2"))
    }

    @Test func theEnvironmentSetsTheClientOverTheFile() throws {
        let file = "clients: {default: {url: \"http://a\", username: x, passwordFile: /x, timeout: 5s}}"
        let environment = [
            "QBITTORRENT_URL": "http://b/", "QBITTORRENT_USERNAME": "y", "QBITTORRENT_PASSWORD": "hunter2",
        ]
        let client = try load(file, environment: environment)[client: "default"]
        #expect(client.url.url == "http://b" && client.timeout == .seconds(5))
        let pair = ClientCredentials.Pair(username: "y", password: Secret("hunter2"))
        #expect(try client.credentials(credentialsDirectory: nil).login == .password(pair))
        #expect(!"\(client)".contains("hunter2") && !String(reflecting: client).contains("hunter2"))
    }

    @Test func aPasswordWithoutANameIsAdmins() throws {
        let client = try load(environment: ["QBITTORRENT_PASSWORD": "p"])[client: "default"]
        let pair = ClientCredentials.Pair(username: "admin", password: Secret("p"))
        #expect(try client.credentials(credentialsDirectory: nil).login == .password(pair))
    }

    @Test func theEnvironmentsPasswordStandsOverTheFilesKey() throws {
        let file = "clients: {default: {apiKeyFile: /k}}"
        let client = try load(file, environment: ["QBITTORRENT_PASSWORD_FILE": "/p"])[client: "default"]
        #expect(client.apiKey == nil && client.password == .file("/p"))
        let keyed = try load(file, environment: ["QBITTORRENT_API_KEY": "k"])[client: "default"]
        #expect(try keyed.credentials(credentialsDirectory: nil).login == .apiKey(Secret("k")))
    }

    @Test(
        "Secrets of the environment that cannot be right",
        arguments: [
            ["QBITTORRENT_PASSWORD": "hunter2\nx"], ["QBITTORRENT_API_KEY": "hunter2\r"],
            ["QBITTORRENT_PASSWORD": "hunter2", "QBITTORRENT_PASSWORD_FILE": "/x"],
            ["QBITTORRENT_USERNAME": "u"],
            [
                "QBITTORRENT_API_KEY": "hunter2", "QSPOOL_CLIENTS_DEFAULT_BASIC_AUTH_USERNAME": "u",
                "QSPOOL_CLIENTS_DEFAULT_BASIC_AUTH_PASSWORD_FILE": "/p",
            ],
        ])
    func badSecret(environment: [String: String]) throws {
        let error = try #require(try loadingError(environment: environment))
        #expect(!error.description.contains("hunter2"))
    }

    @Test func basicAuthComesFromItsOwnFile() throws {
        let scratch = try ConfigurationScratch()
        let path = try scratch.write(Array("hunter2\n".utf8), to: "p")
        let text = "clients: {default: {basicAuth: {username: u, passwordFile: \(path)}}}"
        let credentials = try load(text)[client: "default"].credentials(credentialsDirectory: nil)
        #expect(credentials.basicAuth == ClientCredentials.Pair(username: "u", password: Secret("hunter2")))
        #expect(credentials.login == .none)
        #expect(!"\(credentials)".contains("hunter2"))
    }
}
