import JSON
import Metainfo
import Reconciliation
import Spool

/// The past for people and programs.
public enum PastDocument {
    // MARK: For people

    /// Rows of equal length, the first being the heads.
    public static func table(_ torrents: [PastTorrent]) -> [[String]] {
        [["NAME", "CLIENT", "HASH", "STATE", "DONE", "CATEGORY", "TAGS", "PATH"]]
            + torrents.map { past in
                let torrent = past.torrent
                return [
                    DisplayText.cut(torrent.name, to: 60), past.place.client, "\(past.place.id)",
                    torrent.state.rawValue, Display.percent(torrent.counters.progress),
                    shown(torrent.placement.category), shown(torrent.placement.tags.joined(separator: ", ")),
                    shown(torrent.placement.savePath),
                ]
            }
    }

    /// The same for what changed: one row a field.
    public static func table(_ differences: [PastDifference]) -> [[String]] {
        var rows = [["NAME", "CLIENT", "HASH", "CHANGE", "FROM", "TO"]]
        for difference in differences {
            let torrent = difference.torrent
            let head = [
                DisplayText.cut(torrent.torrent.name, to: 60), torrent.place.client, "\(torrent.place.id)",
            ]
            if difference.kind == .changed {
                for field in difference.fields {
                    rows.append(head + [field.name, shown(field.from ?? ""), shown(field.to ?? "")])
                }
            } else {
                rows.append(head + [difference.kind.rawValue, "–", "–"])
            }
        }
        return rows
    }

    private static func shown(_ text: String) -> String { text.isEmpty ? "–" : DisplayText.cut(text) }

    // MARK: For programs

    public static func array(_ torrents: [PastTorrent]) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginArray()
        for torrent in torrents {
            writer.beginObject()
            write(torrent, &writer)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes + [10]
    }

    /// One object a torrent; `fields` where it changed.
    public static func array(_ differences: [PastDifference]) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginArray()
        for difference in differences {
            writer.beginObject()
            writer.field("client", difference.torrent.place.client)
            writer.field("hash", "\(difference.torrent.place.id)")
            writer.field("name", difference.torrent.torrent.name)
            writer.field("change", difference.kind.rawValue)
            writer.key("fields")
            writer.beginArray()
            for field in difference.fields {
                writer.beginObject()
                writer.field("field", field.name)
                writer.field("from", field.from)
                writer.field("to", field.to)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes + [10]
    }

    private static func write(_ past: PastTorrent, _ writer: inout JSONWriter) {
        let torrent = past.torrent
        writer.field("client", past.place.client)
        writer.field("hash", "\(past.place.id)")
        writer.field("infoHashV1", torrent.identity.v1?.description)
        writer.field("infoHashV2", torrent.identity.v2?.description)
        writer.field("name", torrent.name)
        writer.field("state", torrent.state.rawValue)
        write(torrent.placement, &writer)
        write(torrent.options, &writer)
        writer.field("addedAt", torrent.addedAt?.description)
        writer.field("completedAt", torrent.completedAt?.description)
        write(torrent.counters, &writer)
    }

    private static func write(_ placement: Torrent.Placement, _ writer: inout JSONWriter) {
        writer.field("category", placement.category)
        writer.field("tags", placement.tags)
        writer.field("savePath", placement.savePath)
        writer.field("downloadPath", placement.downloadPath)
        writer.field("contentPath", placement.contentPath)
        writer.field("autoTMM", placement.autoTMM)
    }

    private static func write(_ options: Torrent.Options, _ writer: inout JSONWriter) {
        writer.field("sequentialDownload", options.sequentialDownload)
        writer.field("firstLastPiecePrio", options.firstLastPiecePrio)
        writer.field("forceStart", options.forceStart)
        writer.field("superSeeding", options.superSeeding)
        writer.field("downloadLimit", options.downloadLimit)
        writer.field("uploadLimit", options.uploadLimit)
        writer.field("ratioLimit", finite(options.ratioLimit))
        writer.field("seedingTimeLimit", options.seedingTimeLimit)
        writer.field("inactiveSeedingTimeLimit", options.inactiveSeedingTimeLimit)
    }

    private static func write(_ counters: Torrent.Counters, _ writer: inout JSONWriter) {
        writer.field("progress", finite(counters.progress))
        writer.field("size", counters.size)
        writer.field("amountLeft", counters.amountLeft)
        writer.field("downloaded", counters.downloaded)
        writer.field("uploaded", counters.uploaded)
        writer.field("downloadSpeed", counters.downloadSpeed)
        writer.field("uploadSpeed", counters.uploadSpeed)
        writer.field("ratio", finite(counters.ratio))
        writer.field("seeds", counters.seeds)
        writer.field("peers", counters.peers)
    }

    /// JSON has no other numbers.
    private static func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }
}
