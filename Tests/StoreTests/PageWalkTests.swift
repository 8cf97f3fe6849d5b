import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

/// Damage that leaves every page well formed: only the walk over all of them can see it.
@Suite("A store whose pages do not fit together")
struct PageWalkTests {
    private static let pageSize = 4_096

    private let small: SmallStore
    private let sound: [UInt8]
    private let meta: MetaPage

    init() throws {
        small = try SmallStore()
        try small.fill(seed: 42, passes: 12)
        sound = try small.directory.read("data.mdb")
        let head = Self.pageSize..<Self.pageSize + MetaPage.size
        meta = try MetaPage.newest(of: Array(sound[0..<MetaPage.size]) + Array(sound[head]))
    }

    /// What the walk says about these bytes; `nil` when it finds nothing.
    private func fault(_ bytes: [UInt8]) throws -> String? {
        try small.directory.write(bytes, to: "data.mdb")
        do {
            try DataFile(directory: small.directory.path).check()
            return nil
        } catch {
            #expect(error.kind == .damaged)
            return error.answer
        }
    }

    /// Runs `body` on the layout of a page and the offset in the file that an address in it has.
    private func withPage<Value>(
        _ number: Int, _ body: (PageLayout, (UnsafeRawBufferPointer) -> Int) throws -> Value
    ) throws -> Value {
        let start = number * Self.pageSize
        return try Array(sound[start..<start + Self.pageSize]).withUnsafeBytes { page in
            try body(try PageLayout(page, number: UInt64(number))) { part in
                start + (part.baseAddress.map { $0 - page.baseAddress! } ?? 0)
            }
        }
    }

    @Test("What is sound is sound")
    func soundFile() throws {
        #expect(try fault(sound) == nil)
        #expect(try small.open().selfCheck() == [])
    }

    /// LMDB does not write pages that a transaction took at the end and gave up again, though it counts them.
    @Test("A file that is shorter than its last page, by pages that nothing uses, is sound")
    func shortByFreePages() throws {
        let store = try small.open()
        let file = DataFile(directory: small.directory.path)
        var short = 0
        for round in UInt64(1)...40 {
            let transaction = try store.beginWriting()
            let keys = (0..<200).map { Key(sequence: 1 << 40 + round << 20 + UInt64($0)) }
            for key in keys {
                _ = try transaction.put(.payloads, key, payload: [UInt8](repeating: 1, count: 900))
            }
            let kept = round % 3 == 0 ? 0 : keys.count / 2
            for key in keys[kept...].reversed() { _ = try transaction.delete(.payloads, key) }
            try store.commit(transaction)
            let pages = try store.environment.mapSize().lastPage + 1
            if Int64(pages * Self.pageSize) > (try file.size() ?? 0) { short += 1 }
            try file.check()
        }
        #expect(short > 0)
    }

    @Test("Two keys of a page exchanged: found by the order, since every record is whole")
    func keyOrder() throws {
        var (found, branches) = (0, 0)
        for number in 2..<sound.count / Self.pageSize {
            let start = number * Self.pageSize
            guard let isLeaf = try? withPage(number, { page, _ in page.count > 2 ? page.isLeaf : nil }) else {
                continue
            }
            var bytes = sound
            // The second and third offset, since the first key of a branch means nothing.
            bytes.replaceSubrange(start + 18..<start + 20, with: sound[start + 20..<start + 22])
            bytes.replaceSubrange(start + 20..<start + 22, with: sound[start + 18..<start + 20])
            guard let fault = try fault(bytes) else { continue }
            #expect(fault == "page \(number) has its keys in disorder")
            found += 1
            if !isLeaf { branches += 1 }
        }
        #expect(found > 5 && branches > 0)
    }

    @Test("A branch that leads past its records: found, since looking up would miss them")
    func branchBounds() throws {
        var found = 0
        for number in 2..<sound.count / Self.pageSize {
            let offset = try? withPage(number) { page, offset in
                page.isLeaf ? nil : offset(try page.key(page.count - 1))
            }
            guard let offset = offset ?? nil else { continue }
            var bytes = sound
            // The last key of a branch moves up: the branch itself stays in order.
            bytes[offset] |= 0x80
            guard let fault = try fault(bytes), bytes != sound else { continue }
            #expect(fault.hasSuffix("has its keys in disorder"))
            found += 1
        }
        #expect(found > 0)
    }

    @Test("A free list that names a page in use: found, since the next commit would write over it")
    func freeList() throws {
        let root = try #require(Int(exactly: meta.free.root))
        let first = try withPage(root) { page, offset in
            guard page.isLeaf, case .inline(let list) = try page.content(page.count - 1) else {
                throw PageFault(what: "the test expects a small free list")
            }
            return offset(list) + 8
        }
        for page in [meta.main.root, meta.free.root, 0, meta.lastPage + 1, .max] {
            var bytes = sound
            for index in 0..<8 { bytes[first + index] = UInt8(truncatingIfNeeded: page >> UInt64(8 * index)) }
            let fault = try fault(bytes)
            #expect(fault?.contains("page \(page)") == true, "page \(page)")
        }
    }

    @Test("A table that lost records: found by its count")
    func counts() throws {
        var found = 0
        for number in 2..<sound.count / Self.pageSize {
            let trees = try? withPage(number) { page, offset in
                try (0..<page.count).compactMap { index -> Int? in
                    guard page.isLeaf, case .table = try page.content(index) else { return nil }
                    let key = try page.key(index)
                    // The number of entries, 32 bytes into the tree behind the key.
                    return offset(key) + key.count + 32
                }
            }
            for entries in trees ?? [] {
                var bytes = sound
                bytes[entries] ^= 1
                if try fault(bytes) != nil { found += 1 }
            }
        }
        #expect(found >= Table.allCases.count)
    }
}
