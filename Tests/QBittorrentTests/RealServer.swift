import Glibc
import HTTP
import JSON
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

/// One real server, with a client and torrents for one test.
struct RealServer {
    typealias Source = (identity: TorrentIdentity, payload: SourcePayload)

    static let urls = (variable("QSPOOL_TEST_SERVER_URLS") ?? "").split(separator: ",").map(String.init)
    static let restartCommand = variable("QSPOOL_TEST_SERVER_RESTART")

    let client: Client
    let notes = Notes()
    private let range: Int
    private let transport = CurlTransport()

    init(_ url: String, range: Int, kept: KeptSession? = nil, apiKey: String? = nil) {
        self.range = range
        client = Sample.client(
            transport, password: Self.variable("QSPOOL_TEST_SERVER_PASSWORD") ?? "",
            username: Self.variable("QSPOOL_TEST_SERVER_USER") ?? "admin", apiKey: apiKey, kept: kept,
            notes: notes, url: url, pause: Client.pause)
    }

    func magnet(_ number: Int) -> Source {
        let identity = Sample.identity(0xABC0_0000_0000 + range * 0x1000 + number)
        return (
            identity,
            .magnet("magnet:?xt=urn:btih:\(identity)&dn=m%20\(number)&tr=http%3A%2F%2F127.0.0.1%3A9%2Fa")
        )
    }

    func file(_ number: Int) -> Source {
        let name = "real-\(range)-\(number)"
        let info =
            "d6:lengthi32e4:name\(name.utf8.count):\(name)12:piece lengthi16384e6:pieces20:"
            + "aaaaaaaaaaaaaaaaaaaae"
        let identity = TorrentIdentity(InfoHash(bytes: Digest.sha1(Array(info.utf8)))!)
        return (identity, .metainfo(Array("d4:info\(info)e".utf8)))
    }

    /// A torrent with a folder of files: `a/video.mkv`, `a/sample.mkv`, `readme.txt`.
    func folder(_ number: Int) -> Source {
        let name = "real-\(range)-folder-\(number)"
        func file(_ length: Int, _ path: String...) -> String {
            let components = path.map { "\($0.utf8.count):\($0)" }.joined()
            return "d6:lengthi\(length)e4:pathl\(components)ee"
        }
        let files = file(40_000, "a", "video.mkv") + file(16_384, "a", "sample.mkv") + file(100, "readme.txt")
        let pieces = String(repeating: "a", count: 20 * 4)
        let info =
            "d5:filesl\(files)e4:name\(name.utf8.count):\(name)12:piece lengthi16384e6:pieces80:\(pieces)e"
        let identity = TorrentIdentity(InfoHash(bytes: Digest.sha1(Array(info.utf8)))!)
        return (identity, .metainfo(Array("d4:info\(info)e".utf8)))
    }

    /// The names and priorities of a torrent's files, as the server shows them.
    func files(of source: Source) async throws -> [String: Int64] {
        let id = source.identity.preferredID.description
        let answer = try await client.connection.call(.read("torrents/files", [("hash", id)])).get()
        var files: [String: Int64] = [:]
        try JSONReader.forEachObject(in: answer.body, keys: ["name", "priority"]) { record in
            files[try record.string(0) ?? ""] = try record.int(1)
        }
        return files
    }

    func set(_ preferences: String) async throws {
        _ = try await client.connection.call(.change("app/setPreferences", [("json", preferences)])).get()
    }

    func add(
        _ sources: [Source], _ addition: Addition, _ payloads: [TorrentIdentity: SourcePayload]
    ) async -> [Outcome] {
        await client.perform(
            sources.map { source in
                Action(
                    subject: SubjectKey(name: RequestName("\(source.identity)")), identity: source.identity,
                    id: nil, call: .add(addition), reason: "test")
            }, payload: { payloads[$0] })
    }

    /// All calls on all torrents; the outcomes call by call.
    func perform(_ calls: [Call], on sources: [Source]) async -> [Outcome] {
        await client.perform(
            calls.flatMap { call in
                sources.map { source in
                    Action(
                        subject: SubjectKey(name: RequestName("\(source.identity)")),
                        identity: source.identity,
                        id: source.identity.preferredID, call: call, reason: "test")
                }
            }, payload: { _ in nil })
    }

    /// Looks until it is as expected: shown states lag by up to 1.5 s.
    func look(
        _ sources: [Source], until isExpected: ([Torrent]) -> Bool
    ) async throws -> [Torrent] {
        var torrents: [Torrent] = []
        for _ in 1...60 {
            torrents = try await client.look(at: sources.map(\.identity.preferredID)).get()
            if isExpected(torrents) { return torrents }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("the server does not show what was expected: \(torrents.prefix(1))")
        return torrents
    }

    /// Removes this test's torrents, whoever added them, and the categories it makes.
    func clean() async throws {
        let categories = [("categories", "real-c\nreal-new")]
        _ = await client.connection.call(.change("torrents/removeCategories", categories))
        let known =
            (0..<400).map { magnet($0).identity.preferredID } + (0..<40).map { file($0).identity.preferredID }
            + (0..<4).map { folder($0).identity.preferredID }
        let present = try await client.look(at: known).get().map(\.id)
        guard !present.isEmpty else { return }
        let fields = [("hashes", HashList(present).text), ("deleteFiles", "false")]
        _ = await client.connection.call(.change("torrents/delete", fields))
    }

    static func restart(_ url: String) {
        let port = url.split(separator: ":").last ?? ""
        // The server outlives this process and must not hold on to a lock or pipe of whoever runs the tests.
        let closing = (3...9).map { "\($0)>&-" }.joined(separator: " ")
        let script = "exec \(closing); \(restartCommand ?? "false") \(port) > /dev/null 2>&1"
        let words = ["/bin/sh", "-c", script]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var pid: pid_t = 0
        guard posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ) == 0 else { return }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        for argument in arguments { free(argument) }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
