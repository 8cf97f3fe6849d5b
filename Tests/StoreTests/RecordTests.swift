import Metainfo
import Reconciliation
import TestSupport
import Testing

@testable import Store

@Suite("Stored records")
struct RecordTests {
    private func expectRoundTrip<Value: Recordable & Equatable>(_ value: Value) throws {
        let record = value.record
        let back = try record.withUnsafeBytes { try Value(payload: $0) }
        #expect(back == value)
        #expect(back.record == record)
    }

    @Test("Every value comes back as it was, and equal values give equal bytes", arguments: UInt64(1)...40)
    func roundTrips(seed: UInt64) throws {
        var some = Arbitrary(seed: seed)
        let (key, memory) = (some.key(), some.memory())
        try expectRoundTrip(StoredSubject(key, memory))
        try expectRoundTrip(StoredApplied(memory.applied))
        if let attempt = memory.attempt { try expectRoundTrip(attempt) }
        if let intent = memory.intent { try expectRoundTrip(intent) }
        try expectRoundTrip(some.published())
        let torrent = some.torrent()
        try expectRoundTrip(StoredTorrent(ObservedKey(client: "nas", id: torrent.id), torrent))
        try expectRoundTrip(
            StoredEntry(pass: some.random.next(), at: some.wall(), latest: some.wall(), change: some.change())
        )
        try expectRoundTrip(some.hold(some.pick(Hold.Kind.allCases)))
        try expectRoundTrip(StoredApproval(digest: some.bytes(32)))
        var request = StoredRequest(
            key: key, generation: some.count(9), identity: some.identity(), suffix: "json",
            document: some.flag() ? .bytes(some.bytes(9)) : .payload(some.bytes(32)), acceptedIn: 7,
            acceptedAt: some.wall())
        request.endedAt = some.optional { $0.wall() }
        request.companions = some.list(3) { StoredCompanion(name: $0.text(), digest: $0.bytes(32)) }
        request.resolutions = some.list(3) {
            StoredResolution(
                SourcePlace(digest: $0.bytes(32), index: $0.count(9)),
                FoundSource(
                    identity: $0.identity(), payload: .magnet(""), size: $0.optional { Int64($0.count(9)) }))
        }
        try expectRoundTrip(request)
        try expectRoundTrip(StoredSource(digest: some.bytes(32), isMetainfo: some.flag()))
        try expectRoundTrip(StoredLabel(key: some.text(), value: some.text(), subject: key))
        try expectRoundTrip(StoredPass(number: 3, at: some.timestamp(), nextOrder: some.number()))
        try expectRoundTrip(LogHead(next: some.random.next(), latest: some.wall()))
        try expectRoundTrip(StoredPublishing(keys: Set(some.list(5) { $0.key() })))
    }

    @Test("What is known of the data comes back with its torrents", arguments: UInt64(1)...40)
    func dataRoundTrips(seed: UInt64) throws {
        var some = Arbitrary(seed: seed)
        let (key, memory) = (some.key(), some.memoryWithData())
        let stored = StoredSubject(key, memory)
        try expectRoundTrip(stored)
        let back = stored.memory
        #expect(back.survey == memory.survey && back.following == memory.following)
        #expect(back.leaving == memory.leaving)
        try expectRoundTrip(some.trace())
        try expectRoundTrip(some.dataRecord())
    }

    @Test("Rows of before anything was known of data are read as they were, and not written anew")
    func rowsWithoutData() throws {
        var some = Arbitrary(seed: 5)
        var memory = some.memoryWithData()
        memory.survey = nil
        memory.following = some.following()
        memory.leaving = [some.following()]
        memory.acceptedAt = some.timestamp()
        let stored = StoredSubject(some.key(), memory)
        var writer = RecordWriter()
        stored.write(to: &writer)
        var old = RecordWriter()
        old.write(stored.key)
        old.write(stored.acceptance)
        old.write(stored.following)
        old.write(each: stored.corrections.sorted { $0.key < $1.key }) { writer, entry in
            writer.write(entry.key.rawValue)
            writer.write(each: entry.value) { $0.write($1) }
        }
        old.write(stored.withdrawal)
        old.write(stored.ending)
        old.write(stored.later)
        #expect(writer.bytes == old.bytes)
        let back = try old.bytes.withUnsafeBytes { try StoredSubject(payload: $0) }
        #expect(back == stored)
    }

    @Test("Counters are not kept")
    func countersAreLeftOut() {
        var torrent = Torrent(id: TorrentID(bytes: [UInt8](repeating: 7, count: 20))!, identity: identity(7))
        let key = ObservedKey(client: "default", id: torrent.id)
        let before = StoredTorrent(key, torrent).record
        torrent.counters.progress = 0.5
        torrent.counters.downloaded = 9
        #expect(StoredTorrent(key, torrent).record == before)
    }

    @Test("Cut or garbled payloads are refused or read as something, never a trap", arguments: UInt64(1)...10)
    func damageNeverTraps(seed: UInt64) throws {
        var some = Arbitrary(seed: seed)
        let record = StoredSubject(some.key(), some.memory()).record
        let readable = (0..<record.count).filter { length in
            Array(record.prefix(length)).withUnsafeBytes { payload in
                let read = Result { () throws(RecordDamage) in try StoredSubject(payload: payload) }
                if case .success = read { return true } else { return false }
            }
        }
        // Where rows of four earlier versions ended.
        #expect(readable.count <= 4, "\(readable)")
        for _ in 0..<500 {
            var garbled = record
            for _ in 0...some.count(3) { garbled[some.count(record.count - 1)] = some.bytes(1)[0] }
            _ = garbled.withUnsafeBytes { payload in
                Result { () throws(RecordDamage) in try StoredSubject(payload: payload) }
            }
        }
    }

    @Test("The checksum is CRC-32C as published")
    func publishedChecksum() {
        // RFC 3720 §B.4 and the usual check value over "123456789".
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    }

    @Test("A record is refused under another key, in another table, cut, or with any bit turned")
    func envelope() throws {
        let (key, payload) = (Array("key".utf8), Array("payload".utf8))
        let sealed = Envelope.seal(payload, table: .subjects, key: key)
        #expect(try open(sealed, .subjects, key) == payload)
        #expect(kind { try open(sealed, .applied, key) } == .damaged)
        #expect(kind { try open(sealed, .subjects, Array("kez".utf8)) } == .damaged)
        for length in 0..<sealed.count {
            #expect(kind { try open(Array(sealed.prefix(length)), .subjects, key) } == .damaged)
        }
        for bit in 8..<sealed.count * 8 {
            var turned = sealed
            turned[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(kind { try open(turned, .subjects, key) } == .damaged)
        }
    }

    @Test("A record of a newer format is refused as such")
    func newerFormat() {
        var sealed = Envelope.seal([1, 2, 3], table: .log, key: [9])
        sealed[0] = Envelope.format + 1
        #expect(kind { try open(sealed, .log, [9]) } == .schema)
    }

    @Test("Keys tell subjects apart whatever their length, and never exceed LMDB's limit")
    func keys() {
        let long = String(repeating: "x", count: 2_046)
        let subjects = [
            SubjectKey(client: "a", name: RequestName("bc")),
            SubjectKey(client: "ab", name: RequestName("c")),
            SubjectKey(client: "ab", name: RequestName("c\u{0}")),
            SubjectKey(name: RequestName(long + "1")), SubjectKey(name: RequestName(long + "2")),
        ]
        #expect(Set(subjects.map { Key($0).bytes }).count == subjects.count)
        for subject in subjects {
            #expect(Key(subject, generation: .max).bytes.count <= Key.longest)
            #expect(Key(label: (long, long), subject: subject).bytes.count <= Key.longest)
        }
        #expect(Key(sequence: 255).bytes.lexicographicallyPrecedes(Key(sequence: 256).bytes))
    }

    private func identity(_ byte: UInt8) -> TorrentIdentity {
        TorrentIdentity(InfoHash(bytes: [UInt8](repeating: byte, count: 20))!)
    }

    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        let (first, second) = (Array(bytes[1..<5]), Array(bytes[5...]))
        return first.withUnsafeBytes { first in
            second.withUnsafeBytes { Checksum.of(tag: bytes[0], first, $0) }
        }
    }

    private func open(_ sealed: [UInt8], _ table: Table, _ key: [UInt8]) throws -> [UInt8] {
        try sealed.withUnsafeBytes { sealed in
            try key.withUnsafeBytes { Array(try Envelope.open(sealed, table: table, key: $0)) }
        }
    }
}

/// The kind of error that a call ends with; `nil` when it does not.
func kind<Value>(_ body: () throws -> Value) -> StoreError.Kind? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? StoreError)?.kind
    }
}
