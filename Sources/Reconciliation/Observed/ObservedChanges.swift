import Metainfo

/// What the change log says when qBittorrent's picture of a followed torrent changed.
public enum ObservedChanges {
    /// One change for each field that differs, in a fixed order.
    public static func between(_ old: Torrent, _ new: Torrent, subject: SubjectKey) -> [Change] {
        let before = rows(old)
        return zip(before, rows(new)).compactMap { old, now in
            guard old.value != now.value else { return nil }
            return Change(
                .observed, subject: subject, torrent: new.id, field: now.name, from: old.value, to: now.value)
        }
    }

    private static func rows(_ torrent: Torrent) -> [(name: String, value: String)] {
        [
            ("name", torrent.name), ("state", torrent.state.rawValue),
            ("savePath", torrent.placement.savePath), ("downloadPath", torrent.placement.downloadPath ?? ""),
            ("contentPath", torrent.placement.contentPath),
            ("category", torrent.placement.category),
            ("tags", torrent.placement.tags.joined(separator: ", ")),
            ("autoTMM", String(torrent.placement.autoTMM)),
            ("sequentialDownload", String(torrent.options.sequentialDownload)),
            ("firstLastPiecePrio", String(torrent.options.firstLastPiecePrio)),
            ("forceStart", String(torrent.options.forceStart)),
            ("superSeeding", String(torrent.options.superSeeding)),
            ("downloadLimit", String(torrent.options.downloadLimit)),
            ("uploadLimit", String(torrent.options.uploadLimit)),
            ("ratioLimit", String(torrent.options.ratioLimit)),
            ("seedingTimeLimit", String(torrent.options.seedingTimeLimit)),
            ("infoHashV1", torrent.identity.v1?.description ?? ""),
            ("infoHashV2", torrent.identity.v2?.description ?? ""),
            ("completedAt", torrent.completedAt?.description ?? ""),
        ]
    }
}
