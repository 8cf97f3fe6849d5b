import ArgumentParser
import Daemon
import Reconciliation

/// `qspool restore NAME…`
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Writes requests again that are gone, byte for byte as they were last accepted.",
        discussion: """
            A request can be had back from the moment its file is gone until the change log no longer \
            reaches back so far (log.keep). The next pass adds its torrent again, or, in the grace, ends the \
            withdrawal; data that stayed is checked and found. A file that is there is never overwritten.

            Examples:
              qspool restore --list
              qspool restore movies/Heat
              qspool restore movies/Heat --generation 1
            """)

    @OptionGroup var options: RootOptions

    @Argument(help: ArgumentHelp("Names of requests, as --list shows them.", valueName: "name"))
    var names: [String] = []

    @Option(help: ArgumentHelp("An earlier version instead of the last one.", valueName: "n"))
    var generation: Int?

    @Flag(help: "Show what can be restored, since when it is gone, and till when it is kept.")
    var list = false

    @Flag(help: "Print one JSON array.")
    var json = false

    func validate() throws {
        if list != names.isEmpty { throw ValidationError("give the names of requests, or --list") }
        if list, generation != nil { throw ValidationError("--generation goes with names") }
    }

    func run() throws {
        let restoration = try Restoration(try options.initialised())
        guard !list else { return try show(try restoration.lost()) }
        let restored = try restoration.restore(names.map { RequestName($0) }, generation: generation)
        if json { return try Output.write(RestorationDocument.render(restored)) }
        for request in restored { try Output.line(request.key.name.text) }
    }

    private func show(_ lost: [Restoration.Lost]) throws(Failure) {
        if json { return try Output.write(RestorationDocument.render(lost)) }
        guard !lost.isEmpty else {
            StandardError.write("no request is gone that could be restored")
            return
        }
        var rows = [["NAME", "GENERATIONS", "GONE", "KEPT UNTIL"]]
        for request in lost {
            rows.append([
                request.key.name.text, request.generations.map { String($0.number) }.joined(separator: " "),
                request.goneAt?.description ?? "not seen by a pass yet",
                request.keptUntil?.description ?? "–",
            ])
        }
        try Output.table(rows)
    }
}
