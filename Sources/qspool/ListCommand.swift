public import ArgumentParser
public import Daemon
import Reconciliation

/// `qspool list`
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists requests with their state.",
        discussion: """
            Examples:
              qspool list --phase downloading
              qspool list --label movie=603
              qspool list --limit 50 --after 'movies/Heat'
            """)

    @OptionGroup var options: RootOptions

    @Option(help: "Only requests in this phase. May be repeated.")
    var phase: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only requests with this label. May be repeated: all must match.", valueName: "k=v"))
    var label: [String] = []

    @Option(help: "Only torrents in this category.")
    var category: String?

    @Option(help: "Only requests of this client.")
    var client: String?

    @Option(help: ArgumentHelp("At most this many.", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Go on after this name: the last one of the page before.", valueName: "name"))
    var after: String?

    @Option(help: "name, phase, progress, size or updated.")
    var sort: ListOrder = .name

    @Flag(help: "Print one JSON array of status objects.")
    var json = false

    func run() throws {
        var query = ListQuery()
        for word in phase {
            guard let phase = Phase(rawValue: word) else {
                let known = Phase.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.usage, "there is no phase “\(word)”; the phases are \(known)")
            }
            query.phases.insert(phase)
        }
        for pair in label { query.labels.append(try LabelText.parse(pair)) }
        if let limit, limit < 1 { throw Failure(.usage, "--limit takes a number from 1") }
        query.category = category
        query.client = client
        query.limit = limit
        query.after = after.map { RequestName($0) }
        query.order = sort
        let rows = try Listing(try options.initialised()).rows(query)
        if json {
            try Output.write(StatusFile.array(rows))
        } else {
            try show(rows)
        }
    }

    private func show(_ rows: [StatusFile]) throws(Failure) {
        guard !rows.isEmpty else {
            StandardError.write("no requests match")
            return
        }
        var table = [["NAME", "PHASE", "DONE", "SIZE", "DOWN", "LEFT", "REASON"]]
        for row in rows {
            table.append([
                row.name, row.phase, row.progress.map { Display.percent($0) } ?? "–",
                row.size.flatMap { $0 > 0 ? Display.bytes($0) : nil } ?? "–",
                row.downloadSpeed.flatMap { $0 > 0 ? Display.bytes($0) + "/s" : nil } ?? "–",
                row.eta.map { Display.duration(seconds: $0) } ?? "–", row.reason,
            ])
        }
        try Output.table(table)
    }
}

extension ListOrder: ExpressibleByArgument {}
