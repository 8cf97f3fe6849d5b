import ArgumentParser
import Daemon
import Reconciliation

/// `qspool snapshot`
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "What the torrents looked like at a time, or what changed between two.",
        discussion: """
            Shows the torrents that qspool follows as it observed them, rebuilt from its own store: \
            qBittorrent is not asked. A TIME is RFC 3339, or a duration ago such as 10m. Counters (done, \
            size, speeds, ratio) are as they were last seen with a change before that time.

            Examples:
              qspool snapshot
              qspool snapshot --at 2h
              qspool snapshot --from 2026-11-22T10:00:00Z --to 1h --json
            """)

    @OptionGroup var options: RootOptions

    @Option(help: ArgumentHelp("As of this time. Default: as last observed.", valueName: "time"))
    var at: String?

    @Option(help: ArgumentHelp("What changed since this time.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("With --from: up to this time. Default: as last observed.", valueName: "time"))
    var to: String?

    @Flag(help: "Print one JSON array: of torrents, or with --from of what changed.")
    var json = false

    func run() throws {
        if at != nil, from != nil || to != nil {
            throw Failure(.usage, "--at is one time, --from and --to are two: give one or the other")
        }
        if to != nil, from == nil {
            throw Failure(.usage, "--to needs --from: from when on shall it say what changed?")
        }
        let view = PastView(try options.initialised())
        guard let from else {
            let torrents = try view.torrents(at: try at.map(TimeText.lookBack))
            try json ? Output.write(PastDocument.array(torrents)) : show(PastDocument.table(torrents))
            return
        }
        let differences = try view.differences(
            from: try TimeText.lookBack(from), to: try to.map(TimeText.lookBack))
        try json ? Output.write(PastDocument.array(differences)) : show(PastDocument.table(differences))
    }

    private func show(_ table: [[String]]) throws(Failure) {
        guard table.count > 1 else {
            StandardError.write(from == nil ? "no torrents were followed then" : "nothing changed")
            return
        }
        try Output.table(table)
    }
}
