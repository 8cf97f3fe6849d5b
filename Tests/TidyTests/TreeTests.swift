import Testing

/// Style as a test: files of all kinds, and the tree as a whole.
@Suite("Tidy: the tree")
struct TreeTests {
    private static func file(_ text: String, path: String = "Sources/A/B.swift") -> Tree.File {
        Tree.File(path: path, isExecutable: false, bytes: Array(text.utf8))
    }

    @Test("The tree is the one this test belongs to")
    func ownTree() {
        #expect(Tree.own.files.contains { $0.path == "Tests/TidyTests/TreeTests.swift" })
        #expect(Tree.own.topLevel.contains("Package.swift"))
        #expect(!Tree.own.files.contains { $0.path.hasPrefix(".git/") || $0.path.hasPrefix(".build") })
    }

    @Test("No leftover markers")
    func leftoverMarkers() {
        let written = Tree.own.files.filter { !$0.path.hasPrefix("fixtures/") }
        let findings = written.flatMap(TreeRules.leftoverMarkers)
        #expect(findings.isEmpty, "\(findings.listing)")

        for marker in ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"] {
            #expect(TreeRules.leftoverMarkers(Self.file("a\n// \(marker): later")).map(\.line) == [2])
        }
        #expect(TreeRules.leftoverMarkers(Self.file("mktemp a.XXXXXX; hack(); todo")).isEmpty)
    }

    @Test("No path of one machine, no host of a package registry")
    func foreignPlaces() {
        let findings = Tree.own.files.flatMap(TreeRules.foreignPlaces)
        #expect(findings.isEmpty, "\(findings.listing)")

        #expect(TreeRules.foreignPlaces(Self.file("see /wo" + "rk/main")).count == 1)
        #expect(TreeRules.foreignPlaces(Self.file("\"/tmp" + "/w/a\"")).count == 1)
        #expect(TreeRules.foreignPlaces(Self.file("http://deb.deb" + "ian.org/debian")).count == 1)
        #expect(TreeRules.foreignPlaces(Self.file("/downloads/wo" + "rk/a")).isEmpty)
    }

    @Test("No line is too wide, no file too long")
    func sizes() {
        let code = Tree.own.files.filter {
            $0.isSwift || $0.path.hasSuffix(".h") || $0.path.hasSuffix(".cpp")
                || $0.path.hasPrefix("tools/") || $0.path.hasPrefix(".ci/")
        }
        let findings = code.flatMap { TreeRules.wideLines($0) + TreeRules.longFile($0) }
        #expect(findings.isEmpty, "\(findings.listing)")

        let words = String(repeating: "word ", count: 22)
        #expect(TreeRules.wideLines(Self.file(words + "x")).count == 1)
        #expect(TreeRules.wideLines(Self.file(words)).isEmpty)
        #expect(TreeRules.wideLines(Self.file("\"" + String(repeating: "f", count: 140) + "\"")).isEmpty)
        #expect(TreeRules.longFile(Self.file(String(repeating: "a\n", count: 401))).count == 1)
        #expect(TreeRules.longFile(Self.file(String(repeating: "a\n", count: 400))).isEmpty)
    }

    @Test("Nothing lies at the top that does not belong there, and builds stay out of git")
    func topLevel() {
        let findings = TreeRules.strangers(atTop: Tree.own.topLevel)
        #expect(findings.isEmpty, "\(findings.listing)")
        let ignored = Tree.own.files.first { $0.path == ".gitignore" }?.lines ?? []
        #expect(ignored.contains(".build/") && ignored.contains(".build-*/"))

        #expect(
            TreeRules.strangers(atTop: ["notes.txt", "Sources", ".build-asan"]).map(\.file) == ["notes.txt"])
    }

    @Test("Every fixture is named by a test or a tool")
    func fixtures() {
        let paths = Tree.own.files(in: "fixtures").map(\.path)
        let readers = Tree.own.files(in: "Tests", "tools").compactMap(\.text)
        let findings = TreeRules.unreadFixtures(paths, readers: readers)
        #expect(findings.isEmpty, "\(findings.listing)")

        let some = ["fixtures/requests/valid/a.json", "fixtures/status/b.json", "fixtures/c.bin"]
        func unread(_ reader: String) -> [String] {
            TreeRules.unreadFixtures(some, readers: [reader]).map(\.file)
        }
        #expect(unread("nothing") == some)
        #expect(unread("read(\"a.json\"); read(\"status\", \"b\"); fixtures/c.bin").isEmpty)
        #expect(unread("fixtures/requests") == ["fixtures/status/b.json", "fixtures/c.bin"])
        #expect(unread("requests/valid") == ["fixtures/status/b.json", "fixtures/c.bin"])
        // A mere word is no folder.
        #expect(unread("a valid status of requests") == some)
    }
}
