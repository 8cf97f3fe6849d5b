import ArgumentParser
import Daemon
import Reconciliation

/// `qspool add SOURCE…`
struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Writes request files from magnets, info-hashes and .torrent files; prints their names.",
        discussion: """
            Examples:
              qspool add 'magnet:?xt=urn:btih:…' --category movies
              qspool add Heat.torrent --folder movies --label movie=949 --wait
            """)

    @OptionGroup var options: RootOptions

    @Argument(help: "Magnet links, info-hashes or paths of .torrent files.")
    var sources: [String]

    @Option(help: "The request's name; only with one source. Default: from the source.")
    var name: String?

    @Option(help: ArgumentHelp("A folder below requests/ to put it in.", valueName: "path"))
    var folder: String?

    @Option(help: "The torrent's category; created when it is missing.")
    var category: String?

    @Option(help: "A tag for the torrent. May be repeated.")
    var tag: [String] = []

    @Option(help: ArgumentHelp("Where to save, as qBittorrent sees it.", valueName: "path"))
    var savePath: String?

    @Option(help: "Display name in qBittorrent.")
    var rename: String?

    @Option(help: ArgumentHelp("Such as \"2 MiB/s\".", valueName: "speed"))
    var downloadLimit: String?

    @Option(help: ArgumentHelp("Such as \"500 KiB/s\".", valueName: "speed"))
    var uploadLimit: String?

    @Option(help: "running, stopped or absent: kept that way.")
    var state: String?

    @Flag(help: "Short for --state stopped.")
    var stopped = false

    @Flag(help: "Download pieces in order.")
    var sequential = false

    @Flag(help: "First and last pieces first.")
    var firstLast = false

    @Option(help: "remove or keep: what deleting the request will mean.")
    var onDelete: String?

    @Option(help: ArgumentHelp("A label for the request. May be repeated.", valueName: "k=v"))
    var label: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Follow to the end with a progress bar.",
            discussion:
                "Makes the passes itself when no daemon runs. Exit 0 when all are complete, 3 when one "
                + "needs a person."))
    var wait = false

    mutating func run() async throws {
        if name != nil, sources.count > 1 { throw Failure(.usage, "--name goes with one source") }
        if stopped, state != nil { throw Failure(.usage, "--stopped and --state exclude each other") }
        let installation = try options.initialised()
        let names = try Submission(installation).add(sources, name: name, folder: folder, wishes: wishes())
        for name in names { try Output.line(name.text) }
        guard wait else { return }
        try await follow(names, installation)
    }

    private func wishes() throws(Failure) -> SubmissionWishes {
        var wishes = SubmissionWishes()
        wishes.category = category
        wishes.tags = tag
        wishes.savePath = savePath
        wishes.rename = rename
        wishes.downloadLimit = downloadLimit
        wishes.uploadLimit = uploadLimit
        wishes.state = stopped ? "stopped" : state
        wishes.sequentialDownload = sequential
        wishes.firstLastPiecePrio = firstLast
        wishes.onDelete = onDelete
        for pair in label { wishes.labels.append(try LabelText.parse(pair)) }
        return wishes
    }

    private func follow(_ names: [RequestName], _ installation: Installation) async throws {
        var bar = ProgressLine()
        let watch = RequestWatch(names, installation)
        let code = try await watch.run {
            bar.show($0)
        } finished: { _ in
            bar.finish()
        }
        bar.finish()
        if code != .done {
            throw Failure(code, "not all requests came to a good end; see `qspool show NAME`")
        }
    }
}

/// `K=V` of the command line.
enum LabelText {
    static func parse(_ text: String) throws(Failure) -> (key: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw Failure(.usage, "--label takes KEY=VALUE, such as movie=603; this is \(text)")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
