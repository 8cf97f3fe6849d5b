import JSON
import Reconciliation

/// What the patterns of `files` may be.
enum FileRules {
    /// Of one list.
    static let most = 100
    /// Unit: bytes.
    static let longest = 512

    /// - Returns: In the order of the file. `null` is the empty list.
    static func patterns(_ place: FieldPlace) throws(Problem) -> [String] {
        if place.isNull { return [] }
        guard case .array(let nodes) = place.node.value else { throw place.wrongType("an array of patterns") }
        guard nodes.count <= most else {
            throw place.problem("bad-range", "There are more than \(most) patterns in \(place.key).")
        }
        var patterns: [String] = []
        for node in nodes { patterns.append(try pattern(place.part(node))) }
        return patterns
    }

    private static func pattern(_ place: FieldPlace) throws(Problem) -> String {
        let text = try place.text(FieldPlace.texts, limit: longest)
        guard !text.isEmpty else {
            throw place.problem("bad-range", "A pattern of \(place.key) is empty: it would match no file.")
        }
        guard !DisplayText.hasControl(text) else {
            throw place.problem("bad-range", "A pattern of \(place.key) holds control characters.")
        }
        guard text.utf8.first != UInt8(ascii: "/") else {
            throw place.problem(
                "bad-range",
                "A pattern of \(place.key) begins with a slash: paths in a torrent begin with a name.")
        }
        return text
    }
}
