import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

/// Twenty torrents of which some change in every pass, as in a busy house.
private struct House {
    let store: Store
    private let keys: [ObservedKey]
    private var some = Arbitrary(seed: 21)
    private var pass: UInt64 = 0
    /// Milliseconds between passes.
    private let pause: Int64
    private(set) var now = WallTime(seconds: 1_000_000)

    init(_ store: Store, pause: Int64) {
        self.store = store
        self.pause = pause
        var some = Arbitrary(seed: 20)
        keys = (0..<20).map { _ in ObservedKey(client: "default", id: some.identity().preferredID) }
    }

    mutating func pass(snapshotEvery count: UInt64 = 10) throws {
        pass += 1
        now = WallTime(milliseconds: now.milliseconds + pause)
        var batch = PassBatch(
            pass: pass, at: Timestamp(bootID: "b", bootMilliseconds: 0, wall: now))
        for _ in 0..<4 {
            let key = some.pick(keys)
            batch.torrents[key] = .some(some.torrent(key.id))
        }
        batch.changes = some.list(4) { $0.change() }
        if pass % count == 1 { batch.snapshot = [:] }
        _ = try store.commit(batch)
    }

    func ago(_ milliseconds: Int64) -> WallTime { WallTime(milliseconds: now.milliseconds - milliseconds) }
}

@Suite("Tidying the store")
struct TidyingTests {
    private static func store(_ directory: TemporaryDirectory, mapSizeMiB: Int) throws -> Store {
        try Store.create(directory: directory.path, mapSizeMiB: mapSizeMiB, spoolIdentity: "spool")
    }

    @Test("What is kept always begins at a snapshot, so that all that is kept can be rebuilt")
    func beginsAtASnapshot() throws {
        let directory = try TemporaryDirectory()
        var house = House(try Self.store(directory, mapSizeMiB: 64), pause: 1_000)
        for _ in 1...100 { try house.pass() }
        for keep in [80_000, 55_500, 20_000, 500] as [Int64] {
            let limit = house.ago(keep)
            let tidied = try house.store.tidy(olderThan: limit, now: house.now)
            #expect(tidied.trimmed > 0 && !tidied.hasMore && tidied.compacted == 0)
            let from = try #require(try house.store.historyFrom())
            // Ten passes lie between two snapshots.
            #expect(from <= limit && from > WallTime(milliseconds: limit.milliseconds - 10_001))
            #expect(try house.store.observed(at: limit) != nil)
            #expect(tidied.figures.logFrom == (try house.store.log(limit: 1)).first?.at)
            #expect(try house.store.selfCheck() == [])
        }
        let commits = house.store.commits
        #expect(try house.store.tidy(olderThan: house.ago(500), now: house.now).trimmed == 0)
        #expect(house.store.commits == commits, "nothing to do is no commit")
    }

    @Test("A clock that was set far ahead for a while keeps nothing for ever")
    func clockSetAhead() throws {
        let directory = try TemporaryDirectory()
        var house = House(try Self.store(directory, mapSizeMiB: 64), pause: 1_000)
        for _ in 1...20 { try house.pass() }
        var batch = PassBatch(pass: 21, at: SmallStore.at(2_208_988_800))
        (batch.changes, batch.snapshot) = ([Change(.drift)], [:])
        _ = try house.store.commit(batch)
        for _ in 1...60 { try house.pass() }
        _ = try house.store.tidy(olderThan: house.ago(20_000), now: house.now)
        #expect(try house.store.log().allSatisfy { $0.at > house.ago(31_000) && $0.at <= house.now })
        #expect(try house.store.selfCheck() == [])
    }

    @Test("With tidying the file stops growing, however long it goes on")
    func plateau() throws {
        let directory = try TemporaryDirectory()
        var house = House(try Self.store(directory, mapSizeMiB: 16), pause: 60_000)
        var sizes: [Int64] = []
        for pass in 1...900 {
            try house.pass()
            if pass % 10 == 0 {
                let tidied = try house.store.tidy(olderThan: house.ago(100 * 60_000), now: house.now)
                #expect(tidied.compacted == 0)
                sizes.append(tidied.figures.bytes)
            }
        }
        let early = try #require(sizes[..<30].max())
        let late = try #require(sizes[30...].max())
        #expect(late <= early + early / 10, "\(sizes)")
        #expect(try house.store.historyFrom().map { $0 <= house.ago(100 * 60_000) } == true)
        #expect(try house.store.selfCheck() == [])
    }

    @Test("Where the map fills, the history is shortened below what it should be, the last day left alone")
    func compaction() throws {
        let directory = try TemporaryDirectory()
        // A pass an hour: there is room for some days.
        var house = House(try Self.store(directory, mapSizeMiB: 2), pause: 3_600_000)
        var compacted = 0
        var fullest = 0.0
        for _ in 1...500 {
            try house.pass()
            let tidied = try house.store.tidy(olderThan: nil, now: house.now)
            compacted += tidied.compacted
            fullest = max(fullest, tidied.figures.mapUsed)
            if tidied.compacted > 0 { #expect(tidied.figures.mapUsed < 0.6) }
        }
        #expect(compacted > 0)
        #expect(fullest < 0.7)
        #expect(try house.store.observed(at: house.ago(86_400_000)) != nil)
        #expect(try house.store.selfCheck() == [])
    }

    @Test("Where a day is too much, an hour stays")
    func crowded() throws {
        let directory = try TemporaryDirectory()
        // A pass a minute: a day is more than the map.
        var house = House(try Self.store(directory, mapSizeMiB: 2), pause: 60_000)
        var fullest = 0.0
        for _ in 1...500 {
            try house.pass()
            fullest = max(fullest, try house.store.tidy(olderThan: nil, now: house.now).figures.mapUsed)
        }
        #expect(fullest > 0.7 && fullest < 0.85)
        #expect(try house.store.observed(at: house.ago(3_600_000)) != nil)
        #expect(try house.store.selfCheck() == [])
    }
}
