import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

/// What the store should hold, in dictionaries.
private struct Model: Equatable {
    var subjects: [SubjectKey: SubjectMemory] = [:]
    var torrents: [ObservedKey: Torrent] = [:]
    var holds: [Hold.Kind: Hold] = [:]
    var approvals: [Hold.Kind: [UInt8]] = [:]
    var nextOrder: Int64 = 1
    var publishing: Set<SubjectKey> = []
    var log: [Change] = []
    var documents: [SubjectKey: [Int: [UInt8]]] = [:]
    var latest: [SubjectKey: Int] = [:]

    mutating func apply(_ batch: PassBatch) {
        for (key, memory) in batch.subjects { subjects[key] = memory }
        var became: [Change] = []
        for (key, torrent) in batch.torrents.sorted(by: { $0.key < $1.key }) {
            became += ObservedChanges.between(
                torrents[key], torrent, at: key, subject: batch.followers[key])
            torrents[key] = torrent?.settledForm
        }
        for (kind, hold) in batch.holds { holds[kind] = hold }
        for (kind, digest) in batch.approvals { approvals[kind] = digest }
        nextOrder = batch.nextOrder ?? nextOrder
        log += batch.changes + became
        if !batch.publishing.isEmpty { publishing = batch.publishing }
        var newest: [SubjectKey: Int] = [:]
        for request in batch.accepted {
            documents[request.key, default: [:]][request.generation] = request.payload.document
            newest[request.key] = max(newest[request.key] ?? 0, request.generation)
        }
        latest.merge(newest) { $1 }
    }

    func subjects(label: (key: String, value: String)) -> Set<SubjectKey> {
        Set(subjects.filter { $0.value.acceptance?.labels[label.key] == label.value }.keys)
    }
}

@Suite("The store against dictionaries")
struct StoreModelTests {
    @Test("Random batches, with the store closed and opened in between", arguments: UInt64(1)...12)
    func randomBatches(seed: UInt64) throws {
        var some = Arbitrary(seed: seed)
        let directory = try TemporaryDirectory()
        var store = try Store.create(directory: directory.path, mapSizeMiB: 64, spoolIdentity: "spool")
        let torrents = (0..<12).map { _ in
            ObservedKey(client: some.pick(["default", "nas"]), id: some.identity().preferredID)
        }
        var model = Model()
        for pass in UInt64(1)...30 {
            let batch = some.batch(pass: pass, torrents: torrents)
            let before = store.commits
            let receipt = try store.commit(batch)
            #expect(store.commits == before + (receipt.didCommit ? 1 : 0))
            // A batch without effect leaves even what would be due.
            let first = UInt64(model.log.count + 1)
            if receipt.didCommit { model.apply(batch) }
            if !batch.changes.isEmpty {
                #expect(receipt.sequences == first..<first + UInt64(batch.changes.count))
            }
            try DataFile(directory: directory.path).check()
            if some.random.oneIn(5) {
                // The old one must be gone before: one store for a directory in a process.
                withExtendedLifetime(consume store) {}
                store = try Store(directory: directory.path, mapSizeMiB: 64, mode: .readWrite)
            }
            if some.random.oneIn(3) { try expect(store, model, &some) }
        }
        try expect(store, model, &some)
    }

    private func expect(_ store: Store, _ model: Model, _ some: inout Arbitrary) throws {
        let recollection = try store.recall()
        #expect(recollection.memory.subjects == model.subjects)
        #expect(recollection.memory.holds == model.holds)
        #expect(recollection.memory.approvals == model.approvals)
        #expect(recollection.memory.nextOrder == model.nextOrder)
        #expect(recollection.observed == model.torrents)
        #expect(recollection.publishing == model.publishing)
        #expect(try store.log().map(\.change) == model.log)
        let key = some.key()
        #expect(try store.subject(key) == model.subjects[key])
        for value in ["603", "", "1"] {
            #expect(
                try store.subjects(label: ("movie", value)) == model.subjects(label: ("movie", value)))
        }
        for (key, documents) in model.documents {
            for (generation, document) in documents {
                #expect(try store.document(key, generation: generation)?.document == document)
            }
            #expect(try store.document(key)?.generation == model.latest[key])
        }
        #expect(try store.selfCheck() == [])
    }

    @Test("Trimming in between loses the log's beginning and nothing that is still named")
    func trimming() throws {
        var some = Arbitrary(seed: 4_711)
        let directory = try TemporaryDirectory()
        let store = try Store.create(directory: directory.path, mapSizeMiB: 64, spoolIdentity: "spool")
        for pass in UInt64(1)...60 {
            var batch = some.batch(pass: pass, torrents: [])
            batch.at = Timestamp(bootID: "b", bootMilliseconds: 0, wall: WallTime(seconds: Int64(pass)))
            // With snapshots the log is cut where one is.
            batch.snapshot = nil
            _ = try store.commit(batch)
            guard pass % 10 == 0 else { continue }
            let before = try store.recall()
            while try store.trimLog(
                olderThan: WallTime(seconds: Int64(pass) - 5), now: SmallStore.always, atMost: 7) == 7
            {}
            #expect(try store.recall() == before)
            #expect(try store.log().allSatisfy { $0.at >= WallTime(seconds: Int64(pass) - 5) })
            #expect(try store.selfCheck() == [])
            for request in batch.accepted {
                #expect(try store.document(request.key, generation: request.generation) != nil)
                if let identity = request.identity { #expect(try store.payload(for: identity) != nil) }
            }
            try DataFile(directory: directory.path).check()
        }
    }
}
