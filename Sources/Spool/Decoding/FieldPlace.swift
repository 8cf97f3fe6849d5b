import JSON
import Reconciliation

/// The value of one key with all that a problem about it has to name.
struct FieldPlace {
    let node: JSONNode
    let key: String
    private let bytes: [UInt8]

    /// Longest text of a field that has no limit of its own. Unit: bytes.
    static let longestText = 4_096

    init(_ node: JSONNode, _ key: String, _ bytes: [UInt8]) {
        self.node = node
        self.key = key
        self.bytes = bytes
    }

    var line: Int { node.place.lineAndColumn(in: bytes).line }
    var column: Int { node.place.lineAndColumn(in: bytes).column }

    /// The same key, looking at a part of its value.
    func part(_ node: JSONNode) -> FieldPlace { FieldPlace(node, key, bytes) }

    func hasMember(_ name: String) -> Bool { node[name] != nil }

    func problem(_ code: String, _ message: String, isField: Bool = true) -> Problem {
        let place = node.place.lineAndColumn(in: bytes)
        return Problem(
            code: code, message: message, field: isField ? DisplayText.cut(key, to: 64) : nil,
            line: place.line,
            column: place.column)
    }

    func wrongType(_ wanted: String) -> Problem {
        problem("bad-type", "\(key) must be \(wanted), and this is a \(node.value.typeName).")
    }

    /// - Throws: `bad-type`; `bad-range` when it is longer than `limit` bytes.
    func text(_ wanted: String = "text", limit: Int = longestText) throws(Problem) -> String {
        guard case .string(let text) = node.value else { throw wrongType(wanted) }
        guard text.utf8.count <= limit else {
            throw problem("bad-range", "\(key) is longer than \(limit) bytes.")
        }
        return text
    }

    func flag() throws(Problem) -> Bool {
        guard case .bool(let flag) = node.value else { throw wrongType("true or false") }
        return flag
    }

    /// One of the words of an enumeration, spelled exactly so.
    func word<Word>(_ type: Word.Type) throws(Problem) -> Word
    where Word: CaseIterable & RawRepresentable, Word.RawValue == String {
        let text = try text("one of the words for it")
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw problem("bad-range", "\(key) must be one of \(words).")
        }
        return word
    }
}
