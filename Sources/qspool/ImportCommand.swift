import ArgumentParser
import Daemon
import Reconciliation

/// `qspool import [NAME…]`
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Writes requests for torrents that are already in qBittorrent, so that they become managed.",
        discussion: """
            Each torrent that no request asks for gets one that asks for what is there: its .torrent where \
            qBittorrent gives it (from 4.5 on), else a magnet link, and the fields that are set on it. The \
            torrent is tagged as adopted (qspool-adopted) and otherwise left alone; the next pass changes \
            nothing. Deleting the request lets go of the torrent; it stays in qBittorrent.

            Request files hold what the torrent holds, passkeys of private trackers too. They have the mode \
            that the umask gives, as with add.

            Examples:
              qspool import --all --dry-run
              qspool import --category movies --into movies
              qspool import 'Blade Runner (1982)' --fields category,savePath

            Exit codes: 0 done; 2 with --dry-run, when something would be written; 3 when a torrent was \
            refused.
            """)

    @OptionGroup var options: RootOptions

    @Argument(
        help: ArgumentHelp("Info-hashes, or names as qBittorrent shows them.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "All torrents that no request asks for.")
    var all = false

    @Option(help: ArgumentHelp("Only torrents in this category; empty: in none.", valueName: "name"))
    var category: String?

    @Option(help: ArgumentHelp("Only torrents with this tag. May be repeated.", valueName: "name"))
    var tag: [String] = []

    @Option(help: "The client whose torrents are meant.")
    var client: String?

    @Option(help: ArgumentHelp("A folder below requests/ to put them in.", valueName: "path"))
    var into: String?

    @Option(
        help: ArgumentHelp(
            "What to keep as it is on the torrent, where it is set: names of fields with commas, or none.",
            discussion: "Default: \(ImportCommand.usual).", valueName: "list"))
    var fields: String?

    @Flag(help: "Only show what would be written.")
    var dryRun = false

    @Flag(help: "Print one JSON array.")
    var json = false

    private static let usual = ImportQuery.usual.sorted().map(\.rawValue).joined(separator: ",")

    mutating func run() async throws {
        var query = ImportQuery()
        query.isAll = all
        query.names = names
        query.category = category
        query.tags = tag
        if let client { query.client = client }
        if let into { query.folder = into }
        if let fields { query.fields = try ImportQuery.fields(fields) }
        query.isDryRun = dryRun
        let report = try await Importation(try options.initialised(), query).run()
        if json {
            try Output.write(report.json)
        } else {
            try show(report)
        }
        if report.exitCode != .done { throw Failure(report.exitCode, report.trouble?.message ?? "") }
    }

    private func show(_ report: ImportReport) throws(Failure) {
        for entry in report.entries {
            switch entry.verdict {
            case .written:
                if let request = entry.request { try Output.line(request.text) }
                if !entry.message.isEmpty {
                    StandardError.write("\(entry.request?.text ?? ""): \(entry.message)")
                }
            case .refused: StandardError.write("not imported: “\(entry.torrentName)”: \(entry.message)")
            case .skipped: continue
            }
        }
        let skipped = report.entries.filter { $0.verdict == .skipped }
        if report.entries.isEmpty {
            StandardError.write("nothing to import: no torrent matches")
        } else if report.count(.written) == 0, report.count(.refused) == 0 {
            StandardError.write("nothing to import: \(skipped.count) of \(skipped.count) are left alone")
        }
        if report.isDryRun, report.count(.written) > 0 {
            StandardError.write("nothing was written: \(report.count(.written)) would be")
        }
        for (reason, count) in Self.reasons(skipped) {
            StandardError.write("left alone: \(count), \(reason)")
        }
    }

    /// How many were left alone for a reason; of those with a request, all together.
    private static func reasons(_ skipped: [ImportReport.Entry]) -> [(reason: String, count: Int)] {
        let reasons = skipped.map { entry in
            entry.message.hasPrefix("the request") ? "because a request asks for them" : entry.message
        }
        return Dictionary(reasons.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
            .map { (reason: $0.key, count: $0.value) }
    }
}
