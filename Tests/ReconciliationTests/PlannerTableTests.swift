import Glibc
import Metainfo
import Reconciliation
import Testing

@Suite("The planner's decision table")
struct PlannerTableTests {
    @Test("Each row has a scene that takes it, with the decision it says", arguments: PlannerCase.allCases)
    func takes(row: PlannerCase) throws {
        let scenes = TableScene.all.filter { $0.row == row }
        #expect(scenes.count == 1, "\(row.rawValue) has \(scenes.count) scenes")
        for example in scenes {
            let plan = example.scene.plan()
            let judgement = plan.judgements[Scene.key(example.name)]
            #expect(Scene.gist(judgement) == example.expected, "\(row.rawValue)")
            switch row {
            case .spoolUnavailable: #expect(plan.unjudged == row && plan.judgements.isEmpty)
            case .foreign: #expect(plan == Plan(nextOrder: plan.nextOrder))
            default: #expect(judgement?.row == row)
            }
        }
    }

    @Test("Each row says something in every column, and no two say the same")
    func distinct() {
        var seen: Set<String> = []
        for row in PlannerCase.allCases.map(\.row) {
            let columns = [row.spool, row.server, row.memory, row.verdict]
            #expect(columns.allSatisfy { !$0.isEmpty && !$0.contains("|") }, "\(row.id.rawValue)")
            #expect(seen.insert(columns.joined(separator: "|")).inserted, "\(row.id.rawValue)")
        }
    }

    /// Stands in the README around the table.
    private static let marks = (begin: "<!-- decision table: begin -->", end: "<!-- decision table: end -->")

    private static func text(at path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var text: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { text.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: text, as: UTF8.self)
    }

    @Test("The README has the table as the code says it")
    func readme() throws {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/README.md"
        let text = try #require(Self.text(at: path), "README.md cannot be read")
        let begin = try #require(text.firstRange(of: Self.marks.begin))
        let end = try #require(text.firstRange(of: Self.marks.end))
        let wanted =
            text[..<begin.upperBound] + "\n" + PlannerRow.markdown + "\n" + text[end.lowerBound...]
        if getenv("QSPOOL_REWRITE_README") != nil, wanted != text {
            let file = try #require(fopen(path, "w"), "README.md cannot be written")
            defer { fclose(file) }
            try #require(fputs(String(wanted), file) >= 0)
            return
        }
        #expect(
            text == wanted,
            "the table in README.md is stale: run this test with QSPOOL_REWRITE_README=1 to write it anew")
    }
}
