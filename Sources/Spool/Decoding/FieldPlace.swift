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

    /// The key of a member, at the place of the key itself.
    init(keyOf member: JSONMember, _ bytes: [UInt8]) {
        self.init(JSONNode(value: member.node.value, place: member.keyPlace), member.key, bytes)
    }

    var line: Int { node.place.lineAndColumn(in: bytes).line }
    var column: Int { node.place.lineAndColumn(in: bytes).column }
    var isNull: Bool { node.value == .null }
    var isText: Bool { if case .string = node.value { true } else { false } }
    /// With its article, for a sentence.
    var typeName: String {
        switch node.value {
        case .null: "null"
        case .array, .object: "an \(node.value.typeName)"
        default: "a \(node.value.typeName)"
        }
    }

    /// The same key, looking at a part of its value.
    func part(_ node: JSONNode) -> FieldPlace { FieldPlace(node, key, bytes) }

    /// The same place with another value.
    func saying(_ value: JSONValue) -> FieldPlace { part(JSONNode(value: value, place: node.place)) }

    /// A member of the object that this is, called `object.member`.
    func member(_ member: JSONMember) -> FieldPlace {
        FieldPlace(member.node, key.isEmpty ? member.key : "\(key).\(member.key)", bytes)
    }

    /// The key of a member of the object that this is.
    func keyOfMember(_ member: JSONMember) -> FieldPlace {
        FieldPlace(
            JSONNode(value: member.node.value, place: member.keyPlace), self.member(member).key, bytes)
    }

    func problem(_ code: String, _ message: String, isField: Bool = true) -> Problem {
        let place = node.place.lineAndColumn(in: bytes)
        return Problem(
            code: code, message: message, field: isField ? DisplayText.cut(key, to: 64) : nil,
            line: place.line, column: place.column)
    }

    func wrongType(_ wanted: String) -> Problem {
        problem("bad-type", "\(key) must be \(wanted), and this is \(typeName).")
    }

    /// What is said of an element that is no text.
    static let texts = "text in every element"

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

    func members() throws(Problem) -> [JSONMember] {
        guard case .object(let members) = node.value else { throw wrongType("an object") }
        return members
    }

    /// A number without fraction, also when it is written with one or as `1e3`.
    ///
    /// - Throws: `bad-type`; `bad-range` outside of `range`, naming it in `unit`.
    func integer(_ range: ClosedRange<Int64>, unit: String = "") throws(Problem) -> Int64 {
        let number: Int64?
        switch node.value {
        case .integer(let integer): number = integer
        case .double(let double): number = Int64(exactly: double)
        default: throw wrongType("a whole number")
        }
        guard let number, range.contains(number) else {
            throw problem(
                "bad-range",
                "\(key) is a whole number from \(range.lowerBound) to \(range.upperBound)\(unit).")
        }
        return number
    }

    /// One of the words of an enumeration.
    func word<Word>(_ type: Word.Type, inAnyCase: Bool = false) throws(Problem) -> Word
    where Word: CaseIterable & RawRepresentable, Word.RawValue == String {
        let text = try word(of: Word.allCases.map(\.rawValue), inAnyCase: inAnyCase)
        guard let word = Word(rawValue: text) else { preconditionFailure("\(text) is a word of its type") }
        return word
    }

    /// One of some words, as it is spelled there.
    func word(of words: [String], inAnyCase: Bool = false) throws(Problem) -> String {
        let wanted = "one of \(words.joined(separator: ", "))"
        let text = try text(wanted)
        let found = words.first { $0 == text || inAnyCase && $0.lowercased() == text.lowercased() }
        guard let found else { throw problem("bad-range", "\(key) must be \(wanted).") }
        return found
    }
}
