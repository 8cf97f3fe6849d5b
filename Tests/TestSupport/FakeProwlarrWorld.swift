import Glibc
import JSON
import Metainfo

/// What a ``FakeProwlarr`` knows, and how it answers.
final class FakeProwlarrWorld: @unchecked Sendable {
    // Sendable: every mutable property is touched under the mutex alone.

    /// How long a link is good, in seconds of the fake's clock.
    private static let lifetime = 1_800

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let apiKey: String
    private let urlBase: String
    private var port = 0
    private var releases: [FakeProwlarr.Release]
    private var now = 0
    private var expiry: [String: Int] = [:]
    private var searchReply: LoopbackServer.Reply?
    private var downloadReplies: [Int64: LoopbackServer.Reply] = [:]

    init(apiKey: String, urlBase: String, releases: [FakeProwlarr.Release]) {
        self.apiKey = apiKey
        self.urlBase = urlBase
        self.releases = releases
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    var url: String { locked { base } }

    func setPort(_ port: Int) { locked { self.port = port } }

    func forget() { locked { expiry = [:] } }

    func advance(seconds: Int) { locked { now += seconds } }

    func add(_ release: FakeProwlarr.Release) { locked { releases.append(release) } }

    func answerSearches(with reply: LoopbackServer.Reply?) { locked { searchReply = reply } }

    func answerDownloads(of indexerID: Int64, with reply: LoopbackServer.Reply?) {
        locked { downloadReplies[indexerID] = reply }
    }

    func json(of guid: String) -> String {
        locked {
            guard let release = releases.first(where: { $0.guid == guid }) else {
                preconditionFailure("there is no release \(guid)")
            }
            var writer = JSONWriter(pretty: true)
            write(release, to: &writer)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    func reply(to request: LoopbackServer.Received) -> LoopbackServer.Reply {
        locked {
            guard request.path.hasPrefix(urlBase) else { return .text("<html>Prowlarr</html>") }
            let path = String(request.path.dropFirst(urlBase.count))
            let query = Self.query(of: request.target)
            guard request.header("x-api-key") == apiKey || query["apikey"] == apiKey else {
                return LoopbackServer.Reply(status: 401)
            }
            switch (request.method, path) {
            case ("GET", "/api/v1/search"): return searchReply ?? search(query)
            case ("POST", "/api/v1/search"): return .text("{}")
            case ("GET", "/api/v1/system/status"):
                return json("{\"appName\": \"Prowlarr\", \"version\": \"2.0.5.5160\"}")
            default: return download(path, query)
            }
        }
    }

    private func search(_ query: [String: String]) -> LoopbackServer.Reply {
        var writer = JSONWriter(pretty: false)
        writer.beginArray()
        for release in releases where query["indexerIds"] == String(release.indexerID) {
            let wanted = query["query"] ?? ""
            if wanted.isEmpty || release.title.lowercased().contains(wanted.lowercased()) {
                write(release, to: &writer)
            }
        }
        writer.endArray()
        return json(String(decoding: writer.bytes, as: UTF8.self))
    }

    private func download(_ path: String, _ query: [String: String]) -> LoopbackServer.Reply {
        let parts = path.split(separator: "/")
        guard parts.count == 2, parts[1] == "download", let indexerID = Int64(parts[0]) else {
            return json("{\"message\": \"NotFound\"}", status: 404)
        }
        if let reply = downloadReplies[indexerID] { return reply }
        guard let link = query["link"], let file = query["file"], !file.isEmpty,
            let release = releases.first(where: { Self.token($0) == link && $0.indexerID == indexerID })
        else { return FakeProwlarr.error(400, "Invalid Prowlarr link") }
        guard let end = expiry[link], now < end else {
            return json(
                "{\"message\": \"Couldn't find requested release in cache, try searching again\"}",
                status: 404)
        }
        switch release.content {
        case .torrent(let bytes):
            return LoopbackServer.Reply(
                headers: [
                    ("Content-Type", "application/x-bittorrent"),
                    ("Content-Disposition", "attachment; filename=\"release.torrent\""),
                ], body: bytes)
        case .magnet(let link), .redirect(let link):
            return LoopbackServer.Reply(status: 301, headers: [("Location", link)])
        case .answer(let reply): return reply
        }
    }

    /// As `ReleaseResource` is written: absent where there is no value, enums as words.
    private func write(_ release: FakeProwlarr.Release, to writer: inout JSONWriter) {
        let link = Self.token(release)
        expiry[link] = now + Self.lifetime
        let address =
            "\(base)/\(release.indexerID)/download?apikey=\(apiKey)&link=\(link)&file=release"
        writer.beginObject()
        writer.field("id", 0)
        writer.field("guid", release.guid)
        writer.field("age", 3)
        writer.field("ageHours", 72.5)
        writer.field("size", release.size)
        writer.field("indexerId", release.indexerID)
        writer.field("indexer", "Indexer \(release.indexerID)")
        writer.field("title", release.title)
        writer.field("sortTitle", release.title.lowercased())
        writer.field("imdbId", 0)
        writer.field("publishDate", "2026-11-19T10:00:00Z")
        writer.field("infoUrl", "https://indexer.example/details/1")
        writer.field(release.isLinkedAsMagnet ? "magnetUrl" : "downloadUrl", address)
        if let hash = release.infoHash { writer.field("infoHash", hash) }
        writer.field("indexerFlags", ["freeleech"])
        writer.key("categories")
        writer.beginArray()
        writer.beginObject()
        writer.field("id", 2_000)
        writer.field("name", "Movies")
        writer.key("subCategories")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.field("seeders", 12)
        writer.field("leechers", 3)
        writer.field("protocol", release.kind)
        writer.field("fileName", release.title + ".torrent")
        writer.endObject()
    }

    private var base: String { "http://127.0.0.1:\(port)\(urlBase)" }

    /// Stands for the encrypted address: hex of the guid, so that it says nothing by itself.
    private static func token(_ release: FakeProwlarr.Release) -> String {
        "link" + Hex.encode(Array("\(release.indexerID) \(release.guid)".utf8))
    }

    private func json(_ text: String, status: Int = 200) -> LoopbackServer.Reply {
        LoopbackServer.Reply(
            status: status, headers: [("Content-Type", "application/json; charset=utf-8")],
            body: Array(text.utf8))
    }

    private static func query(of target: String) -> [String: String] {
        let text = target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        var query: [String: String] = [:]
        for field in text.split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(parts[0])] = decoded(parts.count > 1 ? parts[1] : "")
        }
        return query
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let first = rest.popFirst() {
            guard first == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
            else {
                bytes.append(first)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
