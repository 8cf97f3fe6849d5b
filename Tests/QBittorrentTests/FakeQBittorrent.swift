import HTTP
import Metainfo

@testable import QBittorrent

/// A small qBittorrent in memory, behind the transport: sessions, torrents with tags and categories, the ways
/// of four versions, and faults on demand. What it was asked is kept for the tests to count.
actor FakeQBittorrent: HTTPTransport {
    struct Item: Equatable, Sendable {
        var tags: Set<String> = []
        var category = ""
        var isSequential = false
        var isStopped = false
        var v2: String?
        /// Name and priority of each.
        var files: [File] = []
        var isForced = false
        var isSuperSeeding = false
        var downloadPath = ""
        var savePath = "/data"
        /// Empty: not told.
        var contentPath = ""
        var limits = ["ratio_limit": "-2", "seeding_time_limit": "-2", "inactive_seeding_time_limit": "-2"]
    }

    struct File: Equatable, Sendable {
        var name: String
        var priority = 1
        var progress = 0.0
    }

    /// What happens instead of the usual answer, once.
    enum Fault: Sendable {
        case answer(Int, String)
        case error(HTTPError.Kind, nothingWasSent: Bool)
        /// Carries the call out and loses the answer.
        case lostAnswer(HTTPError.Kind)
    }

    let version: String
    let webAPI: String
    var password = "right"
    var needsLogin = true
    var isBanned = false
    var refusesAll = false
    private(set) var items: [String: Item] = [:]
    private(set) var categories: Set<String> = []
    private(set) var asked: [Asked] = []
    private var sessions: Set<String> = []
    private var sessionsMade = 0
    private var faults: [String: [Fault]] = [:]
    /// Hashes that an add refuses as unreadable, and those that it refuses silently.
    var badFiles: Set<String> = []
    var garbage: Set<String> = []
    /// The choice of files shows only at so many readings after it.
    var readingsUntilChosen = 0
    private var shownFiles: [String: [File]] = [:]
    /// What becomes of torrents when somebody has asked for the files of one.
    var afterFiles: [String: Item] = [:]
    var isQueueing = false
    /// What the server does at a share limit: 0 stop, 1 remove.
    var shareLimitAction = 0
    private(set) var queue: [String] = []
    /// What an export gives, by hash; none without metadata.
    var exports: [String: [UInt8]] = [:]
    var trackers: [String: [String]] = [:]

    init(_ version: String = "5.3.0") {
        self.version = "v" + version
        webAPI = ["4.2.5": "2.5.1", "4.5.2": "2.8.19", "5.1.0": "2.11.4"][version] ?? "2.16.2"
    }

    func set(_ change: @Sendable (isolated FakeQBittorrent) -> Void) { change(self) }
    func put(_ hash: String, _ item: Item = Item()) { items[hash] = item }
    func fail(_ path: String, with fault: Fault...) { faults[path, default: []] += fault }
    func restart() { sessions = [] }
    func calls(_ path: String) -> [Asked] { asked.filter { $0.path == path } }

    func perform(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let question = Asked(request)
        asked.append(question)
        if var queue = faults[question.path], !queue.isEmpty {
            let fault = queue.removeFirst()
            faults[question.path] = queue
            switch fault {
            case .answer(let status, let text):
                return HTTPResponse(status: status, body: Array(text.utf8))
            case .error(let kind, let nothingWasSent):
                throw HTTPError(kind: kind, nothingWasSent: nothingWasSent, message: "POST x: injected")
            case .lostAnswer(let kind):
                _ = answer(question, request)
                throw HTTPError(kind: kind, nothingWasSent: false, message: "POST x: injected")
            }
        }
        return answer(question, request)
    }

    private var isFive: Bool { version.hasPrefix("v5") }
    private var answersJSON: Bool { version == "v5.3.0" }

    private func answer(_ question: Asked, _ request: HTTPRequest) -> HTTPResponse {
        if question.path == "auth/login" { return logIn(question) }
        let isKnown = question.cookie.map { cookie in sessions.contains { cookie.contains($0) } } ?? false
        if refusesAll || (needsLogin && !isKnown) { return text("Forbidden", 403) }
        switch question.path {
        case "app/webapiVersion": return text(webAPI)
        case "app/version": return text(version)
        case "app/defaultSavePath": return text("/data")
        case "app/getFreeSpaceAtPath": return text("123456789")
        case "app/preferences": return text("{\"max_ratio_act\":\(shareLimitAction)}")
        case "torrents/files":
            defer { items.merge(afterFiles) { $1 } }
            return files(of: question.fields["hash"] ?? "")
        case "torrents/export": return export(question.fields["hash"] ?? "")
        case "torrents/trackers": return trackers(of: question.fields["hash"] ?? "")
        case "torrents/filePrio": return prioritise(question)
        case "torrents/topPrio", "torrents/bottomPrio":
            guard isQueueing else { return text("Torrent queueing must be enabled", 409) }
            queue.append("\(question.path) \(question.fields["hashes"] ?? "")")
            return text("")
        case "torrents/info": return text(listing(question.fields["hashes"]))
        case "torrents/add": return add(question, request)
        case "torrents/categories":
            return text(
                "{" + categories.map { "\"\($0)\":{\"name\":\"\($0)\"}" }.joined(separator: ",") + "}")
        case "torrents/createCategory":
            let name = question.fields["category"] ?? ""
            if name.contains("//") || !categories.insert(name).inserted { return text("Unable", 409) }
            return text("")
        default: return change(question)
        }
    }

    private func logIn(_ question: Asked) -> HTTPResponse {
        if isBanned { return text("Your IP address has been banned after too many failed attempts.", 403) }
        guard question.fields["password"] == password else {
            return answersJSON ? text("Unauthorized", 401) : text("Fails.")
        }
        sessionsMade += 1
        let value = "session\(sessionsMade)"
        sessions.insert(value)
        let name = answersJSON ? "QBT_SID_8080" : "SID"
        return HTTPResponse(
            status: answersJSON ? 204 : 200, headers: [("set-cookie", "\(name)=\(value); HttpOnly; path=/")],
            body: answersJSON ? [] : Array("Ok.".utf8))
    }

    private func listing(_ hashes: String?) -> String {
        let wanted = hashes.flatMap { $0.isEmpty ? nil : Set($0.split(separator: "|").map(String.init)) }
        let shown = items.filter { wanted?.contains($0.key) ?? true }
        return "["
            + shown.map { hash, item in
                let hashes = version == "v4.2.5" ? "" : ",\"infohash_v1\":\"\(hash)\",\"infohash_v2\":\"\""
                return "{\"hash\":\"\(hash)\"\(hashes),\"name\":\"n\",\"state\":\"stalledDL\",\"tags\":\""
                    + item.tags.sorted().joined(separator: ", ")
                    + "\",\"category\":\"\(item.category)\",\"seq_dl\":\(item.isSequential)"
                    + ",\"save_path\":\"\(item.savePath)\",\"content_path\":\"\(item.contentPath)\""
                    + ",\"size\":\(item.files.count),\"amount_left\":0"
                    + item.limits.sorted { $0.key < $1.key }.map { ",\"\($0)\":\($1)" }.joined() + "}"
            }.joined(separator: ",") + "]"
    }

    private func files(of hash: String) -> HTTPResponse {
        guard let item = items[hash] else { return text("Not Found", 404) }
        if readingsUntilChosen > 0, shownFiles[hash] != nil {
            readingsUntilChosen -= 1
        } else {
            shownFiles[hash] = item.files
        }
        return text(
            "["
                + (shownFiles[hash] ?? []).enumerated().map { index, file in
                    let position = version == "v4.2.5" ? "" : "\"index\":\(index),"
                    return "{\(position)\"name\":\"\(file.name)\",\"piece_range\":[0,1],"
                        + "\"priority\":\(file.priority),\"progress\":\(file.progress),\"size\":1}"
                }.joined(separator: ",") + "]")
    }

    private func export(_ hash: String) -> HTTPResponse {
        guard version != "v4.2.5", items[hash] != nil else { return text("Not Found", 404) }
        guard let bytes = exports[hash] else { return text("Torrent metadata is missing", 409) }
        return HTTPResponse(status: 200, headers: [("content-type", "application/x-bittorrent")], body: bytes)
    }

    private func trackers(of hash: String) -> HTTPResponse {
        guard items[hash] != nil else { return text("Not Found", 404) }
        let none = version == "v4.2.5" ? "\"\"" : "-1"
        let own = ["DHT", "PeX", "LSD"].map { "{\"url\":\"** [\($0)] **\",\"tier\":\(none)}" }
        let others = (trackers[hash] ?? []).map { "{\"tier\":0,\"url\":\"\($0)\",\"msg\":\"\"}" }
        return text("[" + (own + others).joined(separator: ",") + "]")
    }

    private func prioritise(_ question: Asked) -> HTTPResponse {
        guard let hash = question.fields["hash"], let item = items[hash] else {
            return text("Not Found", 404)
        }
        let indexes = (question.fields["id"] ?? "").split(separator: "|").compactMap { Int($0) }
        guard let priority = question.fields["priority"].flatMap({ Int($0) }),
            [0, 1, 6, 7].contains(priority)
        else { return text("Priority is not valid", 400) }
        guard indexes.allSatisfy({ item.files.indices.contains($0) }) else { return text("Conflict", 409) }
        for index in indexes { items[hash]?.files[index].priority = priority }
        return text("")
    }

    private func add(_ question: Asked, _ request: HTTPRequest) -> HTTPResponse {
        let magnets = (question.fields["urls"] ?? "").split(separator: "\n").map { link in
            String(link.dropFirst("magnet:?xt=urn:btih:".count).prefix(40))
        }
        let files = question.fileNames.map { String($0.dropLast(".torrent".count)) }
        if let bad = files.first(where: { badFiles.contains($0) }) {
            // Some of the others are added all the same.
            for hash in files.dropLast(files.count / 2) where !badFiles.contains(hash) {
                insert(hash, question)
            }
            return text("Error: '\(bad).torrent' is not a valid torrent file.", 415)
        }
        let hashes = magnets + files
        let new = hashes.filter { items[$0] == nil && !garbage.contains($0) }
        for hash in new { insert(hash, question) }
        if version == "v4.2.5" { return text("Ok.") }
        guard answersJSON else { return text(new.isEmpty ? "Fails." : "Ok.") }
        if new.isEmpty { return text("Conflict", 409) }
        return text(
            "{\"added_torrent_ids\":[],\"failure_count\":\(hashes.count - new.count),\"pending_count\":0,"
                + "\"success_count\":\(new.count)}")
    }

    private func insert(_ hash: String, _ question: Asked) {
        var item = Item()
        if version != "v4.2.5" {
            item.tags = Set((question.fields["tags"] ?? "").split(separator: ",").map(String.init))
        }
        item.category = question.fields["category"] ?? ""
        item.isStopped = question.fields[isFive ? "stopped" : "paused"] == "true"
        items[hash] = item
    }

    private func change(_ question: Asked) -> HTTPResponse {
        let named = question.fields["hashes"] ?? question.fields["hash"] ?? question.fields["id"] ?? ""
        let hashes = named.split(separator: "|").map(
            String.init)
        let present = hashes.filter { items[$0] != nil }
        let tags = Set((question.fields["tags"] ?? "").split(separator: ",").map(String.init))
        for hash in present {
            switch question.path {
            case "torrents/addTags": items[hash]?.tags.formUnion(tags)
            case "torrents/removeTags": items[hash]?.tags.subtract(tags)
            case "torrents/toggleSequentialDownload": items[hash]?.isSequential.toggle()
            case "torrents/delete": items[hash] = nil
            case "torrents/\(isFive ? "stop" : "pause")": items[hash]?.isStopped = true
            case "torrents/\(isFive ? "start" : "resume")": items[hash]?.isStopped = false
            case "torrents/setCategory":
                let category = question.fields["category"] ?? ""
                guard category.isEmpty || categories.contains(category) else { return text("Incorrect", 409) }
                items[hash]?.category = category
            case "torrents/setForceStart": items[hash]?.isForced = question.fields["value"] == "true"
            case "torrents/setSuperSeeding": items[hash]?.isSuperSeeding = question.fields["value"] == "true"
            case "torrents/setDownloadPath": items[hash]?.downloadPath = question.fields["path"] ?? ""
            case "torrents/setShareLimits":
                items[hash]?.limits = [
                    "ratio_limit": question.fields["ratioLimit"] ?? "",
                    "seeding_time_limit": question.fields["seedingTimeLimit"] ?? "",
                    "inactive_seeding_time_limit": question.fields["inactiveSeedingTimeLimit"] ?? "",
                ]
            case "torrents/rename", "torrents/setDownloadLimit", "torrents/setUploadLimit",
                "torrents/setLocation", "torrents/setAutoManagement":
                break
            default: return text("Not Found", 404)
            }
        }
        return question.path == "torrents/rename" && present.isEmpty ? text("Not Found", 404) : text("")
    }

    private func text(_ text: String, _ status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: [("content-type", "text/plain")], body: Array(text.utf8))
    }
}
