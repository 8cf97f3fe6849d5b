import ArgumentParser
import Daemon

/// `qspool validate FILE…`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks request files without a server.",
        discussion: "Exit 0 when all are good, 3 when one is bad.")

    @OptionGroup var options: RootOptions

    @Argument(help: "Request files (.json, .torrent, .magnet) or a folder's _defaults.json.")
    var files: [String]

    @Flag(help: "Print one JSON array.")
    var json = false

    func run() throws {
        let verdicts = try Validation(try options.installation()).verdicts(files)
        if json {
            try Output.write(FileVerdict.array(verdicts))
        } else {
            for verdict in verdicts { try Output.line(verdict.line) }
        }
        if verdicts.contains(where: { $0.problem != nil }) { throw Failure(.personNeeded, "") }
    }
}
