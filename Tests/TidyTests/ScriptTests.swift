import TestSupport
import Testing

/// The tools of this tree are programs too: they parse, and they can be started.
@Suite("Tidy: scripts")
struct ScriptTests {
    static let scripts = Tree.own.files(in: "tools", ".ci").filter { $0.interpreter != nil }
    static let shellScripts = scripts.filter { $0.interpreter?.contains("bash") ?? false }
    static let pythonScripts = scripts.filter { $0.interpreter?.contains("python3") ?? false }

    @Test("There are scripts, and each can be started")
    func executable() {
        let paths = Self.scripts.map(\.path)
        for expected in [".ci/run", "tools/demo", "tools/qbittorrent", "tools/swarm", "tools/test"] {
            #expect(paths.contains(expected))
        }
        #expect(Self.scripts.filter { !$0.isExecutable }.map(\.path) == [])
    }

    @Test("Shell scripts parse", arguments: shellScripts.map(\.path))
    func shellParses(_ path: String) throws {
        let result = try Command.run("bash", ["-n", path], directory: Tree.own.root)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    }

    @Test("Python scripts parse", arguments: pythonScripts.map(\.path))
    func pythonParses(_ path: String) throws {
        let program = "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())"
        let result = try Command.run("python3", ["-c", program, path], directory: Tree.own.root)
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("A script that does not parse is found")
    func parsingCanFail() throws {
        #expect(try Command.run("bash", ["-n", "-c", "if then"]).status != 0)
        #expect(try Command.run("python3", ["-c", "import ast; ast.parse('def')"]).status != 0)
    }

    @Test("Shell scripts pass shellcheck", .enabled(if: Command.isInstalled("shellcheck")))
    func shellcheck() throws {
        let paths = Self.shellScripts.map(\.path)
        let result = try Command.run("shellcheck", ["-x"] + paths, directory: Tree.own.root)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test("Scripts end only what they started: by pid, never by name")
    func endsByPid() {
        let words = Self.scripts.flatMap { file in file.lines.map { (file.path, $0) } }
        let findings = words.filter { $0.1.contains("pkill") || $0.1.contains("killall") }
        #expect(findings.isEmpty, "\(findings)")
    }
}
