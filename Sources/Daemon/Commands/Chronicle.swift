import JSON
import Metainfo
public import Reconciliation
import Store

/// What `qspool log` is asked for.
public struct LogQuery {
    public var name: RequestName?
    public var kind: Change.Kind?
    public var since: WallTime?
    /// The last this many.
    public var limit: Int?
    /// Only entries after this position.
    public var after: UInt64?

    public init() {}
}

/// Reads the change log.
public struct Chronicle {
    private let installation: Installation

    public init(_ installation: Installation) { self.installation = installation }

    /// Oldest first.
    public func entries(_ query: LogQuery) throws -> [LogEntry] {
        let store = try ReadOnlyStore.open(installation)
        let isLast = query.limit != nil && query.after == nil
        let entries = try store.log(
            from: query.after.map { $0 + 1 }, name: query.name, kind: query.kind, since: query.since,
            limit: query.limit, newestFirst: isLast)
        return isLast ? entries.reversed() : entries
    }
}

/// A change for people and programs.
public enum ChangeDocument {
    public static func text(_ entry: LogEntry) -> String {
        let change = entry.change
        var text = "\(entry.at)  \(change.kind.rawValue)"
        if let subject = change.subject { text += "  \(subject.name)" }
        if let field = change.field {
            text += "  \(field)"
            if change.from != nil || change.to != nil {
                text += " “\(change.from ?? "")” → “\(change.to ?? "")”"
            }
        }
        if change.kind == .appeared { text += "  " + appearance(change) }
        if !change.reason.isEmpty { text += "  [\(change.reason)]" }
        if !change.message.isEmpty { text += "  \(change.message)" }
        return text
    }

    /// What it is called and where it lies.
    private static func appearance(_ change: Change) -> String {
        let name = change.values[.name] ?? change.torrent?.description ?? ""
        return change.values[.savePath].map { "“\(name)” in \($0)" } ?? "“\(name)”"
    }

    public static func array(_ entries: [LogEntry]) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginArray()
        for entry in entries { write(entry, &writer) }
        writer.endArray()
        return writer.bytes + [10]
    }

    /// One object in one line.
    public static func line(_ entry: LogEntry) -> [UInt8] {
        var writer = JSONWriter(pretty: false)
        write(entry, &writer)
        return writer.bytes + [10]
    }

    private static func write(_ entry: LogEntry, _ writer: inout JSONWriter) {
        let change = entry.change
        writer.beginObject()
        writer.field("sequence", Int64(clamping: entry.sequence))
        writer.field("pass", Int64(clamping: entry.pass))
        writer.field("at", entry.at.description)
        writer.field("kind", change.kind.rawValue)
        writer.field("request", change.subject?.name.text)
        writer.field("client", change.client ?? change.subject?.client)
        writer.field("torrent", change.torrent?.description)
        writer.field("field", change.field)
        writer.field("from", change.from)
        writer.field("to", change.to)
        writer.field("reason", change.reason)
        writer.field("message", change.message)
        if !change.values.isEmpty {
            writer.key("values")
            writer.beginObject()
            for (field, text) in change.values.sorted(by: { $0.key < $1.key }) {
                writer.field(field.name, text)
            }
            writer.endObject()
        }
        writer.endObject()
    }
}

/// Times of the command line.
public enum TimeText {
    /// The same for a look back: a time without a fraction means the end of that second, so that what the log
    /// shows with it has happened.
    public static func lookBack(_ text: String) throws(Failure) -> WallTime {
        let time = try instant(text)
        guard WallTime(rfc3339: text) != nil, !text.utf8.contains(UInt8(ascii: ".")) else { return time }
        return WallTime(milliseconds: time.milliseconds + 999)
    }

    /// RFC 3339, or a duration ago: `10m`, `2h`, `7d`.
    public static func instant(_ text: String) throws(Failure) -> WallTime {
        if let time = WallTime(rfc3339: text) { return time }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = text.last, let seconds = units[unit], let count = Int64(text.dropLast()),
            count >= 0, count < 1_000_000
        else {
            throw Failure(
                .usage,
                "“\(text)” is no time: give 2026-11-22T10:00:00Z, or a duration ago such as 10m, 2h, 7d")
        }
        return WallTime(milliseconds: SystemClock().now().wall.milliseconds - count * seconds * 1000)
    }
}
