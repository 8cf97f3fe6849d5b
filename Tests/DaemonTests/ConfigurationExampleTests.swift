import Testing

@testable import Daemon

@Suite("The commented example, the root and the nearest name")
struct ConfigurationExampleTests {
    /// Takes the `#` away that has no blank behind it.
    private func uncommented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            guard rest.hasPrefix("#"), !rest.hasPrefix("# "), rest != "#" else { return String(line) }
            return String(indent + rest.dropFirst())
        }.joined(separator: "\n")
    }

    @Test func asWrittenItChangesNothing() throws {
        #expect(try load(Configuration.commentedExample) == Configuration())
        #expect(Configuration.commentedExample.split(separator: "\n").allSatisfy { $0.count <= 110 })
    }

    @Test func uncommentedItSaysTheDefaults() throws {
        let text = uncommented(Configuration.commentedExample)
        #expect(try load(text) == Configuration())
        let root = try #require(try YAMLDocument.parse(Array(text.utf8)))
        let shown = Setting.all.filter { !$0.isLater }.map(\.key)
        #expect(Self.leaves(root, "") == shown)
    }

    @Test func eachLineCanBeTakenOutOfItsCommentAlone() throws {
        let lines = Configuration.commentedExample.split(separator: "\n", omittingEmptySubsequences: false)
        var count = 0
        for index in lines.indices {
            let line = uncommented(String(lines[index]))
            guard line != lines[index] else { continue }
            var changed = lines.map { String($0) }
            changed[index] = line
            #expect(try load(changed.joined(separator: "\n")) == Configuration(), "\(line)")
            count += 1
        }
        #expect(count == Setting.all.count { !$0.isLater })
    }

    private static func leaves(_ node: YAMLNode, _ prefix: String) -> [String] {
        guard !Setting.all.contains(where: { $0.key == prefix }) else { return [prefix] }
        guard case .mapping(let entries) = node.content else { return [prefix] }
        return entries.flatMap { leaves($0.value, prefix.isEmpty ? $0.key : prefix + "." + $0.key) }
    }

    @Test(
        "The root",
        arguments: [
            (["QSPOOL_ROOT": "/r", "HOME": "/h"], UInt32(0), "/r"),
            (["HOME": "/h", "XDG_STATE_HOME": "/s"], 0, "/var/lib/qspool"),
            (["HOME": "/h"], 999, "/var/lib/qspool"),
            (["QSPOOL_ROOT": "", "HOME": "/h"], 1000, "/h/.local/state/qspool"),
            (["HOME": "/h", "XDG_STATE_HOME": "/s/"], 1000, "/s/qspool"),
            (["HOME": "/h", "XDG_STATE_HOME": "s"], 1000, "/h/.local/state/qspool"),
        ])
    func root(_ environment: [String: String], _ userID: UInt32, _ expected: String) throws {
        #expect(try Root.default(environment: environment, userID: userID) == expected)
    }

    @Test func withoutAHomeThereIsNoRoot() {
        #expect(throws: ConfigurationError.self) { try Root.default(environment: [:], userID: 1000) }
    }

    @Test(
        "Edits between names",
        arguments: [
            ("", "abc", 3), ("abc", "abc", 0), ("graze", "grace", 1), ("cuont", "count", 1),
            ("GRACE", "grace", 0),
            ("kitten", "sitting", 3),
        ])
    func distance(_ left: String, _ right: String, _ expected: Int) {
        #expect(NearestName.distance(left, right) == expected)
        #expect(NearestName.distance(right, left) == expected)
    }

    @Test(
        "Durations and sizes in their largest exact unit",
        arguments: [
            (Duration.zero, "0s"), (.milliseconds(250), "250ms"), (.seconds(90), "90s"),
            (.seconds(300), "5m"),
            (.seconds(7 * 86_400), "7d"),
        ])
    func durations(_ duration: Duration, _ text: String) {
        #expect(Quantity.durationText(duration) == text)
        #expect(Quantity.duration(text) == duration)
    }

    @Test func outsideTextIsCutAndHarmless() {
        #expect(Shown.text("a\u{1B}[2J\n\u{202E}") == "a\\u{1b}[2J\\u{a}\\u{202e}")
        #expect(Shown.text(String(repeating: "x", count: 500)).count == Shown.maximumCharacters + 1)
    }
}
