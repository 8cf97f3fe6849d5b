import ArgumentParser
import Daemon
import Reconciliation

/// `qspool log`
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "The change log: what changed, when and why.",
        discussion: """
            Examples:
              qspool log --since 10m
              qspool log --name movies/Heat --kind removed
              qspool log --follow --json
            """)

    @OptionGroup var options: RootOptions

    @Option(help: "Only this request.")
    var name: String?

    @Option(
        help: ArgumentHelp("From this time on: RFC 3339, or a duration ago such as 10m.", valueName: "time"))
    var since: String?

    @Option(help: "Only changes of this kind, such as added, removed, drift, holdRaised.")
    var kind: String?

    @Option(help: ArgumentHelp("The last N only.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Go on with what is to come, until interrupted.")
    var follow = false

    @Flag(help: "Print one JSON array; with --follow one object a line.")
    var json = false

    mutating func run() async throws {
        var query = LogQuery()
        query.name = name.map { RequestName($0) }
        if let kind {
            guard let known = Change.Kind(rawValue: kind) else {
                let words = Change.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(.usage, "there is no kind “\(kind)”; the kinds are \(words)")
            }
            query.kind = known
        }
        if let since { query.since = try TimeText.instant(since) }
        if let limit, limit < 1 { throw Failure(.usage, "--limit takes a number from 1") }
        query.limit = limit
        let chronicle = Chronicle(try options.initialised())
        var entries = try chronicle.entries(query)
        try show(entries, isFirst: true)
        while follow {
            query.after = entries.last?.sequence ?? query.after
            try await Task.sleep(for: .milliseconds(500))
            entries = try chronicle.entries(query)
            try show(entries, isFirst: false)
        }
    }

    private func show(_ entries: [LogEntry], isFirst: Bool) throws(Failure) {
        if json && follow {
            for entry in entries { try Output.write(ChangeDocument.line(entry)) }
        } else if json {
            if isFirst { try Output.write(ChangeDocument.array(entries)) }
        } else {
            for entry in entries { try Output.line(ChangeDocument.text(entry)) }
        }
    }
}
