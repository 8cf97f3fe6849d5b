import JSON
import Metainfo
import Reconciliation

/// How a status file is written (contract 4): two spaces a level, members in the contract's order,
/// `updatedAt` last.
///
/// Text that came from a server, a producer or the system is escaped and cut. The whole stays below 16 kB:
/// where it would not, texts and lists are cut further.
struct StatusRendering {
    /// Unit: bytes.
    static let limit = 16 * 1_024

    private let status: RequestStatus
    /// `nil` leaves out every instant that says when something was looked at rather than what was seen.
    private let updatedAt: WallTime?
    private let textLimit: Int
    private let listLimit: Int
    private var writer = JSONWriter(pretty: true)

    /// - Parameter updatedAt: `nil` gives the rendering for digests: equal for statuses that say the same,
    ///   whenever they were made.
    static func bytes(_ status: RequestStatus, updatedAt: WallTime?) -> [UInt8] {
        var smallest: [UInt8] = []
        for (text, list) in [(DisplayText.limit, Int.max), (160, 64), (64, 20), (32, 5)] {
            var rendering = StatusRendering(
                status: status, updatedAt: updatedAt, textLimit: text, listLimit: list)
            smallest = rendering.render()
            if smallest.count <= limit { break }
        }
        return smallest
    }

    private init(status: RequestStatus, updatedAt: WallTime?, textLimit: Int, listLimit: Int) {
        self.status = status
        self.updatedAt = updatedAt
        self.textLimit = textLimit
        self.listLimit = listLimit
    }

    private mutating func render() -> [UInt8] {
        writer.beginObject()
        writer.field("schema", 1)
        // Whole, because it is what the status is found by; a name in the spool is bounded and holds no
        // controls.
        writer.field("name", status.key.name.text)
        writer.field("generation", status.generation)
        renderVersion()
        writer.field("phase", status.phase.rawValue)
        writer.field("reason", status.reason)
        writer.field("message", cut(status.message))
        renderTorrent()
        renderLabels()
        renderConditions()
        renderDrift()
        renderSources()
        writer.field("attempts", status.failure.attempts)
        time("nextAttemptAt", status.failure.nextAttemptAt)
        renderLastError()
        if let updatedAt { writer.field("updatedAt", updatedAt.description) }
        writer.endObject()
        return writer.bytes + [10]
    }

    private mutating func renderVersion() {
        writer.key("request")
        guard let version = status.version else {
            writer.null()
            return
        }
        writer.beginObject()
        writer.field("digest", version.digestText)
        if updatedAt != nil { writer.field("readAt", version.readAt.description) }
        writer.endObject()
    }

    private mutating func renderTorrent() {
        writer.key("torrent")
        guard let found = status.torrent else {
            writer.null()
            return
        }
        let torrent = found.torrent
        writer.beginObject()
        writer.field("client", status.key.client)
        writer.field("hash", torrent.id.description)
        writer.field("infoHashV1", torrent.identity.v1?.description)
        writer.field("infoHashV2", torrent.identity.v2?.description)
        writer.field("name", cut(torrent.name))
        writer.field("ownership", found.ownership.rawValue)
        writer.field("state", torrent.state.rawValue)
        renderCounters(torrent.counters)
        writer.field("savePath", cut(torrent.placement.savePath))
        writer.field("contentPath", cut(torrent.placement.contentPath))
        writer.field("localPath", found.localPath.map(cut))
        writer.field("category", cut(torrent.placement.category))
        writer.field("tags", torrent.placement.tags.prefix(listLimit).map(cut))
        time("addedAt", torrent.addedAt)
        time("completedAt", torrent.completedAt)
        writer.endObject()
    }

    private mutating func renderCounters(_ counters: Torrent.Counters) {
        writer.field("progress", min(max(finite(counters.progress), 0), 1))
        writer.field("eta", counters.eta)
        // Without metadata servers say −1 or 0.
        writer.field("size", max(counters.size, 0))
        writer.field("downloaded", counters.downloaded)
        writer.field("uploaded", counters.uploaded)
        writer.field("downloadSpeed", counters.downloadSpeed)
        writer.field("uploadSpeed", counters.uploadSpeed)
        writer.field("ratio", finite(counters.ratio))
        writer.field("seeds", counters.seeds)
        writer.field("peers", counters.peers)
    }

    private mutating func renderLabels() {
        writer.key("labels")
        writer.beginObject()
        let sorted = status.labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (key, value) in sorted.prefix(listLimit) { writer.field(cut(key), cut(value)) }
        writer.endObject()
    }

    private mutating func renderConditions() {
        writer.key("conditions")
        writer.beginArray()
        for condition in status.conditions {
            writer.beginObject()
            writer.field("type", condition.kind.rawValue)
            writer.field("status", condition.isTrue ? "True" : "False")
            writer.field("reason", condition.reason)
            writer.field("message", cut(condition.message))
            writer.field("since", condition.since.description)
            writer.field("generation", condition.generation)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Left out where a request has one source and nothing to fetch.
    private mutating func renderSources() {
        guard !status.sources.isEmpty else { return }
        writer.key("sources")
        writer.beginArray()
        for source in status.sources.prefix(listLimit) {
            writer.beginObject()
            writer.field("source", cut(source.source))
            writer.field("verdict", source.verdict.rawValue)
            writer.field("code", source.code)
            writer.field("message", source.message.map(cut))
            if updatedAt != nil { time("at", source.at) }
            writer.endObject()
        }
        writer.endArray()
    }

    private mutating func renderDrift() {
        writer.key("drift")
        writer.beginArray()
        for drift in status.drift {
            writer.beginObject()
            writer.field("field", drift.field.rawValue)
            value("wanted", drift.wanted)
            value("observed", drift.observed)
            writer.field("verdict", drift.verdict.rawValue)
            writer.endObject()
        }
        writer.endArray()
    }

    private mutating func renderLastError() {
        writer.key("lastError")
        let error = status.failure.lastError
        let problem = status.failure.problem
        guard let code = problem?.code ?? error?.code, let message = problem?.message ?? error?.message else {
            writer.null()
            return
        }
        writer.beginObject()
        writer.field("code", code)
        writer.field("message", cut(message))
        writer.field("retriable", problem == nil && error?.isRetriable == true)
        writer.field("line", problem?.line)
        writer.field("column", problem?.column)
        writer.field("field", problem?.field)
        if updatedAt != nil { time("at", error?.at ?? status.version?.readAt) }
        writer.endObject()
    }

    private mutating func time(_ name: String, _ time: WallTime?) {
        writer.field(name, time.map(\.description))
    }

    private mutating func value(_ name: String, _ value: FieldValue) {
        switch value {
        case .text(let text): writer.field(name, cut(text))
        case .flag(let flag): writer.field(name, flag)
        case .number(let number): writer.field(name, number)
        case .list(let list): writer.field(name, list.prefix(listLimit).map(cut))
        case .selection, .goals: writer.field(name, cut(value.description))
        }
    }

    private func cut(_ text: String) -> String { DisplayText.cut(text, to: textLimit) }

    private func finite(_ number: Double) -> Double { number.isFinite ? number : 0 }
}
