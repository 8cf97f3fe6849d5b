import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("A time without progress, and what a request says about it")
struct StallScenarioTests {
    @Test("A stalled torrent makes room for the next source: added first, then the old one goes")
    func stalledNext() async throws {
        let world = World()
        let stall = RequestTerms(stall: Stall(afterMilliseconds: 3_600_000, then: .next))
        world.drop("aa", from: [.torrent("aa"), .address("http://b/y")], stall)
        try await world.settle()
        #expect(world.has("aa") && world.sources.asked.isEmpty)
        for _ in 1...7 {
            world.wait(.seconds(600))
            try await world.settle()
        }
        #expect(world.has("aa"), "nothing goes before the next one is there")
        #expect(world.sources.asked == ["http://b/y"])
        world.sources.find("http://b/y", "bb")
        try await world.settle()
        #expect(world.has("bb") && !world.has("aa") && world.adds(of: "aa") == 2)
        let order = world.words.filter { $0 == "add" || $0 == "prune" }
        #expect(order == ["add", "add", "prune"])
        #expect(world.verdicts("aa") == ["torrent aa: abandoned", "http://b/y: in-use"])
        #expect(world.store.subject("aa")?.leaving.isEmpty == true)
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.server.torrents.isEmpty)
    }

    @Test("Progress, a stop by hand and a server that is away do not count as a stall")
    func patience() async throws {
        let world = World()
        let stall = RequestTerms(stall: Stall(afterMilliseconds: 3_600_000, then: .fail))
        world.drop("aa", from: [.torrent("aa"), .torrent("bb")], stall)
        try await world.settle()
        for share in [0.1, 0.2, 0.3, 0.4] {
            world.wait(.seconds(1_800))
            world.progress("aa", share)
            try await world.settle()
        }
        #expect(world.phase("aa") == .downloading)
        world.change("aa") { $0.state = .stoppedDL }
        for _ in 1...4 {
            world.wait(.seconds(1_800))
            try await world.settle()
        }
        #expect(world.phase("aa") == .stopped)
        world.change("aa") { $0.state = .stalledDL }
        try await world.settle()
        world.severServer()
        for _ in 1...4 {
            world.wait(.seconds(1_800))
            try await world.pass()
        }
        world.healServer()
        world.wait(.seconds(600))
        try await world.settle()
        #expect(world.phase("aa") == .stalled)
        for _ in 1...12 {
            world.wait(.seconds(600))
            try await world.settle()
        }
        #expect(world.phase("aa") == .failed && world.reason("aa") == "Stalled")
        #expect(world.has("aa") && !world.has("bb"), "the torrent stays as it is")
    }

    @Test("A stall that is only reported is said, and taken back with the first progress")
    func reported() async throws {
        let world = World()
        world.drop("aa", RequestTerms(stall: Stall(afterMilliseconds: 600_000)))
        try await world.settle()
        for _ in 1...12 {
            world.wait(.seconds(60))
            try await world.settle()
        }
        #expect(world.phase("aa") == .metadata && world.reason("aa") == "NoProgress")
        world.progress("aa", 0.5)
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.phase("aa") == .downloading && world.reason("aa") == "")
    }
}
