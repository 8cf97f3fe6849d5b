import Glibc
import Reconciliation
import Testing

@testable import Spool

@Suite("Reading only what an event told of")
struct SpoolRescanTests {
    @Test("A new, a changed and an untouched request")
    func named() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/a.json")
        try spool.drop("b.json")
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.now)
        try spool.drop("films/a.json", #"{"source": "\#(TestSpool.hash)", "rename": "x"}"#)
        try spool.drop("films/new.json")
        try spool.drop("b.json", #"{"source": "\#(TestSpool.hash)", "rename": "y"}"#)
        let reading = reader.rescan(
            ["films/a.json", "films/new.json", "films/x.txt", "c.json"], now: TestSpool.later)
        #expect(!reading.isFull && reading.isComplete)
        // b.json was read in the tick it was written in, so it is looked at again without being named.
        #expect(reading.accepted == ["b", "films/a", "films/new"])
        #expect(reading.filesSeen == 3)
        #expect(reader.rescan(["b.json"], now: TestSpool.later).isQuiet)
        #expect(reader.scan(now: TestSpool.later).isQuiet)
    }

    @Test("Whatever is gone, or is a folder, takes a full scan")
    func fallback() throws {
        let spool = try TestSpool()
        try spool.drop("a.json")
        try spool.drop("b.json")
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.now)
        try spool.take("a.json")
        let gone = reader.rescan(["a.json"], now: TestSpool.now)
        #expect(gone.isFull && gone.away == ["a"])

        try spool.makeFolder("films")
        try spool.drop("films/c.json")
        let folder = reader.rescan(["films"], now: TestSpool.now)
        #expect(folder.isFull && folder.accepted == ["films/c"])
        #expect(reader.rescan(["nowhere/x.json"], now: TestSpool.now).isFull)
        #expect(reader.rescan(["films/../b.json"], now: TestSpool.now).isComplete)

        try spool.take("b.json")
        try spool.link("b.json", to: "films/c.json")
        let link = reader.rescan(["b.json"], now: TestSpool.now)
        #expect(link.isFull && link.rejected == ["b: not-a-regular-file"])
    }

    @Test("Side files and named files concern the requests they belong to")
    func belonging() throws {
        let spool = try TestSpool()
        try spool.drop("a.json", #"{"category": "x"}"#)
        try spool.drop("n.json", #"{"source": "x.torrent"}"#)
        try spool.drop("x.torrent", TestSpool.torrent("x"))
        try spool.drop("y.torrent", TestSpool.torrent("y"))
        let reader = try spool.reader()
        #expect(reader.scan(now: TestSpool.now).accepted == ["n", "y"])

        try spool.drop("a.torrent", TestSpool.torrent("a"))
        #expect(reader.rescan(["a.torrent"], now: TestSpool.later).accepted == ["a"])

        try spool.drop("x.torrent", TestSpool.torrent("z"))
        let changed = reader.rescan(["x.torrent"], now: TestSpool.later)
        #expect(changed.accepted == ["n"] && !changed.isFull)

        // Now it names another: that one is no request of its own any more, and the first becomes one.
        try spool.drop("n.json", #"{"source": "y.torrent"}"#)
        let swapped = reader.rescan(["n.json"], now: TestSpool.later)
        #expect(swapped.isFull && swapped.accepted == ["n", "x"] && swapped.away == ["y"])
        #expect(swapped.draft("n")?.sourceFile == .torrent(TestSpool.torrent("y")))

        try spool.drop("n.json", #"{"source": "\#(TestSpool.hash)"}"#)
        let released = reader.rescan(["n.json"], now: TestSpool.later)
        #expect(released.accepted == ["n", "y"] && !released.isFull)
        #expect(reader.scan(now: TestSpool.later).isQuiet)
    }

    @Test("A file that was being written is looked at again")
    func settling() throws {
        let spool = try TestSpool()
        let reader = try spool.reader()
        _ = reader.scan(now: TestSpool.now)
        try spool.overwrite("a.json", Array("{".utf8))
        let young = reader.rescan(["a.json"], now: TestSpool.now)
        #expect(young.waiting == ["a"])
        let due = try #require(young.nextSettleAt)
        let early = reader.rescan([], now: WallTime(milliseconds: due.milliseconds - 50))
        #expect(early.waiting == ["a"] && early.nextSettleAt == due)
        let late = reader.rescan([], now: due)
        #expect(late.rejected == ["a: bad-json"] && late.waiting.isEmpty && late.nextSettleAt == nil)
        try spool.drop("a.json")
        #expect(reader.rescan(["a.json"], now: due).accepted == ["a"])
    }

    @Test("Random changes: what events tell adds up to what a fresh reader sees", arguments: UInt64(1)...12)
    func random(seed: UInt64) throws {
        var random = TestRandom(state: seed)
        let spool = try TestSpool()
        try spool.makeFolder("f")
        let reader = try spool.reader()
        var known: Set<String> = []
        func take(_ reading: SpoolReading) {
            #expect(reading.isComplete)
            known.subtract(reading.away)
            known.subtract(reading.changedRejections.map { "\($0.0)" })
            known.formUnion(reading.accepted)
        }
        take(reader.scan(now: TestSpool.later))
        let names = ["a", "b", "f/a", "f/b"].flatMap { stem in
            ["json", "torrent", "magnet", "JSON"].map { stem + "." + $0 }
        }
        for _ in 0..<60 {
            let name = names[random.next(names.count)]
            if random.next(3) == 0 {
                unlink(spool.path(name))
            } else {
                try spool.drop(name, Self.content(name, &random))
            }
            take(reader.rescan([name], now: TestSpool.later))
        }
        let fresh = try spool.reader().scan(now: TestSpool.later)
        #expect(known == Set(fresh.accepted), "seed \(seed)")
        #expect(reader.scan(now: TestSpool.later).isQuiet)
    }

    private static func content(_ name: String, _ random: inout TestRandom) -> [UInt8] {
        if name.hasSuffix("torrent") { return TestSpool.torrent(["x", "y"][random.next(2)]) }
        if name.hasSuffix("magnet") { return Array(TestSpool.magnet.utf8) }
        let texts = [
            TestSpool.request, "{}", "{", #"{"source": "a.torrent"}"#, #"{"source": "b.torrent", "x": 1}"#,
            #"{"category": "c"}"#,
        ]
        return Array(texts[random.next(texts.count)].utf8)
    }
}

/// SplitMix64: the same numbers for the same seed.
struct TestRandom {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
