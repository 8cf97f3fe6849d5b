import JSON
import Metainfo
import Reconciliation
import Testing

@testable import Spool

/// Every file below `fixtures/requests/`, held against the table beside it.
@Suite("Request files")
struct RequestFixtureTests {
    private static let folder =
        "\(#filePath)".split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        + "/fixtures/requests/"

    private static func table(_ folder: String) -> [[String]] {
        let text = String(decoding: content(folder + "/expected.tsv"), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    static func content(_ name: String) -> [UInt8] {
        do {
            let file = try Directory(path: folder + PathText.split(name).parent).file(
                PathText.split(name).name)
            return try file.read(limit: 4_000_000, facts: try file.facts())
        } catch {
            return []
        }
    }

    static let valid = table("valid")
    static let invalid = table("invalid")
    static let defaults = table("defaults")
    static let merged = table("merged")

    private static let decoder = RequestDecoder(
        settings: SpoolSettings(directory: "/nowhere", knownClients: ["default", "seedbox"]))

    /// Runs one file through a spool of its own, as the only request, long after it was written.
    private func reading(of name: String) throws -> SpoolReading {
        let spool = try TestSpool()
        try spool.drop("it.json", Self.content(name))
        // For those that name a file beside them.
        try spool.drop("Heat.torrent", TestSpool.torrent())
        return try spool.reader().scan(now: TestSpool.later)
    }

    @Test("says what it should", arguments: valid)
    func accepted(row: [String]) throws {
        let reading = try reading(of: "valid/" + row[0])
        #expect(reading.changedRejections.isEmpty)
        let draft = try #require(reading.draft("it"))
        #expect(NormalForm(draft).description == row[1])
        #expect(!draft.sources.isEmpty || draft.release != nil)
    }

    @Test("is refused with code and place", arguments: invalid)
    func refused(row: [String]) throws {
        let problem = try #require(Self.problem(in: try reading(of: "invalid/" + row[0])))
        #expect(problem.code == row[1], "\(problem.message)")
        #expect(problem.field ?? "-" == row[2], "\(problem)")
        if row[3] != "-" { #expect(problem.line.map(String.init) == row[3], "\(problem)") }
        if row[4] != "-" { #expect(problem.column.map(String.init) == row[4], "\(problem)") }
        #expect(problem.message.utf8.last == UInt8(ascii: ".") || problem.message.utf8.last == 63)
        #expect(!problem.message.contains("secret"))
    }

    @Test("Whatever stands in the place of a value, what is wrong has a place and a sentence")
    func anyValueAnywhere() throws {
        let junk: [JSONValue] = [
            .null, .bool(true), .integer(-1), .double(1e300), .string(""), .string("7M"), .array([]),
            .object([]),
        ]
        var refused = 0
        for row in Self.valid {
            let bytes = Self.content("valid/" + row[0])
            let root = try JSONReader.document(bytes)
            for value in junk {
                for mutant in Self.replacing(root, by: value) {
                    _ = Self.decoder.outline(of: mutant)
                    guard case .failure(let problem) = Self.decoder.decode(mutant, in: bytes) else {
                        continue
                    }
                    refused += 1
                    #expect(problem.line != nil && problem.column != nil && problem.message.count > 10)
                }
            }
        }
        #expect(refused > 2_000)
    }

    /// The trees in which one value is another.
    private static func replacing(_ node: JSONNode, by value: JSONValue) -> [JSONNode] {
        var mutants = [JSONNode(value: value, place: node.place)]
        switch node.value {
        case .array(let nodes):
            for (index, inner) in nodes.enumerated().prefix(3) {
                mutants += replacing(inner, by: value).map { mutant in
                    var changed = nodes
                    changed[index] = mutant
                    return JSONNode(value: .array(changed), place: node.place)
                }
            }
        case .object(let members):
            for (index, member) in members.enumerated() {
                mutants += replacing(member.node, by: value).map { mutant in
                    var changed = members
                    changed[index] = JSONMember(key: member.key, keyPlace: member.keyPlace, node: mutant)
                    return JSONNode(value: .object(changed), place: node.place)
                }
            }
        default: break
        }
        return mutants
    }

    @Test("Defaults say what they should, or are refused", arguments: defaults)
    func readsDefaults(row: [String]) throws {
        let read = try Self.readDefaults(row[0])
        #expect(Self.outcome(read.map { Self.decoder.bare($0) }) == row[1])
    }

    @Test("A request over its defaults says what it should", arguments: merged)
    func merges(row: [String]) throws {
        let chain = try row[1].split(separator: " ").map { try Self.readDefaults("\($0).json").get() }
        // However they are laid over each other.
        let defaults = chain.reversed().reduce(RequestDefaults.none) { $1.over($0) }
        #expect(defaults == chain.reduce(RequestDefaults.none) { $0.over($1) })
        let bytes = Self.content("merged/" + row[0])
        let root = try JSONReader.document(bytes)
        let request = Self.decoder.decode(root, in: bytes, defaults: defaults)
        #expect(Self.outcome(request) == row[2])
        if case .success(let request) = request {
            #expect(Self.decoder.outline(of: root, defaults: defaults).client == request.client)
        }
    }

    @Test("The tables name every file")
    func tablesAreWhole() throws {
        let tables = [
            ("valid", Self.valid, 140), ("invalid", Self.invalid, 190), ("defaults", Self.defaults, 14),
            ("merged", Self.merged, 10),
        ]
        for (folder, rows, least) in tables {
            let names = try Directory(path: Self.folder + folder).names()
                .map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasSuffix(".json") }
            #expect(Set(names) == Set(rows.map { $0[0] }))
            #expect(rows.count >= least)
        }
    }

    /// Of the reading, or of the only source of the draft, which is resolved elsewhere.
    private static func problem(in reading: SpoolReading) -> Problem? {
        if let problem = reading.problem("it") { return problem }
        guard let sources = reading.draft("it")?.sources, sources.count == 1 else { return nil }
        do throws(MetainfoError) {
            _ = try SourceText(sources[0].text)
            return nil
        } catch {
            return Problem(
                code: error.code, message: error.message, field: "source", line: sources[0].line,
                column: sources[0].column)
        }
    }

    private static func readDefaults(_ name: String) throws -> Result<RequestDefaults, Problem> {
        let bytes = content("defaults/" + name)
        return decoder.defaults(try JSONReader.document(bytes), in: bytes)
    }

    private static func outcome(_ result: Result<DecodedRequest, Problem>) -> String {
        switch result {
        case .success(let request): NormalForm(request).description
        case .failure(let problem):
            "!\(problem.code) \(problem.field ?? "-") \(problem.line ?? 0):\(problem.column ?? 0)"
        }
    }
}
