import Glibc
import TestSupport

/// The test's own look at a server, by `curl`: it shares no line with the client that is tested.
struct Eye: Sendable {
    private let server: RealServer
    private let cookies: String

    init(_ server: RealServer) {
        self.server = server
        cookies = server.profile + "/.eye"
    }

    // MARK: Looking

    func torrents() async throws -> [Seen] {
        try Reply(try await ask("torrents/info")).items.map { try Seen($0) }
    }

    func torrent(_ hash: String) async throws -> Seen? {
        try await torrents().first { $0.answersTo(hash) }
    }

    /// A file of a torrent as the server lists it.
    struct File: Sendable {
        let name: String
        let priority: Int
        /// 0…1.
        let progress: Double
    }

    func files(_ hash: String) async throws -> [File] {
        try Reply(try await ask("torrents/files", ["-G", "--data-urlencode", "hash=\(hash)"])).items.map {
            File(
                name: $0["name"].text ?? "", priority: $0["priority"].integer ?? -1,
                progress: $0["progress"].number ?? 0)
        }
    }

    func categories() async throws -> Reply { try Reply(try await ask("torrents/categories")) }

    /// Looks until it is as expected: what the server shows lags by up to 1.5 s.
    @discardableResult
    func torrents(
        within limit: Duration = .seconds(10), until isExpected: ([Seen]) -> Bool
    ) async throws -> [Seen] {
        let deadline = ContinuousClock.now + limit
        while true {
            let seen = try await torrents()
            if isExpected(seen) || ContinuousClock.now > deadline { return seen }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    // MARK: Changing, as somebody else would

    /// Adds torrents that are nobody's business, stopped, all options as given.
    func add(_ samples: [Sample], _ fields: [(String, String)] = []) async throws {
        try await change(
            "torrents/add",
            [
                ("urls", samples.map(\.magnet).joined(separator: "\n")), ("paused", "true"),
                ("stopped", "true"),
            ] + fields)
        try await torrents { seen in
            samples.allSatisfy { sample in seen.contains { $0.answersTo(sample.hash) } }
        }
    }

    /// Adds a `.torrent` file, stopped unless the fields say otherwise.
    func upload(_ path: String, _ fields: [(String, String)] = []) async throws {
        let stopped = [("paused", "true"), ("stopped", "true")].filter { field in
            !fields.contains { $0.0 == field.0 }
        }
        _ = try await ask(
            "torrents/add",
            ["-F", "torrents=@\(path);type=application/x-bittorrent"]
                + (stopped + fields).flatMap { ["-F", "\($0.0)=\($0.1)"] })
    }

    func delete(_ hashes: [String]) async throws {
        guard !hashes.isEmpty else { return }
        try await change(
            "torrents/delete", [("hashes", hashes.joined(separator: "|")), ("deleteFiles", "false")])
    }

    func change(_ method: String, _ fields: [(String, String)]) async throws {
        _ = try await ask(method, ["-X", "POST"] + fields.flatMap { ["--data-urlencode", "\($0)=\($1)"] })
    }

    /// Changes settings of the server.
    ///
    /// - Parameter json: An object of qBittorrent's own names.
    func prefer(_ json: String) async throws { try await change("app/setPreferences", [("json", json)]) }

    /// Has the server make an API key; the one before is worthless then. From 5.2 on.
    func rotateKey() async throws -> String {
        guard let key = try Reply(try await ask("app/rotateAPIKey", ["-X", "POST"]))["apiKey"].text else {
            throw Unusable("the server made no API key")
        }
        return key
    }

    /// Somebody else logs in, from this machine.
    ///
    /// - Returns: The status.
    @discardableResult
    func strangerLogsIn(_ password: String = RealServer.password) async throws -> String {
        let done = try await Command.runAside(
            "curl",
            [
                "-s", "-S", "--noproxy", "*", "--max-time", "30", "-o", "/dev/null", "-w", "%{http_code}",
                "--data-urlencode", "username=admin", "--data-urlencode", "password=\(password)",
                "\(server.url)/api/v2/auth/login",
            ], environment: Tested.cleanEnvironment(), timeout: .seconds(40))
        return done.output
    }

    /// No torrents, no categories, no tags.
    func clear() async throws {
        try await delete(torrents().map(\.hash))
        let names = try await categories().keys
        if !names.isEmpty {
            try await change("torrents/removeCategories", [("categories", names.joined(separator: "\n"))])
        }
        let tags = try Reply(try await ask("torrents/tags")).items.compactMap(\.text)
        if !tags.isEmpty {
            try await change("torrents/deleteTags", [("tags", tags.joined(separator: ","))])
        }
    }

    // MARK: Wire

    private func ask(_ method: String, _ options: [String] = []) async throws -> String {
        for _ in 1...2 {
            let done = try await curl(method, options)
            // The last line is the status, by the format given.
            let status = done.split(separator: "\n").last.map(String.init) ?? ""
            if status == "403" {
                try await logIn()
                continue
            }
            guard status.hasPrefix("2") else { throw Unusable("\(method) on \(server.url): \(done)") }
            return String(done.dropLast(status.count + 1))
        }
        throw Unusable("\(method): the server goes on answering 403")
    }

    private func logIn() async throws {
        let done = try await curl(
            "auth/login",
            [
                "--data-urlencode", "username=admin", "--data-urlencode", "password=\(RealServer.password)",
            ])
        guard done.hasPrefix("Ok.") || done.hasSuffix("204") else {
            throw Unusable("the server does not let the test look: \(done)")
        }
    }

    private func curl(_ method: String, _ options: [String]) async throws -> String {
        let done = try await Command.runAside(
            "curl",
            [
                "-s", "-S", "--noproxy", "*", "--max-time", "30", "-b", cookies, "-c", cookies, "-w",
                "\n%{http_code}",
            ] + options + ["\(server.url)/api/v2/\(method)"],
            environment: Tested.cleanEnvironment(), timeout: .seconds(40))
        guard done.status == 0 else { throw Unusable("curl \(method): \(done.errors)") }
        return done.output
    }
}

/// A torrent as the server lists it.
struct Seen: Sendable, CustomStringConvertible {
    let reply: Reply
    let hash: String

    init(_ reply: Reply) throws {
        guard let hash = reply["hash"].text else { throw Unusable("a torrent without a hash: \(reply)") }
        self.reply = reply
        self.hash = hash
    }

    var name: String { reply["name"].text ?? "" }
    var category: String { reply["category"].text ?? "" }
    var state: String { reply["state"].text ?? "" }
    var savePath: String { Self.withoutSlash(reply["save_path"].text ?? "") }
    var downloadLimit: Int { max(reply["dl_limit"].integer ?? 0, 0) }
    var uploadLimit: Int { max(reply["up_limit"].integer ?? 0, 0) }
    var isSequential: Bool { reply["seq_dl"].flag ?? false }
    var tags: Set<String> {
        Set(
            (reply["tags"].text ?? "").split(separator: ",").map {
                String($0.drop { $0 == " " })
            })
    }
    var isStopped: Bool { state.hasPrefix("paused") || state.hasPrefix("stopped") }

    func answersTo(_ hash: String) -> Bool {
        self.hash == hash || reply["infohash_v1"].text == hash || reply["infohash_v2"].text == hash
    }

    /// Everything about it that nobody but a person or a program changes.
    var lasting: String {
        let keys = [
            "hash", "name", "category", "tags", "save_path", "dl_limit", "up_limit", "seq_dl",
            "f_l_piece_prio",
            "auto_tmm", "added_on", "magnet_uri", "force_start", "super_seeding", "ratio_limit",
            "seeding_time_limit",
        ]
        return keys.map { "\($0)=\(reply[$0])" }.joined(separator: " ") + " stopped=\(isStopped)"
    }

    var description: String { lasting }

    private static func withoutSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
