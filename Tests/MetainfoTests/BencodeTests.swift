import Testing

@testable import Metainfo

@Suite struct BencodeTests {
    static let accepted = [
        "i0e", "i-1e", "i9223372036854775807e", "i-9223372036854775808e", "0:", "4:spam", "le", "de",
        "li1e1:ae",
        "d1:ai1e1:bl1:cee", "d0:i1e1:ai2ee", "d1:ad1:bd1:clleeeee",
    ]

    @Test("reads canonical values", arguments: accepted)
    func acceptance(_ text: String) throws {
        let value = try Bencode(bytes: Array(text.utf8)).root
        #expect(Array(value.raw) == Array(text.utf8))
    }

    static let refused: [(String, Int)] = [
        ("i01e", 0), ("i-0e", 0), ("i00e", 0), ("i-01e", 0), ("ie", 0), ("i-e", 0), ("i+1e", 1), ("i1.0e", 2),
        ("i 1e", 1), ("i9223372036854775808e", 0), ("i-9223372036854775809e", 0), ("i1", 0), ("i", 0),
        ("x", 0),
        ("e", 0), ("04:spam", 0), ("00:", 0), ("5:spam", 0), ("4spam", 1), ("4", 0), ("9999999999:a", 9),
        ("-1:a", 0), ("l", 1), ("d", 1), ("li1e", 4), ("d1:a", 4), ("d1:ae", 4), ("di1ei2ee", 1),
        ("dle1:ae", 1),
        ("d1:bi1e1:ai2ee", 9), ("d1:ai1e1:ai2ee", 9), ("d1:ai1e0:i2ee", 9), ("i1ei2e", 3), ("dee", 2),
        ("4:spame", 6),
    ]

    @Test("refuses everything else and says where", arguments: refused)
    func refusal(_ text: String, _ offset: Int) {
        let error = #expect(throws: MetainfoError.self) { try Bencode(bytes: Array(text.utf8)) }
        #expect(error?.code == "bad-torrent")
        #expect(error?.offset == offset)
    }

    @Test func viewsOfAValue() throws {
        let root = try Bencode(bytes: Array("d4:infod1:xi-7ee4:listl1:a0:i5eee".utf8)).root
        #expect(root["info"].map { Array($0.raw) } == Array("d1:xi-7ee".utf8))
        #expect(root["info"]?["x"]?.integer == -7)
        #expect(root["list"]?.elements?.map(\.kind) == [.string, .string, .integer])
        #expect(root["list"]?.elements?.first?.string.map { Array($0) } == Array("a".utf8))
        #expect(root.members?.map { String(decoding: $0.key, as: UTF8.self) } == ["info", "list"])
        #expect(root["nothing"] == nil)
        #expect(root["list"]?["a"] == nil)
        #expect(root.integer == nil)
        #expect(root.string == nil)
        #expect(root.elements == nil)
    }

    @Test func limits() throws {
        #expect(throws: MetainfoError(code: "empty", message: "The torrent is empty.")) {
            try Bencode(bytes: [])
        }
        let large =
            Array("\(Bencode.Limits.bytes):".utf8) + [UInt8](repeating: 0, count: Bencode.Limits.bytes)
        #expect(throws: MetainfoError(code: "too-large", message: "The torrent is larger than 10 MiB.")) {
            try Bencode(bytes: large)
        }
        _ = try Bencode(
            bytes: Array((String(repeating: "l", count: 32) + String(repeating: "e", count: 32)).utf8))
        let deep = #expect(throws: MetainfoError.self) {
            try Bencode(bytes: [UInt8](repeating: UInt8(ascii: "l"), count: 20_000))
        }
        #expect(deep?.offset == 32)
    }

    @Test func partsAreCounted() throws {
        // The list is a part itself.
        let most =
            Array("l".utf8) + Array(repeating: Array("0:".utf8), count: 999_999).joined() + Array("e".utf8)
        _ = try Bencode(bytes: most)
        #expect(throws: MetainfoError.self) {
            try Bencode(bytes: Array("l".utf8) + Array("0:".utf8) + most.dropFirst())
        }
    }
}
