import JSON
import Metainfo
import Reconciliation

extension RequestDecoder {
    func source(_ place: FieldPlace) throws(Problem) -> (RequestDraft.SourceText, named: String?) {
        if case .array(let parts) = place.node.value {
            for part in parts { _ = try place.part(part).text(limit: Self.longestSource) }
            throw notYet(as: "\(place.key) as a list of alternatives", place)
        }
        let text = try place.text("text", limit: Self.longestSource)
        let head = text.utf8.prefix(8).map { $0 | 0x20 }
        let isMagnet = head.starts(with: "magnet:".utf8)
        let isData = head.starts(with: "data:".utf8)
        guard isMagnet || isData || text.utf8.count <= FieldPlace.longestText else {
            throw place.problem("bad-range", "\(place.key) is longer than \(FieldPlace.longestText) bytes.")
        }
        if head.starts(with: "http:".utf8) || head.starts(with: "https:".utf8) {
            try checkAddress(text, place)
            throw notYet(as: "a \(place.key) that is an http(s) address", place)
        }
        let found = RequestDraft.SourceText(text: text, line: place.line, column: place.column)
        return (found, isMagnet || isData ? nil : Self.named(text))
    }

    /// The file in the same folder that a source names, if it is the name of one.
    static func named(_ text: String) -> String? {
        guard text.utf8.suffix(8).map({ $0 | 0x20 }).elementsEqual(".torrent".utf8.map { $0 | 0x20 }),
            text.utf8.count <= 255
        else { return nil }
        do throws(MetainfoError) {
            guard case .file(let name) = try SourceText(text) else { return nil }
            return name
        } catch {
            return nil
        }
    }

    func client(_ place: FieldPlace) throws(Problem) -> String {
        let name = try place.text("the name of a client")
        guard settings.knownClients.contains(name) else {
            let known = settings.knownClients.sorted().joined(separator: ", ")
            throw place.problem(
                "unknown-client",
                "No client is configured under the name \(DisplayText.cut(name, to: 64)); there is \(known).")
        }
        return name
    }

    func rename(_ place: FieldPlace) throws(Problem) -> String {
        if case .null = place.node.value { throw emptyRename(place) }
        let name = try place.text()
        guard name.utf8.contains(where: { $0 != 32 }) else { throw emptyRename(place) }
        guard !DisplayText.hasControl(name) else {
            throw place.problem("bad-range", "\(place.key) holds control characters.")
        }
        guard name.utf8.first != 32, name.utf8.last != 32 else {
            throw place.problem(
                "bad-range", "\(place.key) begins or ends with a space, which servers take off.")
        }
        return name
    }

    func onDelete(_ place: FieldPlace) throws(Problem) -> OnDelete {
        if case .string("removeData") = place.node.value {
            throw notYet(as: "the value removeData of onDelete", place)
        }
        return try place.word(OnDelete.self)
    }

    /// A file that *is* a search result, as Prowlarr, Sonarr and Radarr return them.
    func refuseRelease(_ root: JSONNode, _ bytes: [UInt8]) throws(Problem) {
        guard let guid = root["guid"], root["indexerId"] ?? root["indexer_id"] != nil else { return }
        throw notYet(as: "a search result as a request", FieldPlace(guid, "guid", bytes))
    }

    func later(
        _ field: String, _ types: Set<String>, _ member: JSONMember, _ place: FieldPlace
    ) -> Problem {
        guard types.contains(member.node.value.typeName) else {
            return place.wrongType(types.sorted().joined(separator: " or "))
        }
        return notYet(as: member.key == field ? field : "\(member.key) (\(field))", place)
    }

    func unknown(_ member: JSONMember, _ bytes: [UInt8]) -> Problem {
        let place = FieldPlace(JSONNode(value: member.node.value, place: member.keyPlace), member.key, bytes)
        let shown = DisplayText.cut(member.key, to: 64)
        return place.problem(
            "unknown-field",
            "\(shown) is no field of a request; did you mean \(RequestKey.nearest(to: member.key))?")
    }

    private func notYet(as title: String, _ place: FieldPlace) -> Problem {
        place.problem(
            "not-yet", "This version does not carry out \(title); take it out to have the rest carried out.")
    }

    private func emptyRename(_ place: FieldPlace) -> Problem {
        place.problem(
            "bad-range",
            "A torrent always has a name, so \(place.key) cannot be empty; leave it out to leave the "
                + "name alone."
        )
    }

    /// An address that is never allowed is told so rather than put off.
    private func checkAddress(_ text: String, _ place: FieldPlace) throws(Problem) {
        do throws(MetainfoError) {
            _ = try SourceText(text)
        } catch {
            throw place.problem(error.code, error.message)
        }
    }

    /// A `data:` URL may be as long as its file.
    private static var longestSource: Int { RequestSuffix.json.sizeLimit }
}
