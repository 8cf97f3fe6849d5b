import ArgumentParser
import Daemon
import JSON
import Reconciliation

/// `qspool once`
struct OnceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "once",
        abstract: "One pass, for a systemd timer or by hand.",
        discussion: """
            Exit 3 means that a person is needed: a hold, defaults at fault, or a rejected, failed or \
            conflicting request; standard error says which.
            """)

    @OptionGroup var options: RootOptions

    @Flag(
        help: ArgumentHelp(
            "Go on until nothing is left to do now.",
            discussion: "Waits for verification, not for grace, backoff or downloads."))
    var untilSettled = false

    @Flag(help: "Print one JSON object about the pass.")
    var json = false

    mutating func run() async throws {
        let installation = try options.initialised()
        let workspace = try Workspace(installation, purpose: .work)
        let oneShot = OneShot(workspace: workspace, installation: installation)
        let report = try await oneShot.run(untilSettled: untilSettled)
        if json {
            try Output.write(PassReportDocument.render(report))
        } else {
            for line in report.reasonsForPerson { StandardError.write("qspool: " + line) }
            for line in report.troubleLines { StandardError.write("qspool: " + line) }
        }
        let code = report.exitCode
        if code != .done { throw Failure(code, "") }
    }
}
