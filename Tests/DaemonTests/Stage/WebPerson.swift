import Daemon
import Glibc
import HTTP
import JSON
import Logging
import Metainfo
import QBittorrent
import Reconciliation

/// Somebody at a real server, by its Web API. Writes its own calls; only for looking it has a client like
/// ours.
actor WebPerson: Person {
    private let house: RealServerHouse
    private let eye: QBittorrent.Client
    private var cookie: String?

    init(_ house: RealServerHouse) {
        self.house = house
        cookie = Self.cookie(house.session)
        eye = Stage.client(house) { SystemClock().now() }
    }

    static func logIn(_ url: String, _ transport: CurlTransport) async throws -> KeptSession {
        let kept = SessionNote()
        let client = Stage.client(
            url, transport, kept: nil, clock: { SystemClock().now() }, onSession: { kept.session = $0 })
        _ = try await client.listing().get()
        guard let session = kept.session else { throw Unplayable("\(url) gave no session") }
        return session
    }

    /// The middle line of its encoded form.
    private static func cookie(_ session: KeptSession) -> String? {
        let lines = String(decoding: session.encoded, as: UTF8.self).split(separator: "\n")
        return lines.count == 3 ? String(lines[2]) : nil
    }

    // MARK: Looking

    func torrents() async throws -> [Torrent] { try await eye.listing().get() }

    func wantedFiles(of id: TorrentID) async throws -> [String] {
        try await files(of: id).filter { $0.priority > 0 }
            .map { String($0.name.split(separator: "/").last ?? "") }.sorted()
    }

    private func files(of id: TorrentID) async throws -> [(name: String, priority: Int64)] {
        guard case .array(let files) = try await read("torrents/files", "hash=\(id)").value else { return [] }
        return files.compactMap { file in
            guard case .string(let name)? = file["name"]?.value,
                case .integer(let priority)? = file["priority"]?.value
            else { return nil }
            return (name, priority)
        }
    }

    func categories() async throws -> [String: String] {
        guard case .object(let members) = try await read("torrents/categories").value else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: members.map { member in
                guard case .string(let path)? = member.node["savePath"]?.value else {
                    return (member.key, "")
                }
                return (member.key, path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
            })
    }

    private func comesTrue(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 1...100 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Unplayable("the server does not show within 10 s: \(what)")
    }

    // MARK: Changing

    func add(_ cargo: Cargo, tags: [String], savePath: String, isStopped: Bool) async throws {
        let flag = isStopped ? "true" : "false"
        let fields = [("savepath", savePath), ("paused", flag), ("stopped", flag), ("autoTMM", "false")]
        let file = HTTPRequest.Part(
            name: "torrents", fileName: "\(cargo.name).torrent", contentType: "application/x-bittorrent",
            bytes: cargo.metainfo)
        try await post(
            "torrents/add",
            .multipart(fields.map { HTTPRequest.Part(name: $0.0, value: $0.1) } + [file]))
        try await comesTrue("\(cargo.name) was added") {
            try await torrents().contains { $0.identity.overlaps(cargo.identity) && !$0.state.isInTransit }
        }
        guard !tags.isEmpty,
            let torrent = try await torrents().first(where: { $0.identity.overlaps(cargo.identity) })
        else { return }
        try await make(.addTags(tags), of: torrent.id)
    }

    func delete(_ ids: [TorrentID]) async throws {
        guard !ids.isEmpty else { return }
        let hashes = ids.map(\.description).joined(separator: "|")
        try await form("torrents/delete", [("hashes", hashes), ("deleteFiles", "false")])
        try await comesTrue("\(hashes) is gone") { try await !torrents().contains { ids.contains($0.id) } }
    }

    func make(_ call: Call, of id: TorrentID) async throws {
        let hashes = ("hashes", id.description)
        switch call {
        case .addTags(let tags):
            try await form("torrents/addTags", [hashes, ("tags", tags.joined(separator: ","))])
        case .removeTags(let tags):
            try await form("torrents/removeTags", [hashes, ("tags", tags.joined(separator: ","))])
        case .start: try await form(["torrents/start", "torrents/resume"], [hashes])
        case .stop: try await form(["torrents/stop", "torrents/pause"], [hashes])
        case .recategorize(let name, let path):
            if try await categories()[name] == nil, !name.isEmpty {
                try await form("torrents/createCategory", [("category", name), ("savePath", path ?? "")])
            }
            try await form("torrents/setCategory", [hashes, ("category", name)])
        case .relocate(let path): try await form("torrents/setLocation", [hashes, ("location", path)])
        case .setAutoTMM(let flag):
            try await form("torrents/setAutoManagement", [hashes, ("enable", "\(flag)")])
        case .rename(let name):
            try await form("torrents/rename", [("hash", id.description), ("name", name)])
        case .setSequentialDownload: try await form("torrents/toggleSequentialDownload", [hashes])
        case .setFirstLastPiecePrio: try await form("torrents/toggleFirstLastPiecePrio", [hashes])
        case .limitDownload(let limit):
            try await form("torrents/setDownloadLimit", [hashes, ("limit", "\(limit)")])
        case .limitUpload(let limit):
            try await form("torrents/setUploadLimit", [hashes, ("limit", "\(limit)")])
        case .setDownloadPath(let path):
            try await form("torrents/setDownloadPath", [("id", id.description), ("path", path)])
        case .setForceStart(let flag):
            try await form("torrents/setForceStart", [hashes, ("value", "\(flag)")])
        case .setSuperSeeding(let flag):
            try await form("torrents/setSuperSeeding", [hashes, ("value", "\(flag)")])
        case .limitSeeding(let goals): try await limit(hashes, goals)
        case .add, .prune, .selectFiles, .enqueue:
            throw Unplayable("a person does this otherwise: \(call.word)")
        }
        try await comesTrue("\(call)") {
            try await torrent(id).map { ChangeShown.isDone(call, in: $0) } ?? false
        }
    }

    private func limit(_ hashes: (String, String), _ goals: SeedGoals) async throws {
        func text<Value>(_ goal: SeedGoals.Goal<Value>?) -> String {
            switch goal {
            case nil: "-2"
            case .unlimited?: "-1"
            case .at(let value)?: "\(value)"
            }
        }
        try await form(
            "torrents/setShareLimits",
            [
                hashes, ("ratioLimit", text(goals.ratio)), ("seedingTimeLimit", text(goals.time)),
                ("inactiveSeedingTimeLimit", text(goals.inactiveTime)), ("shareLimitAction", "Stop"),
                ("shareLimitsMode", "Default"),
            ])
    }

    func choose(_ ends: [String], of cargo: Cargo, _ id: TorrentID) async throws {
        let size = Int64(
            cargo.files.filter { file in ends.contains { file.path.hasSuffix($0) } }
                .reduce(0) { $0 + $1.content.count })
        for (index, file) in cargo.files.enumerated() {
            let priority = ends.contains { file.path.hasSuffix($0) } ? "1" : "0"
            try await form(
                "torrents/filePrio",
                [("hash", id.description), ("id", "\(index)"), ("priority", priority)])
            // 4.2.5 sets all anew in each call, from those that it shows.
            try await comesTrue("\(file.path) has priority \(priority)") {
                let shown = try await files(of: id)
                return shown.indices.contains(index) && (shown[index].priority > 0) == (priority == "1")
            }
        }
        try await comesTrue("\(ends) are chosen") { try await torrent(id)?.counters.size == size }
    }

    func removeAtLimit(_ flag: Bool) async throws {
        try await form("app/setPreferences", [("json", "{\"max_ratio_act\":\(flag ? 1 : 0)}")])
    }

    func restartServer() async throws {
        try await house.restart()
        let kept = try await Self.logIn(house.url, house.transport)
        cookie = Self.cookie(kept)
    }

    func place(_ cargo: Cargo, in path: String) async throws {
        for file in cargo.files {
            let whole = path + "/" + file.path
            try Directories.make(whole.split(separator: "/").dropLast().map(String.init))
            let descriptor = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Unplayable("cannot write \(whole): error \(errno)") }
            defer { close(descriptor) }
            guard write(descriptor, file.content, file.content.count) == file.content.count else {
                throw Unplayable("cannot write all of \(whole)")
            }
        }
    }

    // MARK: Wire

    private func form(_ path: String, _ fields: [(String, String)]) async throws {
        try await form([path], fields)
    }

    /// Tries the spellings one after the other until the server knows one.
    private func form(_ paths: [String], _ fields: [(String, String)]) async throws {
        for path in paths.dropLast() {
            if try await send(path, .form(fields.map { (name: $0.0, value: $0.1) })).status != 404 { return }
        }
        if let last = paths.last { try await post(last, .form(fields.map { (name: $0.0, value: $0.1) })) }
    }

    private func post(_ path: String, _ body: HTTPRequest.Body) async throws {
        let answer = try await send(path, body)
        guard (200..<300).contains(answer.status) else {
            throw Unplayable("\(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    private func send(_ path: String, _ body: HTTPRequest.Body) async throws -> HTTPResponse {
        try await house.transport.perform(
            HTTPRequest(
                .post, url: "\(house.url)/api/v2/\(path)", body: body, cookie: cookie, isMutating: true))
    }

    private func read(_ path: String, _ query: String = "") async throws -> JSONNode {
        let answer = try await house.transport.perform(
            HTTPRequest(url: "\(house.url)/api/v2/\(path)?\(query)", cookie: cookie))
        guard answer.status == 200 else { throw Unplayable("\(path): \(answer.status)") }
        return try JSONReader.document(answer.body, limits: .server)
    }
}

/// What a client asked to be kept. Unchecked: read only after the calls that write it.
private final class SessionNote: @unchecked Sendable {
    var session: KeptSession?
}

/// Directories on this machine.
enum Directories {
    /// Makes a directory and all above it that are not there.
    static func make(_ components: [String]) throws {
        var path = ""
        for component in components {
            path += "/" + component
            if mkdir(path, 0o755) != 0, errno != EEXIST {
                throw Unplayable("cannot make \(path): error \(errno)")
            }
        }
    }
}
