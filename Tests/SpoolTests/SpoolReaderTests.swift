import Glibc
import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Reading the spool")
struct SpoolReaderTests {
    @Test("The first reading carries everything, the next only what changed")
    func differences() throws {
        let spool = try TestSpool()
        try spool.drop("a.json")
        try spool.makeFolder("films")
        try spool.drop("films/Blade Runner.magnet", "# a comment\n\n \(TestSpool.magnet)\r\n")
        try spool.drop("films/Heat.torrent", TestSpool.torrent())
        let reader = try spool.reader()

        let first = reader.scan(now: TestSpool.later)
        #expect(first.isComplete && first.isFull)
        #expect(first.accepted == ["a", "films/Blade Runner", "films/Heat"])
        #expect(first.filesSeen == 3)
        #expect(first.draft("films/Blade Runner")?.sourceFile == .magnet(TestSpool.magnet))
        #expect(first.draft("films/Heat")?.sourceFile == .torrent(TestSpool.torrent()))
        #expect(first.draft("films/Heat")?.suffix == "torrent")
        #expect(first.draft("a")?.version.digest == Digest.sha256(Array(TestSpool.request.utf8)))
        #expect(reader.scan(now: TestSpool.later).isQuiet)

        try spool.drop("a.json", #"{"source": "\#(TestSpool.hash)", "category": "x"}"#)
        try spool.take("films/Heat.torrent")
        let second = reader.scan(now: TestSpool.later)
        #expect(second.accepted == ["a"])
        #expect(second.away == ["films/Heat"])
        #expect(reader.scan(now: TestSpool.later).isQuiet)
    }

    @Test("What is touched and says the same is no news")
    func touched() throws {
        let spool = try TestSpool()
        try spool.drop("a.json")
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.now)
        try spool.drop("a.json")
        #expect(reader.scan(now: TestSpool.now).isQuiet)
        try spool.age("a.json", seconds: 100)
        #expect(reader.scan(now: TestSpool.now).isQuiet)
    }

    @Test("A file that was written within the same tick as it was read is read again")
    func freshStamps() throws {
        let spool = try TestSpool()
        try spool.drop("a.json")
        let stamp = try Directory(path: spool.requests).facts("a.json").stamp
        #expect(stamp.isFresh(at: stamp.modifiedMilliseconds + 10))
        #expect(!stamp.isFresh(at: stamp.modifiedMilliseconds + 60))
    }

    @Test("Only the three suffixes are looked at, and no temporary names")
    func suffixes() throws {
        let spool = try TestSpool()
        for name in [
            ".a.json", "a.json~", "a.json.tmp", "a.json.part", "a.json.crdownload", "a.json.swp", "a.txt",
            "json",
            "a", "_notes.txt",
        ] {
            try spool.drop(name)
        }
        try spool.makeFolder(".hidden")
        try spool.drop(".hidden/x.json")
        try spool.makeFolder("x.part")
        try spool.drop("x.part/x.json")
        try spool.drop("B.JSON")
        try spool.drop("C.Torrent", TestSpool.torrent())
        try spool.makeFolder("d.torrent")
        try spool.drop("d.torrent/e.json")
        let reading = try spool.reader().scan(now: TestSpool.later)
        #expect(reading.accepted == ["B", "C", "d.torrent/e"])
        #expect(reading.rejected.isEmpty && reading.problems.isEmpty && reading.heldFolders.isEmpty)
    }

    @Test("A side file carries the source, whichever comes first")
    func sideFiles() throws {
        let spool = try TestSpool()
        let reader = try spool.reader()
        try spool.drop("a.json", #"{"category": "x"}"#)
        try spool.drop("b.torrent", TestSpool.torrent("b"))
        let first = reader.scan(now: TestSpool.now)
        #expect(first.accepted == ["b"])
        #expect(first.rejected == ["a: missing-field"])
        #expect(first.changedRejections.first?.1.version != nil)

        try spool.drop("a.torrent", TestSpool.torrent("a"))
        try spool.drop("b.json", #"{"category": "y"}"#)
        let second = reader.scan(now: TestSpool.now)
        #expect(second.accepted == ["a", "b"])
        #expect(second.draft("a")?.sourceFile == .torrent(TestSpool.torrent("a")))
        #expect(second.draft("a")?.suffix == "json")
        #expect(second.draft("b")?.version.digest == Digest.sha256(Array(#"{"category": "y"}"#.utf8)))

        try spool.drop("a.torrent", TestSpool.torrent("other"))
        #expect(reader.scan(now: TestSpool.now).accepted == ["a"])
        try spool.take("a.torrent")
        let last = reader.scan(now: TestSpool.now)
        #expect(last.rejected == ["a: missing-field"])
        #expect(last.gone.isEmpty)
    }

    @Test("Two files that claim to be one request are ambiguous")
    func ambiguous() throws {
        let spool = try TestSpool()
        try spool.drop("a.torrent", TestSpool.torrent())
        try spool.drop("a.magnet", TestSpool.magnet)
        try spool.drop("b.json")
        try spool.drop("b.JSON")
        try spool.drop("c.torrent", TestSpool.torrent())
        try spool.drop("c.TORRENT", TestSpool.torrent())
        try spool.drop("d.json", #"{"source": "x.torrent"}"#)
        try spool.drop("d.torrent", TestSpool.torrent("d"))
        try spool.drop("x.torrent", TestSpool.torrent("x"))
        let reading = try spool.reader().scan(now: TestSpool.now)
        #expect(reading.rejected == ["a: ambiguous", "b: ambiguous", "c: ambiguous", "d: ambiguous"])
        #expect(reading.problem("d")?.line == 1 && reading.problem("d")?.field == "source")
        #expect(reading.accepted.isEmpty)
    }

    @Test("A named .torrent belongs to the request that names it")
    func named() throws {
        let spool = try TestSpool()
        let reader = try spool.reader()
        try spool.drop("x.torrent", TestSpool.torrent("x"))
        #expect(reader.scan(now: TestSpool.now).accepted == ["x"])

        try spool.drop("a.json", #"{"source": "x.torrent", "category": 5}"#)
        let broken = reader.scan(now: TestSpool.now)
        #expect(broken.rejected == ["a: bad-type"])
        #expect(broken.away == ["x"])

        try spool.drop("a.json", #"{"source": "x.torrent"}"#)
        let fine = reader.scan(now: TestSpool.now)
        #expect(fine.draft("a")?.sourceFile == .torrent(TestSpool.torrent("x")))
        #expect(fine.draft("a")?.sources.first?.text == "x.torrent")

        try spool.drop("x.torrent", TestSpool.torrent("y"))
        #expect(reader.scan(now: TestSpool.now).accepted == ["a"])

        // A document in the middle of being written keeps its claim.
        try spool.overwrite("a.json", Array(#"{"source": "x.tor"#.utf8))
        let half = reader.scan(now: TestSpool.now)
        #expect(half.accepted.isEmpty && half.gone.isEmpty && half.waiting == ["a"])

        try spool.take("a.json")
        let free = reader.scan(now: TestSpool.now)
        #expect(free.accepted == ["x"] && free.away == ["a"])

        try spool.drop("b.json", #"{"source": "missing.torrent"}"#)
        #expect(reader.scan(now: TestSpool.now).rejected == ["b: missing-field"])
        try spool.drop("missing.torrent", TestSpool.torrent("m"))
        let found = reader.scan(now: TestSpool.now)
        #expect(found.accepted == ["b"])
    }

    @Test("A side file of the same torrent beside a named one is fine")
    func equalSources() throws {
        let spool = try TestSpool()
        try spool.drop("a.json", #"{"source": "x.torrent"}"#)
        try spool.drop("a.torrent", TestSpool.torrent("x"))
        try spool.drop("x.torrent", TestSpool.torrent("x"))
        try spool.drop("b.json", #"{"source": "b.torrent"}"#)
        try spool.drop("b.torrent", TestSpool.torrent("b"))
        #expect(try spool.reader().scan(now: TestSpool.now).accepted == ["a", "b"])
    }

    @Test("A JSON at every length: being written while young, rejected later, never gone")
    func halfFiles() throws {
        let spool = try TestSpool()
        let whole = Array(#"{"source": "\#(TestSpool.magnet)", "rename": "é"}"#.utf8)
        for count in 0..<whole.count {
            try spool.overwrite("a.json", Array(whole[..<count]))
            let reader = try spool.reader()
            let young = reader.scan(now: TestSpool.now)
            #expect(
                young.waiting == ["a"] && young.rejected.isEmpty && young.accepted.isEmpty, "\(count) bytes")
            #expect(try #require(young.nextSettleAt) > TestSpool.now)
            let old = reader.scan(now: TestSpool.later)
            #expect(old.waiting.isEmpty && old.changedRejections.count == 1, "\(count) bytes")
        }
        try spool.overwrite("a.json", whole)
        #expect(try spool.reader().scan(now: TestSpool.now).accepted == ["a"])
    }

    @Test("A .torrent at every length is being written while young")
    func halfTorrents() throws {
        let spool = try TestSpool()
        let whole = TestSpool.torrent()
        for count in 0..<whole.count {
            try spool.overwrite("a.torrent", Array(whole[..<count]))
            let reading = try spool.reader().scan(now: TestSpool.now)
            #expect(reading.waiting == ["a"] && reading.accepted.isEmpty, "\(count) bytes")
        }
        // Later it is handed on, for whoever resolves sources to say what is wrong with it.
        #expect(try spool.reader().scan(now: TestSpool.later).accepted == ["a"])
    }

    @Test("An old file that does not parse is rejected at first sight, one from the future too")
    func ages() throws {
        let spool = try TestSpool()
        try spool.drop("old.json", "{")
        try spool.age("old.json", seconds: 60)
        try spool.drop("future.json", "{")
        try spool.age("future.json", seconds: -100_000)
        try spool.drop("empty.json", "")
        try spool.age("empty.json", seconds: 60)
        let reading = try spool.reader().scan(now: TestSpool.now)
        #expect(reading.rejected == ["empty: empty", "future: bad-json", "old: bad-json"])
    }

    @Test("Too large is refused by size, at the limit it is read")
    func sizes() throws {
        let spool = try TestSpool()
        let padding = [UInt8](repeating: 32, count: 1_048_576 - TestSpool.request.utf8.count)
        try spool.drop("fits.json", Array(TestSpool.request.utf8) + padding)
        try spool.drop("big.json", Array(TestSpool.request.utf8) + padding + [32])
        try spool.drop("big.magnet.json", Array(TestSpool.request.utf8) + padding + [32])
        try spool.drop("huge.torrent", [UInt8](repeating: 0, count: 10_485_761))
        let reading = try spool.reader().scan(now: TestSpool.later)
        #expect(reading.accepted == ["fits"])
        #expect(reading.rejected == ["big.magnet: too-large", "big: too-large", "huge: too-large"])
    }

    @Test("More than fits into one reading comes with the next ones, and nothing seems gone meanwhile")
    func postponed() throws {
        let spool = try TestSpool()
        for index in 0..<20 { try spool.drop("r\(index).json") }
        try spool.drop("t.torrent", TestSpool.torrent())
        let reader = try spool.reader { $0.readingBytes = 300 }
        var seen: Set<String> = []
        var rounds = 0
        while true {
            let reading = reader.scan(now: TestSpool.now)
            #expect(reading.isComplete && reading.gone.isEmpty)
            #expect(seen.isDisjoint(with: reading.accepted))
            seen.formUnion(reading.accepted)
            #expect(seen.count + reading.postponed == 21)
            #expect(reading.unreadable.count == reading.postponed)
            rounds += 1
            if reading.postponed == 0 || rounds > 30 { break }
        }
        #expect(seen.count == 21 && rounds > 3 && rounds < 30)
    }

    @Test("A request that names another client moves; one that cannot be read does not")
    func clients() throws {
        let spool = try TestSpool()
        try spool.drop("a.json", #"{"source": "\#(TestSpool.hash)", "client": "seedbox"}"#)
        let reader = try spool.reader()
        #expect(reader.scan(now: TestSpool.now).accepted == ["seedbox:a"])
        try spool.drop("a.json", "garbage")
        let broken = reader.scan(now: TestSpool.later)
        #expect(broken.rejected == ["seedbox:a: bad-json"] && broken.gone.isEmpty)
        try spool.drop("a.json")
        let moved = reader.scan(now: TestSpool.now)
        #expect(moved.accepted == ["a"] && moved.away == ["seedbox:a"])
    }
}
