import JSON
public import Metainfo
public import Reconciliation

/// What `qspool import` did about each torrent that was meant.
public struct ImportReport: Sendable {
    public enum Verdict: String, Sendable {
        /// Its request was written, or would be.
        case written
        /// Left alone on purpose.
        case skipped
        /// No request could be made of it that would leave it as it is.
        case refused
    }

    public struct Entry: Sendable {
        public let torrent: TorrentID
        /// As qBittorrent shows it.
        public let torrentName: String
        public var verdict: Verdict
        public var request: RequestName?
        /// Below `requests/`.
        public var files: [String] = []
        public var fields: [Field: FieldValue] = [:]
        /// Why, or what was left out.
        public var message = ""
    }

    public let client: String
    public let isDryRun: Bool
    public var entries: [Entry] = []
    /// What kept some of the written from being adopted at once.
    public var trouble: Failure?

    public func count(_ verdict: Verdict) -> Int { entries.count { $0.verdict == verdict } }

    /// What the command ends with.
    public var exitCode: ExitCode {
        ExitCode.first(
            of: [
                trouble?.code, count(.refused) > 0 ? .personNeeded : nil,
                isDryRun && count(.written) > 0 ? .changes : nil,
            ].compactMap { $0 })
    }

    /// For programs.
    public var json: [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.beginArray()
        for entry in entries {
            writer.beginObject()
            writer.field("torrent", entry.torrent.description)
            writer.field("torrentName", entry.torrentName)
            writer.field("client", client)
            writer.field("verdict", entry.verdict.rawValue)
            writer.field("request", entry.request?.text)
            writer.field("files", entry.files)
            writer.key("fields")
            writer.beginObject()
            for (field, value) in entry.fields.sorted(by: { $0.key < $1.key }) {
                ImportDocument.write(field, value, to: &writer)
            }
            writer.endObject()
            writer.field("message", entry.message)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes + [10]
    }
}
