import JSON
import Testing

/// The walk over a large array of objects.
@Suite struct JSONScannerTests {
    private static let body = """
         [ {"hash": "aa", "size": 12, "ratio": 1.5, "seq_dl": true,
           "extra": {"a": [1, "]}", {}]}, "name": "x\\"é"}
         , {"name": null, "ratio": 2, "size": 5e0, "hash": "bb", "extra": "[{\\\\"}
         , {} ]

        """

    private struct Row: Equatable {
        var hash: String?
        var size: Int64?
        var ratio: Double?
        var isSequential: Bool?
        var name: String?
    }

    private static let rows = [
        Row(hash: "aa", size: 12, ratio: 1.5, isSequential: true, name: "x\"é"),
        Row(hash: "bb", size: 5, ratio: 2), Row(),
    ]

    private static let keys = ["hash", "size", "ratio", "seq_dl", "name"]

    private static func row(_ record: borrowing JSONRecord) throws(JSONError) -> Row {
        Row(
            hash: try record.string(0), size: try record.int(1), ratio: try record.double(2),
            isSequential: try record.bool(3), name: try record.string(4))
    }

    private func rows(in text: String) throws -> [Row] {
        var rows: [Row] = []
        try JSONReader.forEachObject(in: Array(text.utf8), keys: Self.keys) { record in
            rows.append(try Self.row(record))
        }
        return rows
    }

    @Test func picksTheWantedValues() throws {
        #expect(try rows(in: Self.body) == Self.rows)
        #expect(try rows(in: "[]") == [])
        #expect(try rows(in: " [ ] ") == [])
        #expect(try rows(in: #"[{"size": 1, "size": 2}]"#) == [Row(size: 2)])
    }

    @Test("gives the same whatever the chunks", arguments: [1, 2, 3, 7, 64, 100, 1_000])
    func chunks(_ size: Int) throws {
        let bytes = Array(Self.body.utf8)
        let scanner = JSONScanner(keys: Self.keys)
        var rows: [Row] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try scanner.feed(Array(bytes[start..<min(start + size, bytes.count)])) { record in
                rows.append(try Self.row(record))
            }
        }
        try scanner.finish()
        #expect(rows == Self.rows)
    }

    @Test("refuses a body cut short at any byte")
    func truncation() {
        let bytes = Array(Self.body.utf8)
        let end = bytes.count - 2  // a line break follows the closing bracket
        for length in 0..<end {
            #expect(throws: JSONError.self) {
                try JSONReader.forEachObject(in: Array(bytes[..<length]), keys: Self.keys) { _ in }
            }
        }
        #expect(throws: Never.self) {
            try JSONReader.forEachObject(in: Array(bytes[..<(end + 1)]), keys: Self.keys) { _ in }
        }
    }

    static let refusals: [(String, String)] = [
        ("", "bad-json"), ("{}", "bad-json"), ("null", "bad-json"), ("Forbidden", "bad-json"),
        ("[1]", "bad-json"),
        ("[{}{}]", "bad-json"), ("[{},]", "bad-json"), ("[,{}]", "bad-json"), ("[{}]]", "bad-json"),
        ("[{}] x", "bad-json"), ("[{}}]", "bad-json"), ("[[{}]]", "bad-json"), (#"[{"a" 1}]"#, "bad-json"),
        (#"[{"other": tru}]"#, "bad-json"), (#"[{"other": 01}]"#, "bad-json"),
        (#"[{"other": "\x"}]"#, "bad-json"),
        (#"[{"other": [1}]}]"#, "bad-json"), ("[{\"a\": \"\n\"}]", "bad-json"),
        (#"[{"a": "\udc00"}]"#, "bad-json"),
        (#"[{"a": \#(String(repeating: "[", count: 40))\#(String(repeating: "]", count: 40))}]"#, "too-deep"),
    ]

    @Test("refuses what is not an array of objects", arguments: refusals)
    func refusal(_ text: String, _ code: String) {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.forEachObject(in: Array(text.utf8), keys: ["a"]) { _ in }
        }
        #expect(error?.code == code)
    }

    @Test func badUTF8IsRefused() {
        let bytes = Array("[{\"a\": \"".utf8) + [0xFF] + Array("\"}]".utf8)
        let error = #expect(throws: JSONError.self) {
            try JSONReader.forEachObject(in: bytes, keys: []) { _ in }
        }
        #expect(error?.code == "bad-encoding")
        #expect(error?.offset == 1)
    }

    @Test func depthCountsTheOuterArray() throws {
        let inner = String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        try JSONReader.forEachObject(in: Array("[{\"a\": \(inner)}]".utf8), keys: []) { _ in }
        let error = #expect(throws: JSONError.self) {
            try JSONReader.forEachObject(in: Array("[{\"a\": [\(inner)]}]".utf8), keys: []) { _ in }
        }
        #expect(error?.code == "too-deep")
    }

    static let mismatches = [
        #"{"v": "1"}"#, #"{"v": true}"#, #"{"v": [1]}"#, #"{"v": {}}"#, #"{"v": 1.5}"#, #"{"v": 1e30}"#,
    ]

    @Test("says which key has another type", arguments: mismatches)
    func mismatch(_ object: String) {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.forEachObject(in: Array("[\(object)]".utf8), keys: ["v"]) { record in
                _ = try record.int(0)
            }
        }
        #expect(error?.code == "bad-type")
        #expect(error?.message.contains("\"v\"") == true)
    }

    @Test func bytesAreHandedOutWithoutAString() throws {
        var sizes: [Int?] = []
        try JSONReader.forEachObject(in: Array(#"[{"a":"é\n"},{}]"#.utf8), keys: ["a"]) { record in
            sizes.append(try record.withBytes(0) { $0.count })
        }
        #expect(sizes == [3, nil])
    }

    @Test("3 000 mutations of a body end in rows or an error, never in a crash")
    func mutations() throws {
        let bytes = Array(Self.body.utf8)
        var random = Random(seed: 11)
        for _ in 0..<3_000 {
            var copy = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                copy[Int.random(in: 0..<copy.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            do {
                try JSONReader.forEachObject(in: copy, keys: Self.keys) { record in _ = try Self.row(record) }
            } catch {
                let error = try #require(error as? JSONError)
                #expect(error.offset.map { $0 <= copy.count } == true)
            }
        }
    }

    #if !DEBUG
        /// Debug builds are ten times slower, so the goal is judged in release builds only.
        @Test func tenThousandTorrentsAreReadInTime() throws {
            let filler = (0..<38).map { "\"key_number_\($0)\": \($0 % 3 == 0 ? "\"some text\"" : "1234567")" }
            let object =
                "{\"hash\": \"\(String(repeating: "ab", count: 20))\", \"name\": \"A name of usual length\", "
                + "\"size\": 1234567, \"ratio\": 1.25, \"seq_dl\": false, \(filler.joined(separator: ", "))}"
            let bytes = Array("[\(Array(repeating: object, count: 10_000).joined(separator: ","))]".utf8)
            var best = Duration.seconds(100)
            for _ in 0..<5 {
                var count = 0
                let duration = try ContinuousClock().measure {
                    try JSONReader.forEachObject(in: bytes, keys: Self.keys) { record in
                        count += try Self.row(record).hash == nil ? 0 : 1
                    }
                }
                #expect(count == 10_000)
                best = min(best, duration)
            }
            #expect(best < .milliseconds(80), "\(bytes.count) bytes in \(best)")
        }
    #endif
}
