import Metainfo
import Reconciliation
import TestSupport

@testable import Store

/// A store with a bit of everything, and the few values that tests ask it for.
struct SmallStore {
    static let mapSizeMiB = 64

    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try Store.create(
            directory: directory.path, mapSizeMiB: Self.mapSizeMiB, spoolIdentity: Self.identity)
    }

    /// A time that no test writes a later one than.
    static let always = WallTime(milliseconds: .max)

    static let identity = "0b7f2c3e-51f0-4a0e-9a55-6f3c5d1e8b11"

    var dataFile: String { directory.path + "/data.mdb" }

    func open(_ mode: Store.Mode = .readWrite) throws(StoreError) -> Store {
        try Store(directory: directory.path, mapSizeMiB: Self.mapSizeMiB, mode: mode)
    }

    func setSchema(_ number: UInt64) throws {
        let store = try open()
        let transaction = try store.beginWriting()
        _ = try transaction.set(.meta, MetaKey.schema, SchemaVersion(number: number))
        try store.commit(transaction)
    }

    /// Fills it with random batches.
    func fill(seed: UInt64, passes: UInt64) throws {
        var some = Arbitrary(seed: seed)
        let store = try open()
        let torrents = (0..<20).map { _ in
            ObservedKey(client: "default", id: some.identity().preferredID)
        }
        for pass in 1...passes {
            _ = try store.commit(some.batch(pass: pass, torrents: torrents, atMost: 20))
        }
    }

    static func at(_ seconds: Int64) -> Timestamp {
        Timestamp(bootID: "boot", bootMilliseconds: seconds * 1_000, wall: WallTime(seconds: seconds))
    }

    static func identity(_ byte: UInt8) -> TorrentIdentity {
        TorrentIdentity(InfoHash(bytes: [UInt8](repeating: byte, count: 20))!)
    }

    static func accepted(
        _ name: String, generation: Int = 1, _ identity: TorrentIdentity, _ document: [UInt8],
        suffix: String = "json", _ source: SourcePayload
    ) -> AcceptedRequest {
        AcceptedRequest(
            key: SubjectKey(name: RequestName(name)), generation: generation, identity: identity,
            payload: RequestPayload(document: document, suffix: suffix, source: source))
    }

    /// A subject that is wanted, with labels.
    static func wanted(
        _ identity: TorrentIdentity, generation: Int = 1, labels: [String: String] = [:]
    ) -> SubjectMemory {
        var memory = SubjectMemory()
        memory.acceptance = Acceptance(
            generation: generation, digest: [UInt8](repeating: 1, count: 32), order: 1,
            at: WallTime(seconds: 0), identity: identity, onDelete: .remove, labels: labels)
        return memory
    }
}
