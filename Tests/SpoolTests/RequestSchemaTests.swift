import JSON
import Testing

@testable import Spool

/// The schema of requests, held against the decoder both ways, by a validator that others wrote.
@Suite("Schema of requests")
struct RequestSchemaTests {
    /// Files that the decoder refuses and the schema takes, by what no schema can say. Nothing more, nothing
    /// less.
    static let beyond: [String: Set<String>] = [
        "the same thing said twice": [
            "alias-and-field", "double-key", "download-path-twice", "force-start-twice", "movie-twice",
            "movie-twice-alias", "movie-twice-other-order", "paused-beside-state", "paused-contradicted",
            "paused-contradicts", "queue-twice", "seed-then-twice", "seed-twice",
            "seed-twice-other-order", "seed-two-aliases", "skip-checking-twice", "source-twice-alias",
            "top-of-queue-contradicted", "two-aliases", "use-download-path-contradicted",
        ],
        "what the configuration knows": [
            "category-own", "client-unknown", "tags-own", "tags-own-prefix", "tags-text-own",
        ],
        "what a file beside it, or the defaults of its folder, may bring": [
            "no-source", "source-no-file", "source-list-named-missing", "stall-empty", "stall-no-after",
        ],
        "what is inside of a link or a torrent": [
            "magnet-two-hashes", "source-data-no-torrent", "source-list-data",
        ],
        "how many of a list are names of files": ["source-list-two-files"],
        "sums and calendars": [
            "give-up-long", "limit-nothing", "not-before-day", "seed-time-long", "seed-time-seconds",
        ],
        "what an item of a feed is, by its type or the end of its name": [
            "release-ratio-type", "release-usenet-enclosure", "release-usenet-file", "release-usenet-nzb",
        ],
    ]

    private static let decoder = RequestDecoder(settings: SpoolSettings(directory: "/requests"))

    private func misfits(_ folder: String, _ names: [String]) throws -> [String: String] {
        let documents = names.map { RequestFixtureTests.content("\(folder)/\($0)") }
        let found = try SchemaCheck.misfits(RequestSchema.document(), documents)
        return Dictionary(uniqueKeysWithValues: found.map { (names[$0], $1) })
    }

    @Test("What the decoder takes, the schema takes")
    func valid() throws {
        let names = RequestFixtureTests.valid.map { $0[0] }
        #expect(names.count > 100)
        #expect(try misfits("valid", names) == [:])
        let defaults = RequestFixtureTests.defaults.filter { !$0[1].hasPrefix("!") }.map { $0[0] }
        #expect(try misfits("defaults", defaults) == [:])
    }

    @Test("What the decoder refuses, the schema refuses, but for what no schema can say")
    func invalid() throws {
        let names = RequestFixtureTests.invalid.map { $0[0] }
        let taken = Set(names).subtracting(try misfits("invalid", names).keys)
        let expected = Self.beyond.values.joined().map { $0 + ".json" }
        #expect(taken.sorted() == expected.sorted())
    }

    /// Put under every key that there is.
    private static let values = [
        "null", "true", "false", "0", "1", "-1", "-2", "-3", "1.5", "60", "1e400", "99999999999", #""""#,
        #"" ""#, #""x""#, #""a,b""#, #""a|b""#, #""/""#, #""/a/../b""#, #""a/b""#, #""7d""#, #""0m""#,
        #""90s""#, #""1h 30m""#, #""30m 1h""#, #""2 MiB/s""#, #""2 M""#, #""running""#, #""Running""#,
        #""top""#, #""keep""#, #""Stop""#, #""Forced""#, #""original""#, #""auto""#,
        #""2026-12-01T18:00:00Z""#,
        #""2026-12-01T18:00:00""#, #""a.torrent""#, #""https://h/x""#, #""https://u@h/x""#,
        #""0123456789abcdef0123456789abcdef01234567""#, "[]", #"["a"]"#, "[1]", #"["/a"]"#, #"[""]"#,
        #"["0123456789abcdef0123456789abcdef01234567"]"#, "{}", #"{"x": 1}"#, #"{"x": {}}"#,
        #"{"ratio": 2, "then": "stop"}"#, #"{"include": ["*.mkv"]}"#, #"{"after": "6h"}"#,
        #"{"magnetUrl": "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567"}"#,
    ]

    /// What of these the decoder refuses and the schema takes: values by their keys.
    private static let beyondValues: [String: [String]] = {
        var all = ["stall": ["{}"]]
        for key in ["seedingTimeLimit", "seeding_time_limit", "limit_seed_time"] { all[key] = [#""90s""#] }
        for key in ["inactiveSeedingTimeLimit", "inactive_seeding_time_limit"] { all[key] = [#""90s""#] }
        let names = values.filter { $0.hasPrefix("\"") && $0 != #""""# }
        for key in ["client", "instance", "downloadClient"] { all[key] = names }
        return all
    }()

    @Test("Every key takes and refuses the same in both, but for what no schema can say")
    func keys() throws {
        let hash = #""0123456789abcdef0123456789abcdef01234567""#
        var cases: [(key: String, value: String, bytes: [UInt8])] = []
        for (key, meaning) in RequestKey.known.sorted(by: { $0.key < $1.key }) {
            let source = meaning.field == .source ? "" : #""source": \#(hash), "#
            cases += Self.values.map { (key, $0, Array("{\(source)\"\(key)\": \($0)}".utf8)) }
        }
        let misfits = try SchemaCheck.misfits(RequestSchema.document(), cases.map(\.bytes))
        var tooStrict: [String] = []
        var beyond: [String: [String]] = [:]
        for (index, example) in cases.enumerated() {
            switch (Self.isTaken(example.bytes), misfits[index]) {
            case (true, let why?): tooStrict.append("\(example.key): \(example.value): \(why)")
            case (false, nil): beyond[example.key, default: []].append(example.value)
            case (true, nil), (false, _?): break
            }
        }
        #expect(tooStrict == [])
        #expect(beyond == Self.beyondValues)
        #expect(cases.count > 3_000 && misfits.count > 2_000 && misfits.count < cases.count - 300)
    }

    private static func isTaken(_ bytes: [UInt8]) -> Bool {
        do throws(JSONError) {
            guard case .success = decoder.decode(try JSONReader.document(bytes), in: bytes) else {
                return false
            }
            return true
        } catch {
            return false
        }
    }

    @Test("It is made out of the table of keys, and each of them is explained")
    func complete() throws {
        let root = try JSONReader.document(RequestSchema.document(), limits: JSONLimits(depth: 32))
        guard case .object(let members)? = root["$defs"]?["request"]?["properties"]?.value else {
            Issue.record("no properties")
            return
        }
        #expect(Set(members.map(\.key)) == Set(RequestKey.known.keys))
        for member in members {
            var node = member.node
            if case .string(let reference)? = node["$ref"]?.value, node["description"] == nil {
                node = try #require(root["$defs"]?[String(reference.dropFirst(8))])
            }
            guard case .string(let text)? = node["description"]?.value else {
                Issue.record("\(member.key) is not explained")
                continue
            }
            #expect(text.hasSuffix(".") && text.utf8.count > 20, "\(member.key): \(text)")
            let isOurs = RequestField.ofRequest.contains { $0.rawValue == member.key }
            let isDeprecated = member.node["deprecated"]?.value == .bool(true)
            #expect(isDeprecated == (!isOurs && member.key != "$schema"), "\(member.key)")
        }
    }
}
