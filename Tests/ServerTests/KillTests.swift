import Glibc
import TestSupport
import Testing

/// Killed at random instants: nothing is lost, nothing is done twice, nothing foreign is touched.
@Suite("Servers: kill -9", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct KillTests {
    /// Kills for each suite and each of `once` and `run`.
    static let kills = 100
    /// Kills in a row before two passes are let through.
    static let killsInARow = 4

    @Test("once", arguments: Tested.suites)
    func once(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            try await storm(bench, seed: 1) { dice in
                let process = try bench.root.start("once")
                try await Task.sleep(for: .microseconds(Int.random(in: 0...120_000, using: &dice)))
                return process
            }
        }
    }

    @Test("run", arguments: Tested.suites)
    func run(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s", "interval=100ms"]) { bench in
            try await storm(bench, seed: 2) { dice in
                let process = try bench.root.start("run")
                try await Task.sleep(for: .microseconds(Int.random(in: 0...200_000, using: &dice)))
                return process
            }
        }
    }

    private func storm(
        _ bench: Bench, seed: UInt64, _ start: (inout SplitMix64) async throws -> RunningCommand
    ) async throws {
        var dice = SplitMix64(seed: seed)
        var world = StormWorld(bench: bench)
        try await bench.eye.add(
            (0..<4).map { Sample("foreign-\($0)") }, [("category", "theirs"), ("tags", "theirs,other")])
        let foreign = try await bench.eye.torrents().map(\.lasting).sorted()
        var died = 0
        for round in 1...Self.kills {
            // Half of the daemon's work is there when it starts, half comes while it runs; `once` reads all.
            try world.change(using: &dice)
            let process = try await start(&dice)
            try world.change(using: &dice)
            if process.signal(SIGKILL) { died += 1 }
            let end = process.finish(within: .seconds(20))
            #expect(end.status == 128 + SIGKILL || end.status == 0, "round \(round): \(end.errors)")
            guard round % Self.killsInARow == 0 || round == Self.kills else { continue }
            for _ in 1...2 { _ = try await bench.root.once() }
            try await world.expectConverged("seed \(seed), after kill \(round)", foreign: foreign)
            try Task.checkCancellation()
        }
        #expect(died > Self.kills / 3, "most rounds kill a process at work, not one that has ended: \(died)")
        let check = try await bench.root.qspool("check")
        #expect(check.status == 0, "\(check.output)")
    }
}

/// What the storm has asked for, and what must therefore be.
struct StormWorld {
    private struct Request {
        let file: String
        let sample: Sample
        var content: [UInt8]
        var category: String?
        /// When the server first listed it.
        var addedAt: Int?

        var name: String { String(file.prefix { $0 != "." }) }
    }

    /// More than this many are not kept at a time, so that a pass stays short.
    private static let mostRequests = 24

    let bench: Bench
    private var requests: [Request] = []
    private var withdrawn: [Request] = []
    private var withdrawnSinceCheck = 0
    private var count = 0
    private var changes = 0

    init(bench: Bench) { self.bench = bench }

    /// One or two new requests, a change, and now and then a withdrawal.
    mutating func change(using dice: inout SplitMix64) throws {
        for _ in 0..<Int.random(in: 1...2, using: &dice) { try add(using: &dice) }
        let changeable = requests.indices.filter { requests[$0].category != nil }
        if let index = changeable.randomElement(using: &dice) {
            // Never one that it had before: a change that was cut off and then taken back is settled by
            // verification, five seconds after the last call, and not in two passes.
            changes += 1
            let category = "c\(changes)"
            requests[index].category = category
            requests[index].content = Self.json(requests[index].sample, category)
            try bench.root.drop(requests[index].file, requests[index].content)
        }
        // The budget of removals is five at a time.
        let isFull = requests.count > Self.mostRequests
        if withdrawnSinceCheck < 5, isFull || Bool.random(using: &dice), !requests.isEmpty {
            let gone = requests.remove(at: Int.random(in: 0..<requests.count, using: &dice))
            try bench.root.withdraw(gone.file)
            withdrawn.append(gone)
            withdrawnSinceCheck += 1
        }
    }

    private mutating func add(using dice: inout SplitMix64) throws {
        guard requests.count <= Self.mostRequests else { return }
        count += 1
        let sample = Sample("storm-\(count)")
        let request =
            switch Int.random(in: 0...3, using: &dice) {
            case 0:
                Request(file: "r\(count).torrent", sample: sample, content: sample.metainfo)
            case 1:
                Request(file: "r\(count).magnet", sample: sample, content: Array(sample.magnet.utf8))
            default:
                Request(
                    file: "r\(count).json", sample: sample, content: Self.json(sample, "new"),
                    category: "new")
            }
        try bench.root.drop(request.file, request.content)
        requests.append(request)
    }

    private static func json(_ sample: Sample, _ category: String) -> [UInt8] {
        Array(
            "{\"source\": \"\(sample.magnet)\", \"state\": \"stopped\", \"category\": \"\(category)\"}".utf8)
    }

    mutating func expectConverged(_ when: String, foreign: [String]) async throws {
        let seen = try await bench.eye.torrents()
        let theirs = seen.filter { $0.category == "theirs" }.map(\.lasting).sorted()
        #expect(theirs == foreign, "\(when): foreign torrents changed")
        let ours = seen.filter { $0.category != "theirs" }
        let byHash = Dictionary(grouping: ours, by: \.hash)
        #expect(Set(ours.map(\.hash)) == Set(requests.map(\.sample.hash)), "\(when)")
        for index in requests.indices {
            let request = requests[index]
            let torrent = byHash[request.sample.hash]?.first
            #expect(byHash[request.sample.hash]?.count == 1, "\(when): \(request.file)")
            #expect(torrent?.tags == ["qspool"], "\(when): \(request.file)")
            if let category = request.category {
                #expect(torrent?.category == category, "\(when): \(request.file)")
            }
            let addedAt = torrent?.reply["added_on"].integer
            #expect(
                request.addedAt == nil || request.addedAt == addedAt, "\(when): added twice: \(request.file)")
            requests[index].addedAt = addedAt
            #expect(try Files.read(bench.root.request(request.file)) == request.content, "\(when)")
            let status = try bench.root.status(request.name)
            #expect(
                status["request"]["digest"].text == Sample.sha256(request.content), "\(when): \(request.file)"
            )
            #expect(
                status["torrent"]["hash"].text == request.sample.hash, "\(when): \(request.file): \(status)")
        }
        for request in withdrawn {
            let status = try bench.root.status(request.name)
            #expect(
                !status.exists || status["phase"].text == "removed", "\(when): \(request.file): \(status)")
        }
        withdrawn = []
        withdrawnSinceCheck = 0
    }
}
