import Reconciliation
import TestSupport
import Testing

@testable import Store

@Suite("The change log")
struct ChangeLogTests {
    private let small: SmallStore
    private let store: Store

    /// 40 passes of one minute, two entries each: `accepted` of a or b, and `drift` of c.
    init() throws {
        small = try SmallStore()
        store = try small.open()
        for pass in UInt64(1)...40 { try commit(pass: pass, at: 60 * Int64(pass)) }
    }

    private func commit(pass: UInt64, at seconds: Int64) throws {
        var batch = PassBatch(pass: pass, at: SmallStore.at(seconds))
        let name = RequestName(pass % 2 == 0 ? "a" : "b")
        batch.changes = [
            Change(.accepted, subject: SubjectKey(client: "nas", name: name)),
            Change(.drift, subject: SubjectKey(name: RequestName("c")), field: "category"),
        ]
        _ = try store.commit(batch)
    }

    @Test("Entries come in order, each with its pass and time")
    func order() throws {
        let entries = try store.log()
        #expect(entries.map(\.sequence) == Array(1...80))
        #expect(entries.map(\.pass) == (1...40).flatMap { [$0, $0] })
        #expect(entries.last?.at == WallTime(seconds: 2_400))
        #expect(try store.log(newestFirst: true) == entries.reversed())
    }

    @Test("What is asked for: from a position, by name, by kind, at most so many")
    func queries() throws {
        #expect(try store.log(from: 79).map(\.sequence) == [79, 80])
        #expect(try store.log(from: 81).isEmpty)
        #expect(try store.log(limit: 3).map(\.sequence) == [1, 2, 3])
        #expect(try store.log(limit: 3, newestFirst: true).map(\.sequence) == [80, 79, 78])
        #expect(try store.log(from: 79, limit: 9, newestFirst: true).map(\.sequence) == [80, 79])
        #expect(try store.log(name: RequestName("b"), limit: 2).map(\.sequence) == [1, 5])
        #expect(try store.log(name: RequestName("x")).isEmpty)
        #expect(try store.log(kind: .drift).count == 40)
        #expect(try store.log(name: RequestName("a"), kind: .drift).isEmpty)
        #expect(try store.log(limit: 0).isEmpty)
    }

    @Test("Since a time: those entries and no others", arguments: [0, 59, 60, 61, 1_200, 2_400, 2_401])
    func since(seconds: Int64) throws {
        let since = WallTime(seconds: seconds)
        let expected = try store.log().filter { $0.at >= since }
        #expect(try store.log(since: since) == expected)
        #expect(try store.log(since: since, newestFirst: true) == expected.reversed())
    }

    @Test("A clock that was set back hides nothing")
    func clockSetBack() throws {
        try commit(pass: 41, at: 10)
        try commit(pass: 42, at: 5_000)
        try commit(pass: 43, at: 20)
        for seconds in [Int64(0), 15, 2_400, 4_000, 5_000, 5_001] {
            let since = WallTime(seconds: seconds)
            let expected = try store.log().filter { $0.at >= since }
            #expect(try store.log(since: since) == expected)
            #expect(try store.log(since: since, newestFirst: true) == expected.reversed())
        }
        #expect(try store.selfCheck() == [])
    }

    @Test("Trimming takes the beginning, in bounded steps; positions never come back")
    func trimming() throws {
        let limit = WallTime(seconds: 61)
        #expect(try store.trimLog(olderThan: limit, now: SmallStore.always, atMost: 1) == 1)
        #expect(try store.trimLog(olderThan: limit, now: SmallStore.always, atMost: 1) == 1)
        let commits = store.commits
        #expect(try store.trimLog(olderThan: limit, now: SmallStore.always, atMost: 1) == 0)
        #expect(store.commits == commits)
        #expect(try store.log().first?.sequence == 3)
        #expect(try store.figures().logFrom == WallTime(seconds: 120))
        #expect(try store.log(since: WallTime(seconds: 0)).count == 78)
        #expect(
            try store.trimLog(olderThan: WallTime(seconds: 9_999), now: SmallStore.always, atMost: 1_000)
                == 78)
        #expect(try store.log().isEmpty)
        #expect(try store.figures().logFrom == nil)
        try commit(pass: 41, at: 9_999)
        #expect(try store.log().map(\.sequence) == [81, 82])
        #expect(try store.selfCheck() == [])
    }
}
