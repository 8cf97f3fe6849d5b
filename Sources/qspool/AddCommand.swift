import ArgumentParser
import Daemon
import Reconciliation

/// `qspool add SOURCE…`
struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Writes request files from magnets, addresses, info-hashes and files; prints their names.",
        discussion: """
            Examples:
              qspool add 0123456789abcdef0123456789abcdef01234567 --category movies
              qspool add Heat.torrent --folder movies --label movie=949
              qspool add https://example.org/debian.torrent --include '*.iso'
              qspool add https://a.example/x.torrent --seed-ratio 2 \\
                --or 'magnet:?xt=urn:btih:89abcdef0123456789abcdef0123456789abcdef' \\
                --stall-after 6h --stall-then next

            With --wait it follows the download to its end.
            """)

    @OptionGroup var options: RootOptions

    @Argument(
        help: "Magnet links, http(s) addresses, info-hashes, or paths of .torrent, .magnet or .json files.")
    var sources: [String]

    @Option(help: "The request's name; only with one source. Default: from the source.")
    var name: String?

    @Option(help: ArgumentHelp("A folder below requests/ to put it in.", valueName: "path"))
    var folder: String?

    @Option(
        name: [.customLong("or")],
        help: ArgumentHelp(
            "Another source of the same request, tried when those before are gone. May be repeated.",
            valueName: "source"))
    var alternatives: [String] = []

    @OptionGroup(title: "Fields of the request") var request: RequestOptions

    @Flag(
        help: ArgumentHelp(
            "Follow to the end with a progress bar.",
            discussion:
                "Makes the passes itself when no daemon runs. Exit 0 when all are complete, 3 when one "
                + "needs a person."))
    var wait = false

    mutating func run() async throws {
        if name != nil, sources.count > 1 { throw Failure(.usage, "--name goes with one source") }
        if !alternatives.isEmpty, sources.count > 1 { throw Failure(.usage, "--or goes with one source") }
        let installation = try options.initialised()
        let names = try Submission(installation).add(
            sources, alternatives: alternatives, name: name, folder: folder, wishes: request.wishes())
        for name in names { try Output.line(name.text) }
        guard wait else { return }
        try await follow(names, installation)
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
