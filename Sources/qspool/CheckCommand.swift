import ArgumentParser
import Daemon
import JSON

/// `qspool check`
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tests the connection and everything else that must be right; one line a finding.",
        discussion: """
            Logs in afresh, so that refused credentials are found out, and reports the server's version, \
            what it can do, settings of it that would fight qspool, the directories, the clock and the \
            store. A credentials failure remembered from earlier is not waited for.
            """)

    @OptionGroup var options: RootOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    mutating func run() async throws {
        let examination = Examination(try options.installation())
        let findings = await examination.run()
        if json {
            try Output.write(FindingsDocument.render(findings))
        } else {
            try Output.table(findings.map { [mark($0.level), $0.subject, $0.message] })
        }
        let code = findings.exitCode
        if code != .done { throw Failure(code, "") }
    }

    private func mark(_ level: CheckFinding.Level) -> String {
        switch level {
        case .ok: Colour.green.paint("ok")
        case .note: "note"
        case .warning: Colour.yellow.paint("warning")
        case .error: Colour.red.paint("error")
        }
    }
}
