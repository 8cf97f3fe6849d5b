import Daemon
import Glibc
import TestSupport
import Testing

/// Every example of a request in the README is a request: copied, it works.
@Suite("The README's requests")
struct ReadmeTests {
    private struct Example: CustomTestStringConvertible {
        let line: Int
        let isDefaults: Bool
        let text: String

        var testDescription: String { "line \(line)" }
    }

    private static let examples: [Example] = {
        var examples: [Example] = []
        var open: (line: Int, isDefaults: Bool, text: String)?
        let readme = FixtureFolder("..").files.first { $0.name == "README.md" }?.bytes ?? []
        let lines = String(decoding: readme, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            if let started = open {
                if line == "```" {
                    examples.append(
                        Example(line: started.line, isDefaults: started.isDefaults, text: started.text))
                    open = nil
                } else {
                    open?.text += line + "\n"
                }
            } else if line == "```json" || line == "```json defaults" {
                open = (number + 1, line.hasSuffix("defaults"), "")
            }
        }
        return examples
    }()

    @Test("is one that a pass would accept", arguments: examples)
    private func accepted(_ example: Example) throws {
        let folder = try TemporaryDirectory()
        let installation = try Installation.load(
            root: folder.path + "/root", configPath: nil, flags: [:], environment: [:])
        let name = example.isDefaults ? "_defaults.json" : "example.json"
        try folder.write(Array(example.text.utf8), to: name)
        let verdict = try #require(try Validation(installation).verdicts([folder.path + "/" + name]).first)
        #expect(verdict.problem == nil, "\(verdict.line)")
    }

    @Test("There are some")
    func thereAreSome() {
        #expect(Self.examples.count >= 7)
        #expect(Self.examples.contains { $0.isDefaults })
    }
}
