public import Metainfo

/// What the change log says when qBittorrent's picture of a followed torrent changed: enough to tell from an
/// earlier picture and the log what every torrent looked like at any later instant.
public enum ObservedChanges {
    /// What to append when the picture of a torrent at `place` changed.
    ///
    /// One change for each field that differs, in a fixed order; the first of them carries the counters as
    /// they are, those at zero left out. One change where a torrent came, with all that it is, or went.
    ///
    /// - Parameters:
    ///   - old: As it was recorded; `nil` where there was none.
    ///   - new: With its counters; `nil` where it is no longer there, or no longer followed.
    ///   - subject: Who follows it; `nil` where nobody knows.
    public static func between(
        _ old: Torrent?, _ new: Torrent?, at place: ObservedKey, subject: SubjectKey?
    ) -> [Change] {
        switch (old, new) {
        case (nil, nil): return []
        case (.some, nil): return [change(.gone, place, subject)]
        case (nil, let new?):
            var values = values(
                of: new.settledForm, ObservedField.settled, besides: blank(place, new.identity))
            for field in [ObservedField.infoHashV1, .infoHashV2] { values[field] = field.text(of: new) }
            values.merge(counters(of: new)) { $1 }
            return [change(.appeared, place, subject, values: values)]
        case (let old?, let new?):
            let settled = new.settledForm
            var changes = differing(old, settled).map { field in
                change(
                    .observed, place, subject, field: field, from: field.text(of: old),
                    to: field.text(of: settled))
            }
            if let first = changes.first { changes[0] = first.with(counters(of: new)) }
            return changes
        }
    }

    /// Takes a change into a picture. Changes of other kinds say nothing about it.
    ///
    /// - Returns: False where it does not fit what the picture holds: something before it is missing.
    public static func apply(_ change: Change, to picture: inout [ObservedKey: Torrent]) -> Bool {
        switch change.kind {
        case .appeared:
            guard let place = change.place, picture[place] == nil else { return false }
            guard let torrent = torrent(at: place, change.values) else { return false }
            picture[place] = torrent
            return true
        case .gone:
            guard let place = change.place else { return false }
            return picture.removeValue(forKey: place) != nil
        case .observed:
            guard let place = change.place, let name = change.field, let field = ObservedField(name: name),
                var torrent = picture[place], field.text(of: torrent) == change.from,
                field.set(change.to, in: &torrent)
            else { return false }
            if !change.values.isEmpty {
                torrent.counters = Torrent.Counters()
                guard set(change.values, in: &torrent) else { return false }
            }
            picture[place] = torrent
            return true
        default: return true
        }
    }

    /// Fields but for counters in which two torrents differ, byte for byte. A hash that comes is before one
    /// that goes.
    public static func differing(_ old: Torrent, _ new: Torrent) -> [ObservedField] {
        var fields = ObservedField.settled.filter { !same($0.text(of: old), $0.text(of: new)) }
        if new.identity.v1 == nil, let first = fields.firstIndex(of: .infoHashV1),
            let second = fields.firstIndex(of: .infoHashV2)
        {
            fields.swapAt(first, second)
        }
        return fields
    }

    /// A torrent of which nothing is known but who it is: fields that are as here are left out of what is
    /// written.
    public static func blank(_ place: ObservedKey, _ identity: TorrentIdentity) -> Torrent {
        Torrent(id: place.id, identity: identity)
    }

    /// Texts compared byte for byte: two that only look the same are different to a server.
    public static func same(_ left: String?, _ right: String?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }

    private static func torrent(at place: ObservedKey, _ values: [ObservedField: String]) -> Torrent? {
        let v1 = values[.infoHashV1].flatMap { InfoHash(text: $0) }
        let v2 = values[.infoHashV2].flatMap { InfoHash(text: $0) }
        guard let identity = TorrentIdentity(v1: v1, v2: v2) else { return nil }
        var torrent = blank(place, identity)
        return set(values, in: &torrent) ? torrent : nil
    }

    private static func set(_ values: [ObservedField: String], in torrent: inout Torrent) -> Bool {
        for (field, text) in values {
            guard field.set(text, in: &torrent) else { return false }
        }
        return true
    }

    private static func values(
        of torrent: Torrent, _ fields: [ObservedField], besides blank: Torrent
    ) -> [ObservedField: String] {
        var values: [ObservedField: String] = [:]
        for field in fields {
            let text = field.text(of: torrent)
            if !same(text, field.text(of: blank)) { values[field] = text }
        }
        return values
    }

    /// The progress is always among them: they are never nothing.
    private static func counters(of torrent: Torrent) -> [ObservedField: String] {
        let blank = Torrent(id: torrent.id, identity: torrent.identity)
        var values = values(of: torrent, ObservedField.counters, besides: blank)
        values[.progress] = ObservedField.progress.text(of: torrent)
        return values
    }

    private static func change(
        _ kind: Change.Kind, _ place: ObservedKey, _ subject: SubjectKey?, field: ObservedField? = nil,
        from: String? = nil, to: String? = nil, values: [ObservedField: String] = [:]
    ) -> Change {
        Change(
            kind, subject: subject, torrent: place.id, field: field?.name, from: from, to: to,
            client: subject?.client == place.client ? nil : place.client, values: values)
    }
}
