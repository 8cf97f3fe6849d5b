import Glibc
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

    private static func content(_ name: String) -> [UInt8] {
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

    /// Runs one file through a spool of its own, as the only request, long after it was written.
    private func reading(of name: String) throws -> SpoolReading {
        let spool = try TestSpool()
        try spool.drop("it.json", Self.content(name))
        return try spool.reader().scan(now: TestSpool.later)
    }

    @Test("says what it should", arguments: valid)
    func accepted(row: [String]) throws {
        let reading = try reading(of: "valid/" + row[0])
        #expect(reading.changedRejections.isEmpty)
        let draft = try #require(reading.draft("it"))
        #expect(Self.describe(draft) == row[1])
        let source = try SourceText(try #require(draft.sources.first).text)
        switch source {
        case .magnet, .infoHash: break
        case .torrent, .file, .url: Issue.record("no magnet and no hash")
        }
    }

    @Test("is refused with code and place", arguments: invalid)
    func refused(row: [String]) throws {
        let reading = try reading(of: "invalid/" + row[0])
        let problem = try #require(Self.problem(in: reading))
        #expect(problem.code == row[1], "\(problem.message)")
        #expect(problem.field ?? "-" == row[2], "\(problem)")
        if row[3] != "-" { #expect(problem.line.map(String.init) == row[3], "\(problem)") }
        if row[4] != "-" { #expect(problem.column.map(String.init) == row[4], "\(problem)") }
        #expect(!problem.message.isEmpty && !problem.message.contains("secret"))
    }

    @Test("The tables name every file")
    func tablesAreWhole() throws {
        for (folder, rows) in [("valid", Self.valid), ("invalid", Self.invalid)] {
            let names = try Directory(path: Self.folder + folder).names()
                .map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasSuffix(".json") }
            #expect(Set(names) == Set(rows.map { $0[0] }))
            #expect(rows.count > 30)
        }
    }

    /// Of the reading, or of the source of the only draft, which is resolved elsewhere.
    private static func problem(in reading: SpoolReading) -> Problem? {
        if let problem = reading.problem("it") { return problem }
        guard let text = reading.draft("it")?.sources.first else { return nil }
        do {
            _ = try SourceText(text.text)
            return nil
        } catch {
            return Problem(
                code: error.code, message: error.message, field: "source", line: text.line,
                column: text.column)
        }
    }

    private static func describe(_ draft: RequestDraft) -> String {
        var parts: [String] = []
        if draft.key.client != "default" { parts.append("client \(draft.key.client)") }
        for field in [
            Field.state, .category, .tags, .savePath, .autoTMM, .rename, .sequentialDownload,
            .firstLastPiecePrio, .downloadLimit, .uploadLimit,
        ] {
            if let value = draft.wishes[field] { parts.append("\(field.rawValue)=\(value)") }
        }
        if draft.onDelete != .remove { parts.append("onDelete=\(draft.onDelete.rawValue)") }
        parts += draft.labels.sorted { $0.key < $1.key }.map { "label \($0.key)=\($0.value)" }
        if draft.isSuspended { parts.append("suspended") }
        parts += draft.aliases.map { "alias " + $0 }
        return parts.joined(separator: "; ")
    }
}
