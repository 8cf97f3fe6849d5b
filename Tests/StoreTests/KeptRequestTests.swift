import Metainfo
import Reconciliation
import Testing

@testable import Store

@Suite("What is kept of a request to have it back")
struct KeptRequestTests {
    private let small: SmallStore
    private let store: Store
    private let key = SubjectKey(name: RequestName("films/Heat"))
    private let identity = SmallStore.identity(1)

    init() throws {
        small = try SmallStore()
        store = try small.open()
    }

    private func commit(pass: UInt64, _ change: (inout PassBatch) -> Void) throws {
        var batch = PassBatch(pass: pass, at: SmallStore.at(Int64(pass)))
        batch.changes = [Change(.accepted, subject: key)]
        change(&batch)
        _ = try store.commit(batch)
    }

    private func accepted(
        _ document: [UInt8], generation: Int = 1, _ companions: [RequestFile] = [], sources: [UInt8] = []
    ) -> AcceptedRequest {
        AcceptedRequest(
            key: key, generation: generation, identity: identity,
            payload: RequestPayload(
                document: document, suffix: "json", source: .metainfo([7, 7]), companions: companions),
            sourcesDigest: sources)
    }

    private func files(generation: Int? = nil) throws -> [RequestFile]? {
        let kept = try store.keptRequests()
        let wanted = kept.last { request in generation.map { $0 == request.generation } ?? true }
        return try wanted.flatMap { try store.files(of: $0) }
    }

    @Test("A JSON comes back with the files beside it, under their own names, byte for byte")
    func companions() throws {
        let side = RequestFile(name: "Heat.TORRENT", bytes: [UInt8](repeating: 9, count: 5_000))
        let named = RequestFile(name: "other.torrent", bytes: [7, 7])
        try commit(pass: 1) {
            $0.accepted = [accepted([1], [side, named])]
            $0.subjects = [key: SmallStore.wanted(identity)]
        }
        #expect(try files() == [RequestFile(name: "Heat.json", bytes: [1]), side, named])
        #expect(try store.selfCheck() == [])
        // A generation without them is one without them.
        try commit(pass: 2) {
            $0.accepted = [accepted([2], generation: 2)]
            $0.subjects = [key: SmallStore.wanted(identity, generation: 2)]
        }
        #expect(try files(generation: 2) == [RequestFile(name: "Heat.json", bytes: [2])])
        #expect(try files(generation: 1)?.count == 3)
        let another = RequestFile(name: "Heat.magnet", bytes: [8, 8])
        try commit(pass: 3) {
            $0.accepted = [accepted([3], generation: 3, [another])]
            $0.subjects = [key: SmallStore.wanted(identity, generation: 3)]
        }
        // Generations that ended go with the log, and their files with them.
        try commit(pass: 9) { _ in }
        #expect(
            try store.trimLog(olderThan: WallTime(seconds: 8), now: WallTime(seconds: 9), atMost: 100) == 3)
        #expect(try store.keptRequests().map(\.generation) == [3])
        #expect(try files(generation: 1) == nil)
        #expect(try files() == [RequestFile(name: "Heat.json", bytes: [3]), another])
        #expect(try store.selfCheck() == [])
        #expect(try store.payload(for: identity) == .metainfo([7, 7]))
    }

    @Test("A side file that changes under an unchanged JSON is the one that is kept")
    func changedCompanion() throws {
        for (pass, byte) in [(UInt64(1), UInt8(1)), (2, 2)] {
            try commit(pass: pass) {
                $0.accepted = [accepted([5], [RequestFile(name: "Heat.magnet", bytes: [byte])])]
                $0.subjects = [key: SmallStore.wanted(identity)]
            }
        }
        #expect(try files()?.last == RequestFile(name: "Heat.magnet", bytes: [2]))
        #expect(try store.keptRequests().count == 1)
    }

    @Test("The self-check misses a file beside a request that is not there")
    func missingCompanion() throws {
        let side = RequestFile(name: "Heat.torrent", bytes: [3, 3, 3])
        try commit(pass: 1) {
            $0.accepted = [accepted([1], [side])]
            $0.subjects = [key: SmallStore.wanted(identity)]
        }
        let transaction = try store.beginWriting()
        _ = try transaction.delete(.payloads, Key(bytes: Digest.sha256(side.bytes)))
        try store.commit(transaction)
        #expect(try store.selfCheck().contains { $0.contains("a file beside") })
    }

    @Test("What a source turned out to be outlives the subject and its generations, and goes with the log")
    func resolution() throws {
        let (digest, other) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
        let found = FoundSource(identity: SmallStore.identity(4), payload: .metainfo([4, 4]), size: 44)
        let place = SourcePlace(digest: digest, index: 1)
        let later = accepted([1], sources: digest)
        try commit(pass: 1) {
            $0.accepted = [later]
            $0.subjects = [key: SmallStore.wanted(identity)]
        }
        #expect(try store.resolution(of: key, at: place) == nil)
        try commit(pass: 2) {
            $0.resolved = [ResolvedSource(key: key, generation: 1, found: found, place: place)]
        }
        #expect(try store.resolution(of: key, at: place) == found)
        #expect(try store.resolution(of: key, at: SourcePlace(digest: digest, index: 0)) == nil)
        #expect(try store.resolution(of: key, at: SourcePlace(digest: other, index: 1)) == nil)
        // Forgotten, and back as generation 1: the row is replaced, what was found is not.
        try commit(pass: 3) { $0.subjects = [key: nil] }
        try commit(pass: 4) {
            $0.accepted = [later]
            $0.subjects = [key: SmallStore.wanted(identity)]
        }
        #expect(try store.resolution(of: key, at: place) == found)
        #expect(try store.selfCheck() == [])
        // Other sources: what was found of the old ones lasts as long as the row that names them.
        try commit(pass: 5) {
            $0.accepted = [accepted([2], generation: 2, sources: other)]
            $0.subjects = [key: SmallStore.wanted(identity, generation: 2)]
        }
        #expect(try store.resolution(of: key, at: place) == found)
        try commit(pass: 9) { _ in }
        #expect(
            try store.trimLog(olderThan: WallTime(seconds: 8), now: WallTime(seconds: 9), atMost: 100) == 5)
        #expect(try store.resolution(of: key, at: place) == nil)
        #expect(try store.payload(for: found.identity) == nil)
    }
}
