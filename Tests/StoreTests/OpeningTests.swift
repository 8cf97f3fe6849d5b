import Glibc
import Reconciliation
import TestSupport
import Testing

@testable import Store

@Suite("Opening a store")
struct OpeningTests {
    @Test("A directory without a store is missing one, and stays as it is", arguments: [true, false])
    func missing(isWriter: Bool) throws {
        let directory = try TemporaryDirectory()
        #expect(!Store.exists(directory: directory.path))
        #expect(
            kind {
                try Store(directory: directory.path, mapSizeMiB: 16, mode: isWriter ? .readWrite : .readOnly)
            } == .missing)
        #expect(access(directory.path + "/data.mdb", F_OK) != 0)
        #expect(access(directory.path + "/lock.mdb", F_OK) != 0)
    }

    @Test("An empty file is a missing store, not a fresh one")
    func emptyFile() throws {
        let directory = try TemporaryDirectory()
        try directory.write([], to: "data.mdb")
        #expect(!Store.exists(directory: directory.path))
        #expect(
            kind { try Store(directory: directory.path, mapSizeMiB: 16, mode: .readWrite) } == .missing)
        #expect(try directory.read("data.mdb").isEmpty)
    }

    @Test("What is made belongs to its spool, is private, and is found again")
    func create() throws {
        let small = try SmallStore()
        #expect(Store.exists(directory: small.directory.path))
        var facts = stat()
        #expect(stat(small.dataFile, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        let store = try small.open()
        #expect(try store.spoolIdentity == SmallStore.identity)
        #expect(try store.recall() == Recollection())
        #expect(try store.selfCheck() == [])
        #expect(store.commits == 0)
    }

    @Test("Making it again changes nothing; for another spool it is refused")
    func createAgain() throws {
        let small = try SmallStore()
        try small.fill(seed: 1, passes: 3)
        let before = try small.directory.read("data.mdb")
        try Store.create(
            directory: small.directory.path, mapSizeMiB: 64, spoolIdentity: SmallStore.identity)
        #expect(
            kind {
                try Store.create(directory: small.directory.path, mapSizeMiB: 64, spoolIdentity: "another")
            } == .other)
        #expect(try small.directory.read("data.mdb") == before)
    }

    @Test("A store that was lost starts without an identity and is given one later")
    func adoptLater() throws {
        let directory = try TemporaryDirectory()
        let store = try Store.create(directory: directory.path, mapSizeMiB: 16, spoolIdentity: nil)
        #expect(try store.spoolIdentity == nil)
        try store.adopt(spoolIdentity: "one")
        try store.adopt(spoolIdentity: "two")
        #expect(try store.spoolIdentity == "two")
        #expect(kind { try store.initialize(spoolIdentity: "one") } == .other)
        try store.initialize(spoolIdentity: "two")
    }

    @Test("A file that was begun and never finished is missing, and can be finished")
    func unfinished() throws {
        let directory = try TemporaryDirectory()
        // As after a kill between the making of the file and its first commit: LMDB's two meta pages.
        try Store.create(directory: directory.path, mapSizeMiB: 16, spoolIdentity: "spool")
        var bytes = Array(try directory.read("data.mdb").prefix(8_192))
        for page in [0, 4_096] {
            for offset in [88 + 6, 88 + 7] + Array(88 + 8..<88 + 40) { bytes[page + offset] = 0 }
            for offset in 88 + 40..<88 + 48 { bytes[page + offset] = 0xFF }
            for offset in Array(40 + 6..<40 + 40) { bytes[page + offset] = 0 }
            for offset in 40 + 40..<40 + 48 { bytes[page + offset] = 0xFF }
            for offset in 136..<152 { bytes[page + offset] = offset == 136 ? 1 : 0 }
        }
        try directory.write(bytes, to: "data.mdb")
        #expect(
            kind { try Store(directory: directory.path, mapSizeMiB: 16, mode: .readWrite) } == .missing)
        let store = try Store.create(directory: directory.path, mapSizeMiB: 16, spoolIdentity: "spool")
        #expect(try store.spoolIdentity == "spool")
    }

    @Test("One process has a directory open once; the second time is refused and harms nothing")
    func twice() throws {
        let small = try SmallStore()
        let store = try small.open()
        #expect(kind { try small.open() } == .busy)
        #expect(kind { try small.open(.readOnly) } == .busy)
        var batch = PassBatch(pass: 1, at: SmallStore.at(1))
        batch.nextOrder = 2
        #expect(try store.commit(batch).didCommit)
    }

    @Test("A newer schema is refused by readers and writers, and nothing is written")
    func newerSchema() throws {
        let small = try SmallStore()
        try small.setSchema(SchemaVersion.current.number + 1)
        let before = try small.directory.read("data.mdb")
        #expect(kind { try small.open() } == .schema)
        #expect(kind { try small.open(.readOnly) } == .schema)
        #expect(
            kind {
                try Store.create(
                    directory: small.directory.path, mapSizeMiB: 64, spoolIdentity: SmallStore.identity)
            } == .schema)
        #expect(try small.directory.read("data.mdb") == before)
    }

    @Test("A directory that may not be written to is an error that says so")
    func noPermission() throws {
        // Root may write anywhere.
        guard geteuid() != 0 else { return }
        let small = try SmallStore()
        #expect(chmod(small.directory.path + "/lock.mdb", 0o400) == 0)
        do {
            _ = try small.open(.readOnly)
            Issue.record("the store opened")
        } catch {
            #expect(error.code == EACCES && error.description.contains("lock.mdb"))
        }
    }

    @Test("Errors say what was done, what came back and what to do")
    func sentences() {
        let full = StoreError(code: -30_792, during: "commit", in: "/")
        #expect(full.kind == .full && full.description.contains("store.mapSizeMiB"))
        #expect(full.description.hasPrefix("store: commit: MDB_MAP_FULL"))
        #expect(StoreError(code: ENOSPC, during: "commit", in: "/").kind == .full)
        #expect(StoreError(code: EIO, during: "commit", in: "/nonexistent").kind == .other)
        #expect(StoreError(code: -30_796, during: "read", in: "/").kind == .damaged)
        #expect(StoreError(code: -30_790, during: "begin", in: "/").kind == .busy)
    }
}
