import ArgumentParser
import Daemon
import JSON
import Reconciliation

/// `qspool plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What `once` would do, and why, without changing anything.",
        discussion: "Exit 0: nothing to do. Exit 2: there are changes.")

    @OptionGroup var options: RootOptions

    @Flag(help: "Show each field with its observed and its wanted value.")
    var diff = false

    @Flag(help: "Print one JSON object.")
    var json = false

    mutating func run() async throws {
        let workspace = try Workspace(try options.initialised(), purpose: .rehearsal)
        let report = try await workspace.reconciler.rehearse()
        if json {
            try Output.write(PlanDocument.render(report))
        } else {
            try show(report)
        }
        let code = report.planExitCode
        if code != .done { throw Failure(code, report.troubleLines.joined(separator: "\n")) }
    }

    private func show(_ report: PassReport) throws(Failure) {
        for hold in report.holds { StandardError.write("hold \(hold.kind.rawValue): \(hold.message)") }
        let actions = report.plan.actions
        let fetches = report.fetches
        if actions.isEmpty, fetches.isEmpty {
            StandardError.write("nothing to do")
            return
        }
        var rows: [[String]] = []
        for action in actions {
            let reason = diff ? action.reason : String(action.reason.prefix { $0 != "“" })
            let place = report.serverCount > 1 ? [action.client] : []
            rows.append([action.call.word, action.subject.name.text] + place + [reason])
        }
        for fetch in fetches {
            rows.append(["fetch", fetch.name.text] + (report.serverCount > 1 ? [""] : []) + [fetch.what])
        }
        try Output.table(rows)
    }
}
