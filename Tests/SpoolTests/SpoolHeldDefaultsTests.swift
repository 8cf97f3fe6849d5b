import Glibc
import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Defaults that hold their folder")
struct SpoolHeldDefaultsTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        let text: String
        let code: String
        let message: String
        var testDescription: String { code + " " + message }
    }

    @Test(
        "At fault: nothing in the folder changes, goes or comes, and the place is told",
        arguments: [
            Fault(text: "{\n \"category\": 5\n}", code: "bad-type", message: "line 2, column 14: "),
            Fault(text: "{", code: "bad-json", message: "line 1, column "),
            Fault(text: "", code: "empty", message: "_defaults.json is empty."),
            Fault(text: "[]", code: "bad-json", message: "line 1, column 1: "),
            Fault(text: #"{"colour": "red"}"#, code: "unknown-field", message: "line 1, column 2: colour"),
            Fault(text: #"{"source": "x"}"#, code: "unknown-field", message: "line 1, column 2: "),
            Fault(text: #"{"client": "nobody"}"#, code: "unknown-client", message: "line 1, column 12: "),
            Fault(
                text: #"{"category": "\#(String(repeating: "x", count: 1_048_576))"}"#, code: "too-large",
                message: "_defaults.json is larger than 1 MiB."),
        ], [true, false])
    func broken(fault: Fault, byEvent: Bool) throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.makeFolder("films/new")
        try spool.drop("a.json")
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        try spool.drop("films/b.json")
        try spool.drop("films/c.json")
        try spool.drop("films/new/d.json")
        let reader = try spool.reader()
        func read(_ paths: Set<String>) -> SpoolReading {
            byEvent ? reader.rescan(paths, now: TestSpool.later) : reader.scan(now: TestSpool.later)
        }
        #expect(reader.scan(now: TestSpool.later).accepted.count == 4)

        try spool.drop("films/_defaults.json", fault.text)
        try spool.drop("films/b.json", #"{"source": "\#(TestSpool.hash)"}"#)
        try spool.take("films/c.json")
        try spool.drop("films/new/e.json")
        let held = read(["films/_defaults.json", "films/b.json", "films/c.json", "films/new/e.json"])
        #expect(held.isQuiet && held.isFull != byEvent && held.filesSeen == 4)
        let hold = try #require(held.heldFolders["films"])
        #expect(held.heldFolders.count == 1 && hold.problem?.code == fault.code)
        #expect(hold.reason.hasPrefix("films/_defaults.json is invalid, " + fault.message))
        #expect(held.problems.map { "\($0.path) \($0.code)" } == ["films/_defaults.json \(fault.code)"])
        #expect(held.problems[0].message.hasPrefix(fault.message))
        let quiet = read(["films/new/e.json", "films/c.json"])
        #expect(quiet.isQuiet && quiet.isFull != byEvent && quiet.heldFolders == held.heldFolders)
        #expect(quiet.problems == held.problems)

        // What lies outside is carried on with.
        try spool.drop("a.json", #"{"source": "\#(TestSpool.hash)"}"#)
        #expect(read(["a.json"]).accepted == ["a"])

        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        let repaired = read(["films/_defaults.json"])
        #expect(repaired.accepted == ["films/b", "films/new/e"] && repaired.away == ["films/c"])
        #expect(repaired.heldFolders.isEmpty && repaired.problems.isEmpty)
        #expect(reader.scan(now: TestSpool.later).isQuiet)
    }

    @Test("Repaired without anything lost: nothing below is read again")
    func repaired() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.makeFolder("films/new")
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        try spool.drop("films/new/_defaults.json", #"{"tags": ["x"]}"#)
        try spool.drop("films/b.json")
        try spool.drop("films/new/c.json")
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.later)
        try spool.drop("films/_defaults.json", #"{"category": 5}"#)
        _ = reader.rescan(["films/_defaults.json"], now: TestSpool.later)
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        let opened = try OpenedFiles(in: ["films", "films/new"].map(spool.path))
        let repaired = reader.rescan(["films/_defaults.json"], now: TestSpool.later)
        #expect(repaired.isQuiet && !repaired.isFull && repaired.heldFolders.isEmpty)
        #expect(try opened.take() == ["_defaults.json"])
    }

    @Test("In the spool itself they hold everything")
    func root() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("a.json")
        try spool.drop("films/b.json")
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.later)
        try spool.drop("_defaults.json", "[]")
        try spool.take("films/b.json")
        let held = reader.rescan(["_defaults.json", "films/b.json"], now: TestSpool.later)
        #expect(held.isQuiet && held.heldFolders.keys.sorted() == [""])
        #expect(held.problems.map(\.path) == ["_defaults.json"])
        // A folder's own are not looked at while those above it are at fault.
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        #expect(reader.rescan(["films/_defaults.json"], now: TestSpool.later).isQuiet)
        try spool.take("_defaults.json")
        let free = reader.rescan(["_defaults.json"], now: TestSpool.later)
        #expect(free.away == ["films/b"] && free.accepted.isEmpty && free.heldFolders.isEmpty)
        try spool.drop("films/b.json")
        let next = reader.rescan(["films/b.json"], now: TestSpool.later)
        #expect(next.draft("films/b")?.wishes == [.category: .text("x")])
    }

    @Test(
        "In the middle of being written: held, not at fault, and looked at again", arguments: [true, false])
    func beingWritten(byEvent: Bool) throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/a.json")
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.later)
        let whole = Array(#"{"category": "é"}"#.utf8)
        for count in 0..<whole.count {
            try spool.overwrite("films/_defaults.json", Array(whole[..<count]))
            let paths: Set = ["films/_defaults.json"]
            let young =
                byEvent ? reader.rescan(paths, now: TestSpool.now) : reader.scan(now: TestSpool.now)
            #expect(young.isQuiet && young.problems.isEmpty, "\(count) bytes")
            let hold = try #require(young.heldFolders["films"])
            #expect(hold.problem == nil && hold.reason.contains("being written"))
            #expect(try #require(young.nextSettleAt) > TestSpool.now)
        }
        try spool.overwrite("films/_defaults.json", Array(whole.dropLast()))
        let young = reader.rescan(["films/_defaults.json"], now: TestSpool.now)
        let due = try #require(young.nextSettleAt)
        let early = reader.rescan([], now: WallTime(milliseconds: due.milliseconds - 50))
        #expect(early.isQuiet && early.nextSettleAt == due && early.heldFolders == young.heldFolders)
        let late = reader.rescan([], now: due)
        #expect(late.heldFolders["films"]?.problem?.code == "bad-json" && late.nextSettleAt == nil)
        #expect(late.problems.map(\.code) == ["bad-json"])

        try spool.overwrite("films/_defaults.json", whole)
        let done = reader.rescan(["films/_defaults.json"], now: TestSpool.now)
        #expect(done.draft("films/a")?.wishes == [.category: .text("é")] && done.heldFolders.isEmpty)
    }

    @Test("Defaults that were written twice within one tick of the clock are read again")
    func freshStamp() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/a.json")
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        try spool.age("films/a.json", seconds: 100)
        let reader = try spool.reader()
        let stamp = try Directory(path: spool.path("films")).facts("_defaults.json").stamp
        let tick = WallTime(milliseconds: stamp.modifiedMilliseconds + 10)
        _ = reader.scan(now: tick)
        let opened = try OpenedFiles(in: [spool.path("films")])
        _ = reader.rescan([], now: TestSpool.later)
        #expect(try opened.take().contains("_defaults.json"))
        _ = reader.rescan([], now: TestSpool.later)
        #expect(try opened.take().isEmpty)
    }

    @Test("What is no regular file, and what is there twice", arguments: ["link", "fifo", "folder", "twice"])
    func notRegular(kind: String) throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/a.json")
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.later)
        try spool.drop("good.txt", "{}")
        switch kind {
        case "link": try spool.link("films/_defaults.json", to: "../good.txt")
        case "fifo": #expect(mkfifo(spool.path("films/_defaults.json"), 0o644) == 0)
        case "folder": try spool.makeFolder("films/_defaults.json")
        default:
            try spool.drop("films/_defaults.json", "{}")
            try spool.drop("films/_defaults.JSON", "{}")
        }
        try spool.take("films/a.json")
        let held = reader.rescan(
            ["films/_defaults.json", "films/_defaults.JSON", "films/a.json"], now: TestSpool.later)
        #expect(held.isQuiet)
        let code = kind == "twice" ? "ambiguous" : "not-a-regular-file"
        #expect(held.heldFolders["films"]?.problem?.code == code)
        #expect(held.problems.map(\.code) == [code])
        #expect(held.problems.allSatisfy { !$0.message.contains("good") })
        #expect(reader.scan(now: TestSpool.later).heldFolders == held.heldFolders)
        if kind == "twice" {
            try spool.take("films/_defaults.json")
            #expect(reader.rescan(["films/_defaults.json"], now: TestSpool.later).away == ["films/a"])
        }
    }

    @Test("Not readable by us: held and listed, but not at fault")
    func unreadable() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/a.json")
        for path in ["..", ".", "films"] { #expect(chmod(spool.path(path), 0o755) == 0) }
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.later)
        try spool.drop("films/_defaults.json", #"{"category": "x"}"#)
        #expect(chmod(spool.path("films/_defaults.json"), 0) == 0)
        try spool.take("films/a.json")
        let paths: Set = ["films/_defaults.json", "films/a.json"]
        for reading in try Self.asNobody({
            [reader.rescan(paths, now: TestSpool.later), reader.scan(now: TestSpool.later)]
        }) {
            #expect(reading.isQuiet && reading.nextSettleAt == nil)
            let hold = try #require(reading.heldFolders["films"])
            #expect(hold.problem == nil && hold.reason.contains("Permission denied"))
            #expect(reading.problems.map { "\($0.path) \($0.code)" } == ["films/_defaults.json unreadable"])
        }
        #expect(chmod(spool.path("films/_defaults.json"), 0o644) == 0)
        let free = reader.rescan([], now: TestSpool.later)
        #expect(free.away == ["films/a"] && free.heldFolders.isEmpty && free.problems.isEmpty)
    }

    /// Does something without the right to read everything, on this thread alone.
    private static func asNobody<Result>(_ body: () -> Result) throws -> Result {
        typealias Call = @convention(c) (uid_t) -> CInt
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let change = unsafeBitCast(symbol, to: Call.self)
        let own = change(65_534)
        defer { _ = change(uid_t(bitPattern: own)) }
        return body()
    }

    @Test("A suffix in capitals is one; other names with _ are reserved as ever")
    func spelling() throws {
        let spool = try TestSpool()
        try spool.drop("_defaults.JSON", #"{"category": "x"}"#)
        try spool.drop("_DEFAULTS.json", #"{"category": "y"}"#)
        try spool.drop("a.json")
        let reading = try spool.reader().scan(now: TestSpool.later)
        #expect(reading.draft("a")?.wishes == [.category: .text("x")])
        #expect(reading.problems.map { "\($0.path) \($0.code)" } == ["_DEFAULTS.json bad-name"])
    }

    @Test("Random changes: what events tell adds up to what a fresh reader sees", arguments: UInt64(1)...10)
    func random(seed: UInt64) throws {
        var random = TestRandom(state: seed)
        let spool = try TestSpool()
        try spool.makeFolder("f")
        try spool.makeFolder("f/g")
        let reader = try spool.reader()
        var known: [String: RequestDraft] = [:]
        func take(_ reading: SpoolReading) {
            #expect(reading.isComplete)
            for key in reading.gone { known["\(key)"] = nil }
            for (key, _) in reading.changedRejections { known["\(key)"] = nil }
            for draft in reading.changedDrafts { known["\(draft.key)"] = draft }
        }
        take(reader.scan(now: TestSpool.later))
        let stems = ["_defaults", "f/_defaults", "f/g/_defaults", "a", "f/a", "f/g/a", "f/g/b"]
        let defaults = [
            #"{"category": "x"}"#, #"{"tags": ["y"]}"#, #"{"client": "seedbox"}"#, "[]", #"{"category": 5}"#,
            #"{"client": "default", "category": null}"#,
        ]
        let requests = [TestSpool.request, "{}", #"{"source": "\#(TestSpool.hash)", "category": "own"}"#]
        for _ in 0..<60 {
            let stem = stems[random.next(stems.count)]
            let texts = stem.hasSuffix("_defaults") ? defaults : requests
            if random.next(4) == 0 {
                unlink(spool.path(stem + ".json"))
            } else {
                try spool.drop(stem + ".json", texts[random.next(texts.count)])
            }
            take(reader.rescan([stem + ".json"], now: TestSpool.later))
        }
        for stem in stems.prefix(3) where random.next(2) == 0 { unlink(spool.path(stem + ".json")) }
        for stem in stems.prefix(3) { take(reader.rescan([stem + ".json"], now: TestSpool.later)) }
        let fresh = try spool.reader().scan(now: TestSpool.later)
        let held = fresh.heldFolders.keys
        let free = known.filter { key, draft in !held.contains { draft.key.name.isBelow(folder: $0) } }
        #expect(Set(free.keys) == Set(fresh.accepted), "seed \(seed)")
        for draft in fresh.changedDrafts {
            let mine = known["\(draft.key)"]
            #expect(mine?.wishes == draft.wishes && mine?.document == draft.document, "seed \(seed)")
        }
        #expect(reader.scan(now: TestSpool.later).isQuiet)
    }
}
