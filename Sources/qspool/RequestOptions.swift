import ArgumentParser
import Daemon

/// The request's fields as options of `qspool add`.
struct RequestOptions: ParsableArguments {
    @Option(help: "The torrent's category; created when it is missing.")
    var category: String?

    @Option(help: "A tag for the torrent. May be repeated.")
    var tag: [String] = []

    @Option(help: ArgumentHelp("Where to save, as qBittorrent sees it.", valueName: "path"))
    var savePath: String?

    @Option(help: ArgumentHelp("Where incomplete data lies, as qBittorrent sees it.", valueName: "path"))
    var downloadPath: String?

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

    @Flag(help: "Download whatever the queue says.")
    var forceStart = false

    @Flag(help: "Trust the data that is there already.")
    var skipChecking = false

    @Option(help: ArgumentHelp("Original, Subfolder or NoSubfolder.", valueName: "layout"))
    var contentLayout: String?

    @Option(help: ArgumentHelp("top or bottom: where it enters the queue.", valueName: "end"))
    var queue: String?

    @Option(help: ArgumentHelp("Only files that match, such as '*.mkv'. May be repeated.", valueName: "glob"))
    var include: [String] = []

    @Option(help: ArgumentHelp("No files that match. May be repeated.", valueName: "glob"))
    var exclude: [String] = []

    @Option(help: ArgumentHelp("Seed to this ratio.", valueName: "number"))
    var seedRatio: Double?

    @Option(help: ArgumentHelp("Seed this long, such as 7d.", valueName: "duration"))
    var seedTime: String?

    @Option(help: ArgumentHelp("keep, stop or remove: what happens at the goal.", valueName: "word"))
    var seedThen: String?

    @Option(help: ArgumentHelp("What counts as a stall: no progress this long.", valueName: "duration"))
    var stallAfter: String?

    @Option(help: ArgumentHelp("report, next or fail: what a stall means.", valueName: "word"))
    var stallThen: String?

    @Option(help: ArgumentHelp("Begin at this time, as in 2026-12-01T22:00:00Z.", valueName: "time"))
    var notBefore: String?

    @Option(help: ArgumentHelp("Give up when it is not complete by then.", valueName: "duration"))
    var giveUpAfter: String?

    @Option(help: "Higher is admitted first where limits hold requests back.")
    var priority: Int?

    @Option(help: "remove or keep: what deleting the request will mean.")
    var onDelete: String?

    @Option(help: ArgumentHelp("A label for the request. May be repeated.", valueName: "k=v"))
    var label: [String] = []

    func validate() throws {
        if stopped, state != nil { throw ValidationError("--stopped and --state exclude each other") }
    }

    /// The fields that were given, by their names in a request.
    func wishes() throws(Failure) -> SubmissionWishes {
        var wishes = SubmissionWishes()
        wishes.set("state", (stopped ? "stopped" : state).map { .text($0) })
        wishes.set("category", category.map { .text($0) })
        wishes.set("tags", .texts(tag))
        wishes.set("savePath", savePath.map { .text($0) })
        wishes.set("downloadPath", downloadPath.map { .text($0) })
        wishes.set("rename", rename.map { .text($0) })
        wishes.set("contentLayout", contentLayout.map { .text($0) })
        wishes.set("skipChecking", skipChecking ? .flag(true) : nil)
        wishes.set("queue", queue.map { .text($0) })
        wishes.set("downloadLimit", numberOrText: downloadLimit)
        wishes.set("uploadLimit", numberOrText: uploadLimit)
        wishes.set("sequentialDownload", sequential ? .flag(true) : nil)
        wishes.set("firstLastPiecePrio", firstLast ? .flag(true) : nil)
        wishes.set("forceStart", forceStart ? .flag(true) : nil)
        wishes.set("files", .object(files))
        wishes.set("seed", .object(seed))
        wishes.set("stall", .object(stall))
        wishes.set("notBefore", notBefore.map { .text($0) })
        wishes.set("giveUpAfter", giveUpAfter.map { .text($0) })
        wishes.set("priority", priority.map { .number(Double($0)) })
        wishes.set("onDelete", onDelete.map { .text($0) })
        var labels: [SubmissionWishes.Member] = []
        for pair in label {
            let (key, value) = try LabelText.parse(pair)
            labels.append(SubmissionWishes.Member(key, .text(value)))
        }
        wishes.set("labels", .object(labels))
        return wishes
    }

    private var files: [SubmissionWishes.Member] {
        [("include", include), ("exclude", exclude)].filter { !$0.1.isEmpty }
            .map { SubmissionWishes.Member($0.0, .texts($0.1)) }
    }

    private var seed: [SubmissionWishes.Member] {
        var members: [SubmissionWishes.Member] = []
        if let seedRatio { members.append(.init("ratio", .number(seedRatio))) }
        if let seedTime { members.append(.init("time", .text(seedTime))) }
        if let seedThen { members.append(.init("then", .text(seedThen))) }
        return members
    }

    private var stall: [SubmissionWishes.Member] {
        var members: [SubmissionWishes.Member] = []
        if let stallAfter { members.append(.init("after", .text(stallAfter))) }
        if let stallThen { members.append(.init("then", .text(stallThen))) }
        return members
    }
}
