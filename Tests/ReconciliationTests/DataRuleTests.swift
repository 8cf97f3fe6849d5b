import Metainfo
import Reconciliation
import Testing

/// Which rule keeps the data of a torrent that goes: one row a rule, and which of several is named.
@Suite("Data that may go")
struct DataRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// `go`, or the rule's word.
        let expected: String
        let change: @Sendable (inout Scene) -> Void

        init(_ description: String, _ expected: String, _ change: @escaping @Sendable (inout Scene) -> Void) {
            testDescription = description
            self.expected = expected
            self.change = change
        }
    }

    static let place = DataTrace.Place(directory: "/downloads", ground: 7, names: .all)

    private static func record(_ change: @escaping @Sendable (inout DataRecord) -> Void)
        -> @Sendable (inout Scene) -> Void
    {
        { scene in
            scene.change("aa") { subject in
                guard var record = subject.following?.data else { return }
                change(&record)
                subject.following?.data = record
            }
        }
    }

    private static func torrent(_ change: @escaping @Sendable (inout Torrent) -> Void)
        -> @Sendable (inout Scene) -> Void
    {
        { change(&$0.torrents[0]) }
    }

    static let cases = [
        Case("every condition holds", "go") { _ in },
        Case("onDelete remove: nobody asked for it", "nothing asked") {
            $0.change("aa") { $0.acceptance?.onDelete = .remove }
        },
        Case("prune.allowData is not set", "DataNotAllowed") { $0.rules.prune.allowData = false },
        Case("nobody looked before it was added", "DataUnseen", record { $0.trace = nil }),
        Case("no pathMap led to where it was added", "DataUnseen", record { $0.trace?.places = [] }),
        Case("its first check is seen only now, and all of it was downloaded", "go") {
            record { $0.trace?.firstCheck = .unseen }(&$0)
        },
        Case("its first check is seen only now, and more is complete", "DataExisted") {
            record { $0.trace?.firstCheck = .unseen }(&$0)
            $0.torrents[0].counters.downloaded = 499
        },
        Case("its first check was never seen", "DataUnseen") {
            record { $0.trace?.firstCheck = .unseen }(&$0)
            $0.torrents[0].state = .missingFiles
        },
        Case(
            "complete at its first check", "DataExisted", record { $0.trace?.firstCheck = .something }),
        Case("its name was taken", "DataExisted", record { $0.trace?.places[0].names = .free([]) }),
        Case("added with skipChecking", "DataUnchecked", record { $0.trace?.skipsCheck = true }),
        Case("it lies elsewhere by now", "DataMoved", torrent { $0.placement.savePath = "/downloads/b" }),
        Case(
            "it lies elsewhere, and that was seen", "DataMoved",
            record {
                $0.trace?.places = []
                $0.trace?.hasMoved = true
            }),
        Case("it has no metadata", "DataNone", torrent { $0.counters = Torrent.Counters() }),
        Case("abandoned, and nothing of it is complete", "go") {
            record { $0.isAbandoned = true }(&$0)
            $0.torrents[0].counters.progress = 0
            $0.torrents[0].counters.amountLeft = 1_000
        },
        Case("abandoned, and something of it is complete", "DataComplete", record { $0.isAbandoned = true }),
        Case("abandoned, without a word in the request", "go") {
            record { $0.isAbandoned = true }(&$0)
            $0.change("aa") { $0.acceptance?.onDelete = .remove }
            $0.torrents[0].counters.progress = 0
        },
        Case("abandoned, and the configuration allows nothing", "nothing asked") {
            record { $0.isAbandoned = true }(&$0)
            $0.change("aa") { $0.acceptance?.onDelete = .remove }
            $0.rules.prune.allowData = false
        },
        Case("not allowed and skipChecking: what a person can change is named", "DataNotAllowed") {
            record { $0.trace?.skipsCheck = true }(&$0)
            $0.rules.prune.allowData = false
        },
        Case("skipChecking and found complete", "DataUnchecked") {
            record {
                $0.trace?.skipsCheck = true
                $0.trace?.firstCheck = .something
            }(&$0)
        },
    ]

    /// Withdrawn by a person, ours, half there, and nothing in the way.
    static func scene() -> Scene {
        var scene = Scene()
        scene.rules.prune.allowData = true
        scene.rules.prune.graceMilliseconds = 0
        scene.follow("aa") { subject in
            subject.acceptance?.onDelete = .removeData
            subject.withdrawal = Withdrawal(since: Scene.ago(300), isSaidByPerson: true)
            subject.following?.data.trace = DataTrace(places: [place], firstCheck: .nothing)
        }
        scene.list("aa") { $0.counters.downloaded = 500 }
        return scene
    }

    @Test("names the rule that keeps it", arguments: cases)
    func rule(_ example: Case) throws {
        var scene = Self.scene()
        example.change(&scene)
        let action = try #require(scene.plan().actions.first)
        guard case .prune(_, let wish) = action.call else {
            Issue.record("not removed: \(action)")
            return
        }
        switch wish {
        case nil: #expect(example.expected == "nothing asked")
        case .go?: #expect(example.expected == "go")
        case .stay(let rule)?:
            #expect(example.expected == rule.rawValue)
            #expect(action.reason.contains(rule.rawValue) && action.reason.contains(rule.sentence))
        }
    }

    @Test(
        "Adopted and disowned torrents stay with all their data", arguments: [Ownership.adopted, .disowned])
    func notOurs(ownership: Ownership) {
        var scene = Self.scene()
        scene.change("aa") { $0.following?.ownership = ownership }
        scene.torrents[0].placement.tags = ownership == .adopted ? ["qspool-adopted"] : []
        let isPruned = scene.plan().actions.contains { if case .prune = $0.call { true } else { false } }
        #expect(!isPruned)
        let message = scene.judgement("aa")?.standing?.message ?? ""
        if ownership == .disowned { #expect(message.contains(DataRule.notOurs.sentence), "\(message)") }
    }

    @Test("Neither a partial look, nor a lost store, nor the goal of seed lets data go")
    func never() {
        var partial = Self.scene()
        partial.coverage = .partial
        #expect(partial.plan().actions.isEmpty)
        var lost = Self.scene()
        lost.hold(.storeLost)
        #expect(lost.plan().actions.isEmpty)
        var goal = Self.scene()
        goal.change("aa") { subject in
            subject.withdrawal = nil
            subject.following?.hasCompleted = true
            subject.following?.completeLooks = 2
        }
        goal.ask("aa", [.seed: .goals(SeedGoals(ratio: .at(1), then: .remove))], onDelete: .removeData)
        goal.torrents[0].state = .stalledUP
        goal.torrents[0].counters = Torrent.Counters(progress: 1, size: 1_000, ratio: 3)
        #expect(goal.plan().actions.map(\.call) == [.prune(ifTagged: "qspool")])
    }

    @Test(
        "Figures that lag after a call keep nothing: they are waited for, a minute at most",
        arguments: [
            (0, 5, "waits"), (499, 59, "waits"), (500, 5, "pruneData"), (499, 60, "prune"),
        ])
    func lagging(_ downloaded: Int64, _ seconds: Int64, _ outcome: String) {
        var scene = Self.scene()
        scene.change("aa") {
            $0.following?.data.trace?.firstCheck = .unseen
            $0.following?.lastCallAt = Scene.ago(seconds)
        }
        scene.torrents[0].counters.downloaded = downloaded
        #expect(scene.plan().actions.first?.call.word ?? "waits" == outcome)
        // Where the data stays in any case, nothing waits.
        scene.change("aa") { $0.following?.data.trace?.places = [] }
        #expect(scene.plan().actions.first?.call.word == "prune")
    }

    @Test("One that was exchanged waits for its figures, too", arguments: [(0, ""), (500, "pruneData")])
    func laggingLeft(_ downloaded: Int64, _ outcome: String) {
        var scene = Scene()
        scene.rules.prune.allowData = true
        TableScene.leaving(&scene)
        scene.change("aa") { subject in
            subject.acceptance?.onDelete = .removeData
            subject.leaving[0].data.trace = DataTrace(places: [Self.place])
            subject.leaving[0].lastCallAt = Scene.ago(30)
        }
        for index in scene.torrents.indices { scene.torrents[index].counters.downloaded = downloaded }
        #expect(scene.plan().actions.map(\.call.word).joined() == outcome)
    }

    // MARK: The names that were free

    @Test(
        "What is taken, in any case of letters, and of a file that is not complete",
        arguments: [
            ("Film", ["film"], false), ("film.mkv", ["film.mkv.!qB"], false), ("film", ["films", "x"], true),
            ("film", [], true), ("Größe", ["grösse", "größe"], false),
        ])
    func names(_ name: String, _ present: [String], isFree: Bool) throws {
        for candidates in [nil, [name, "other"]] {
            var scene = Self.scene()
            scene.change("aa") { subject in
                subject.following?.data.trace = DataTrace()
                subject.following?.data.trace?.note(
                    "/downloads", DirectorySight(ground: 7, names: present), candidates: candidates)
                subject.following?.data.trace?.firstCheck = .nothing
            }
            let action = try #require(scene.plan().actions.first)
            guard case .prune(_, .go(let warrant)?) = action.call else {
                #expect(!isFree)
                continue
            }
            let own = DataNeighbour(
                torrent: scene.torrents[0], files: [DataFile(path: name + "/a", progress: 1)])
            let verdict = warrant.permit(own, others: []) { DataSight(ground: 7, seen: Set($1)) }
            let rule: DataRule? = if case .failure(let rule) = verdict { rule } else { nil }
            #expect(rule == (isFree ? nil : .existed), "\(candidates ?? [])")
        }
    }

    @Test("Once its name shows, what was there before needs no figures")
    func taken() {
        var scene = Self.scene()
        let top = "film"
        scene.torrents[0].placement.contentPath = "/downloads/film/a.mkv"
        scene.change("aa") {
            $0.following?.lastCallAt = Scene.ago(5)
            $0.following?.data.trace = DataTrace()
            $0.following?.data.trace?.note(
                "/downloads", DirectorySight(ground: 7, names: [top]), candidates: [top, "other"])
        }
        scene.torrents[0].counters.downloaded = 0
        #expect(scene.plan().actions.first?.reason.contains("DataExisted") == true)
    }

    @Test("What is incomplete lies in a directory below: its name says nothing of the one above")
    func nested() {
        var scene = Self.scene()
        scene.torrents[0].placement.downloadPath = "/downloads/incomplete"
        scene.torrents[0].placement.contentPath = "/downloads/incomplete/film"
        scene.change("aa") { subject in
            var trace = DataTrace(firstCheck: .nothing)
            for directory in ["/downloads", "/downloads/incomplete"] {
                let sight = DirectorySight(ground: 7, names: ["incomplete", "other"])
                trace.note(directory, sight, candidates: ["film"])
            }
            subject.following?.data.trace = trace
        }
        let plan = scene.plan()
        #expect(plan.actions.first?.call.word == "pruneData")
        let places = plan.judgements[Scene.key("aa")]?.memory?.following?.data.trace?.places
        #expect(places?.map(\.names) == [.free(["film"]), .free(["film"])])
    }

    @Test("While the figures lag and the grace runs, nobody says that the data stays")
    func forecast() {
        for (downloaded, seconds, says) in [(0, 5, true), (0, 61, false), (500, 61, true)] {
            var scene = Self.scene()
            scene.rules.prune.graceMilliseconds = 600_000
            scene.change("aa") {
                $0.withdrawal = nil
                $0.following?.data.trace?.firstCheck = .unseen
                $0.following?.lastCallAt = Scene.ago(Int64(seconds))
            }
            scene.torrents[0].counters.downloaded = Int64(downloaded)
            let message = scene.plan().judgements[Scene.key("aa")]?.standing?.message ?? ""
            #expect(message.contains("with its data if no other") == says, "\(message)")
        }
    }

    @Test("A directory with more names than are remembered is not seen, but for a torrent that tells its own")
    func crowded() {
        var trace = DataTrace()
        let crowd = DirectorySight(ground: 7, names: (0..<5_000).map { "n\($0)" })
        trace.note("/downloads", crowd, candidates: nil)
        #expect(trace.places.isEmpty)
        trace.note("/downloads", crowd, candidates: ["n7", "new"])
        #expect(trace.places.map(\.names) == [.free(["new"])])
    }

    @Test("The names of a torrent, whatever the server makes of its layout")
    func layouts() throws {
        let single = try TorrentFile(bytes: Self.single("a.b.mkv"))
        #expect(single.topNames == ["a.b", "a.b.mkv"])
    }

    private static func single(_ name: String) -> [UInt8] {
        let info =
            "d6:lengthi32e4:name\(name.utf8.count):\(name)12:piece lengthi16384e6:pieces20:"
            + "aaaaaaaaaaaaaaaaaaaae"
        return Array("d4:info\(info)e".utf8)
    }
}
