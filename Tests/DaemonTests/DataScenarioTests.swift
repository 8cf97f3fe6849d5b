import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Data that goes with its torrent, and data that stays")
struct DataScenarioTests {
    /// Data may go, and what the server has below `/downloads` is seen here.
    static let rules = Rules(prune: Rules.Prune(allowData: true), pathMaps: MemoryDisk.mappings)

    static func world(_ rules: Rules = rules, others: [String] = []) -> World {
        let world = World(rules, others: others)
        world.server.facts.savePath = "/downloads"
        return world
    }

    /// Half of `aa` is there, downloaded by us, and looked at.
    static func downloaded(
        _ rules: Rules = rules, _ wishes: [Field: FieldValue] = [:], others: [String] = [],
        before: (World) -> Void = { _ in }
    ) async throws -> World {
        let world = world(rules, others: others)
        before(world)
        world.drop("aa", wishes, onDelete: .removeData)
        world.drop("bb")
        try await world.confirm()
        if world.has("aa") { world.progress("aa", 0.5) }
        try await world.settle()
        return world
    }

    /// The request is deleted, and the grace runs out.
    static func withdraw(_ world: World) async throws {
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
    }

    @Test("Every condition holds: the data goes with the torrent, and everything says so")
    func goes() async throws {
        let world = try await Self.downloaded()
        world.progress("bb", 0.1)
        let paths = try #require(world.torrent("aa").map { world.server.paths(of: $0) })
        #expect(world.server.disk.files.isSuperset(of: paths))
        world.withdraw("aa")
        try await world.pass()
        #expect(world.publication.status("aa")?.message.contains("with its data") == true)
        #expect(world.server.disk.files.isSuperset(of: paths), "not within the grace")
        world.wait(.seconds(60))
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed && world.reason("aa") == "DataRemoved")
        #expect(world.server.disk.files.isDisjoint(with: paths))
        #expect(!world.server.disk.files.isEmpty, "nothing of anybody else goes")
        #expect(world.store.changes(.removed, of: "aa").map(\.reason) == ["DataRemoved"])
        #expect(world.words.count { $0 == "pruneData" } == 1)
    }

    @Test("The default keeps the data, whatever the configuration allows")
    func defaultKeeps() async throws {
        let world = try await Self.downloaded()
        world.drop("aa", onDelete: .remove)
        try await world.settle()
        try await Self.withdraw(world)
        #expect(!world.has("aa") && world.reason("aa") == "Withdrawn")
        #expect(!world.server.disk.files.isEmpty && !world.words.contains("pruneData"))
    }

    /// What stands in the way, and the word that says so.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        var rules = DataScenarioTests.rules
        var wishes: [Field: FieldValue] = [:]
        /// Before the request is dropped.
        var before: @Sendable (World) -> Void = { _ in }
        /// When its torrent is half there.
        var later: @Sendable (World) -> Void = { _ in }
    }

    static let obstacles = [
        Obstacle(
            testDescription: "prune.allowData is not set", reason: "DataNotAllowed",
            rules: Rules(pathMaps: MemoryDisk.mappings)),
        Obstacle(
            testDescription: "no pathMap leads to its save path", reason: "DataUnseen",
            rules: Rules(prune: Rules.Prune(allowData: true))),
        Obstacle(
            testDescription: "it was saved where no pathMap leads", reason: "DataUnseen",
            wishes: [.savePath: .text("/elsewhere")]),
        Obstacle(
            testDescription: "the disk was not there when it was added", reason: "DataUnseen",
            before: { $0.server.disk.ground = nil }, later: { $0.server.disk.ground = 7 }),
        Obstacle(
            testDescription: "an empty mount point was there when it was added", reason: "DataUnseen",
            before: { $0.server.disk.ground = 1 }, later: { $0.server.disk.ground = 7 }),
        Obstacle(
            testDescription: "the disk is not there when it goes", reason: "DataUnseen",
            later: { $0.server.disk.ground = nil }),
        Obstacle(
            testDescription: "its files are not seen when it goes", reason: "DataUnseen",
            later: { $0.server.disk.isEmptyMount = true }),
        Obstacle(
            testDescription: "added with skipChecking", reason: "DataUnchecked",
            wishes: [.skipChecking: .flag(true)]),
        Obstacle(
            testDescription: "its folder was there before it", reason: "DataExisted",
            before: { $0.server.disk.files = ["/downloads/\(World.identity("aa").preferredID)/mine.txt"] }),
        Obstacle(
            testDescription: "a piece of it was there before it", reason: "DataExisted",
            before: { $0.server.disk.files = ["/downloads/\(World.identity("aa").preferredID).!qB"] }),
        Obstacle(
            testDescription: "it was moved by hand", reason: "DataMoved",
            later: { $0.change("aa") { $0.placement.savePath = "/downloads/other" } }),
        Obstacle(
            testDescription: "another torrent uses one of its files", reason: "DataShared",
            later: { world in
                world.addByHand("foreign", category: "theirs")
                world.change("foreign") { $0.placement.savePath = "/downloads" }
                world.server.contents[World.identity("foreign").preferredID] = [
                    "other.txt", "\(World.identity("aa").preferredID)/FILM.mkv",
                ]
            }),
        Obstacle(
            testDescription: "another torrent, of ours, whose folder lies above, uses one of its files",
            reason: "DataShared",
            later: { world in
                world.change("bb") {
                    $0.placement.savePath = "/"
                    $0.state = .downloading
                    $0.counters.size = 1_000
                }
                world.server.contents[World.identity("bb").preferredID] = [
                    "downloads/\(World.identity("aa").preferredID)/readme.txt"
                ]
            }),
        Obstacle(
            testDescription: "our tag was taken off", reason: "Released",
            later: { $0.takeOffTag("qspool", of: "aa") }),
        Obstacle(
            testDescription: "it was there before its request", reason: "Released",
            before: { world in
                world.addByHand("aa")
                world.change("aa") { $0.placement.savePath = "/downloads" }
            }),
    ]

    @Test("One condition does not hold: the data stays, and the status names the rule", arguments: obstacles)
    func stays(_ obstacle: Obstacle) async throws {
        let world = try await Self.downloaded(obstacle.rules, obstacle.wishes, before: obstacle.before)
        obstacle.later(world)
        let files = world.server.disk.files
        try await Self.withdraw(world)
        let status = try #require(world.publication.status("aa"))
        #expect(status.phase == .removed && status.reason == obstacle.reason, "\(status.message)")
        #expect(world.has("aa") == (obstacle.reason == "Released"))
        #expect(world.server.disk.files == files)
        let rule = DataRule(rawValue: obstacle.reason) ?? .notOurs
        #expect(status.message.contains(rule.sentence), "\(status.message)")
        #expect(world.store.log.contains { $0.message == status.message && $0.subject != nil })
    }

    @Test("More of it was complete at its first look than had been downloaded: the data stays")
    func foundComplete() async throws {
        let world = Self.world()
        world.drop("aa", onDelete: .removeData)
        world.drop("bb")
        world.server.faults.readingsUntilListed = 3
        try await world.pass()
        // The server found most of it at its check, where nobody here had looked.
        world.progress("aa", 0.9)
        world.change("aa") { $0.counters.downloaded = 100 }
        try await world.confirm()
        world.change("aa") { $0.counters.downloaded = 10_000 }
        try await world.settle()
        let files = world.server.disk.files
        try await Self.withdraw(world)
        #expect(!world.has("aa") && world.reason("aa") == "DataExisted")
        #expect(world.server.disk.files == files && !files.isEmpty)
    }

    @Test("Asked to be absent, and `qspool remove`: the same conditions, no grace", arguments: [true, false])
    func saidByPerson(isOrder: Bool) async throws {
        for isShared in [false, true] {
            let world = try await Self.downloaded()
            if isShared { Self.obstacles.first { $0.reason == "DataShared" }?.later(world) }
            if isOrder {
                world.withdraw("aa")
                world.spool.order(.remove(SubjectKey(name: RequestName("aa"))))
            } else {
                world.drop("aa", [.state: .text("absent")], onDelete: .removeData)
            }
            try await world.settle()
            #expect(!world.has("aa") && world.phase("aa") == .removed)
            #expect(world.reason("aa") == (isShared ? "DataShared" : "DataRemoved"))
            #expect(world.server.disk.files.isEmpty == !isShared)
        }
    }

    @Test("Gone at its goal: the data stays")
    func goal() async throws {
        let world = try await Self.downloaded(
            Self.rules, [.seed: .goals(SeedGoals(ratio: .at(1), then: .remove))])
        world.complete("aa")
        try await world.confirm()
        world.seed("aa", ratio: 2)
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .finished)
        #expect(!world.server.disk.files.isEmpty && !world.words.contains("pruneData"))
    }

    @Test("A request that comes back in time keeps torrent and data")
    func comesBack() async throws {
        let world = try await Self.downloaded()
        world.withdraw("aa")
        try await world.pass()
        world.drop("aa", onDelete: .removeData)
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.has("aa") && !world.server.disk.files.isEmpty)
    }

    @Test("Over the budget nothing goes, and after approval the data does")
    func budget() async throws {
        let world = Self.world()
        let names = (0..<7).map { "n\($0)" }
        for name in names { world.drop(name, onDelete: .removeData) }
        try await world.confirm()
        for name in names { world.progress(name, 0.5) }
        try await world.settle()
        let files = world.server.disk.files
        world.withdraw(names)
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.holds == [.pruneBudget] && world.server.disk.files == files)
        world.spool.order(.approve(.pruneBudget))
        try await world.settle()
        #expect(world.server.disk.files.isEmpty && world.server.torrents.isEmpty)
    }

    @Test("Two that share files go together: the first leaves them, the last takes them along")
    func bothGo() async throws {
        let world = Self.world()
        for name in ["aa", "bb"] { world.drop(name, onDelete: .removeData) }
        world.drop("cc")
        for name in ["aa", "bb"] {
            world.server.contents[World.identity(name).preferredID] = ["film/film.mkv"]
        }
        try await world.confirm()
        for name in ["aa", "bb"] { world.progress(name, 0.5) }
        try await world.settle()
        world.withdraw("aa", "bb")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.reason("aa") == "DataShared" && world.reason("bb") == "DataRemoved")
        #expect(world.server.disk.files.isEmpty)
    }
}
