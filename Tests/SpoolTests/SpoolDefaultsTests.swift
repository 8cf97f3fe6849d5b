import Glibc
import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Defaults of folders")
struct SpoolDefaultsTests {
    private static let digest = Digest.sha256(Array(TestSpool.request.utf8))

    @Test("Nearer wins over farther, the request over all; objects merge key by key, lists replace")
    func inheritance() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.makeFolder("films/new")
        try spool.drop(
            "_defaults.json",
            #"{"category": "all", "tags": ["x", "y"], "labels": {"a": "1", "b": "1"}, "onDelete": "keep"}"#)
        try spool.drop(
            "films/_defaults.json",
            #"{"category": "films", "labels": {"b": "2", "c": "2"}, "downloadLimit": "1 MiB/s"}"#)
        try spool.drop("films/new/_defaults.json", #"{"tags": ["z"], "downloadLimit": null}"#)
        try spool.drop("a.json")
        try spool.drop("films/b.json")
        try spool.drop(
            "films/new/c.json",
            #"{"source": "\#(TestSpool.magnet)", "category": null, "labels": {"c": "3"}}"#)
        try spool.drop("films/new/bare.torrent", TestSpool.torrent())
        try spool.drop("films/new/bare2.magnet", TestSpool.magnet)
        let reading = try spool.reader().scan(now: TestSpool.later)
        #expect(reading.isComplete && reading.heldFolders.isEmpty && reading.problems.isEmpty)
        #expect(reading.filesSeen == 5)

        let a = try #require(reading.draft("a"))
        #expect(a.wishes == [.category: .text("all"), .tags: .list(["x", "y"])])
        #expect(a.labels == ["a": "1", "b": "1"] && a.onDelete == .keep)
        let b = try #require(reading.draft("films/b"))
        #expect(b.wishes[.category] == .text("films") && b.wishes[.tags] == .list(["x", "y"]))
        #expect(b.wishes[.downloadLimit] == .number(1_048_576))
        #expect(b.labels == ["a": "1", "b": "2", "c": "2"] && b.onDelete == .keep)
        let c = try #require(reading.draft("films/new/c"))
        #expect(c.wishes[.category] == .text("") && c.wishes[.tags] == .list(["z"]))
        #expect(c.wishes[.downloadLimit] == .number(0))
        #expect(c.labels == ["a": "1", "b": "2", "c": "3"])
        // Its own content is what counts as its version.
        #expect(b.version.digest == Self.digest)

        for name in ["films/new/bare", "films/new/bare2"] {
            let bare = try #require(reading.draft(name))
            #expect(bare.wishes[.category] == .text("films") && bare.wishes[.tags] == .list(["z"]))
            #expect(bare.labels == ["a": "1", "b": "2", "c": "2"] && bare.onDelete == .keep)
        }
    }

    @Test("Through eight folders")
    func deep() throws {
        let spool = try TestSpool()
        var path = ""
        for level in 1...8 {
            path = PathText.join(path, "f\(level)")
            try spool.makeFolder(path)
            try spool.drop(
                path + "/_defaults.json", #"{"labels": {"l\#(level)": "x"}, "category": "c\#(level)"}"#)
        }
        try spool.drop(path + "/r.json")
        let reader = try spool.reader()
        let draft = try #require(reader.scan(now: TestSpool.later).draft(path + "/r"))
        #expect(draft.labels.count == 8 && draft.wishes[.category] == .text("c8"))

        try spool.drop("f1/_defaults.json", #"{"labels": {"l1": "y"}}"#)
        let changed = reader.rescan(["f1/_defaults.json"], now: TestSpool.later)
        #expect(!changed.isFull && changed.draft(path + "/r")?.labels["l1"] == "y")
        // A farther file that speaks about nothing but what nearer ones replace changes nothing.
        try spool.drop("f1/f2/_defaults.json", #"{"labels": {"l2": "x"}, "category": "other"}"#)
        #expect(reader.rescan(["f1/f2/_defaults.json"], now: TestSpool.later).isQuiet)
    }

    @Test("A change re-emits the requests below it that mean something else", arguments: [true, false])
    func change(byEvent: Bool) throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.makeFolder("films/new")
        try spool.makeFolder("other")
        try spool.drop("a.json")
        try spool.drop("other/o.json")
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        try spool.drop("films/follows.json")
        try spool.drop("films/own.json", #"{"source": "\#(TestSpool.hash)", "category": "mine"}"#)
        try spool.drop("films/bad.json", #"{"source": 5}"#)
        try spool.drop("films/new/bare.torrent", TestSpool.torrent())
        let reader = try spool.reader()
        func read() -> SpoolReading {
            byEvent
                ? reader.rescan(["films/_defaults.json"], now: TestSpool.later)
                : reader.scan(now: TestSpool.later)
        }
        let first = reader.scan(now: TestSpool.later)
        #expect(first.accepted == ["a", "films/follows", "films/new/bare", "films/own", "other/o"])
        #expect(first.rejected == ["films/bad: bad-type"])
        #expect(reader.scan(now: TestSpool.later).isQuiet)

        try spool.drop("films/_defaults.json", #"{"category": "y"}"#)
        let changed = read()
        #expect(changed.isFull != byEvent)
        #expect(changed.accepted == ["films/follows", "films/new/bare"] && changed.rejected.isEmpty)
        #expect(changed.draft("films/follows")?.wishes == [.category: .text("y")])
        #expect(changed.draft("films/follows")?.version.digest == Self.digest)
        #expect(changed.filesSeen == 6)

        // Another spelling of the same.
        try spool.drop("films/_defaults.json", #"{ "category" : "y" }"#)
        #expect(read().isQuiet)

        try spool.take("films/_defaults.json")
        let removed = read()
        #expect(removed.accepted == ["films/follows", "films/new/bare"])
        #expect(removed.draft("films/new/bare")?.wishes == [:])
        #expect(read().isQuiet)

        try spool.drop("films/_defaults.json", #"{"sequentialDownload": true}"#)
        #expect(read().accepted == ["films/follows", "films/new/bare", "films/own"])
        #expect(reader.scan(now: TestSpool.later).isQuiet)
        #expect(try spool.reader().scan(now: TestSpool.later).accepted.count == 5)
    }

    @Test("A request of a folder that an event tells of is under the folder's defaults")
    func event() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.later)
        try spool.drop("films/a.json")
        let reading = reader.rescan(["films/a.json"], now: TestSpool.later)
        #expect(!reading.isFull && reading.draft("films/a")?.wishes == [.category: .text("x")])
        // Told of together with its defaults, it is handed out once.
        try spool.drop("films/_defaults.json", #"{"category": "y"}"#)
        try spool.drop("films/a.json", #"{"source": "\#(TestSpool.hash)"}"#)
        let both = reader.rescan(["films/a.json", "films/_defaults.json"], now: TestSpool.later)
        #expect(both.changedDrafts.count == 1 && !both.isFull)
        #expect(both.draft("films/a")?.wishes == [.category: .text("y")])
        #expect(reader.rescan(["other/_defaults.json"], now: TestSpool.later).isFull)
        try spool.drop("films/gone.json")
        _ = reader.rescan(["films/gone.json"], now: TestSpool.later)
        try spool.take("films/gone.json")
        try spool.drop("films/_defaults.json", #"{"category": "z"}"#)
        let gone = reader.rescan(["films/_defaults.json"], now: TestSpool.later)
        #expect(gone.isFull && gone.away == ["films/gone"] && gone.accepted == ["films/a"])
    }

    @Test("A client that comes from the defaults: the request moves, and is gone under its old key")
    func client() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/a.json")
        try spool.drop("films/b.torrent", TestSpool.torrent())
        try spool.drop("films/c.json", #"{"source": "\#(TestSpool.hash)", "client": "default"}"#)
        let reader = try spool.reader()
        #expect(reader.scan(now: TestSpool.later).accepted == ["films/a", "films/b", "films/c"])
        try spool.drop("films/_defaults.json", #"{"client": "seedbox"}"#)
        let moved = reader.rescan(["films/_defaults.json"], now: TestSpool.later)
        #expect(moved.isFull && moved.accepted == ["seedbox:films/a", "seedbox:films/b"])
        #expect(moved.away == ["films/a", "films/b"])
        // A request that nobody can parse belongs to where its folder's requests belong.
        try spool.drop("films/bad.json", "{")
        #expect(
            reader.rescan(["films/bad.json"], now: TestSpool.later).rejected
                == ["seedbox:films/bad: bad-json"])
        try spool.take("films/_defaults.json")
        let back = reader.scan(now: TestSpool.later)
        #expect(back.accepted == ["films/a", "films/b"])
        #expect(back.away == ["seedbox:films/a", "seedbox:films/b"])
    }

    @Test("The configuration's defaults lie above all folders")
    func configured() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("a.torrent", TestSpool.torrent())
        try spool.drop("films/_defaults.json", #"{"category": "films"}"#)
        try spool.drop("films/b.json")
        let json = Array(#"{"category": "all", "tags": ["x"]}"#.utf8)
        let reading = try spool.reader { $0.defaults = json }.scan(now: TestSpool.later)
        #expect(reading.draft("a")?.wishes == [.category: .text("all"), .tags: .list(["x"])])
        #expect(reading.draft("films/b")?.wishes == [.category: .text("films"), .tags: .list(["x"])])

        let settings = SpoolSettings(directory: spool.requests)
        #expect(RequestCheck.defaults(json, settings: settings) == nil)
        let bad = Array("{\n \"category\": 5}".utf8)
        let problem = try #require(RequestCheck.defaults(bad, settings: settings))
        #expect(problem.code == "bad-type" && problem.line == 2 && problem.field == "category")
        #expect(RequestCheck.defaults(Array("[".utf8), settings: settings)?.code == "bad-json")
        let error = #expect(throws: SpoolError.self) { try spool.reader { $0.defaults = bad } }
        #expect(error?.code == "bad-type" && error?.message.contains("line 2, column 14") == true)
    }

    @Test("Two thousand requests below a changed file: they alone are read, and none of them on a quiet day")
    func many() throws {
        let spool = try TestSpool()
        try spool.makeFolder("many")
        try spool.makeFolder("other")
        for index in 0..<2_000 { try spool.drop("many/r\(index).json") }
        for index in 0..<50 { try spool.drop("other/o\(index).json") }
        try spool.drop("_defaults.json", #"{"tags": ["t"]}"#)
        try spool.drop("many/_defaults.json", #"{"category": "x"}"#)
        let reader = try spool.reader()
        #expect(reader.scan(now: TestSpool.later).changedDrafts.count == 2_050)

        let opened = try OpenedFiles(in: ["", "many", "other"].map(spool.path))
        #expect(reader.scan(now: TestSpool.later).isQuiet)
        #expect(reader.rescan(["many/_defaults.json"], now: TestSpool.later).isQuiet)
        #expect(try opened.take().allSatisfy { $0 == ".qspool" })

        try spool.drop("many/_defaults.json", #"{"category": "y"}"#)
        _ = try opened.take()
        let changed = reader.rescan(["many/_defaults.json"], now: TestSpool.later)
        #expect(!changed.isFull && changed.changedDrafts.count == 2_000 && changed.filesSeen == 2_050)
        var expected = (0..<2_000).map { "r\($0).json" } + ["_defaults.json"]
        #expect(try opened.take().filter { $0 != ".qspool" } == expected.sorted())

        try spool.drop("_defaults.json", #"{"tags": ["u"]}"#)
        _ = try opened.take()
        let all = reader.scan(now: TestSpool.later)
        #expect(all.changedDrafts.count == 2_050)
        expected += (0..<50).map { "o\($0).json" }
        // The nearer file said nothing new and was not opened.
        #expect(try opened.take().filter { $0 != ".qspool" } == expected.sorted())
        #expect(reader.scan(now: TestSpool.later).isQuiet)
    }

    @Test("Requests below changed defaults that do not fit into one reading come with the next ones")
    func postponed() throws {
        let spool = try TestSpool()
        for index in 0..<20 { try spool.drop("r\(index).json") }
        let reader = try spool.reader { $0.readingBytes = 400 }
        var rounds = 0
        while rounds < 30, reader.scan(now: TestSpool.later).postponed > 0 { rounds += 1 }
        try spool.drop("_defaults.json", #"{"category": "x"}"#)
        var seen: [String] = []
        for round in 0..<30 {
            let reading =
                round == 0
                ? reader.rescan(["_defaults.json"], now: TestSpool.later)
                : reader.scan(now: TestSpool.later)
            #expect(reading.changedDrafts.allSatisfy { $0.wishes == [.category: .text("x")] })
            seen += reading.accepted
            #expect(seen.count + reading.postponed == 20 && reading.unreadable.count == reading.postponed)
            if reading.postponed == 0 { break }
        }
        #expect(Set(seen).count == 20 && seen.count == 20)
    }
}
