import Glibc
import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

/// Damage is refused, or does not touch anything that is in use. Never a wrong answer, and never a signal:
/// the whole test process would end.
@Suite("A damaged store")
struct DamageTests {
    /// All that a store can tell, for comparing.
    private struct Content: Equatable {
        var recollection: Recollection
        var log: [LogEntry]
        var subjects: [SubjectKey: SubjectMemory]
        var documents: [SubjectKey: [UInt8]]
        var labelled: Set<SubjectKey>
    }

    private let small: SmallStore
    private let sound: [UInt8]
    private let content: Content

    init() throws {
        small = try SmallStore()
        try small.fill(seed: 99, passes: 8)
        sound = try small.directory.read("data.mdb")
        content = try Self.content(of: small.open(.readOnly))
    }

    private static func content(of store: Store) throws -> Content {
        let recollection = try store.recall()
        var content = Content(
            recollection: recollection, log: try store.log(), subjects: [:], documents: [:],
            labelled: try store.subjects(label: ("movie", "603")))
        for key in recollection.memory.subjects.keys {
            content.subjects[key] = try store.subject(key)
            content.documents[key] = try store.document(key)?.document
        }
        return content
    }

    /// What became of a damaged file.
    private enum Fate: Equatable { case refused, unharmed, wrong }

    private func fate(of bytes: [UInt8]) throws -> Fate {
        try small.directory.write(bytes, to: "data.mdb")
        do {
            let store = try small.open()
            let content = try Self.content(of: store)
            guard try store.selfCheck().isEmpty else { return .refused }
            // What could be opened can be written to, and is still sound then.
            var batch = PassBatch(pass: 1_000, at: SmallStore.at(1))
            batch.changes = (0..<20).map { Change(.drift, message: "after the damage \($0)") }
            _ = try store.commit(batch)
            try DataFile(directory: small.directory.path).check()
            return content == self.content ? .unharmed : .wrong
        } catch let error as StoreError {
            return [.damaged, .missing, .schema].contains(error.kind) ? .refused : .wrong
        }
    }

    @Test("Cut to any size: refused, unless only pages are missing that the last commit gave up")
    func truncated() throws {
        let pages = sound.count / 4_096
        var sizes = [0, 1, 16, 151, 152, 4_095, 4_096, 4_247, 4_248, 8_191, 8_192, 8_193]
        for page in 2..<pages { sizes += [page * 4_096, page * 4_096 + 2_048] }
        sizes.append(sound.count - 1)
        var needed = 0
        for size in sizes {
            let fate = try fate(of: Array(sound.prefix(size)))
            #expect(fate != .wrong, "cut to \(size) bytes")
            if fate == .refused { needed = max(needed, size) } else { #expect(size > needed, "\(size)") }
        }
        #expect(needed > sound.count * 9 / 10)
    }

    @Test("Not LMDB's, or all zero: refused")
    func foreign() throws {
        #expect(try fate(of: [UInt8](repeating: 0, count: sound.count)) == .refused)
        #expect(try fate(of: Array("SQLite format 3".utf8)) == .refused)
        var some = Arbitrary(seed: 5)
        #expect(try fate(of: some.bytes(100_000)) == .refused)
    }

    @Test("Any page zeroed, overwritten or exchanged: refused, unless it was free")
    func pages() throws {
        var some = Arbitrary(seed: 6)
        let pages = sound.count / 4_096
        var refused = 0
        for page in 0..<pages {
            let range = page * 4_096..<(page + 1) * 4_096
            let other = some.count(pages - 1) * 4_096
            for filling in [
                [UInt8](repeating: 0, count: 4_096), some.bytes(4_096), Array(sound[other..<other + 4_096]),
            ] {
                var bytes = sound
                bytes.replaceSubrange(range, with: filling)
                let fate = try fate(of: bytes)
                #expect(fate != .wrong, "page \(page)")
                if fate == .refused { refused += 1 }
            }
        }
        #expect(refused > pages)
    }

    @Test("Bytes turned anywhere: refused, unless nothing reads them", arguments: UInt64(1)...4)
    func bytes(seed: UInt64) throws {
        var some = Arbitrary(seed: seed)
        var refused = 0
        for _ in 0..<100 {
            var bytes = sound
            // The heads of pages and records more often than chance would: there is where it hurts.
            for _ in 0...some.count(2) {
                let page = some.count(sound.count / 4_096 - 1) * 4_096
                let offset = some.flag() ? some.count(63) : some.count(4_095)
                bytes[page + offset] = some.bytes(1)[0]
            }
            let fate = try fate(of: bytes)
            #expect(fate != .wrong, "seed \(seed)")
            if fate == .refused { refused += 1 }
        }
        #expect(refused > 10)
    }

    @Test("Every byte of both meta pages turned: refused, unless nothing reads it")
    func metaPages() throws {
        for page in [0, 4_096] {
            for offset in 0..<MetaPage.size {
                var bytes = sound
                bytes[page + offset] ^= 0x41
                #expect(try fate(of: bytes) != .wrong, "byte \(offset) of page \(page)")
            }
        }
    }

    @Test("A record whose checksum does not match names its table and key")
    func namesTheRecord() throws {
        let store = try small.open()
        let transaction = try store.beginWriting()
        _ = try transaction.put(.holds, Key(.massVanish), payload: [0xFF])
        try store.commit(transaction)
        do {
            _ = try store.recall()
            Issue.record("a garbled hold was recalled")
        } catch {
            #expect(error.kind == .damaged)
            #expect(error.description.contains("holds") && error.description.contains("MassVanish"))
        }
        #expect(try store.selfCheck().count == 1)
    }

    @Test("The self-check finds what does not fit together")
    func selfCheck() throws {
        let store = try small.open()
        let transaction = try store.beginWriting()
        let key = SubjectKey(name: RequestName("nobody"))
        _ = try transaction.set(.intents, Key(key), Intent(kind: .add, at: SmallStore.at(1)))
        _ = try transaction.set(
            .labels, Key(label: ("a", "b"), subject: key), StoredLabel(key: "a", value: "b", subject: key))
        _ = try transaction.delete(.log, Key(sequence: 2))
        _ = try transaction.set(
            .metainfo, Key(InfoHash(bytes: [UInt8](repeating: 3, count: 20))!),
            StoredSource(digest: [UInt8](repeating: 3, count: 32), isMetainfo: true))
        try store.commit(transaction)
        let findings = try store.selfCheck().joined(separator: "\n")
        for table in ["intents", "labels", "log", "metainfo"] { #expect(findings.contains(table)) }
    }
}
