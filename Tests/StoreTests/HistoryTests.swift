import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

/// What was recorded after each commit, in the order of the commits.
private struct Past {
    private(set) var states: [(at: WallTime, torrents: [ObservedKey: Torrent])] = []
    private(set) var firstSnapshot: Int?

    mutating func add(_ batch: PassBatch) {
        var torrents = states.last?.torrents ?? [:]
        for (key, torrent) in batch.torrents {
            // A change of nothing but counters is none, and they stay as they were.
            if let torrent, let old = torrents[key],
                ObservedChanges.differing(old, torrent.settledForm).isEmpty
            {
                continue
            }
            let counters = torrent?.counters
            torrents[key] = torrent?.settledForm
            if let counters { torrents[key]?.counters = counters }
        }
        if let counters = batch.snapshot {
            for (key, counters) in counters { torrents[key]?.counters = counters }
            firstSnapshot = firstSnapshot ?? states.count
        }
        states.append((batch.at.wall, torrents))
    }

    /// The state that was recorded last with a time that is not younger.
    func state(at instant: WallTime) -> [ObservedKey: Torrent]? {
        guard let last = states.lastIndex(where: { $0.at <= instant }), let firstSnapshot else { return nil }
        return last < firstSnapshot ? nil : states[last].torrents
    }
}

/// Torrents that come, change, go and get other ids, as a pass would report them.
private struct Story {
    var some: Arbitrary
    private(set) var torrents: [ObservedKey: Torrent] = [:]

    init(seed: UInt64) { some = Arbitrary(seed: seed) }

    mutating func batch(pass: UInt64, at: WallTime, snapshot: Bool) -> PassBatch {
        var batch = PassBatch(
            pass: pass, at: Timestamp(bootID: "b", bootMilliseconds: 0, wall: at))
        let before = torrents
        for _ in 0...some.count(3) { happen() }
        for key in Set(before.keys).union(torrents.keys) where before[key] != torrents[key] {
            batch.torrents[key] = .some(torrents[key])
            if some.flag() { batch.followers[key] = SubjectKey(client: key.client, name: some.name()) }
        }
        if batch.torrents.isEmpty || some.flag() { batch.changes = [some.change()] }
        if snapshot { batch.snapshot = torrents.mapValues { _ in some.counters() } }
        for (key, counters) in batch.snapshot ?? [:] { torrents[key]?.counters = counters }
        return batch
    }

    private mutating func happen() {
        guard let key = torrents.keys.sorted().randomElement(using: &some.random), some.count(9) > 2 else {
            let torrent = some.torrent()
            torrents[ObservedKey(client: some.pick(["default", "nas"]), id: torrent.id)] = torrent
            return
        }
        switch some.count(9) {
        case 0: torrents[key] = nil
        case 1: changeID(of: key)
        case 2: torrents[key] = some.torrent(key.id)
        case 3: torrents[key]?.counters = some.counters()
        case 4: torrents[key]?.placement.tags = some.list(3) { $0.text() }
        case 5: torrents[key]?.identity = some.identity()
        case 6: torrents[key]?.completedAt = some.optional { $0.wall() }
        case 7: torrents[key]?.placement.downloadPath = some.optional { $0.text() }
        case 8: torrents[key]?.options.inactiveSeedingTimeLimit = some.optional { $0.number() }
        default: torrents[key]?.state = some.pick(ServerState.allCases)
        }
    }

    /// The metadata of a hybrid came: it is listed under another id.
    private mutating func changeID(of key: ObservedKey) {
        guard var torrent = torrents.removeValue(forKey: key), let v2 = InfoHash(bytes: some.bytes(32)),
            let identity = TorrentIdentity(v1: torrent.identity.v1, v2: v2)
        else { return }
        torrent.identity = identity
        torrent.id = identity.preferredID
        torrents[ObservedKey(client: key.client, id: torrent.id)] = torrent
    }
}

@Suite("The history")
struct HistoryTests {
    @Test(
        "Every recorded instant is rebuilt as it was, through trimming and reopening",
        arguments: UInt64(1)...8)
    func everyInstant(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        var store = try Store.create(directory: directory.path, mapSizeMiB: 64, spoolIdentity: "spool")
        var story = Story(seed: seed)
        var past = Past()
        var clock: Int64 = 1_000_000
        var limit = WallTime(milliseconds: .min)
        for pass in UInt64(1)...80 {
            // Now and then the clock stands still, or is set back.
            clock += story.some.pick([
                0, 1, 700, 60_000, 60_000, story.some.random.oneIn(8) ? -200_000 : 5_000,
            ])
            let batch = story.batch(
                pass: pass, at: WallTime(milliseconds: clock), snapshot: story.some.random.oneIn(5))
            if try store.commit(batch).didCommit { past.add(batch) }
            if story.some.random.oneIn(10) {
                let now = WallTime(milliseconds: clock)
                let old = WallTime(milliseconds: clock - Int64(story.some.count(2_000_000)))
                limit = max(limit, old)
                let most = story.some.pick([1, 7, 1_000])
                while try store.trimLog(olderThan: old, now: now, atMost: most) == most {
                    if story.some.random.oneIn(3) { break }
                }
                #expect(try store.selfCheck() == [], "seed \(seed)")
            }
            if story.some.random.oneIn(20) {
                withExtendedLifetime(consume store) {}
                store = try Store(directory: directory.path, mapSizeMiB: 64, mode: .readWrite)
            }
        }
        #expect(try store.selfCheck() == [], "seed \(seed)")
        #expect(try store.observed(at: nil)?.torrents == past.states.last?.torrents)
        #expect(try store.recall().observed == past.states.last?.torrents.mapValues(\.settledForm))
        try compare(store, past, kept: limit, seed: seed)
    }

    /// What is still kept is exactly what was; what was to be kept is.
    private func compare(_ store: Store, _ past: Past, kept limit: WallTime, seed: UInt64) throws {
        var rebuilt = 0
        let instants = Set(past.states.flatMap { [$0.at.milliseconds, $0.at.milliseconds + 1] })
        for instant in instants.sorted().map(WallTime.init(milliseconds:)) {
            guard let state = try store.observed(at: instant) else {
                #expect(past.state(at: instant) == nil || instant < limit, "seed \(seed), \(instant)")
                continue
            }
            rebuilt += 1
            #expect(state.torrents == past.state(at: instant), "seed \(seed), \(instant)")
            #expect(state.since <= instant)
        }
        #expect(rebuilt > 0)
        if let from = try store.historyFrom() {
            #expect(try store.observed(at: from) != nil)
        }
    }

    @Test("Nothing is known of before the first snapshot, and the store says from when on")
    func beginning() throws {
        let small = try SmallStore()
        let store = try small.open()
        #expect(try store.observed(at: nil) == nil && store.historyFrom() == nil)
        var story = Story(seed: 3)
        for second in Int64(1)...9 {
            let at = WallTime(seconds: second)
            _ = try store.commit(story.batch(pass: UInt64(second), at: at, snapshot: second >= 4))
        }
        #expect(try store.historyFrom() == WallTime(seconds: 4))
        #expect(try store.observed(at: WallTime(milliseconds: 3_999)) == nil)
        #expect(try store.observed(at: WallTime(seconds: 4))?.since == WallTime(seconds: 4))
        #expect(try store.observed(at: WallTime(seconds: 99))?.since == WallTime(seconds: 9))
        #expect(try store.recall().lastSnapshotAt?.wall == WallTime(seconds: 9))
    }

    @Test("A snapshot is no reason to commit, and none is made while the log stands still")
    func neverAlone() throws {
        let small = try SmallStore()
        let store = try small.open()
        var batch = PassBatch(pass: 1, at: SmallStore.at(1))
        batch.snapshot = [:]
        #expect(batch.isEmpty)
        #expect(try !store.commit(batch).didCommit)
        batch.subjects[SubjectKey(name: RequestName("a"))] = SubjectMemory()
        #expect(try store.commit(batch).didCommit)
        #expect(try store.historyFrom() == nil)
        batch.changes = [Change(.drift)]
        _ = try store.commit(batch)
        #expect(try store.historyFrom() != nil)
    }

    @Test("Most snapshots take the room of what changed, and every so often one is whole")
    func compactness() throws {
        let small = try SmallStore()
        let store = try small.open()
        var some = Arbitrary(seed: 8)
        var batch = PassBatch(pass: 1, at: SmallStore.at(1))
        let keys = (0..<300).map { _ in ObservedKey(client: "default", id: some.identity().preferredID) }
        for key in keys { batch.torrents[key] = .some(some.torrent(key.id)) }
        batch.snapshot = [:]
        _ = try store.commit(batch)
        for pass in UInt64(2)...60 {
            batch = PassBatch(pass: pass, at: SmallStore.at(Int64(pass)))
            for _ in 0..<5 {
                let key = some.pick(keys)
                batch.torrents[key] = .some(some.torrent(key.id))
            }
            batch.snapshot = [:]
            _ = try store.commit(batch)
        }
        let transaction = try ReadTransaction(in: store.environment)
        defer { extendLifetime(transaction) }
        let heads = try Store.snapshots(transaction.rows)
        #expect(heads.count == 60)
        let whole = heads.filter { $0.base == nil }
        #expect((2...8).contains(whole.count))
        let partial = heads.filter { $0.base != nil }.map(\.bytes)
        #expect(partial.reduce(0, +) / partial.count * 3 < whole[0].bytes)
        #expect(heads.allSatisfy { $0.torrents == 300 })
        #expect(try store.selfCheck() == [])
    }

    @Test("A store of before there were snapshots can be read, and is brought up to date by who writes")
    func older() throws {
        let small = try SmallStore()
        try small.setSchema(1)
        let reader = try small.open(.readOnly)
        #expect(try reader.observed(at: nil) == nil)
        #expect(try reader.selfCheck() == [])
        withExtendedLifetime(consume reader) {}
        let store = try small.open()
        var batch = PassBatch(pass: 1, at: SmallStore.at(1))
        (batch.changes, batch.snapshot) = ([Change(.drift)], [:])
        _ = try store.commit(batch)
        #expect(try store.historyFrom() == WallTime(seconds: 1))
        #expect(try store.selfCheck() == [])
    }
}
