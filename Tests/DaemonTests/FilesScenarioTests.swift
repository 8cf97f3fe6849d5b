import Daemon
import Reconciliation
import Testing

@Suite("The choice of files, as stories")
struct FilesScenarioTests {
    private static let films: [Field: FieldValue] = [
        .files: .selection(FileSelection(include: ["*.mkv"], exclude: ["*sample*"]))
    ]
    private static let texts: [Field: FieldValue] = [
        .files: .selection(FileSelection(include: ["*.txt"]))
    ]

    @Test("A file's contents are chosen before its first byte")
    func fileBeforeTheFirstByte() async throws {
        let world = World()
        world.drop("aa", Self.films, isFile: true)
        try await world.pass()
        #expect(world.torrent("aa")?.state == .stoppedDL)
        try await world.settle()
        #expect(world.words == ["add", "selectFiles", "start"])
        #expect(world.wantedFiles("aa") == ["film.mkv"])
        #expect(world.torrent("aa")?.state == .downloading && world.phase("aa") == .downloading)
        try await world.confirm()
        try await world.pass()
        #expect(world.isQuiet && world.words.count == 3)
    }

    @Test("A magnet's contents are chosen when they are known, and only then it runs")
    func magnetBeforeTheFirstByte() async throws {
        let world = World()
        world.drop("aa", Self.films)
        try await world.settle()
        #expect(world.words == ["add"] && world.phase("aa") == .metadata)
        world.wait(.seconds(60))
        world.findMetadata("aa")
        #expect(world.torrent("aa")?.state == .stoppedDL)
        try await world.settle()
        #expect(world.words == ["add", "selectFiles", "start"])
        #expect(world.wantedFiles("aa") == ["film.mkv"] && world.torrent("aa")?.state == .downloading)
    }

    @Test("A server without the stop condition: chosen as soon as there is something to choose from")
    func withoutStopCondition() async throws {
        let world = World()
        world.drop("aa", Self.films)
        try await world.settle()
        world.server.stopsAtMetadata = []
        world.wait(.seconds(60))
        world.findMetadata("aa")
        try await world.settle()
        #expect(world.words == ["add", "selectFiles"])
        #expect(world.torrent("aa")?.state == .downloading && world.wantedFiles("aa") == ["film.mkv"])
        // From here on a person's stop is respected.
        world.change("aa") { $0.state = .stoppedDL }
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.torrent("aa")?.state == .stoppedDL)
    }

    @Test("A crash between the add and the choice", arguments: [true, false])
    func crashBetween(isFile: Bool) async throws {
        let world = World()
        world.drop("aa", Self.films, isFile: isFile)
        // The intent is durable, the torrent is added, and nobody recorded that.
        await world.pass(dying: .before(commit: 2))
        #expect(world.has("aa") && world.words == ["add"])
        if !isFile { world.findMetadata("aa") }
        try await world.settle()
        #expect(world.words == ["add", "selectFiles", "start"])
        #expect(world.torrent("aa")?.state == .downloading && world.wantedFiles("aa") == ["film.mkv"])
    }

    @Test("A crash after the choice: it is chosen again, which changes nothing, and started")
    func crashAfter() async throws {
        let world = World()
        world.drop("aa", Self.films, isFile: true)
        try await world.pass()
        await world.pass(dying: .before(commit: 2))
        #expect(world.words.last == "selectFiles")
        try await world.settle()
        #expect(world.torrent("aa")?.state == .downloading && world.wantedFiles("aa") == ["film.mkv"])
        #expect(world.words.filter { $0 == "start" }.count == 1)
    }

    @Test("Nothing matches: said, and never started")
    func nothingMatches() async throws {
        let world = World()
        world.drop("aa", [.files: .selection(FileSelection(include: ["*.flac"]))], isFile: true)
        try await world.settle()
        #expect(world.phase("aa") == .failed && world.reason("aa") == "NoFiles")
        #expect(world.torrent("aa")?.state == .stoppedDL && !world.words.contains("start"))
        world.drop("aa", Self.films, isFile: true)
        try await world.settle()
        #expect(world.torrent("aa")?.state == .downloading && world.wantedFiles("aa") == ["film.mkv"])
    }

    @Test("Asked to be stopped: chosen and left stopped")
    func wantedStopped() async throws {
        let world = World()
        world.drop("aa", Self.films.merging([.state: .text("stopped")]) { $1 }, isFile: true)
        try await world.settle()
        #expect(world.wantedFiles("aa") == ["film.mkv"] && world.torrent("aa")?.state == .stoppedDL)
        #expect(!world.words.contains("start"))
    }

    @Test("Somebody chooses otherwise: drift, corrected, and contested in the end")
    func drift() async throws {
        let world = World()
        world.drop("aa", Self.films, isFile: true)
        try await world.confirm()
        for _ in 1...3 {
            world.chooseByHand(["readme.txt"], of: "aa")
            try await world.settle()
            #expect(world.wantedFiles("aa") == ["film.mkv"])
            world.wait(.seconds(60))
            try await world.settle()
        }
        world.chooseByHand(["readme.txt"], of: "aa")
        try await world.settle()
        #expect(world.wantedFiles("aa") == ["readme.txt"] && world.conditions("aa").contains(.contested))
    }

    @Test("A changed choice is followed, also of what was there before; one that is taken out leaves it")
    func changes() async throws {
        let world = World()
        world.addByHand("aa")
        world.drop("aa", Self.films)
        try await world.confirm()
        #expect(world.wantedFiles("aa") == ["film.mkv"] && world.words == ["tag", "selectFiles"])
        world.drop("aa", Self.texts)
        try await world.confirm()
        #expect(world.wantedFiles("aa") == ["readme.txt"])
        world.drop("aa")
        try await world.confirm()
        world.chooseByHand(["sample.mkv"], of: "aa")
        try await world.confirm()
        #expect(world.wantedFiles("aa") == ["sample.mkv"])
        #expect(world.words == ["tag", "selectFiles", "selectFiles"])
    }

    @Test("The wish is taken out before the metadata came: it still starts")
    func takenOutBefore() async throws {
        let world = World()
        world.drop("aa", Self.films)
        try await world.settle()
        world.drop("aa")
        try await world.settle()
        world.wait(.seconds(60))
        world.findMetadata("aa")
        try await world.settle()
        #expect(world.torrent("aa")?.state == .downloading && !world.words.contains("selectFiles"))
    }

    @Test("Suspended between add and choice: nothing is done until it is no longer")
    func suspended() async throws {
        let world = World()
        world.drop("aa", Self.films, isFile: true)
        try await world.pass()
        world.drop("aa", Self.films, isSuspended: true, isFile: true)
        try await world.settle()
        let before = world.words
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.words == before && world.torrent("aa")?.state == .stoppedDL)
        world.drop("aa", Self.films, isFile: true)
        try await world.settle()
        #expect(world.torrent("aa")?.state == .downloading)
    }
}
