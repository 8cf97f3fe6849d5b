import JSON
import Reconciliation

/// What tags and categories may be called. Servers split lists of tags at commas, so a comma in a tag could
/// forge the mark by which we know what is ours.
struct NameRules {
    /// The most tags of a request.
    static let mostTags = 100
    /// Unit: bytes.
    static let longest = 255

    /// The prefix that is kept for our own tags.
    let ownTag: String

    /// - Returns: Sorted, each once. `null` is the empty list.
    func tags(_ place: FieldPlace, _ draft: inout RequestBuilder) throws(Problem) -> [String] {
        let parts: [FieldPlace]
        switch place.node.value {
        case .null: return []
        case .array(let nodes): parts = nodes.map(place.part)
        case .string(let text):
            // A comma string, as qBittorrent's own API and others write it.
            let words = text.utf8.split(separator: UInt8(ascii: ",")).map {
                String(decoding: $0, as: UTF8.self)
            }
            let nodes = words.map { JSONNode(value: .string(trimmed($0)), place: place.node.place) }
            draft.aliases.append("tags as text → tags")
            parts = text.utf8.allSatisfy { $0 == 32 } ? [] : nodes.map(place.part)
        default: throw place.wrongType("an array of texts")
        }
        guard parts.count <= Self.mostTags else {
            throw place.problem("bad-range", "There are more than \(Self.mostTags) tags.")
        }
        var tags: Set<String> = []
        for part in parts { tags.insert(try tag(part)) }
        return tags.sorted()
    }

    /// - Returns: Empty for `null`: there must be none.
    func category(_ place: FieldPlace) throws(Problem) -> String {
        if case .null = place.node.value { return "" }
        let name = try place.text()
        guard !name.isEmpty else { return "" }
        try check(name, "category", place)
        let bytes = Array(name.utf8)
        let hasEmptyPart = zip(bytes, bytes.dropFirst()).contains { $0 == 0x2F && $1 == 0x2F }
        guard !bytes.contains(UInt8(ascii: "\\")), !hasEmptyPart, bytes.first != 0x2F, bytes.last != 0x2F
        else {
            throw place.problem(
                "bad-tag", "A category holds no backslash and no empty part between, before or after slashes."
            )
        }
        return name
    }

    private func tag(_ place: FieldPlace) throws(Problem) -> String {
        let name = try place.text(FieldPlace.texts)
        guard !name.isEmpty else { throw place.problem("bad-tag", "A tag is not empty.") }
        try check(name, "tag", place)
        return name
    }

    private func check(_ name: String, _ what: String, _ place: FieldPlace) throws(Problem) {
        let bytes = name.utf8
        guard bytes.count <= Self.longest else {
            throw place.problem("bad-tag", "A \(what) is at most \(Self.longest) bytes long.")
        }
        guard !bytes.contains(UInt8(ascii: ",")), !bytes.contains(UInt8(ascii: "|")),
            !DisplayText.hasControl(name)
        else { throw place.problem("bad-tag", "A \(what) holds no comma, no | and no control characters.") }
        guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last,
            !first.properties.isWhitespace, !last.properties.isWhitespace
        else { throw place.problem("bad-tag", "A \(what) neither begins nor ends with a space.") }
        // In any case: a mark that differs from ours in its case only would mislead people.
        guard !name.lowercased().hasPrefix(ownTag.lowercased()) else {
            throw place.problem("bad-tag", "Names that begin with \(ownTag) are kept for qspool's own marks.")
        }
    }

    private func trimmed(_ text: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 32 }
        let kept = text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return String(decoding: Array(kept), as: UTF8.self)
    }
}
