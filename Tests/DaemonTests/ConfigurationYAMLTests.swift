import Testing

@testable import Daemon

@Suite("The strict tree of a YAML document")
struct ConfigurationYAMLTests {
    private func parse(_ text: String) throws -> YAMLNode? { try YAMLDocument.parse(Array(text.utf8)) }

    @Test func aTreeKnowsItsPlacesAndItsQuotes() throws {
        let root = try #require(try parse("a: x\nb:\n  - 'y'\n  - {c: \"\"}\n"))
        let inner = YAMLNode.Entry(
            key: "c", line: 4, column: 6,
            value: YAMLNode(.scalar("", isQuoted: true), line: 4, column: 9))
        let list = YAMLNode(
            .sequence([
                YAMLNode(.scalar("y", isQuoted: true), line: 3, column: 5),
                YAMLNode(.mapping([inner]), line: 4, column: 5),
            ]), line: 3, column: 3)
        let expected = YAMLNode(
            .mapping([
                .init(
                    key: "a", line: 1, column: 1,
                    value: YAMLNode(.scalar("x", isQuoted: false), line: 1, column: 4)),
                .init(key: "b", line: 2, column: 1, value: list),
            ]))
        #expect(root == expected)
    }

    @Test("Nothing to read is no document", arguments: ["", "\n", "# only a comment\n", "\u{FEFF}\n"])
    func nothing(text: String) throws {
        #expect(try parse(text) == nil)
    }

    @Test("Null is unquoted only", arguments: ["a:", "a: ~", "a: null", "a: NULL"])
    func null(text: String) throws {
        guard case .mapping(let entries) = try parse(text)?.content else { throw YAMLError.noMapping }
        #expect(entries.first?.value.isNull == true)
        guard case .mapping(let quoted) = try parse("a: \"null\"")?.content else { throw YAMLError.noMapping }
        #expect(quoted.first?.value.isNull == false)
    }

    static let refused: [(text: String, message: String, line: Int, column: Int)] = [
        ("a: 1\na: 2\n", "the key `a` is given twice", 2, 1),
        ("b:\n  a: 1\n  \"a\": 2\n", "the key `a` is given twice", 3, 3),
        ("a: &x 1\nb: 2\n", "anchors (&name) are not accepted", 1, 4),
        ("a: &x [1]\n", "anchors (&name) are not accepted", 1, 4),
        ("a: &x {b: 1}\n", "anchors (&name) are not accepted", 1, 4),
        ("a: *x\n", "aliases (*name) are not accepted", 1, 4),
        ("*x : 1\n", "aliases (*name) are not accepted", 1, 1),
        ("a: !!str 1\n", "tags (!name) are not accepted", 1, 4),
        ("a: !x [1]\n", "tags (!name) are not accepted", 1, 4),
        ("a: ! 1\n", "tags (!name) are not accepted", 1, 4),
        ("a: 1\n---\nb: 2\n", "a second document begins here; only one is read", 2, 1),
        ("? [a]\n: 1\n", "a key must be plain text", 1, 3),
        ("a: [1\n", "did not find expected ',' or ']'", 2, 1),
        ("a:\n\t- 1\n", "found character that cannot start any token", 2, 1),
        ("a: b: c\n", "mapping values are not allowed in this context", 1, 5),
        ("ok: 1\nä: \u{1}\n", "control characters are not allowed", 2, 4),
    ]

    @Test("What could mean something else is refused with its place", arguments: refused)
    func refusal(_ example: (text: String, message: String, line: Int, column: Int)) throws {
        let expected = YAMLError(message: example.message, line: example.line, column: example.column)
        #expect(throws: expected) { try parse(example.text) }
    }

    @Test func bytesThatAreNotUTF8AreRefusedWithTheirPlace() throws {
        let error = #expect(throws: YAMLError.self) {
            try YAMLDocument.parse(Array("a: 1\nb: ".utf8) + [0xC3, 0x28])
        }
        #expect(error?.line == 2)
        #expect(error?.column == 5)
    }

    @Test func depthHasALimit() throws {
        let limit = YAMLDocument.maximumDepth
        let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(try parse(deepest) != nil)
        let expected = YAMLError(message: "the nesting is deeper than 16", line: 1, column: 17)
        #expect(throws: expected) { try parse("[" + deepest + "]") }
        #expect(throws: expected) { try parse(String(repeating: "[", count: 1 << 20)) }
    }

    @Test func sizeHasALimit() throws {
        let comment = "#" + String(repeating: "x", count: YAMLDocument.maximumBytes - 1)
        #expect(try parse(comment) == nil)
        #expect(throws: YAMLError.self) { try parse(comment + "x") }
    }

    @Test("Cut off anywhere it is read or refused, and never a crash")
    func everyPrefix() throws {
        let bytes = Array("a: {b: [1, 'é', \"\\u00e9\"], c: |\n".utf8) + Array("  x\n}\n- &a *b !c\n".utf8)
        for count in 0...bytes.count {
            do throws(YAMLError) {
                _ = try YAMLDocument.parse(Array(bytes[..<count]))
            } catch {
                #expect(error.line >= 1 && error.column >= 1)
            }
        }
    }
}

extension YAMLError {
    fileprivate static let noMapping = YAMLError(message: "no mapping", line: 0, column: 0)
}
