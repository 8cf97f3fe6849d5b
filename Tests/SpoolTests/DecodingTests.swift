import JSON
import Metainfo
import Reconciliation
import Testing

@testable import Spool

/// What the tables of fixtures cannot say about reading requests.
@Suite("Decoding")
struct DecodingTests {
    private let decoder = RequestDecoder(
        settings: SpoolSettings(directory: "/nowhere", knownClients: ["default", "seedbox"]))

    private func decode(_ text: String, _ defaults: RequestDefaults = .none) throws -> Result<
        DecodedRequest, Problem
    > {
        let bytes = Array(text.utf8)
        return decoder.decode(try JSONReader.document(bytes), in: bytes, defaults: defaults)
    }

    @Test(
        "What a request names is known whatever else is wrong with it",
        arguments: [
            (#"{"source": "Heat.torrent", "nonsense": 1}"#, "default", "Heat.torrent"),
            (#"{"source": ["https://tracker.example/a", "Heat.torrent"]}"#, "default", "Heat.torrent"),
            (#"{"source": [7, "Heat.torrent", "Other.torrent"]}"#, "default", "Heat.torrent"),
            (#"{"magnet": "Heat.torrent", "instance": "seedbox"}"#, "seedbox", "Heat.torrent"),
            (#"{"client": "attic"}"#, nil, nil),
            (#"{"client": 7}"#, nil, nil),
            (#"{"source": "folder/Heat.torrent"}"#, "default", nil),
            // Another program's word in a search result is none of ours.
            (#"{"guid": "a", "indexerId": 1, "downloadClient": "attic"}"#, "default", nil),
            (#"{"guid": "a", "indexerId": 1, "source": "Heat.torrent"}"#, "default", "Heat.torrent"),
            ("[]", "default", nil),
        ] as [(String, String?, String?)])
    func outline(text: String, client: String?, named: String?) throws {
        let outline = decoder.outline(of: try JSONReader.document(Array(text.utf8)))
        #expect(outline == RequestDecoder.Outline(client: client, named: named))
    }

    @Test("The client of the defaults is that of a request which names none")
    func outlineOverDefaults() throws {
        var options = RequestOptions()
        options.client = "seedbox"
        let defaults = RequestDefaults(options: options)
        let mute = try JSONReader.document(Array("{}".utf8))
        let spoken = try JSONReader.document(Array(#"{"client": "default"}"#.utf8))
        #expect(decoder.outline(of: mute, defaults: defaults).client == "seedbox")
        #expect(decoder.outline(of: spoken, defaults: defaults).client == "default")
        #expect(decoder.bare(defaults).client == "seedbox")
        #expect(decoder.bare(.none) == DecodedRequest(RequestOptions(), client: "default"))
    }

    @Test("Laying defaults over each other does not depend on where one begins")
    func overIsAssociative() throws {
        let texts = [
            #"{"seed": {"ratio": 1}, "labels": {"a": "1"}, "tags": [], "stall": {"then": "next"}}"#,
            #"{"seed": {"ratio": 2, "time": 5}, "labels": {"a": "2", "b": "2"}, "files": {"include": []}}"#,
            #"{"seed": {"then": "stop"}, "tags": ["x"], "files": {"include": ["y"], "exclude": ["z"]}}"#,
            #"{"stall": {"after": "6h", "then": "fail"}, "category": null, "priority": 7}"#,
        ]
        let all = try texts.map { text in
            let bytes = Array(text.utf8)
            return try decoder.defaults(try JSONReader.document(bytes), in: bytes).get()
        }
        for one in all {
            #expect(one.over(.none) == one && RequestDefaults.none.over(one) == one && one.over(one) == one)
            for two in all {
                for three in all { #expect(one.over(two).over(three) == one.over(two.over(three))) }
            }
        }
        #expect(all[0].over(all[1]) != all[1].over(all[0]))
    }

    @Test(
        "An unknown key is taken for a field rather than for an alias that is nearer by one letter",
        arguments: [
            ("limitz", "client"), ("save_Path", "savePath"), ("save_paht", "savePath"),
            ("movie_idd", "movie_id"), ("categori", "category"), ("skip_hash_chek", "skip_hash_check"),
        ])
    func nearest(key: String, nearest: String) { #expect(RequestKey.nearest(to: key) == nearest) }

    @Test("Labels are counted with those of the defaults")
    func manyLabels() throws {
        var options = RequestOptions()
        for number in 0..<63 { options.labels["l\(number)"] = "" }
        let defaults = RequestDefaults(options: options)
        let fits = try decode(#"{"labels": {"one": "1"}}"#, defaults).get()
        #expect(fits.labels.count == 64)
        let full = try decode(#"{"labels": {"one": "1", "two": "2"}}"#, defaults)
        #expect(throws: Problem.self) { try full.get() }
        #expect(try decode(#"{"labels": {"l1": "1", "two": "2"}}"#, defaults).get().labels["l1"] == "1")
    }

    @Test("Each alternative keeps its own place")
    func places() throws {
        let text = "{\n  \"source\": [\n    \"\(TestSpool.magnet)\",\n  \"a.torrent\"]\n}"
        let request = try decode(text).get()
        #expect(request.sources.map(\.line) == [3, 4] && request.sources.map(\.column) == [5, 3])
        #expect(request.missingNamed.line == 4 && request.missingNamed.column == 3)
        #expect(request.ambiguous(with: "b.torrent").line == 3)
    }

    @Test(
        "An indexer's duty raises the goals that are set and no others",
        arguments: [
            (SeedGoals(ratio: .at(1)), SeedGoals(ratio: .at(1.5))),
            (SeedGoals(ratio: .at(2)), SeedGoals(ratio: .at(2))),
            (SeedGoals(ratio: .unlimited, time: .unlimited), SeedGoals(ratio: .unlimited, time: .unlimited)),
            (SeedGoals(time: .at(0), then: .stop), SeedGoals(time: .at(2), then: .stop)),
            (SeedGoals(inactiveTime: .at(1)), SeedGoals(inactiveTime: .at(2))),
            (SeedGoals(time: .at(3)), SeedGoals(time: .at(3))),
            (SeedGoals(), SeedGoals()),
        ])
    func floors(goals: SeedGoals, raised: SeedGoals) {
        let release = Release(minimumRatio: 1.5, minimumSeedSeconds: 61)
        #expect(SeedRules.raise(goals, to: release) == raised)
        #expect(SeedRules.raise(goals, to: Release()) == goals)
        #expect(SeedRules.raise(goals, to: Release(minimumRatio: -1, minimumSeedSeconds: -1)) == goals)
    }

    @Test("A duty beyond all measure is what servers can keep")
    func excessiveFloors() {
        let release = Release(minimumRatio: 1e300, minimumSeedSeconds: Int64.max)
        let raised = SeedRules.raise(SeedGoals(ratio: .at(1), time: .at(1)), to: release)
        #expect(raised == SeedGoals(ratio: .at(9_999), time: .at(525_600)))
    }

    @Test("A file of several links names all their lines")
    func severalLinks() throws {
        let link = TestSpool.magnet
        let text = "# mine\n\(link)\n\n\(link)\r\n  \(link)\n"
        let problem = try #require(Self.problem(MagnetText.line(Array(text.utf8))))
        #expect(problem.code == "bad-magnet" && problem.line == 4)
        #expect(problem.message == "The file holds 3 links, in lines 2, 4 and 5; a request has one.")

        let many = try #require(
            Self.problem(MagnetText.line(Array(String(repeating: link + "\n", count: 25).utf8))))
        #expect(
            many.message.contains("25 links, in lines 1, 2, 3, ") && many.message.contains("20 and 5 more"))
    }

    private static func problem<Value>(_ result: Result<Value, Problem>) -> Problem? {
        if case .failure(let problem) = result { problem } else { nil }
    }
}
