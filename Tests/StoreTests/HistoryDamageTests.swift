import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

@Suite("A damaged history")
struct HistoryDamageTests {
    private let small: SmallStore
    private let store: Store
    private let heads: [StoredSnapshot]

    /// Passes of one second each, every one with a snapshot: whole ones, and some that build on them.
    init() throws {
        small = try SmallStore()
        store = try small.open()
        var some = Arbitrary(seed: 12)
        let keys = (0..<60).map { _ in ObservedKey(client: "default", id: some.identity().preferredID) }
        for pass in UInt64(1)...8 {
            var batch = PassBatch(pass: pass, at: SmallStore.at(Int64(pass)))
            for key in pass == 1 ? keys : [some.pick(keys)] {
                batch.torrents[key] = .some(some.torrent(key.id))
            }
            batch.changes = [some.change()]
            batch.snapshot = [:]
            _ = try store.commit(batch)
        }
        let transaction = try ReadTransaction(in: store.environment)
        defer { extendLifetime(transaction) }
        heads = try Store.snapshots(transaction.rows)
    }

    private func damage(
        _ body: (borrowing WriteTransaction) throws(StoreError) -> Void
    ) throws {
        let transaction = try store.beginWriting()
        try body(transaction)
        try store.commit(transaction)
    }

    /// What the self-check says, and what becomes of looking back at the second.
    private func verdict(second: Int64) throws -> (findings: [String], failure: StoreError.Kind?) {
        let findings = try store.selfCheck()
        do {
            _ = try store.observed(at: WallTime(seconds: second))
            return (findings, nil)
        } catch {
            return (findings, error.kind)
        }
    }

    @Test("The sound one is sound")
    func sound() throws {
        #expect(try store.selfCheck() == [])
        #expect(heads.count == 8 && heads[0].base == nil && heads.contains { $0.base != nil })
        #expect(heads[0].pieces > 2)
    }

    @Test("A piece that is garbled, missing, of another, or too many is found, and looking back says so")
    func pieces() throws {
        let key = Key(snapshot: heads[0].position, part: 2)
        try damage { transaction throws(StoreError) in
            _ = try transaction.put(.snapshots, key, payload: [UInt8](repeating: 0xFF, count: 1_900))
        }
        var (findings, failure) = try verdict(second: 1)
        #expect(!findings.isEmpty && failure == .damaged)
        try damage { transaction throws(StoreError) in _ = try transaction.delete(.snapshots, key) }
        (findings, failure) = try verdict(second: 1)
        #expect(!findings.isEmpty && failure == .damaged)
    }

    @Test("A piece too many")
    func stray() throws {
        let key = Key(snapshot: heads[0].position, part: heads[0].pieces + 1)
        try damage { transaction throws(StoreError) in
            _ = try transaction.put(.snapshots, key, payload: [1])
        }
        #expect(try verdict(second: 1).findings.contains { $0.contains("a piece too many") })
    }

    @Test("A snapshot whose whole one is gone")
    func baseless() throws {
        let partial = try #require(heads.last { $0.base != nil })
        let base = try #require(partial.base)
        try damage { transaction throws(StoreError) in
            for part in 0...heads.first(where: { $0.position == base })!.pieces {
                _ = try transaction.delete(.snapshots, Key(snapshot: base, part: part))
            }
        }
        let (findings, failure) = try verdict(second: partial.at.wall.milliseconds / 1_000)
        #expect(findings.contains { $0.contains("builds on") })
        #expect(failure == .damaged)
    }

    @Test("A snapshot that says otherwise than the log, and a log that leads elsewhere than what is recorded")
    func contradiction() throws {
        let head = heads[2]
        try damage { transaction throws(StoreError) in
            let other = StoredSnapshot(
                position: head.position, base: nil, depth: 0, at: head.at, torrents: 0, pieces: 1, bytes: 2)
            _ = try transaction.set(.snapshots, Key(snapshot: head.position, part: 0), other)
            _ = try transaction.put(.snapshots, Key(snapshot: head.position, part: 1), payload: [0, 0])
            for part in 2..<max(head.pieces + 1, 2) {
                _ = try transaction.delete(.snapshots, Key(snapshot: head.position, part: part))
            }
        }
        #expect(try verdict(second: 3).findings.contains { $0.contains("not what the log made") })
    }

    @Test("What is recorded without the log having said so")
    func unsaid() throws {
        var some = Arbitrary(seed: 77)
        let torrent = some.torrent()
        let key = ObservedKey(client: "default", id: torrent.id)
        try damage { transaction throws(StoreError) in
            _ = try transaction.set(.torrents, Key(key), StoredTorrent(key, torrent))
        }
        #expect(try store.selfCheck().contains { $0.contains("torrents: they are not") })
    }

    @Test("An entry that is missing")
    func gap() throws {
        let last = heads[7].position
        var batch = PassBatch(pass: 9, at: SmallStore.at(9))
        batch.changes = (0..<3).map { Change(.drift, message: "\($0)") }
        _ = try store.commit(batch)
        try damage { transaction throws(StoreError) in
            _ = try transaction.delete(.log, Key(sequence: last + 1))
        }
        let (findings, failure) = try verdict(second: 10)
        #expect(findings.contains { $0.contains("log") } && failure == .damaged)
    }

    @Test("A pass goes on over a damaged snapshot: the next one is whole")
    func goesOn() throws {
        let base = heads[7].base ?? heads[7].position
        try damage { transaction throws(StoreError) in
            _ = try transaction.put(
                .snapshots, Key(snapshot: base, part: 1), payload: [UInt8](repeating: 0xFF, count: 900))
        }
        var batch = PassBatch(pass: 9, at: SmallStore.at(9))
        (batch.changes, batch.snapshot) = ([Change(.drift)], [:])
        _ = try store.commit(batch)
        #expect(try store.observed(at: nil)?.torrents.count == 60)
        #expect(try store.observed(at: WallTime(seconds: 9))?.since == WallTime(seconds: 9))
    }
}
