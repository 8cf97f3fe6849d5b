import Glibc
import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

@Suite("Commits")
struct CommitTests {
    private let key = SubjectKey(name: RequestName("movies/Heat"))
    private let small: SmallStore

    init() throws { small = try SmallStore() }

    @Test("A batch that is empty, or says what is known already, writes nothing")
    func quiet() throws {
        var some = Arbitrary(seed: 3)
        let store = try small.open()
        var batch = some.batch(pass: 1, torrents: [], atMost: 20)
        batch.changes = []
        batch.subjects[key] = some.memory()
        #expect(try store.commit(batch).didCommit)
        let (before, bytes) = (store.commits, try small.directory.read("data.mdb"))
        batch.pass = 2
        batch.at = SmallStore.at(9)
        #expect(try !store.commit(batch).didCommit)
        #expect(try !store.commit(PassBatch(pass: 3, at: SmallStore.at(10))).didCommit)
        #expect(store.commits == before)
        #expect(try small.directory.read("data.mdb") == bytes)
        #expect(try store.recall().lastPass == 1)
    }

    @Test("Counters alone are no reason to commit")
    func counters() throws {
        let store = try small.open()
        var torrent = Torrent(
            id: SmallStore.identity(1).preferredID, identity: SmallStore.identity(1), state: .stalledUP)
        let key = ObservedKey(client: "default", id: torrent.id)
        var batch = PassBatch(pass: 1, at: SmallStore.at(1))
        batch.torrents[key] = torrent
        #expect(try store.commit(batch).didCommit)
        torrent.counters.uploaded = 99
        torrent.state = .uploading
        batch.torrents[key] = torrent
        #expect(try !store.commit(batch).didCommit)
    }

    @Test("Files that are due stay due until a later pass names its own")
    func publishing() throws {
        let store = try small.open()
        func commit(pass: UInt64, _ names: [String]) throws -> Set<SubjectKey> {
            var batch = PassBatch(pass: pass, at: SmallStore.at(1))
            batch.changes = [Change(.drift)]
            batch.publishing = Set(names.map { SubjectKey(name: RequestName($0)) })
            _ = try store.commit(batch)
            return try store.recall().publishing
        }
        let (a, b) = (SubjectKey(name: RequestName("a")), SubjectKey(name: RequestName("b")))
        #expect(try commit(pass: 1, ["a"]) == [a])
        #expect(try commit(pass: 2, []) == [a])
        #expect(try commit(pass: 2, ["b"]) == [a, b])
        #expect(try commit(pass: 3, ["b"]) == [b])
    }

    @Test("A reader sees the store as it was when it began, whatever is committed meanwhile")
    func readersAreConsistent() throws {
        let store = try small.open()
        let identity = SmallStore.identity(1)
        func commit(pass: UInt64, generation: Int) throws {
            var batch = PassBatch(pass: pass, at: SmallStore.at(1))
            batch.subjects[key] = SmallStore.wanted(identity, generation: generation)
            batch.changes = [Change(.accepted, subject: key)]
            _ = try store.commit(batch)
        }
        try commit(pass: 1, generation: 1)
        let reader = try ReadTransaction(in: store.environment)
        defer { extendLifetime(reader) }
        for pass in UInt64(2)...50 { try commit(pass: pass, generation: Int(pass)) }
        let seen = try reader.rows.read(StoredSubject.self, .subjects, Key(key))
        #expect(seen?.acceptance?.generation == 1)
        #expect(try reader.rows.read(LogHead.self, .meta, MetaKey.log)?.next == 2)
        #expect(try store.subject(key)?.acceptance?.generation == 50)
    }

    @Test("A full map refuses the batch as a whole, and keeps what was there; a larger map takes it")
    func mapFull() throws {
        let directory = try TemporaryDirectory()
        var store = try Store.create(directory: directory.path, mapSizeMiB: 1, spoolIdentity: "spool")
        var batch = PassBatch(pass: 1, at: SmallStore.at(1))
        batch.changes = [Change(.drift)]
        _ = try store.commit(batch)
        let before = try store.recall()
        batch = PassBatch(pass: 2, at: SmallStore.at(2))
        batch.subjects[key] = SmallStore.wanted(SmallStore.identity(1))
        batch.changes = (0..<2_000).map { _ in
            Change(.drift, message: String(repeating: "x", count: 1_000))
        }
        #expect(kind { try store.commit(batch) } == .full)
        #expect(try store.recall() == before)
        withExtendedLifetime(consume store) {}
        store = try Store(directory: directory.path, mapSizeMiB: 64, mode: .readWrite)
        #expect(try store.recall() == before)
        #expect(try store.commit(batch).sequences == 2..<2_002)
        #expect(try store.selfCheck() == [])
    }

    @Test("A commit that failed is the last one until the store is opened anew")
    func failedCommit() throws {
        let store = try small.open()
        var batch = PassBatch(pass: 1, at: SmallStore.at(1))
        batch.changes = [Change(.drift)]
        // LMDB writes through its own descriptor; put one that cannot be written to in its place.
        let file = try #require(descriptor(of: small.dataFile))
        let saved = dup(file)
        let unwritable = open(small.dataFile, O_RDONLY | O_CLOEXEC)
        #expect(dup2(unwritable, file) == file)
        let first = kind { try store.commit(batch) }
        #expect(dup2(saved, file) == file)
        close(saved)
        close(unwritable)
        #expect(first == .other)
        #expect(kind { try store.commit(batch) } == .other)
        #expect(
            kind { try store.trimLog(olderThan: WallTime(seconds: 9), now: SmallStore.always, atMost: 9) }
                == .other)
        #expect(store.commits == 0)
        withExtendedLifetime(consume store) {}
        #expect(try small.open().commit(batch).didCommit)
    }

    /// The number under which this process has the file open for writing.
    private func descriptor(of path: String) -> Int32? {
        var wanted = stat()
        guard stat(path, &wanted) == 0 else { return nil }
        return (Int32(0)..<1_024).first { number in
            var facts = stat()
            return fstat(number, &facts) == 0 && facts.st_ino == wanted.st_ino
                && facts.st_dev == wanted.st_dev && fcntl(number, F_GETFL) & O_ACCMODE == O_RDWR
        }
    }
}
