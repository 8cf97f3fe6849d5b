import TestSupport
import Testing

/// Absence is not evidence: an emptied, missing or exchanged spool removes nothing, nor does a lost store.
@Suite("Servers: lost spools and stores", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct SpoolLossTests {
    @Test("An emptied spool removes nothing until a person approves", arguments: Tested.suites)
    func emptied(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let names = try await fill(bench, 12)
            for name in names { try bench.root.withdraw(name + ".json") }
            for _ in 1...3 { try await bench.root.once(exit: 3) }
            #expect(try await bench.eye.torrents().count == 12)
            let hold = try #require(try bench.root.summary()["holds"].items.first)
            #expect(
                hold["kind"].text == "PruneBudget" && hold["lift"].text?.contains("qspool approve") == true)
            #expect(hold["names"].items.compactMap(\.text) == names)
            #expect(hold["message"].text?.contains("12") == true)
            let once = try await bench.root.qspool("once")
            #expect(once.status == 3 && once.errors.contains("PruneBudget") && once.output.isEmpty)

            #expect(try await bench.root.qspool("approve", "PruneBudget").status == 0)
            try await bench.root.once()
            #expect(try await bench.eye.torrents().isEmpty)
            try await bench.root.once()
            #expect(try Set(names.map { try bench.root.phase($0) }) == ["removed"])
            #expect(try bench.root.holds.isEmpty)
        }
    }

    @Test("Files that return lift the hold by themselves", arguments: Tested.newest)
    func returned(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            _ = try await fill(bench, 8)
            try Files.move(bench.root.request("s"), to: bench.root.beside("s"))
            for _ in 1...2 { try await bench.root.once(exit: 3) }
            try Files.move(bench.root.beside("s"), to: bench.root.request("s"))
            try await bench.root.settle()
            #expect(try bench.root.holds.isEmpty)
            #expect(try await bench.eye.torrents().count == 8)
        }
    }

    @Test("A spool without identity, without folder, or another one in its place", arguments: Tested.suites)
    func exchanged(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let names = try await fill(bench, 3)
            let before = try await bench.eye.torrents().map(\.lasting).sorted()
            let spool = bench.root.path + "/requests"
            let away = bench.root.beside("away")
            try Files.move(spool, to: away)
            try await expectUnavailable(bench, "the folder is gone", before)

            try Files.makeFolder(spool)
            try await expectUnavailable(bench, "an empty mount point", before)

            let stranger = Sample("stranger")
            try Files.write(Array("11111111-2222-4333-8444-555555555555\n".utf8), to: spool + "/.qspool")
            try bench.root.drop("stranger.magnet", stranger.magnet)
            try await expectUnavailable(bench, "another spool", before)

            // Itself again: nothing has begun to be removed meanwhile.
            try Files.move(spool, to: bench.root.beside("other"))
            try Files.move(away, to: spool)
            try await bench.root.settle()
            #expect(try bench.root.holds.isEmpty)
            #expect(try await bench.eye.torrents().map(\.lasting).sorted() == before)
            #expect(try Set(names.map { try bench.root.phase($0) }) == ["stopped"])
        }
    }

    private func expectUnavailable(_ bench: Bench, _ how: String, _ before: [String]) async throws {
        for _ in 1...2 {
            let done = try await bench.root.qspool("once")
            #expect(done.status == 3, "\(how): \(done.errors)")
        }
        #expect(try bench.root.holds == ["SpoolUnavailable"], "\(how)")
        #expect(try await bench.eye.torrents().map(\.lasting).sorted() == before, "\(how)")
    }

    @Test("A lost store: what is there is followed, all else waits for a person", arguments: Tested.suites)
    func storeLost(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let names = try await fill(bench, 3)
            let fresh = Sample("fresh")
            _ = try await Command.runAside("rm", ["-rf", bench.root.path + "/store"])
            try bench.root.drop("fresh.json", "{\"source\": \"\(fresh.magnet)\", \"state\": \"stopped\"}")
            try bench.root.withdraw(names[0] + ".json")
            let before = try await bench.eye.torrents().map(\.lasting).sorted()
            for _ in 1...2 { try await bench.root.once(exit: 3) }
            #expect(try bench.root.holds == ["StoreLost"])
            #expect(try await bench.eye.torrents().map(\.lasting).sorted() == before)
            #expect(try bench.root.phase(names[1]) == "stopped")

            let approved = try await bench.root.qspool("approve", "StoreLost")
            #expect(approved.status == 0, "\(approved.errors)")
            try await bench.root.settle()
            #expect(try bench.root.holds.isEmpty)
            #expect(try await bench.eye.torrent(fresh.hash)?.tags == ["qspool"])
            // What was deleted while nothing was known of it is nobody's now, and stays.
            #expect(try await bench.eye.torrents().count == 4)

            // From now on it counts as what its tag says: ours.
            try bench.root.withdraw(names[1] + ".json")
            for _ in 1...3 { try await bench.root.settle() }
            #expect(try await bench.eye.torrents().count == 3)
            #expect(try bench.root.phase(names[1]) == "removed")
        }
    }

    /// Requests `s/00` and so on, stopped, carried out.
    private func fill(_ bench: Bench, _ count: Int) async throws -> [String] {
        let names = (0..<count).map { "s/\($0 < 10 ? "0" : "")\($0)" }
        for name in names {
            let sample = Sample("spool-" + name.replacing("/", with: "-"))
            try bench.root.drop(name + ".json", "{\"source\": \"\(sample.magnet)\", \"state\": \"stopped\"}")
        }
        try await bench.root.settle()
        guard try await bench.eye.torrents().count == count else { throw Unusable("not all were added") }
        return names
    }
}
