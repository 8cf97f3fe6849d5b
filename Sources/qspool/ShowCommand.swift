import ArgumentParser
import Daemon
import Reconciliation

/// `qspool show NAME`
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One request: wanted, last applied, observed, why it is where it is, what happens next.")

    @OptionGroup var options: RootOptions

    @Argument(help: "The request's name: its path below requests/ without suffix.")
    var name: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let portrait = try Portrait.of(RequestName(name), in: try options.initialised())
        if json {
            try Output.write(portrait.json)
        } else {
            for line in portrait.lines { try Output.line(line) }
        }
    }
}
