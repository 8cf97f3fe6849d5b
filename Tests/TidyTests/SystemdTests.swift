import Glibc
import TestSupport
import Testing

/// The units as systemd itself judges them; nothing is started.
@Suite("Tidy: systemd units", .enabled(if: Command.isInstalled("systemd-analyze")))
struct SystemdTests {
    static let units = Tree.own.files(in: "tools/systemd").filter {
        $0.path.hasSuffix(".service") || $0.path.hasSuffix(".timer")
    }
    static let services = units.filter { $0.path.hasSuffix(".service") }.map(\.name)

    private func asTheyAre(_ text: String) -> String { text }

    /// Copies the units into a directory, with a program in their place that is there on every machine.
    private func withUnits(changed change: (String) -> String, _ body: (String) throws -> Void) throws {
        var template = Array("/tmp/qspool-units.XXXXXX".utf8CString)
        let made = mkdtemp(&template).map { String(cString: $0) }
        let directory = try #require(made)
        defer { _ = try? Command.run("rm", ["-r", directory]) }
        for unit in Self.units {
            let text = change(unit.text ?? "").replacing("/usr/bin/qspool", with: "/bin/true")
            let file = try #require(fopen(directory + "/" + unit.name, "w"))
            fputs(text, file)
            fclose(file)
        }
        try body(directory)
    }

    private func verify(_ directory: String) throws -> Command.Finished {
        try Command.run(
            "systemd-analyze", ["verify", "--man=no"] + Self.units.map { directory + "/" + $0.name })
    }

    private func exposure(_ path: String) throws -> Command.Finished {
        // In tenths: 20 is 2.0.
        try Command.run(
            "systemd-analyze", ["security", "--offline=true", "--no-pager", "--threshold=20", path])
    }

    @Test("They verify without a word")
    func verifies() throws {
        #expect(Self.units.map(\.name) == ["qspool-once.service", "qspool.service", "qspool.timer"])
        try withUnits(changed: asTheyAre) { directory in
            let result = try verify(directory)
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        }
        let misspelt: (String) -> String = { $0.replacing("[Service]", with: "[Service]\nRestartMaybe=yes") }
        try withUnits(changed: misspelt) { directory in
            let result = try verify(directory)
            #expect(result.errors.contains("RestartMaybe"))
        }
    }

    @Test("Their exposure is at most 2.0", arguments: services)
    func exposure(of service: String) throws {
        try withUnits(changed: asTheyAre) { directory in
            let result = try exposure(directory + "/" + service)
            #expect(result.status == 0, "\(result.output)")
        }
        let naked: (String) -> String = { text in
            text.split(separator: "\n").filter { !$0.hasPrefix("SystemCall") && !$0.hasPrefix("Protect") }
                .joined(separator: "\n")
        }
        try withUnits(changed: naked) { directory in
            let result = try exposure(directory + "/" + service)
            #expect(result.status != 0, "\(result.output)")
        }
    }

    @Test("Both services live in the same sandbox")
    func sameSandbox() {
        let sandboxes = Self.units.filter { $0.path.hasSuffix(".service") }.map { unit in
            unit.lines.filter { line in
                line.contains("=") && !line.hasPrefix("#")
                    && ["Protect", "Private", "Restrict", "SystemCall", "IPAddress", "Capability", "Limit"]
                        .contains { line.hasPrefix($0) }
                    && !line.hasPrefix("RestartPrevent")
            }
        }
        #expect(sandboxes.first?.count ?? 0 > 15)
        #expect(Set(sandboxes).count == 1)
    }
}
