import Glibc
import TestSupport
import Testing

/// qBittorrent killed within milliseconds of an acknowledged add, tag, change or delete: real servers then
/// start again without it. It counts as forgotten, not as somebody's doing, and is done again.
@Suite("Servers: killed after their word", .enabled(if: Tested.hasServers), .timeLimit(.minutes(60)))
struct KilledServerTests {
    /// Kills for each suite in each of `once` and `run`.
    static let kills = Tested.count("QSPOOL_TEST_SERVER_KILLS", or: AcknowledgedWork.allCases.count)

    @Test("once", arguments: Tested.suites)
    func once(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            var storm = try ServerStorm(bench: bench, seed: 3)
            try await storm.begin(rounds: Self.kills)
            for round in 1...Self.kills {
                try await storm.set(round)
                // The first pass that sees a request gone begins its grace.
                for _ in 1...3 where storm.trap.kills < round {
                    let done = try await storm.root.run(["once"], timeout: .seconds(60))
                    #expect([0, 3, 69].contains(done.status), "round \(round): \(done.errors)")
                }
                try await storm.raiseServer()
                try await storm.expectConverged("once, round \(round)") {
                    _ = try await storm.root.run(["once", "--until-settled"], timeout: .seconds(60))
                }
                try Task.checkCancellation()
            }
            try await storm.expectInnocence(after: Self.kills)
        }
    }

    @Test("run", arguments: Tested.suites)
    func run(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s", "interval=500ms"]) { bench in
            var storm = try ServerStorm(bench: bench, seed: 4)
            try await storm.begin(rounds: Self.kills)
            let daemon = try storm.root.start("run")
            for round in 1...Self.kills {
                try await storm.set(round)
                let isKilled = try await comesTrue(within: .seconds(25), every: .milliseconds(5)) {
                    storm.trap.kills == round
                }
                let named = try bench.root.status("round-\(round)")
                #expect(isKilled, "round \(round): the call was made: \(named) \(daemon.errors)")
                try await storm.raiseServer()
                try await storm.expectConverged("run, round \(round)") {}
                #expect(daemon.status == nil, "round \(round): \(daemon.errors)")
                try Task.checkCancellation()
            }
            daemon.signal(SIGTERM)
            let end = daemon.finish(within: .seconds(20))
            #expect(end.status == 0, "\(end.errors)")
            try await storm.expectInnocence(after: Self.kills)
        }
    }
}

/// What the server says yes to, and then dies.
enum AcknowledgedWork: CaseIterable {
    case addMagnet, tag, remove, addFile, recategorize, adopt, untag, stop

    /// The call whose answer is its last.
    func calls(_ suite: String) -> [String] {
        switch self {
        // 4.2.5 takes our tag by a second call.
        case .addMagnet, .addFile:
            suite == "bullseye" ? ["torrents/add", "torrents/addTags"] : ["torrents/add"]
        case .tag, .adopt: ["torrents/addTags"]
        case .untag: ["torrents/removeTags"]
        case .remove: ["torrents/delete"]
        case .recategorize: ["torrents/setCategory"]
        case .stop: suite == "bullseye" || suite == "bookworm" ? ["torrents/pause"] : ["torrents/stop"]
        }
    }
}

/// What is asked for, what must therefore be, and the server between two deaths.
struct ServerStorm {
    private struct Asked {
        let sample: Sample
        var category: String?
        var tags: Set<String> = []
        var isStopped = false
        var isAdopted = false

        var json: String {
            var members = ["\"source\": \"\(sample.magnet)\""]
            members.append("\"tags\": [" + tags.sorted().map { "\"\($0)\"" }.joined(separator: ", ") + "]")
            if let category { members.append("\"category\": \"\(category)\"") }
            if isStopped { members.append("\"state\": \"stopped\"") }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }

    let bench: Bench
    let root: Root
    let trap: Trap
    private let relay: Relay
    private var dice: SplitMix64
    private var asked: [String: Asked] = [:]
    private var removed: Set<String> = []
    private var foreign: [String] = []
    /// What was killed last and how long after its word.
    private var last = ""

    init(bench: Bench, seed: UInt64) throws {
        self.bench = bench
        dice = SplitMix64(seed: seed)
        let trap = Trap()
        self.trap = trap
        // A socket: the server refuses a Host with a port that is not its own.
        let socket = bench.root.path + ".sock"
        relay = Relay(on: .unix(path: socket), to: bench.server.port, witness: { trap.notice($0, $1) })
        root = bench.root.with(["QBITTORRENT_URL": "unix:" + socket])
    }

    /// Some torrents that are nobody's, and some of ours to change and to remove.
    ///
    /// - Parameter rounds: Of eight rounds three use one up, and one adds one.
    mutating func begin(rounds: Int) async throws {
        try await bench.eye.add(
            (0..<3).map { Sample("foreign-\($0)") }, [("category", "theirs"), ("tags", "theirs,other")])
        for number in 0..<(4 + rounds / 4) {
            let name = "begin-\(number)"
            try ask(name, Asked(sample: Sample(name), category: "begin", tags: ["first"]))
        }
        try await root.settle()
        // Tags that go with an add are ignored by 4.2.5, also those of the test itself.
        foreign = try await bench.eye.torrents().filter { $0.category == "theirs" }.map(\.lasting).sorted()
    }

    private mutating func ask(_ name: String, _ wanted: Asked) throws {
        asked[name] = wanted
        try bench.root.drop(name + ".json", wanted.json)
    }

    // MARK: A round

    /// Asks for something, with the trap set on the call that carries it out.
    mutating func set(_ round: Int) async throws {
        let work = AcknowledgedWork.allCases[(round - 1) % AcknowledgedWork.allCases.count]
        let call = try #require(work.calls(bench.server.suite).randomElement(using: &dice))
        let delay = [0, 0, 500, 2_000, 6_000, 20_000].randomElement(using: &dice) ?? 0
        last = "\(work) killed \(delay) µs after \(call)"
        let name = "round-\(round)"
        if work == .adopt {
            // There before its request, and long written down.
            let sample = Sample(name)
            try await bench.eye.add([sample], [("category", "before")])
            try await Task.sleep(for: .seconds(1))
        }
        trap.set(on: call, server: try await bench.server.pid(), delay: UInt32(delay))
        switch work {
        case .addMagnet:
            try ask(name, Asked(sample: Sample(name), category: "new", tags: ["first"]))
        case .addFile:
            let sample = Sample(name)
            asked[name] = Asked(sample: sample)
            try bench.root.drop(name + ".torrent", sample.metainfo)
        case .adopt:
            try ask(name, Asked(sample: Sample(name), category: "before", isAdopted: true))
        case .tag: try change { $0.tags.insert("tag-\(round)") }
        case .untag: try change { $0.tags = [] }
        case .recategorize: try change { $0.category = "category-\(round)" }
        case .stop: try change { $0.isStopped = true }
        case .remove:
            let name = try #require(changeable.randomElement(using: &dice))
            removed.insert(name)
            try bench.root.withdraw(name + ".json")
            asked[name] = nil
        }
    }

    /// Those that a round may change: with a tag to take off, running, ours, and with a JSON.
    private var changeable: [String] {
        asked.filter { !$0.value.tags.isEmpty && !$0.value.isStopped && !$0.value.isAdopted }.keys.sorted()
    }

    private mutating func change(_ body: (inout Asked) -> Void) throws {
        let name = try #require(changeable.randomElement(using: &dice))
        var wanted = try #require(asked[name])
        body(&wanted)
        try ask(name, wanted)
    }

    /// Starts the server that was killed.
    func raiseServer() async throws {
        let isDead = try await comesTrue(within: .seconds(5)) { await !bench.server.isRunning }
        try #require(isDead, "the trap was hit: \(last)")
        try await bench.server.restart()
    }

    // MARK: What must be

    /// - Parameter pass: Has a pass made, where no daemon makes it.
    func expectConverged(_ when: String, _ pass: () async throws -> Void) async throws {
        var complaint = ""
        let isConverged = try await comesTrue(within: .seconds(40), every: .milliseconds(200)) {
            try await pass()
            complaint = try await self.complaint()
            return complaint.isEmpty
        }
        #expect(isConverged, "\(when), \(last): \(complaint)")
    }

    /// What is not as it should be; empty when all is.
    private func complaint() async throws -> String {
        let seen = try await bench.eye.torrents()
        let theirs = seen.filter { $0.category == "theirs" }.map(\.lasting).sorted()
        if theirs != foreign { return "foreign torrents changed: \(theirs)" }
        let ours = Dictionary(grouping: seen.filter { $0.category != "theirs" }, by: \.hash)
        let hashes = Set(asked.values.map(\.sample.hash))
        guard Set(ours.keys) == hashes else {
            return "there: \(ours.values.joined().map(\.name).sorted()), asked: \(asked.keys.sorted())"
        }
        for (name, wanted) in asked {
            guard let torrent = ours[wanted.sample.hash]?.first else { return "\(name) is missing" }
            let mark = wanted.isAdopted ? "qspool-adopted" : "qspool"
            if torrent.tags != wanted.tags.union([mark]) { return "\(name): tags \(torrent.tags)" }
            if let category = wanted.category, torrent.category != category {
                return "\(name): category \(torrent.category)"
            }
            if wanted.isStopped, !torrent.isStopped { return "\(name) is \(torrent.state)" }
            let status = try bench.root.status(name)
            if status["torrent"]["hash"].text != torrent.hash { return "\(name): \(status)" }
            if status["torrent"]["ownership"].text != (wanted.isAdopted ? "adopted" : "added") {
                return "\(name): \(status["torrent"]["ownership"])"
            }
        }
        for name in removed where try bench.root.phase(name) != "removed" {
            return "\(name) is \(try bench.root.phase(name))"
        }
        return ""
    }

    /// Nothing was taken for what a person does.
    func expectInnocence(after kills: Int) async throws {
        #expect(trap.kills == kills)
        let log = try Reply(try await bench.root.qspool("log", "--json").output).items
        #expect(!log.isEmpty)
        let wrong = ["AddedAgain", "RemovedByUser", "KeepsVanishing", "TagTakenOff"]
        for entry in log {
            let isWrong = entry["kind"].text == "drift" || wrong.contains(entry["reason"].text ?? "")
            #expect(!isWrong, "\(entry)")
        }
        var told: [String: Int] = [:]
        for entry in log {
            let reason = entry["reason"].text ?? ""
            if ["ForgottenByServer", "BroughtBack"].contains(reason) { told[reason, default: 0] += 1 }
        }
        print("\(bench.server.suite): \(trap.kills) kills, \(told)")
    }
}
