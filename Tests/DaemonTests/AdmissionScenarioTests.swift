import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Admission: who may begin, and who waits for what")
struct AdmissionScenarioTests {
    private static func message(_ world: World, _ name: String) -> String {
        world.publication.status(name)?.message ?? ""
    }

    @Test("Only so many downloads are active at once, in the order of priority, then of acceptance")
    func active() async throws {
        let world = World(Rules(limits: Rules.Limits(active: 2)))
        world.drop("aa", RequestTerms())
        world.drop("bb", RequestTerms())
        world.drop("cc", RequestTerms(priority: 1))
        world.drop("dd", RequestTerms(priority: -1))
        try await world.settle()
        #expect(world.has("cc") && world.has("aa") && !world.has("bb") && !world.has("dd"))
        #expect(world.phase("bb") == .waiting && world.reason("bb") == "Admission")
        #expect(Self.message(world, "bb").hasPrefix("number 1 in line: at most 2"))
        #expect(Self.message(world, "dd").hasPrefix("number 2 in line: at most 2"))
        world.complete("cc")
        try await world.settle()
        try await world.settle()
        #expect(world.has("bb") && !world.has("dd"))
        world.wait(.seconds(6))
        try await world.pass()
        #expect(Self.message(world, "dd").hasPrefix("number 1 in line"))
    }

    @Test("One that is to be added stopped needs no place, and a stopped one keeps none")
    func stopped() async throws {
        let world = World(Rules(limits: Rules.Limits(active: 1)))
        world.drop("aa")
        world.drop("bb", [.state: .text("stopped")])
        world.drop("cc")
        try await world.settle()
        #expect(world.has("aa") && world.has("bb") && !world.has("cc"))
        world.change("aa") { $0.state = .stoppedDL }
        try await world.settle()
        #expect(world.has("cc"))
    }

    @Test("Room is kept for what is still to come of those that were admitted")
    func room() async throws {
        let world = World(Rules(limits: Rules.Limits(minFreeSpace: 1_000)))
        world.server.facts.freeSpace = 10_000
        world.drop("aa", RequestTerms(), size: 5_000)
        world.drop("bb", RequestTerms(), size: 5_000)
        world.drop("cc", RequestTerms(), size: 4_000)
        try await world.pass()
        // 10 000 free, 1 000 stay, 5 000 for aa: 4 000 are left.
        #expect(world.has("aa") && !world.has("bb") && world.has("cc"))
        #expect(world.phase("bb") == .waiting && world.reason("bb") == "DiskSpace")
        #expect(Self.message(world, "bb").contains("number 1 in line: needs 4.9 KiB"))
        #expect(Self.message(world, "bb").contains("limits.minFreeSpace"))
        world.server.facts.freeSpace = 20_000
        try await world.settle()
        #expect(world.has("bb"))
    }

    @Test("Where nobody knows how much room there is, nothing is added")
    func unknownRoom() async throws {
        let world = World(Rules(limits: Rules.Limits(minFreeSpace: 1)))
        world.drop("aa")
        try await world.settle()
        #expect(!world.has("aa") && world.reason("aa") == "DiskSpace")
        #expect(Self.message(world, "aa").contains("pathMap"))
    }

    @Test(
        "Those that are acknowledged and not listed yet, or stopped until their files are chosen, count too")
    func countsAll() async throws {
        let late = World(Rules(limits: Rules.Limits(active: 1)))
        late.server.faults.readingsUntilListed = 8
        late.drop(["aa", "bb", "cc"])
        for _ in 1...3 {
            try await late.pass()
            late.wait(.milliseconds(100))
        }
        #expect(["aa", "bb", "cc"].map { late.adds(of: $0) } == [1, 0, 0])

        let choosing = World(Rules(limits: Rules.Limits(active: 1)))
        for name in ["aa", "bb", "cc"] {
            var wish = MemorySpool.Wish(
                identity: World.identity(name), wishes: [.files: .selection(FileSelection(include: ["*"]))])
            wish.isFile = true
            choosing.spool.write(name, wish)
        }
        for _ in 1...6 {
            try await choosing.settle()
            choosing.wait(.seconds(10))
        }
        #expect(choosing.server.torrents.count == 1)
    }

    @Test("Sizes that nobody can add up are no reason to fall over", arguments: [nil, 1, Int64.max])
    func hugeSizes(least: Int64?) async throws {
        let world = World(Rules(limits: Rules.Limits(active: 50, minFreeSpace: least)))
        world.server.facts.freeSpace = 1_000
        for name in ["aa", "bb", "cc"] { world.drop(name, RequestTerms(), size: .max) }
        try await world.settle()
        #expect(world.server.torrents.count == (least == nil ? 3 : 0))
    }

    @Test("A line that moves is no reason to write every status at once")
    func quietLine() async throws {
        let world = World(Rules(limits: Rules.Limits(active: 1)))
        world.drop((1...50).map { "r\($0)" })
        try await world.confirm()
        try await world.pass()
        #expect(world.report.isQuiet)
        world.complete("r1")
        world.wait(.milliseconds(500))
        try await world.pass()
        try await world.pass()
        #expect(world.server.torrents.count == 2)
        #expect(world.report.figures.filesWritten < 5)
        world.wait(.seconds(6))
        try await world.pass()
        #expect(Self.message(world, "r9").hasPrefix("number"))
    }
}
