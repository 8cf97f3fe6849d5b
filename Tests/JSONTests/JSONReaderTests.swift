import JSON
import Testing

/// What a strict document is and what it is not, one line a case.
@Suite struct JSONReaderTests {
    struct Refusal: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let code: String
        /// Line and column.
        let place: [Int]?

        init(_ name: String, _ text: String, _ code: String, at place: [Int]? = nil) {
            self.init(name, bytes: Array(text.utf8), code, at: place)
        }

        init(_ name: String, bytes: [UInt8], _ code: String, at place: [Int]? = nil) {
            self.name = name
            self.bytes = bytes
            self.code = code
            self.place = place
        }

        var testDescription: String { name }
    }

    static let refusals = [
        Refusal("nothing", "", "empty"),
        Refusal("white space", " \n\t", "empty"),
        Refusal("a byte order mark alone", "\u{FEFF}", "empty"),
        Refusal("two values", "{} {}", "bad-json", at: [1, 4]),
        Refusal("two arrays", "[1] [2]", "bad-json", at: [1, 5]),
        Refusal("two scalars", "1 2", "bad-json"),
        Refusal("text after the value", "{\"a\": 1}\nx", "bad-json", at: [2, 1]),
        Refusal("a closing bracket too many", "{\"a\":1}}", "bad-json", at: [1, 8]),
        Refusal("a closing bracket alone", "]", "bad-json", at: [1, 1]),
        Refusal("a comma after the last element", "[1,]", "bad-json"),
        Refusal("a comma after the last member", "{\"a\":1,}", "bad-json"),
        Refusal("a comma alone", "[,]", "bad-json"),
        Refusal("two commas", "[1,,2]", "bad-json"),
        Refusal("no comma", "[1 2]", "bad-json", at: [1, 4]),
        Refusal("no comma between members", "{\"a\":1 \"b\":2}", "bad-json"),
        Refusal("no colon", "{\"a\" 1}", "bad-json"),
        Refusal("no value", "{\"a\":}", "bad-json"),
        Refusal("no key", "{1:2}", "bad-json"),
        Refusal("a key without quotes", "{a:2}", "bad-json"),
        Refusal("an open array", "[1", "bad-json", at: [1, 3]),
        Refusal("an open object", "{\"a\":1", "bad-json", at: [1, 7]),
        Refusal("an open bracket", "[", "bad-json"),
        Refusal("the wrong bracket", "[1}", "bad-json", at: [1, 3]),
        Refusal("the wrong bracket inside", "{\"a\":[1}}", "bad-json", at: [1, 8]),
        Refusal("an open string", "{\"a\":\n  \"b}", "bad-json", at: [2, 3]),
        Refusal("single quotes", "{'a':1}", "bad-json"),
        Refusal("a comment", "[1 /* one */]", "bad-json"),
        Refusal("half a word", "[tru]", "bad-json"),
        Refusal("a word too long", "[nullx]", "bad-json"),
        Refusal("a word in capitals", "[True]", "bad-json"),
        Refusal("NaN", "[NaN]", "bad-json"),
        Refusal("Infinity", "[Infinity]", "bad-json"),
        Refusal("a leading zero", "[01]", "bad-json"),
        Refusal("a leading plus", "[+1]", "bad-json"),
        Refusal("a leading point", "[.5]", "bad-json"),
        Refusal("a trailing point", "[5.]", "bad-json"),
        Refusal("an empty exponent", "[1e]", "bad-json"),
        Refusal("a minus alone", "[-]", "bad-json"),
        Refusal("hex digits", "[0x10]", "bad-json"),
        Refusal("letters after a number", "[12a]", "bad-json"),
        Refusal("a number beyond a double", "[1e400]", "bad-json", at: [1, 2]),
        Refusal("an unknown escape", #"["\x"]"#, "bad-json"),
        Refusal("a short escape", #"["\u12"]"#, "bad-json"),
        Refusal("a line break in a string", "{\n \"ä\": \"b\nc\"}", "bad-json", at: [2, 9]),
        Refusal("a tab in a string", "[\"\t\"]", "bad-json", at: [1, 3]),
        Refusal("NUL", bytes: Array("[1]".utf8) + [0], "bad-encoding", at: [1, 4]),
        Refusal("an escaped NUL", #"["a\u0000b"]"#, "bad-encoding", at: [1, 2]),
        Refusal(
            "bad UTF-8", bytes: Array("[\"é".utf8) + [0xFF] + Array("\"]".utf8), "bad-encoding", at: [1, 4]),
        Refusal("an overlong form", bytes: [0x22, 0xC0, 0x80, 0x22], "bad-encoding"),
        Refusal("a raw surrogate", bytes: [0x22, 0xED, 0xA0, 0x80, 0x22], "bad-encoding"),
        Refusal("UTF-16", bytes: [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], "bad-encoding"),
        Refusal("a high surrogate alone", #"["\ud800"]"#, "bad-json"),
        Refusal("a low surrogate alone", #"["\udc00"]"#, "bad-json"),
        Refusal("a high surrogate and a letter", #"["\ud800a"]"#, "bad-json"),
        Refusal("two high surrogates", #"["\ud800\ud800"]"#, "bad-json"),
        Refusal("half a pair in a key", #"{"\udc00":1}"#, "bad-json"),
        Refusal("a key twice", "{\"a\":1,\n\"a\":2}", "duplicate-key", at: [2, 1]),
        Refusal("a key twice, once escaped", #"{"a":1,"\u0061":2}"#, "duplicate-key", at: [1, 8]),
        Refusal("a key twice, deep inside", #"[{"b":[{"a":1,"a":1}]}]"#, "duplicate-key"),
        Refusal("17 levels", String(repeating: "[", count: 17), "too-deep", at: [1, 17]),
        Refusal("a million levels", String(repeating: "[", count: 1_000_000), "too-deep", at: [1, 17]),
        Refusal("a thousand and one keys", manyKeys(1_001), "too-large"),
    ]

    static func manyKeys(_ count: Int) -> String {
        "{" + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
    }

    @Test("refuses what is not one strict value", arguments: refusals)
    func refusal(_ example: Refusal) {
        let error = #expect(throws: JSONError.self) { try JSONReader.document(example.bytes) }
        #expect(error?.code == example.code, "\(String(describing: error))")
        #expect(error?.line != nil)
        if let place = example.place {
            #expect([error?.line, error?.column] == place, "\(String(describing: error))")
        }
    }

    static let values: [(String, JSONValue)] = [
        ("null", .null), (" true ", .bool(true)), ("false\n", .bool(false)),
        ("0", .integer(0)), ("-0", .integer(0)), ("-17", .integer(-17)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .double(0x1p63)),
        ("-9223372036854775809", .double(-0x1p63)),
        ("18446744073709551616", .double(0x1p64)),
        ("123456789012345678901234567890", .double(1.2345678901234568e29)),
        ("1e3", .double(1000)), ("1.0", .double(1)), ("-2.5E-3", .double(-0.0025)), ("1e-400", .double(0)),
        ("\"\"", .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
        (#""\u00e9\ud83d\ude00 ü""#, .string("é😀 ü")), ("[]", .array([])), ("{}", .object([])),
        ("\"\u{2028}\u{7F}\"", .string("\u{2028}\u{7F}")),
        ("\u{FEFF}3", .integer(3)),
    ]

    @Test("reads each kind of value", arguments: values)
    func value(_ text: String, _ expected: JSONValue) throws {
        let node = try JSONReader.document(Array(text.utf8))
        #expect(node.value == expected)
        // Inside an array the other path of the reader is taken.
        let inside = try JSONReader.document(Array("[\(text.filter { $0 != "\u{FEFF}" })]".utf8))
        guard case .array(let elements) = inside.value else {
            Issue.record("not an array")
            return
        }
        #expect(elements.map(\.value) == [expected])
    }

    @Test func placesAreThoseOfTheText() throws {
        let bytes = Array("\u{FEFF}{\"é\": 1,\n  \"b\": [true,\n {\"c\": \"x\"}]}".utf8)
        let root = try JSONReader.document(bytes)

        #expect(root.place.offset == 3)
        #expect(root.place.lineAndColumn(in: bytes) == (1, 1))
        #expect(try #require(root["é"]).place.lineAndColumn(in: bytes) == (1, 7))
        guard case .object(let members) = root.value else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.key) == ["é", "b"])
        #expect(members[1].keyPlace.lineAndColumn(in: bytes) == (2, 3))
        guard case .array(let elements) = members[1].node.value else {
            Issue.record("not an array")
            return
        }
        #expect(elements[0].place.lineAndColumn(in: bytes) == (2, 9))
        #expect(elements[1].place.lineAndColumn(in: bytes) == (3, 2))
        #expect(elements[1]["c"]?.value == .string("x"))
        #expect(try #require(elements[1]["c"]).place.lineAndColumn(in: bytes) == (3, 8))
        #expect(JSONPlace(offset: 1_000).lineAndColumn(in: bytes).line == 3)
    }

    @Test func limitsAreReachedButNotPassed() throws {
        let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        _ = try JSONReader.document(Array(deep.utf8))
        // Brackets inside a string are no nesting.
        _ = try JSONReader.document(Array("\"\(String(repeating: "[", count: 100))\\\"[[\"".utf8))
        _ = try JSONReader.document(Array(Self.manyKeys(1_000).utf8))

        var limits = JSONLimits.request
        limits.stringBytes = 4
        _ = try JSONReader.document(Array("[\"éé\"]".utf8), limits: limits)
        let error = #expect(throws: JSONError.self) {
            try JSONReader.document(Array("[\"éé1\"]".utf8), limits: limits)
        }
        #expect(error?.code == "too-large")
    }

    @Test func theDuplicateIsNamed() {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.document(Array(#"{"tags": [], "tags": []}"#.utf8))
        }
        #expect(error?.message.contains("\"tags\"") == true)
        #expect(error?.description == "duplicate-key: line 1, column 14: The key \"tags\" is there twice.")
    }

    @Test func twoSpellingsOfOneCharacterAreTwoKeys() throws {
        let root = try JSONReader.document(Array("{\"\u{E9}\": 1, \"e\u{301}\": 2}".utf8))
        #expect(root["\u{E9}"]?.value == .integer(1))
        #expect(root["e\u{301}"]?.value == .integer(2))
    }

    @Test func serversMayRepeatKeysAndNestDeeper() throws {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try JSONReader.document(Array(deep.utf8), limits: .server)
        #expect(throws: JSONError.self) { try JSONReader.document(Array("[\(deep)]".utf8), limits: .server) }

        let root = try JSONReader.document(Array(#"{"a":1,"b":"x\u0000","a":3}"#.utf8), limits: .server)
        guard case .object(let members) = root.value else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.key) == ["a", "b"])
        #expect(root["a"]?.value == .integer(3))
        #expect(root["c"] == nil)
        _ = try JSONReader.document(Array(Self.manyKeys(5_000).utf8), limits: .server)
    }

    @Test("every prefix and 3 000 mutations of a request end in a value or an error, never in a crash")
    func mutations() {
        let text = #"""
            {"source": ["magnet:?xt=urn:btih:aé", "x"], "tags": [], "seed": {"ratio": 1.5e0, "time": null},
             "n": -12345678901234567890, "e": "\ud83d\ude00\u0041\\", "b": [true, false, {"c": {"d": [[]]}}]}
            """#
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try JSONReader.document(bytes) }
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONReader.document(Array(bytes[..<length])) }
        }
        var random = Random(seed: 7)
        for _ in 0..<3_000 {
            var copy = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                copy[Int.random(in: 0..<copy.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            do {
                _ = try JSONReader.document(copy)
            } catch {
                #expect(error.offset.map { $0 <= copy.count } == true)
            }
        }
    }
}

/// SplitMix64: the same seed gives the same tests.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
