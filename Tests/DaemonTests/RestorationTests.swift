import Daemon
import Metainfo
import Reconciliation
import Store
import TestSupport
import Testing

/// What `qspool restore` finds in the store and writes into the spool.
@Suite("Restoration")
struct RestorationTests {
    private let folder: TemporaryDirectory
    private let installation: Installation
    private let identity = TorrentIdentity(InfoHash(bytes: [UInt8](repeating: 7, count: 20))!)

    init() throws {
        folder = try TemporaryDirectory()
        installation = try Installation.load(
            root: folder.path + "/root", configPath: nil, flags: [:], environment: [:])
        _ = try Founding(installation).run()
    }

    private func commit(pass: UInt64, _ change: (inout PassBatch) -> Void) throws {
        let store = try Store(directory: installation.layout.store, mapSizeMiB: 64, mode: .readWrite)
        let at = Timestamp(bootID: "b", bootMilliseconds: 0, wall: WallTime(seconds: Int64(pass) * 1_000))
        var batch = PassBatch(pass: pass, at: at)
        batch.changes = [Change(.accepted)]
        change(&batch)
        _ = try store.commit(batch)
    }

    private func memory(_ generation: Int) -> SubjectMemory {
        var memory = SubjectMemory()
        memory.acceptance = Acceptance(
            generation: generation, digest: [UInt8](repeating: 1, count: 32), order: 1,
            at: WallTime(seconds: 0), identity: identity, onDelete: .remove, labels: [:])
        return memory
    }

    private func accept(
        _ name: String, pass: UInt64, generation: Int = 1, _ document: String, suffix: String = "json",
        companions: [RequestFile] = []
    ) throws {
        let key = SubjectKey(name: RequestName(name))
        try commit(pass: pass) {
            $0.accepted = [
                AcceptedRequest(
                    key: key, generation: generation, identity: identity,
                    payload: RequestPayload(
                        document: Array(document.utf8), suffix: suffix, source: .magnet("magnet:?"),
                        companions: companions))
            ]
            $0.subjects = [key: memory(generation)]
        }
    }

    private func forget(_ name: String, pass: UInt64) throws {
        try commit(pass: pass) { $0.subjects = [SubjectKey(name: RequestName(name)): nil] }
    }

    private func restore(_ names: String..., generation: Int? = nil) throws -> [[String]] {
        try Restoration(installation).restore(names.map { RequestName($0) }, generation: generation)
            .map(\.files)
    }

    private func read(_ file: String) throws -> String {
        String(decoding: try folder.read("root/requests/" + file), as: UTF8.self)
    }

    @Test("The last one comes back, or an earlier one, with its folder and the files beside it")
    func comesBack() throws {
        try accept("a/b/Heat", pass: 1, "one")
        let side = RequestFile(name: "Heat.torrent", bytes: [1, 2, 3])
        try accept("a/b/Heat", pass: 2, generation: 2, "two", companions: [side])
        try accept("bare", pass: 3, "# c\nmagnet:?", suffix: "magnet")
        #expect(try restore("a/b/Heat", "bare") == [["a/b/Heat.json", "a/b/Heat.torrent"], ["bare.magnet"]])
        #expect(
            try read("a/b/Heat.json") == "two" && folder.read("root/requests/a/b/Heat.torrent") == [1, 2, 3])
        #expect(try read("bare.magnet") == "# c\nmagnet:?")
        #expect(try Restoration(installation).lost().isEmpty)

        try folder.remove("root/requests/a/b/Heat.json")
        try folder.remove("root/requests/a/b/Heat.torrent")
        #expect(try restore("a/b/Heat", generation: 1) == [["a/b/Heat.json"]])
        #expect(try read("a/b/Heat.json") == "one")
    }

    @Test("What is gone is told with since when, and till when it is kept")
    func lost() throws {
        try accept("there", pass: 1, "x")
        _ = try restore("there")
        try accept("unseen", pass: 2, "x")
        try accept("forgotten", pass: 3, "x")
        try accept("forgotten", pass: 4, generation: 2, "y")
        try forget("forgotten", pass: 5)
        let key = SubjectKey(name: RequestName("removed"))
        try accept("removed", pass: 6, "x")
        try commit(pass: 7) {
            var ended = memory(1)
            ended.ending = Ending(
                kind: .removed, reason: "Withdrawn", message: "", at: WallTime(seconds: 7_000))
            $0.subjects = [key: ended]
        }
        let lost = try Restoration(installation).lost()
        #expect(lost.map(\.key.name.text) == ["forgotten", "removed", "unseen"])
        #expect(lost.map { $0.generations.map(\.number) } == [[2, 1], [1], [1]])
        #expect(lost.map(\.goneAt) == [WallTime(seconds: 5_000), WallTime(seconds: 7_000), nil])
        let (keep, shown) = (Int64(90 * 86_400), Int64(7 * 86_400))
        #expect(
            lost.map(\.keptUntil)
                == [WallTime(seconds: 5_000 + keep), WallTime(seconds: 7_000 + shown + keep), nil])
    }

    @Test("A name that was never known is answered with those near it, and nothing is written")
    func unknown() throws {
        try accept("movies/Heat", pass: 1, "x")
        try accept("movies/Alien", pass: 2, "x")
        for name in ["movies/Haet", "heat"] {
            let failure = try #require(throws: Failure.self) { try restore("movies/Alien", name) }
            #expect(failure.code == .usage && failure.message.contains("movies/Heat"), "\(failure)")
            #expect(!failure.message.contains("“movies/Alien”") && failure.message.contains("--list"))
        }
        #expect(throws: TemporaryDirectory.Failure.self) { try read("movies/Alien.json") }
        let failure = try #require(throws: Failure.self) { try restore("movies/Heat", generation: 9) }
        #expect(failure.message.contains("generation 9") && failure.message.contains("there is 1"))
    }

    @Test("A request that is there is not touched, whichever of its files is")
    func existing() throws {
        try accept("Heat", pass: 1, "old")
        try folder.write(Array("mine".utf8), to: "root/requests/Heat.magnet")
        let failure = try #require(throws: Failure.self) { try restore("Heat") }
        #expect(failure.code == .usage && failure.message.contains("never overwrites"), "\(failure)")
        #expect(try read("Heat.magnet") == "mine")
        #expect(throws: TemporaryDirectory.Failure.self) { try read("Heat.json") }
    }

    @Test("Nothing is written where another spool, or none, lies")
    func otherSpool() throws {
        try accept("Heat", pass: 1, "x")
        let identity = try folder.read("root/requests/.qspool")
        try folder.remove("root/requests/.qspool")
        #expect(try #require(throws: Failure.self) { try restore("Heat") }.code == .trouble)
        try folder.write(Array("0b7f2c3e-51f0-4a0e-9a55-6f3c5d1e8b11\n".utf8), to: "root/requests/.qspool")
        #expect(try #require(throws: Failure.self) { try restore("Heat") }.code == .trouble)
        #expect(throws: TemporaryDirectory.Failure.self) { try read("Heat.json") }
        try folder.write(identity, to: "root/requests/.qspool")
        #expect(try restore("Heat") == [["Heat.json"]])
    }
}
