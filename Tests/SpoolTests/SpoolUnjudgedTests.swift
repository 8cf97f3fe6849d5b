import Reconciliation
import Testing

@testable import Spool

@Suite("Requests below defaults at fault")
struct SpoolUnjudgedTests {
    private static let faulty = #"{"category": 5}"#

    /// `d` with faulty defaults, and requests in it and below it.
    private static func spool() throws -> TestSpool {
        let spool = try TestSpool()
        try spool.makeFolder("d")
        try spool.makeFolder("d/e")
        try spool.drop("d/_defaults.json", faulty)
        try spool.drop("d/a.json")
        try spool.drop("d/e/b.magnet", TestSpool.magnet)
        return spool
    }

    @Test("New ones are told of without opening them, and judged when the defaults are repaired")
    func new() throws {
        let spool = try Self.spool()
        try spool.drop("d/e/_defaults.json", "{}")
        try spool.drop("d/_odd.json")
        try spool.drop("d/e/notes.txt")
        let reader = try spool.reader()
        let opened = try OpenedFiles(in: ["d", "d/e"].map(spool.path))
        let held = reader.scan(now: TestSpool.later)
        #expect(held.isQuiet && held.waiting == ["d/a", "d/e/b"])
        #expect(try opened.take() == ["_defaults.json"])
        let reason = try #require(held.heldFolders["d"]).reason
        #expect(Set(held.unreadable.values) == [reason] && reason.hasPrefix("d/_defaults.json is invalid"))
        #expect(reader.scan(now: TestSpool.later).waiting == held.waiting)
        #expect(reader.rescan([], now: TestSpool.later).waiting == held.waiting)

        try spool.drop("d/_defaults.json", "{}")
        let repaired = reader.rescan(["d/_defaults.json"], now: TestSpool.later)
        #expect(repaired.accepted == ["d/a", "d/e/b"] && repaired.away.isEmpty && repaired.waiting.isEmpty)
    }

    @Test("What is dropped and taken while they are at fault", arguments: [true, false])
    func changes(byEvent: Bool) throws {
        let spool = try Self.spool()
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.later)
        let opened = try OpenedFiles(in: ["d", "d/e"].map(spool.path))
        func read(_ paths: String...) throws -> SpoolReading {
            // Those that were opened to be written.
            _ = try opened.take()
            let reading =
                byEvent
                ? reader.rescan(Set(paths), now: TestSpool.later) : reader.scan(now: TestSpool.later)
            #expect(reading.isQuiet && reading.isFull != byEvent && reading.heldFolders.count == 1)
            #expect(try opened.take().isEmpty)
            return reading
        }
        try spool.drop("d/c.json")
        #expect(try read("d/c.json").waiting == ["d/a", "d/c", "d/e/b"])
        try spool.drop("d/e/f.json", "{")
        #expect(try read("d/e/f.json").waiting == ["d/a", "d/c", "d/e/b", "d/e/f"])
        try spool.makeFolder("d/g")
        try spool.drop("d/g/h.json")
        #expect(try read("d/g").waiting == ["d/a", "d/c", "d/e/b", "d/e/f", "d/g/h"])
        try spool.take("d/c.json")
        try spool.drop("d/e/_defaults.json", "[]")
        #expect(try read("d/c.json", "d/e/_defaults.json").waiting == ["d/a", "d/e/b", "d/e/f", "d/g/h"])
    }

    @Test("Known ones keep their client, sources that others name are none, and nothing is gone")
    func known() throws {
        let spool = try TestSpool()
        try spool.makeFolder("d")
        try spool.drop("d/a.json", #"{"source": "\#(TestSpool.hash)", "client": "seedbox"}"#)
        try spool.drop("d/b.json", #"{"source": "side.torrent"}"#)
        try spool.drop("d/side.torrent", TestSpool.torrent())
        try spool.drop("d/c.json", "{}")
        let reader = try spool.reader()
        #expect(reader.scan(now: TestSpool.later).accepted.count == 2)
        try spool.drop("d/_defaults.json", Self.faulty)
        try spool.drop("d/f.json")
        try spool.take("d/b.json")
        let held = reader.scan(now: TestSpool.later)
        #expect(held.isQuiet)
        let clients = Dictionary(
            uniqueKeysWithValues: held.unreadable.keys.map { ($0.name.text, $0.client) })
        #expect(clients == ["d/a": "seedbox", "d/c": "default", "d/f": "default"])
    }

    @Test("What holds above names the client of what is new")
    func clientFromAbove() throws {
        let spool = try Self.spool()
        try spool.drop("_defaults.json", #"{"client": "seedbox"}"#)
        let held = try spool.reader().scan(now: TestSpool.later)
        #expect(Set(held.unreadable.keys.map(\.client)) == ["seedbox"] && held.unreadable.count == 2)
    }

    @Test("In the spool itself, down to the deepest folder that requests may lie in")
    func root() throws {
        let spool = try TestSpool()
        try spool.drop("_defaults.json", Self.faulty)
        var folder = ""
        for _ in 0...SpoolName.deepest {
            folder = PathText.join(folder, "x")
            try spool.makeFolder(folder)
        }
        try spool.drop(folder + "/deep.json")
        try spool.drop(folder.dropLast(2) + "/last.json")
        try spool.drop("a.json")
        let held = try spool.reader().scan(now: TestSpool.later)
        #expect(held.waiting == ["a", folder.dropLast(2) + "/last"])
    }

    @Test("Nothing is told of a folder that is a link, or whose defaults are being written")
    func otherHolds() throws {
        let spool = try Self.spool()
        try spool.link("l", to: "d")
        #expect(try spool.reader().scan(now: TestSpool.later).waiting == ["d/a", "d/e/b"])
        try spool.overwrite("d/_defaults.json", Array("{".utf8))
        let reader = try spool.reader()
        let young = reader.scan(now: TestSpool.now)
        #expect(young.heldFolders["d"]?.problem == nil && young.heldFolders.count == 2)
        #expect(young.waiting.isEmpty)
        try spool.drop("d/c.json")
        #expect(reader.rescan(["d/c.json", "l/c.json"], now: TestSpool.now).waiting.isEmpty)
        // At fault as soon as nobody can be writing it any more.
        #expect(reader.rescan([], now: TestSpool.later).waiting == ["d/a", "d/c", "d/e/b"])
    }
}
