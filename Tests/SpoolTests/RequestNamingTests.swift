import Glibc
import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Names made of what torrents are called")
struct RequestNamingTests {
    static let cases: [(String, String?)] = [
        ("Blade Runner (1982)", "Blade Runner (1982)"), ("a/b\\c", "a_b\\c"),
        ("a\u{0}b\n\u{7F}\u{9B}c", "a_b___c"),
        ("evil\u{202E}gpj.exe", "evil_gpj.exe"), ("../../etc/passwd", "etc_passwd"), (".hidden", "hidden"),
        ("_defaults", "defaults"), ("  ._ x ", "x"), ("x~", "x"), ("x.tmp", "x.tmp"),
        ("x.torrent", "x.torrent"),
        ("", nil), ("...", nil), ("/", nil), (" \u{3000} ", nil), ("Ä 日本", "Ä 日本"),
        ("e\u{301}", "e\u{301}"),
    ]

    @Test("Whatever a torrent is called, its request can be", arguments: cases)
    func names(text: String, name: String?) throws {
        #expect(RequestNaming.component(text).map { Array($0.utf8) } == name.map { Array($0.utf8) })
    }

    @Test("Long names are cut between characters and leave room for a mark and a suffix")
    func long() throws {
        for text in ["x", "ä", "日", "👩‍👩‍👧‍👦", "e\u{301}"] {
            let name = try #require(RequestNaming.component(String(repeating: text, count: 400)))
            #expect(name.utf8.count <= 200 && name.utf8.count > 170 && name.last == text.last)
            let hash = String(repeating: "a", count: 40)
            let marked = RequestNaming.component(name, marked: hash) + ".torrent"
            #expect(
                SpoolName(Array(marked.utf8), isFolder: false)
                    == .request(stem: String(marked.dropLast(8)), name: marked, suffix: .torrent))
        }
        #expect(RequestNaming.component("e" + String(repeating: "\u{301}", count: 300)) == nil)
    }

    @Test("Every name is one that a pass reads as it was meant", arguments: cases)
    func roundTrip(text: String, name: String?) throws {
        guard let name = RequestNaming.component(text) else { return }
        let spool = try TestSpool()
        let writer = try RequestWriter(directory: spool.requests)
        let both = [("json", Array(#"{"category": "x"}"#.utf8)), ("torrent", TestSpool.torrent())]
        try writer.create(RequestName(name), files: both.map { (suffix: $0.0, bytes: $0.1) })
        let reading = try spool.reader().scan(now: TestSpool.later)
        #expect(reading.changedDrafts.map(\.key.name) == [RequestName(name)] && reading.problems.isEmpty)
    }
}

@Suite("Requests written again")
struct RequestWritingAgainTests {
    private let spool: TestSpool
    private let writer: RequestWriter
    private let name = RequestName("films/new/Heat")

    init() throws {
        spool = try TestSpool()
        writer = try RequestWriter(directory: spool.requests)
    }

    private func contents(_ file: String) throws -> [UInt8] {
        let open = try Directory(path: spool.path("films/new")).file(file)
        return try open.read(limit: 10_000, facts: try open.facts())
    }

    @Test("A draft carries the files beside it, and they come back as they were")
    func companions() throws {
        let json = #"{"source": ["x.torrent", "magnet:?xt=urn:btih:\#(TestSpool.hash)"]}"#
        try spool.makeFolder("films")
        try spool.makeFolder("films/new")
        try spool.drop("films/new/Heat.json", json)
        try spool.drop("films/new/x.torrent", TestSpool.torrent())
        let reader = try spool.reader()
        let draft = try #require(reader.scan(now: TestSpool.later).draft("films/new/Heat"))
        #expect(draft.companions == [RequestFile(name: "x.torrent", bytes: TestSpool.torrent())])
        #expect(draft.version.companions == RequestFile.digest(of: draft.companions))
        #expect(try writer.delete(name))
        #expect(rmdir(spool.path("films/new")) == 0 && rmdir(spool.path("films")) == 0)

        let files = [RequestFile(name: "Heat.json", bytes: draft.document)] + draft.companions
        #expect(try writer.create(name, files: files) == ["Heat.json", "x.torrent"])
        #expect(try contents("Heat.json") == Array(json.utf8) && contents("x.torrent") == TestSpool.torrent())
        #expect(try spool.reader().scan(now: TestSpool.later).accepted == ["films/new/Heat"])
    }

    @Test("A .magnet beside a JSON is kept with its comments, and a change of them alone is seen")
    func magnetComments() throws {
        try spool.drop("a.json", #"{"category": "x"}"#)
        let first = "# where it is from\n\n" + TestSpool.magnet + "\n"
        try spool.drop("a.magnet", first)
        let reader = try spool.reader()
        let one = try #require(reader.scan(now: TestSpool.later).draft("a"))
        #expect(one.companions == [RequestFile(name: "a.magnet", bytes: Array(first.utf8))])
        try spool.drop("a.magnet", "# another\n" + TestSpool.magnet)
        let other = try #require(reader.scan(now: TestSpool.later).draft("a"))
        #expect(other.version.digest == one.version.digest)
        #expect(other.version.companions != one.version.companions && !other.version.companions.isEmpty)
    }

    @Test("What is there is never overwritten, and nothing stays of a request that could not be written")
    func neverOverwrites() throws {
        let mine = [
            RequestFile(name: "Heat.json", bytes: [1]), RequestFile(name: "x.torrent", bytes: [2, 2]),
        ]
        #expect(try writer.create(name, files: mine) == ["Heat.json", "x.torrent"])
        #expect(try writer.delete(name))
        try spool.drop("films/new/x.torrent", [2, 2])
        // The same bytes may be another request's: they stay.
        #expect(try writer.create(name, files: mine) == ["Heat.json"])
        try spool.take("films/new/Heat.json")
        try spool.drop("films/new/x.torrent", [3, 3])
        let error = #expect(throws: SpoolError.self) { try writer.create(name, files: mine) }
        #expect(error?.code == "exists")
        #expect(try contents("x.torrent") == [3, 3])
        #expect(try !writer.exists(name))
        #expect(try Directory(path: spool.path("films/new")).names().count == 1)
        for bad in ["../y.torrent", "a/y.torrent", "y.txt", ".y.torrent"] {
            #expect(throws: SpoolError.self) {
                try writer.create(name, files: [mine[0], RequestFile(name: bad, bytes: [1])])
            }
            #expect(try !writer.exists(name), "\(bad)")
        }
    }

    @Test("A request that is not there yet is judged under the defaults of where it is to lie")
    func foreseen() throws {
        try spool.drop("_defaults.json", #"{"category": "all"}"#)
        try spool.makeFolder("films")
        try spool.drop("films/_defaults.json", #"{"tags": ["x"]}"#)
        try spool.drop("../r.json")
        let settings = SpoolSettings(directory: spool.requests)
        func wishes(_ folder: String?) throws -> [Field: FieldValue] {
            try RequestCheck.read(
                path: spool.root + "/r.json", settings: settings, now: TestSpool.now, asIfIn: folder
            ).get().wishes
        }
        let films: [Field: FieldValue] = [.category: .text("all"), .tags: .list(["x"])]
        #expect(try wishes(nil) == [:])
        #expect(try wishes("") == [.category: .text("all")])
        #expect(try wishes("films") == films && wishes("films/not/there") == films)
    }
}
