import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

@Suite("Requests, payloads and labels")
struct RequestTests {
    private let small: SmallStore
    private let store: Store
    private let key = SubjectKey(name: RequestName("a"))

    init() throws {
        small = try SmallStore()
        store = try small.open()
    }

    private func commit(
        pass: UInt64, at seconds: Int64? = nil, _ accepted: [AcceptedRequest] = [],
        _ subjects: [SubjectKey: SubjectMemory?] = [:]
    ) throws {
        var batch = PassBatch(pass: pass, at: SmallStore.at(seconds ?? Int64(pass)))
        batch.accepted = accepted
        batch.subjects = subjects
        batch.changes = [Change(.accepted, subject: key)]
        _ = try store.commit(batch)
    }

    @Test("A hybrid's metainfo is found by either hash and kept once, also as the document of its request")
    func hybrid() throws {
        let v1 = InfoHash(bytes: [UInt8](repeating: 1, count: 20))!
        let v2 = InfoHash(bytes: [UInt8](repeating: 2, count: 32))!
        let metainfo = [UInt8](repeating: 0x64, count: 50_000)
        let identity = try #require(TorrentIdentity(v1: v1, v2: v2))
        let before = try store.figures().mapUsed
        try commit(
            pass: 1,
            [SmallStore.accepted("a", identity, metainfo, suffix: "torrent", .metainfo(metainfo))])
        #expect(try store.payload(for: TorrentIdentity(v1)) == .metainfo(metainfo))
        #expect(try store.payload(for: TorrentIdentity(v2)) == .metainfo(metainfo))
        let document = try #require(try store.document(key))
        #expect(document == (1, metainfo, "torrent"))
        let added = (try store.figures().mapUsed - before) * Double(SmallStore.mapSizeMiB << 20)
        #expect(added < 2 * 50_000)
    }

    @Test("Metainfo replaces a magnet link, a magnet link never metainfo, and a newer one the older")
    func precedence() throws {
        let identity = SmallStore.identity(1)
        func accept(_ pass: UInt64, _ name: String, _ source: SourcePayload) throws -> SourcePayload? {
            try commit(pass: pass, [SmallStore.accepted(name, identity, [1], source)])
            return try store.payload(for: identity)
        }
        #expect(try store.payload(for: identity) == nil)
        #expect(try accept(1, "a", .magnet("magnet:?1")) == .magnet("magnet:?1"))
        #expect(try accept(2, "b", .magnet("magnet:?2")) == .magnet("magnet:?2"))
        #expect(try accept(3, "c", .metainfo([1, 2])) == .metainfo([1, 2]))
        #expect(try accept(4, "d", .magnet("magnet:?3")) == .metainfo([1, 2]))
        #expect(try accept(5, "e", .metainfo([3])) == .metainfo([3]))
        #expect(try store.selfCheck() == [])
    }

    @Test("Every generation is kept byte for byte; a name that comes back starts anew")
    func generations() throws {
        let identity = SmallStore.identity(1)
        for generation in 1...3 {
            try commit(
                pass: UInt64(generation),
                [
                    SmallStore.accepted(
                        "a", generation: generation, identity, [UInt8(generation)], .magnet("magnet:?"))
                ],
                [key: SmallStore.wanted(identity, generation: generation)])
        }
        for generation in 1...3 {
            #expect(try store.document(key, generation: generation)?.document == [UInt8(generation)])
        }
        #expect(try store.document(key)?.generation == 3)
        #expect(try store.document(key, generation: 4) == nil)
        #expect(try store.document(SubjectKey(client: "nas", name: key.name)) == nil)
        try commit(pass: 4, [], [key: nil])
        #expect(try store.document(key)?.generation == 3)
        try commit(pass: 5, [SmallStore.accepted("a", identity, [9], .magnet("magnet:?"))])
        let latest = try #require(try store.document(key))
        #expect(latest == (1, [9], "json"))
    }

    @Test("What ended is kept as long as the log, and its payload goes with it")
    func collection() throws {
        let (old, new) = (SmallStore.identity(1), SmallStore.identity(2))
        try commit(
            pass: 1, at: 100, [SmallStore.accepted("a", old, [1], .magnet("magnet:?1"))],
            [key: SmallStore.wanted(old)])
        try commit(
            pass: 2, at: 200,
            [SmallStore.accepted("a", generation: 2, new, [2], suffix: "torrent", .metainfo([2]))],
            [key: SmallStore.wanted(new, generation: 2)])
        try commit(pass: 3, at: 300, [], [key: nil])

        // The first generation ended at 200, the second at 300.
        #expect(
            try store.trimLog(olderThan: WallTime(seconds: 200), now: SmallStore.always, atMost: 100) == 1)
        #expect(try store.document(key, generation: 1)?.document == [1])
        #expect(
            try store.trimLog(olderThan: WallTime(seconds: 201), now: SmallStore.always, atMost: 100) == 1)
        #expect(try store.document(key, generation: 1) == nil)
        #expect(try store.payload(for: old) == nil)
        #expect(try store.document(key)?.document == [2])
        #expect(try store.payload(for: new) == .metainfo([2]))
        #expect(
            try store.trimLog(olderThan: WallTime(seconds: 301), now: SmallStore.always, atMost: 100) == 1)
        #expect(try store.document(key) == nil)
        #expect(try store.payload(for: new) == nil)
        #expect(
            try store.trimLog(olderThan: WallTime(seconds: 301), now: SmallStore.always, atMost: 100) == 0)
        #expect(try store.selfCheck() == [])
    }

    @Test("Labels follow their subjects, also those with names too long for a key")
    func labels() throws {
        let identity = SmallStore.identity(1)
        let long = SubjectKey(name: RequestName(String(repeating: "x/", count: 1_000) + "x"))
        let value = String(repeating: "603", count: 1_000)
        try commit(
            pass: 1, [],
            [
                key: SmallStore.wanted(identity, labels: ["movie": "603"]),
                long: SmallStore.wanted(identity, labels: ["movie": "603", "long": value]),
                SubjectKey(name: RequestName("c")): SmallStore.wanted(identity, labels: ["movie": "6031"]),
            ])
        #expect(try store.subjects(label: ("movie", "603")) == [key, long])
        #expect(try store.subjects(label: ("long", value)) == [long])
        #expect(try store.subjects(label: ("movie", "60")) == [])
        try commit(pass: 2, [], [key: SmallStore.wanted(identity), long: nil])
        #expect(try store.subjects(label: ("movie", "603")) == [])
        #expect(try store.subjects(label: ("movie", "6031")).count == 1)
        #expect(try store.selfCheck() == [])
    }
}
