import JSON
import Metainfo
import Reconciliation

/// Reads a search result as Prowlarr, Sonarr, Radarr or a Torznab feed describe it.
///
/// One tolerant reader takes all of them: it looks at the top and then under `release`, where newer versions
/// nest the addresses, and leaves everything alone that does not tell where the torrent comes from.
struct ReleaseReader {
    private let top: ReleaseObject
    private let item: TorznabItem

    /// - Returns: `nil` when it is no object.
    init?(_ place: FieldPlace) {
        guard let top = ReleaseObject(place) else { return nil }
        self.top = top
        item = TorznabItem(top)
    }

    /// The reader of a whole file that is a search result rather than a request, `nil` for a request.
    ///
    /// It is one when it has both halves of Prowlarr's key, a search result inside with what newer versions
    /// put around it, or, as a Torznab item, what tells where its torrent is.
    static func ofFile(_ file: FieldPlace) -> ReleaseReader? {
        guard let reader = ReleaseReader(file) else { return nil }
        return reader.isWhole ? reader : nil
    }

    /// A member that only a request has: such a file is neither one nor the other.
    var requestMember: JSONMember? {
        guard case .object(let members) = top.place.node.value else { return nil }
        return members.first { member in
            switch member.key {
            // Not to be lost beside Prowlarr's key; in a feed it is a number of its own.
            case "category": return hasKey
            case "$schema", "release", "files", "downloadClient", "movieId": return false
            // The feed that an item of RSS comes from.
            case "source" where ReleaseObject(top.place.member(member)) != nil: return false
            default: return RequestKey.known[member.key] != nil
            }
        }
    }

    /// - Throws: `usenet`; `missing-field` when nothing tells where the torrent is; `bad-type` and
    ///   `bad-range` for keys that matter.
    func read(aliases: inout [String]) throws(Problem) -> RequestDraft.ReleaseText {
        var release = Release()
        release.guid = try find("guid")?.releaseText()
        release.indexerID = try indexerID(&aliases)
        release.title = try find("title")?.releaseText()
        release.size = try (find("size") ?? item.length ?? item.attribute("size"))?.releaseCount()
        release.magnetURL = try text(find("magnetUrl"), item.attribute("magneturl"))
        release.downloadURL = try text(find("downloadUrl"), item.address)
        release.infoHash = try text(find("infoHash"), item.attribute("infohash"))
        let ratio = find("minimumRatio") ?? item.attribute("minimumratio")
        release.minimumRatio = try ratio?.releaseNumber()
        let seedTime = find("minimumSeedTime") ?? item.attribute("minimumseedtime")
        release.minimumSeedSeconds = try seedTime?.releaseCount()
        if let address = release.downloadURL, Self.isMagnet(address), release.magnetURL == nil {
            release.magnetURL = address
            release.downloadURL = nil
        }
        try refuseUsenet(release)
        guard Self.leadsSomewhere(release) else { throw leadsNowhere() }
        return RequestDraft.ReleaseText(release: release, line: top.place.line, column: top.place.column)
    }

    private var isWhole: Bool {
        if hasKey { return true }
        if top.object("release") != nil { return top["decision", "parsedInfo"] != nil }
        return item.address != nil || item.attribute("infohash") != nil
    }

    /// Whether it has both halves of the key by which Prowlarr knows a search result.
    private var hasKey: Bool { top["guid"] != nil && top["indexerId", "indexer_id"] != nil }

    /// The first that says anything.
    private func text(_ places: FieldPlace?...) throws(Problem) -> String? {
        for case let place? in places {
            if let text = try place.releaseText() { return text }
        }
        return nil
    }

    /// At the top, else one level down.
    private func find(_ keys: String...) -> FieldPlace? {
        for object in [top, top.object("release")] {
            for key in keys {
                if let found = object?[key] { return found }
            }
        }
        return nil
    }

    private func indexerID(_ aliases: inout [String]) throws(Problem) -> Int64? {
        guard let place = find("indexerId", "indexer_id") else { return nil }
        let isAlias = place.key.lowercased().hasSuffix("indexer_id")
        if isAlias { aliases.append("indexer_id → indexerId") }
        return try place.integer(0...Int64(Int32.max))
    }

    private func refuseUsenet(_ release: Release) throws(Problem) {
        if let place = find("protocol") {
            switch try place.word(of: ["torrent", "usenet", "unknown"], inAnyCase: true) {
            case "torrent": return
            case "usenet": throw usenet("This is a Usenet release", place)
            default: break
            }
        }
        guard release.magnetURL == nil, release.infoHash == nil else { return }
        if let place = item.mediaType, try place.releaseText()?.lowercased() == "application/x-nzb" {
            throw usenet("The enclosure is an NZB file", place)
        }
        for place in [find("downloadUrl") ?? item.address, find("fileName")].compactMap({ $0 }) {
            guard let text = try place.releaseText(), Self.isNZB(text) else { continue }
            throw usenet("This is an NZB file", place)
        }
    }

    private func usenet(_ what: String, _ place: FieldPlace) -> Problem {
        place.problem("usenet", "\(what), and qspool carries out torrents only.")
    }

    private func leadsNowhere() -> Problem {
        top.place.problem(
            "missing-field",
            "The search result does not say where its torrent is: it has no magnetUrl, downloadUrl or "
                + "infoHash, and not both guid and indexerId.",
            isField: !top.place.key.isEmpty)
    }

    private static func leadsSomewhere(_ release: Release) -> Bool {
        if release.magnetURL != nil || release.downloadURL != nil || release.infoHash != nil { return true }
        guard let guid = release.guid else { return false }
        return isMagnet(guid) || release.indexerID != nil
    }

    private static func isMagnet(_ text: String) -> Bool {
        text.utf8.prefix(7).map { $0 | 0x20 }.elementsEqual("magnet:".utf8)
    }

    /// Whether the path of an address, or a name, ends as NZB files do.
    private static func isNZB(_ text: String) -> Bool {
        let path = text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        return path.suffix(4).map { $0 | 0x20 }.elementsEqual(".nzb".utf8)
    }
}
