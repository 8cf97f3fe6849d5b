import Metainfo
import Reconciliation
import Testing

@testable import Spool

/// The schemas of what qspool writes, held against what it really writes by a validator that others wrote.
@Suite("Schemas of status and summary")
struct StatusSchemaTests {
    private static let time = StatusWriterTests.time

    /// One in each phase, with every word that a status can hold somewhere among them.
    private static func statuses() throws -> [RequestStatus] {
        let base = try StatusWriterTests.status()
        var all = Phase.allCases.map { phase in
            var status = base
            status.phase = phase
            status.torrent = nil
            return status
        }
        all += ServerState.allCases.map { state in
            var status = base
            status.torrent?.torrent.state = state
            return status
        }
        for ownership in Ownership.allCases {
            var status = base
            status.torrent?.ownership = ownership
            status.torrent?.localPath = "/mnt/nas/movies"
            status.torrent?.torrent.completedAt = time
            all.append(status)
        }
        let hash = try #require(InfoHash(bytes: Digest.sha256([])))
        var hybrid = base
        hybrid.torrent?.torrent.identity = TorrentIdentity(hash)
        hybrid.torrent?.torrent.counters.eta = nil
        hybrid.torrent?.torrent.counters.progress = 1
        return all + [hybrid, wordy(base), hostile(base)] + failures(base)
    }

    private static func wordy(_ base: RequestStatus) -> RequestStatus {
        var status = base
        status.reason = "Corrected"
        status.conditions = Condition.Kind.allCases.map { kind in
            Condition(
                kind: kind, isTrue: kind != .inSync, reason: "Why", message: "so", since: time, generation: 2)
        }
        let values: [FieldValue] = [
            .text("x"), .flag(true), .number(0), .list(["a", "b"]), .goals(SeedGoals(ratio: .at(2))),
            .selection(FileSelection(include: ["*.mkv"], exclude: [])),
        ]
        status.sources = SourceStatus.Verdict.allCases.map {
            SourceStatus(source: "https://h/***", verdict: $0, code: "gone", message: "m", at: time)
        }
        status.drift = Field.allCases.enumerated().map { index, field in
            Drift(
                field: field, wanted: values[index % values.count],
                observed: values[(index + 1) % values.count],
                verdict: Drift.Verdict.allCases[index % Drift.Verdict.allCases.count])
        }
        return status
    }

    private static func hostile(_ base: RequestStatus) -> RequestStatus {
        var status = base
        status.message = String(repeating: "\u{202E}\u{1B}", count: 400)
        status.torrent?.torrent.name = "a\u{1B}[31m\u{202E}b" + String(repeating: "ü", count: 600)
        status.torrent?.torrent.counters.progress = .nan
        status.torrent?.torrent.counters.ratio = .infinity
        status.torrent?.torrent.counters.size = -1
        status.labels = ["\u{7}": String(repeating: "\"", count: 256)]
        return status
    }

    private static func failures(_ base: RequestStatus) -> [RequestStatus] {
        var rejected = RequestStatus(
            key: base.key, generation: 0, version: nil, phase: .rejected, reason: "UnknownField",
            message: "so")
        rejected.failure.problem = Problem(
            code: "unknown-field", message: "catagory is no field", field: "catagory", line: 3, column: 5)
        var failing = base
        failing.failure.attempts = 3
        failing.failure.nextAttemptAt = time
        failing.failure.lastError = LastError(code: "timeout", message: "m", isRetriable: true, at: time)
        return [rejected, failing]
    }

    private static func summaries() -> [Summary] {
        let pass = Summary.LastPass(
            at: time, duration: 0.012, calls: 1, actions: 0, commits: 0, filesWritten: 0)
        let full = Summary(
            version: "1.0.0", phases: Dictionary(uniqueKeysWithValues: Phase.allCases.map { ($0, 2) }),
            converged: 0.97,
            holds: Hold.Kind.allCases.map {
                Hold(
                    kind: $0, since: time, message: "41 are gone", names: [RequestName("a/b")],
                    lift: "qspool approve", digest: [])
            },
            problems: [SpoolProblem(path: "bad\\u0007.json", code: "bad-name", message: "so")],
            clients: [
                "default": Summary.Client(
                    isReachable: true,
                    facts: ServerFacts(version: "v5.3.0", webAPI: "2.16.2", freeSpace: 1),
                    lastGoodObservation: time),
                "other": Summary.Client(isReachable: false, lastError: "timeout"),
            ], lastPass: pass, store: Summary.StoreFigures(bytes: 1, logFrom: time, mapUsed: 0.5))
        let empty = Summary(
            version: "", phases: [:], converged: .nan, holds: [], problems: [], clients: [:], lastPass: pass,
            store: Summary.StoreFigures(bytes: 0, logFrom: nil, mapUsed: 0))
        return [full, empty]
    }

    @Test("Every status that is written fits")
    func statusesFit() throws {
        let texts = try Self.statuses().map { StatusWriter.render($0, updatedAt: Self.time) }
        #expect(try SchemaCheck.misfits(StatusSchema.document(), texts) == [:])
    }

    @Test("Every summary that is written fits")
    func summariesFit() throws {
        let texts = Self.summaries().map { SummaryWriter.render($0, updatedAt: Self.time) }
        #expect(try SchemaCheck.misfits(SummarySchema.document(), texts) == [:])
    }

    @Test("A status with anything missing, too much or of another type does not fit")
    func damagedStatuses() throws {
        let base = try StatusWriterTests.status()
        let texts = [Self.wordy(base)] + Self.failures(base)
        let damages = try texts.flatMap { status in
            try SchemaCheck.damages(
                StatusWriter.render(status, updatedAt: Self.time), optional: ["sources"], free: ["labels"])
        }
        try expectMisfits(StatusSchema.document(), damages)
    }

    @Test("A summary with anything missing, too much or of another type does not fit")
    func damagedSummaries() throws {
        let damages = try Self.summaries().flatMap { summary in
            try SchemaCheck.damages(
                SummaryWriter.render(summary, updatedAt: Self.time), optional: ["requests.phases"],
                free: ["clients"])
        }
        try expectMisfits(SummarySchema.document(), damages)
    }

    @Test("A status with a word or a figure that cannot be does not fit")
    func wrongWords() throws {
        let text = String(
            decoding: StatusWriter.render(try StatusWriterTests.status(), updatedAt: Self.time), as: UTF8.self
        )
        let changes = [
            (#""schema": 1"#, #""schema": 2"#), (#""phase": "downloading""#, #""phase": "paused""#),
            (#""reason": """#, #""reason": "two words""#),
            (#""ownership": "added""#, #""ownership": "ours""#),
            (#""progress": 0.375"#, #""progress": 37.5"#), (#""size": 45"#, #""size": -45"#),
            (#""hash": "0"#, #""hash": ""#), (#""hash": "0"#, #""hash": "A"#),
            (#"00Z""#, #"00+00:00""#), (#""sha256:"#, #""md5:"#),
            (#""status": "True""#, #""status": "true""#),
            (#""type": "InSync""#, #""type": "Synced""#), (#""field": "uploadLimit""#, #""field": "up""#),
            (#""verdict": "reported""#, #""verdict": """#), (#""generation": 2"#, #""generation": 2.5"#),
        ]
        let damages = changes.map { old, new in
            SchemaCheck.Damage(
                what: new, document: Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
        }
        #expect(damages.allSatisfy { !$0.document.elementsEqual(text.utf8) })
        try expectMisfits(StatusSchema.document(), damages)
    }

    private func expectMisfits(_ schema: [UInt8], _ damages: [SchemaCheck.Damage]) throws {
        #expect(damages.count >= 15)
        let misfits = try SchemaCheck.misfits(schema, damages.map(\.document))
        let unseen = damages.indices.filter { misfits[$0] == nil }.map { damages[$0].what }
        #expect(unseen == [])
    }
}
