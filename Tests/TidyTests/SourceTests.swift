import Testing

/// Style as a test: what `tools/test` refuses in Swift code, and proof that each rule can refuse.
@Suite("Tidy: Swift code")
struct SourceTests {
    struct Rule: Sendable, CustomTestStringConvertible {
        let name: String
        let folders: [String]
        var except: [String] = []
        let check: @Sendable (SwiftSource) -> [Finding]
        /// One finding each.
        let bad: [String]
        /// None.
        let good: [String]

        var testDescription: String { name }
    }

    static let rules = [
        Rule(
            name: "no crash where an error is possible", folders: ["Sources"], check: SwiftRules.crashes,
            bad: [
                "let a = b!", "a!.b()", "f(x)!", "a[0]! += 1", "let v: Int!", "try! f()", "x as! Int",
                "\"\\(a!)\"", "#\"\\#(a!)\"#", "a! // for sure", "let s = \"x\"\nlet a = b!", "b?.c!",
            ],
            good: [
                "a != b", "!a", "if !a && !(b)", "\"Stop!\"", "// careful!", "/* a! /* b! */ c! */", "a!=b",
                "#\"\\(a!)\"#", "\"\"\"\n  a!\n  \"\"\"", "a! // proven: just set", "// proven: just set\na!",
                "\"\\(a)!\"", "x !== y", "\"\\\"a!\"",
            ]),
        Rule(
            name: "no error vanishes", folders: ["Sources"], check: SwiftRules.swallowedErrors,
            bad: [
                "let a = try? f()", "do { try f() } catch {}", "do { try f() } catch let e as E { }",
                "do { try f() } catch { /* fine */ }",
            ],
            good: ["try f()", "do { try f() } catch { log(error) }", "// try? f()", "x.catch()"]),
        Rule(
            name: "only the command line prints", folders: ["Sources"], except: ["Sources/qspool/"],
            check: SwiftRules.printing, bad: ["print(a)", "Swift.print(a)", "debugPrint(a)", "dump(a)"],
            good: ["writer.print(a)", "func print(_ a: Int)", "let print = 1", "\"print(a)\""]),
        Rule(
            name: "no Foundation", folders: ["Sources", "Tests"], check: SwiftRules.foundation,
            bad: [
                "import Foundation", "public import Foundation", "@preconcurrency import Foundation",
                "import struct Foundation.Date", "import FoundationNetworking",
            ],
            good: ["import FoundationEssentials", "// import Foundation", "import Glibc"]),
        Rule(
            name: "the core is pure", folders: ["Sources/Reconciliation"], check: SwiftRules.impureCore,
            bad: [
                "import Glibc", "public import FoundationEssentials", "let a = Date()", "ContinuousClock.now",
                "Int.random(in: 0..<9)", "Double.random(in: a(b)...c)", "list.randomElement()",
                "list.shuffled()", "func f() async", "await f()",
            ],
            good: [
                "import Metainfo", "public import Metainfo", "Int.random(in: 0..<9, using: &generator)",
                "list.shuffled(using: &generator)", "Timestamp()", "// Date() would be wrong",
            ]),
        Rule(
            name: "data is deleted by one call alone", folders: ["Sources"],
            except: ["Sources/QBittorrent/Performer+Data.swift"], check: SwiftRules.deletedData,
            bad: [
                "change(a, \"torrents/delete\", [(\"deleteFiles\", \"true\")])",
                "change(a, \"torrents/delete\", [(\"deleteFiles\", flag)])",
                "let name = \"deleteFiles\"", "\"deleteFiles=true\"",
                "DataPermit(torrent)", "DataWarrant.init(trace)",
            ],
            good: [
                "change(a, \"torrents/delete\", [(\"deleteFiles\", \"false\")])", "// deleteFiles",
                "struct DataPermit {}", "func a(_ permit: DataPermit)",
            ]),
        Rule(
            name: "functions stay short", folders: ["Sources"], check: SwiftRules.longFunctions,
            bad: [
                "func a(_ b: Int = { 1 }()) -> Int {\n\(body(61))}",
                "init?(a: Int)\nwhere A: B {\n\(body(61))}",
                "func < (a: A, b: A) -> Bool {\n\(body(61))}",
                "protocol P { func f() }\nfunc a() {\n\(body(60))}",
                "func a() throws(E) -> [Int] {\n\(body(60))}",
            ],
            good: [
                "func a() {\n\(body(58))}", "protocol P {\n func f()\n}\nstruct S {\n\(body(90))}",
                "let a = B.init(c: 1)\nlet d = {\n\(body(90))}",
            ]),
    ]

    private static func body(_ lines: Int) -> String { String(repeating: "    a = b\n", count: lines) }

    @Test("The tree keeps the rule:", arguments: rules)
    func treeKeeps(_ rule: Rule) {
        let files = Tree.own.files.filter { file in
            file.isSwift && rule.folders.contains { file.path.hasPrefix($0 + "/") }
                && !rule.except.contains { file.path.hasPrefix($0) }
        }
        let findings = files.flatMap { rule.check(SwiftSource($0.text ?? "", path: $0.path)) }

        #expect(!files.isEmpty, "the rule looks at nothing")
        #expect(findings.isEmpty, "\(findings.listing)")
    }

    @Test("The rule can fail:", arguments: rules)
    func ruleCanFail(_ rule: Rule) {
        for snippet in rule.bad {
            let findings = rule.check(SwiftSource(snippet, path: "bad.swift"))
            #expect(findings.count == 1, "in: \(snippet)\(findings.listing)")
        }
    }

    @Test("The rule leaves good code alone:", arguments: rules)
    func ruleIsFair(_ rule: Rule) {
        for snippet in rule.good {
            let findings = rule.check(SwiftSource(snippet, path: "good.swift"))
            #expect(findings.isEmpty, "in: \(snippet)\(findings.listing)")
        }
    }

    @Test("The call that deletes data is made in one place, by a function that takes a permit")
    func deletesDataOnce() throws {
        let path = "Sources/QBittorrent/Performer+Data.swift"
        let text = try #require(Tree.own.files.first { $0.path == path }?.text)
        let lines = text.split(separator: "\n")
        let calls = lines.indices.filter { lines[$0].contains("deleteFiles") }
        #expect(calls.count == 1 && lines[calls[0]].contains("(\"deleteFiles\", \"true\")"))
        let function = try #require(lines[..<calls[0]].last { $0.contains("func ") })
        #expect(function.contains("_ permit: DataPermit"), "\(function)")
        // What makes a permit, and the warrant before it, can be called from nowhere else.
        let maker = try #require(
            Tree.own.files.first { $0.path == "Sources/Reconciliation/Data/DataWarrant.swift" }?.text)
        for type in ["DataWarrant", "DataPermit"] {
            let body = try #require(maker.firstRange(of: "public struct \(type):")).lowerBound
            let end = try #require(maker[body...].firstRange(of: "\n}")).lowerBound
            let makers = maker[body..<end].split(separator: "\n").filter { $0.contains("init(") }
            #expect(makers.count == 1 && makers[0].contains("private init("), "\(type): \(makers)")
        }
    }

    @Test("A finding names the line")
    func lineNumbers() {
        let source = SwiftSource(
            "/* one\n two */\nlet s = \"\"\"\n  \\(a)\n  \"\"\"\nlet x = y!\n", path: "a.swift")

        #expect(SwiftRules.crashes(source).map(\.line) == [6])
    }
}
