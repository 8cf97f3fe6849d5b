import JSON
import Metainfo
import Reconciliation

/// What a `source` may be: one text, or several that are tried in order.
enum SourceRules {
    /// The most alternatives of a request.
    static let most = 16
    /// A `data:` URL may be as long as its file. Unit: bytes.
    private static var longest: Int { RequestSuffix.json.sizeLimit }

    /// Reads the sources, each with its own place.
    ///
    /// A magnet link and a `data:` URL that is the only source is left to whoever resolves the request: it is
    /// read there with the same codes and place, and reading it is most of the work on a common request.
    ///
    /// - Throws: What ``SourceText`` says of the first bad one; `missing-field` for an empty list,
    ///   `bad-range` for a long one, and for two names of a `.torrent`, because a request has one.
    static func read(_ place: FieldPlace, into draft: inout RequestBuilder) throws(Problem) {
        guard case .array(let nodes) = place.node.value else {
            return try add(place, "text or an array of texts", isOnly: true, to: &draft)
        }
        guard !nodes.isEmpty else {
            throw place.problem(
                "missing-field",
                "\(place.key) is an empty list; leave it out when a file beside it is the source.")
        }
        guard nodes.count <= most else {
            throw place.problem("bad-range", "\(place.key) lists more than \(most) alternatives.")
        }
        for node in nodes {
            try add(place.part(node), FieldPlace.texts, isOnly: nodes.count == 1, to: &draft)
        }
    }

    /// The file in the same folder that a source names, if it names one: the first of them.
    static func named(by node: JSONNode) -> String? {
        switch node.value {
        case .string(let text): return named(text)
        case .array(let nodes):
            for node in nodes {
                if case .string(let text) = node.value, let name = named(text) { return name }
            }
            return nil
        default: return nil
        }
    }

    private static func add(
        _ place: FieldPlace, _ wanted: String, isOnly: Bool, to draft: inout RequestBuilder
    ) throws(Problem) {
        let text = try place.text(wanted, limit: longest)
        let head = text.utf8.prefix(7).map { $0 | 0x20 }
        let isLong = head.starts(with: "magnet:".utf8) || head.starts(with: "data:".utf8)
        let isAddress = head.starts(with: "http:".utf8) || head.starts(with: "https:".utf8)
        // The length of an address is judged with the address.
        guard isLong || isAddress || text.utf8.count <= FieldPlace.longestText else {
            throw place.problem("bad-range", "\(place.key) is longer than \(FieldPlace.longestText) bytes.")
        }
        if !isOnly || !isLong { try check(text, place, &draft) }
        draft.sources.append(RequestDraft.SourceText(text: text, line: place.line, column: place.column))
    }

    private static func check(
        _ text: String, _ place: FieldPlace, _ draft: inout RequestBuilder
    ) throws(Problem) {
        do throws(MetainfoError) {
            guard case .file(let name) = try SourceText(text) else { return }
            guard draft.named == nil else {
                throw MetainfoError(
                    code: "bad-range", message: "Only one of the alternatives can be a .torrent beside it.")
            }
            draft.named = name
        } catch {
            throw place.problem(error.code, error.message)
        }
    }

    private static func named(_ text: String) -> String? {
        let tail = text.utf8.suffix(8)
        guard tail.map({ $0 | 0x20 }).elementsEqual(".torrent".utf8.map { $0 | 0x20 }), text.utf8.count <= 255
        else { return nil }
        do throws(MetainfoError) {
            guard case .file(let name) = try SourceText(text) else { return nil }
            return name
        } catch {
            return nil
        }
    }
}
