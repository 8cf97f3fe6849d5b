import ArgumentParser
import Daemon
import Reconciliation

/// `qspool remove NAME`
struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Deletes a request's file, so that its torrent goes without grace; the data stays.",
        discussion: """
            Said by a person: the next pass removes the torrent from qBittorrent without waiting. What \
            `onDelete` says still holds.
            """)

    @OptionGroup var options: RootOptions

    @Argument(help: "The request's name.")
    var name: String

    func run() throws {
        try OperatorVerbs(try options.initialised()).remove(RequestName(name))
        StandardError.write("“\(name)” is deleted; the next pass takes its torrent out")
    }
}

/// `qspool retry NAME`
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract:
            "Tries a request again now: after failures, given up, or with its torrent in error.",
        discussion: """
            A torrent of ours that is in error with nothing complete is taken out (data kept) and added \
            again, which is the only cure of a save path that could not be used.
            """)

    @OptionGroup var options: RootOptions

    @Argument(help: "The request's name.")
    var name: String

    func run() throws {
        try OperatorVerbs(try options.initialised()).retry(RequestName(name))
        StandardError.write("“\(name)” is tried again by the next pass")
    }
}

/// `qspool approve [HOLD]`
struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approves what is held now, once.",
        discussion: """
            Without a name all that is held. If the picture changed before the next pass, it is asked again. \
            summary.json lists what is held and why.
            """)

    @OptionGroup var options: RootOptions

    @Argument(help: "PruneBudget, MassVanish or StoreLost.")
    var hold: String?

    func run() throws {
        let approved = try OperatorVerbs(try options.initialised()).approve(hold)
        for line in approved { StandardError.write(line) }
    }
}
