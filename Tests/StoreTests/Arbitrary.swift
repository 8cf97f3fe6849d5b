import Metainfo
import Reconciliation
import TestSupport

/// Random values of everything that the store keeps, with the corners more often than chance would have them.
struct Arbitrary {
    var random: SplitMix64
    /// Few enough that batches meet the same subjects again, some too long for a key.
    private let names: [RequestName]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        let long = String(repeating: "ü", count: 127)
        names =
            (0..<24).map { RequestName("movies/\($0)") }
            + ["a", "a/b", "Blade Runner (1982)", "é", "e\u{301}"].map { RequestName($0) }
            + (0..<4).map { index in
                RequestName(repeatElement(long, count: 7).joined(separator: "/") + "/\(index)")
            }
    }

    mutating func flag() -> Bool { Bool.random(using: &random) }

    mutating func count(_ most: Int) -> Int { Int.random(in: 0...most, using: &random) }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func optional<Value>(_ make: (inout Arbitrary) -> Value) -> Value? {
        flag() ? make(&self) : nil
    }

    mutating func list<Value>(_ most: Int, _ make: (inout Arbitrary) -> Value) -> [Value] {
        (0..<count(most)).map { _ in make(&self) }
    }

    mutating func number() -> Int64 {
        pick([0, 1, -1, 127, 128, .max, .min, Int64.random(in: .min ... .max, using: &random)])
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    mutating func text() -> String {
        pick(["", "movies", "/downloads/Größe", "💾\u{0}\"\\", String(repeating: "x", count: count(300))])
    }

    mutating func name() -> RequestName { pick(names) }

    mutating func key() -> SubjectKey {
        SubjectKey(client: pick(["default", "default", "nas"]), name: name())
    }

    mutating func wall() -> WallTime { WallTime(milliseconds: number()) }

    mutating func timestamp() -> Timestamp {
        Timestamp(
            bootID: pick(["", "6c1f0a52-3b1d-4a43-a4f0-0c8f1d1b2e3f"]), bootMilliseconds: number(),
            wall: wall())
    }

    mutating func identity() -> TorrentIdentity {
        let v1 = InfoHash(bytes: bytes(20))
        let v2 = InfoHash(bytes: bytes(32))
        return pick([
            TorrentIdentity(v1: v1, v2: nil), TorrentIdentity(v1: nil, v2: v2),
            TorrentIdentity(v1: v1, v2: v2),
        ])!
    }

    mutating func labels() -> [String: String] {
        Dictionary(
            list(3) { ($0.pick(["movie", "series", "x\u{0}y"]), $0.pick(["603", "", "1", $0.text()])) },
            uniquingKeysWith: { $1 })
    }

    mutating func fieldValue() -> FieldValue {
        switch count(3) {
        case 0: .text(text())
        case 1: .flag(flag())
        case 2: .number(number())
        default: .list(list(3) { $0.text() })
        }
    }

    mutating func fields<Value>(_ make: (inout Arbitrary) -> Value) -> [Field: Value] {
        Dictionary(list(6) { ($0.pick(Field.allCases), make(&$0)) }, uniquingKeysWith: { $1 })
    }

    mutating func acceptance() -> Acceptance {
        Acceptance(
            generation: count(9) + 1, digest: bytes(32), order: number(), at: wall(), identity: identity(),
            onDelete: pick(OnDelete.allCases), labels: labels(), companions: flag() ? [] : bytes(32))
    }

    mutating func following() -> Following {
        let identity = identity()
        var following = Following(
            ownership: pick([.added, .adopted, .disowned]), id: identity.preferredID, identity: identity)
        following.lastCallAt = optional { $0.timestamp() }
        following.seenSince = optional { $0.timestamp() }
        following.isConfirmed = flag()
        following.wasTagged = flag()
        following.completeLooks = count(2)
        following.hasCompleted = flag()
        following.readds = count(3)
        return following
    }

    mutating func trace() -> DataTrace {
        let names: [DataTrace.Names] = [
            .all, .free([]), .free([text(), "Größe"]), .taken([]), .taken([0, 7, .max]),
        ]
        return DataTrace(
            places: list(3) {
                DataTrace.Place(directory: $0.text(), ground: $0.random.next(), names: $0.pick(names))
            }, skipsCheck: flag(), firstCheck: pick([.unseen, .nothing, .something]), hasMoved: flag())
    }

    mutating func dataRecord() -> DataRecord {
        let partings = [DataParting.asked, .deleted] + DataRule.allCases.map { .kept($0) }
        return DataRecord(
            trace: optional { $0.trace() }, isAbandoned: flag(), parting: optional { $0.pick(partings) })
    }

    /// With all that is known of the data of its torrents.
    mutating func memoryWithData() -> SubjectMemory {
        var memory = memory()
        memory.survey = optional { $0.trace() }
        memory.following = optional { $0.following() }
        memory.following?.data = dataRecord()
        memory.leaving = list(3) { some in
            var old = some.following()
            if some.flag() { old.data = some.dataRecord() }
            return old
        }
        return memory
    }

    mutating func lastError() -> LastError {
        LastError(code: text(), message: text(), isRetriable: flag(), at: wall())
    }

    mutating func published() -> Published {
        let kinds: [Condition.Kind] = [.inSync, .aliasUsed, .contested, .unsupported, .atAddOnly, .suspended]
        return Published(
            phase: pick(Phase.allCases), reason: text(), digest: bytes(32),
            conditions: Dictionary(
                list(4) { ($0.pick(kinds), Published.Truth(isTrue: $0.flag(), since: $0.wall())) },
                uniquingKeysWith: { $1 }),
            category: text(), labels: labels())
    }

    mutating func memory() -> SubjectMemory {
        var memory = SubjectMemory()
        memory.acceptance = optional { $0.acceptance() }
        memory.following = optional { $0.following() }
        memory.applied = fields { $0.fieldValue() }
        memory.corrections = fields { $0.list(3) { $0.number() } }
        memory.attempt = optional {
            Attempt(
                failures: $0.count(9), lastAt: $0.timestamp(), nextAt: $0.timestamp(), error: $0.lastError())
        }
        memory.intent = optional {
            Intent(kind: $0.pick([.add, .change, .release, .prune]), at: $0.timestamp())
        }
        memory.withdrawal = optional { Withdrawal(since: $0.timestamp(), isSaidByPerson: $0.flag()) }
        memory.ending = optional {
            Ending(
                kind: $0.pick([.finished, .removed, .failed]), reason: $0.text(), message: $0.text(),
                at: $0.wall())
        }
        memory.published = optional { $0.published() }
        memory.leaving = list(2) { $0.following() }
        memory.departed = list(2) { $0.following() }
        memory.untagged = Set(list(2) { $0.text() })
        return memory
    }

    mutating func torrent(_ id: TorrentID? = nil) -> Torrent {
        let identity = identity()
        return Torrent(
            id: id ?? identity.preferredID, identity: identity, name: text(),
            state: pick(ServerState.allCases),
            placement: Torrent.Placement(
                savePath: text(), contentPath: text(), category: text(), tags: list(3) { $0.text() },
                autoTMM: flag(), downloadPath: optional { $0.text() }),
            options: Torrent.Options(
                sequentialDownload: flag(), firstLastPiecePrio: flag(), forceStart: flag(),
                superSeeding: flag(), downloadLimit: number(), uploadLimit: number(),
                ratioLimit: pick([-2, -1, 0.1, .infinity]), seedingTimeLimit: number(),
                inactiveSeedingTimeLimit: optional { $0.number() }),
            counters: counters(), addedAt: optional { $0.wall() }, completedAt: optional { $0.wall() })
    }

    /// Without those that only count time, which are nowhere kept.
    mutating func counters() -> Torrent.Counters {
        Torrent.Counters(
            progress: pick([0, 0.1, 1]), size: number(), amountLeft: number(), downloaded: number(),
            uploaded: number(), downloadSpeed: number(), uploadSpeed: number(), ratio: pick([0, 0.3, 12.5]),
            seeds: number(), peers: number(), totalSize: optional { $0.number() })
    }

    mutating func change() -> Change {
        // What became of torrents is the store's own to say.
        let kinds = Change.Kind.allCases.filter { ![.observed, .appeared, .gone].contains($0) }
        return Change(
            pick(kinds), subject: optional { $0.key() },
            torrent: optional { $0.identity().preferredID }, field: optional { $0.text() },
            from: optional { $0.text() }, to: optional { $0.text() }, reason: text(), message: text(),
            client: optional { $0.text() },
            values: Dictionary(
                list(4) { ($0.pick(ObservedField.allCases), $0.text()) }, uniquingKeysWith: { $1 }))
    }

    mutating func hold(_ kind: Hold.Kind) -> Hold {
        Hold(
            kind: kind, since: wall(), message: text(), names: list(3) { $0.name() }, lift: text(),
            digest: bytes(32))
    }

    mutating func accepted(_ key: SubjectKey) -> AcceptedRequest {
        let metainfo = bytes(pick([40, 5_000, 20_000]))
        let payload: RequestPayload =
            switch count(2) {
            case 0: RequestPayload(document: metainfo, suffix: "torrent", source: .metainfo(metainfo))
            case 1:
                RequestPayload(
                    document: bytes(60), suffix: "json", source: .metainfo(metainfo),
                    companions: list(2) { RequestFile(name: $0.text(), bytes: $0.bytes(40)) })
            default:
                RequestPayload(document: bytes(60), suffix: "magnet", source: .magnet("magnet:?\(text())"))
            }
        return AcceptedRequest(
            key: key, generation: count(4) + 1, identity: identity(), payload: payload)
    }

    /// Changes a few things of everything.
    mutating func batch(pass: UInt64, torrents: [ObservedKey], atMost most: Int = 6) -> PassBatch {
        var batch = PassBatch(pass: pass, at: timestamp())
        for _ in 0..<count(most) { batch.subjects[key()] = random.oneIn(4) ? .some(nil) : memoryWithData() }
        for _ in 0..<count(2) { batch.accepted.append(accepted(key())) }
        for key in torrents where random.oneIn(6) {
            batch.torrents[key] = random.oneIn(3) ? .some(nil) : torrent(key.id)
            if flag() { batch.followers[key] = SubjectKey(client: key.client, name: name()) }
        }
        if random.oneIn(3) {
            batch.snapshot = Dictionary(uniqueKeysWithValues: torrents.map { ($0, counters()) })
        }
        batch.changes = list(most) { $0.change() }
        for kind in Hold.Kind.allCases where random.oneIn(5) {
            batch.holds[kind] = flag() ? hold(kind) : .some(nil)
            batch.approvals[kind] = flag() ? bytes(32) : .some(nil)
        }
        batch.nextOrder = optional { Int64($0.count(1_000)) }
        batch.publishing = Set(list(3) { $0.key() })
        return batch
    }
}
