import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on the less usual fields")
struct PlannerFieldTests {
    static let fields = [
        Example("forced, and it is not", "act setForceStart → downloading/Correcting") {
            $0.ask("aa", [.forceStart: .flag(true)])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("forced, but somebody stopped it: a forced start would start it", "settled → stopped") {
            $0.ask("aa", [.forceStart: .flag(true)])
            $0.follow("aa") { $0.applied[.forceStart] = .flag(true) }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("forced and to run, and stopped: started first", "act start → stopped/Correcting") {
            $0.ask("aa", [.forceStart: .flag(true), .state: .text("running")])
            $0.follow("aa")
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("forced and to be stopped: stopped", "act stop → downloading/Correcting") {
            $0.ask("aa", [.forceStart: .flag(true), .state: .text("stopped")])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("super seeding, before the state", "act setSuperSeeding stop → downloading/Correcting") {
            $0.ask("aa", [.superSeeding: .flag(true), .state: .text("stopped")])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("another path for what is incomplete", "act setDownloadPath → downloading/Correcting") {
            $0.ask("aa", [.downloadPath: .text("/part")])
            $0.follow("aa")
            $0.list("aa") { $0.placement.downloadPath = "" }
        },
        Example("with the complete, in the words of 5.x", "settled → downloading") {
            $0.ask("aa", [.downloadPath: .text("")])
            $0.follow("aa")
            $0.list("aa") { $0.placement.downloadPath = "/downloads" }
        },
        Example(
            "a path under automatic management takes the torrent out of it",
            "act setAutoTMM setDownloadPath → downloading/Correcting"
        ) {
            $0.ask("aa", [.downloadPath: .text("/part")])
            $0.follow("aa")
            $0.list("aa") {
                $0.placement.downloadPath = ""
                $0.placement.autoTMM = true
            }
        },
        Example("the path is the server's under automatic management", "settled → downloading") {
            $0.ask("aa", [.downloadPath: .text("/part"), .autoTMM: .flag(true)])
            $0.follow("aa")
            $0.list("aa") {
                $0.placement.downloadPath = ""
                $0.placement.autoTMM = true
            }
        },
        Example("not supported: no call, and no drift", "settled → downloading") {
            $0.facts.unsupported = [.downloadPath]
            $0.ask("aa", [.downloadPath: .text("/part")])
            $0.follow("aa") { $0.applied[.downloadPath] = .text("/part") }
            $0.list("aa") { $0.placement.downloadPath = "" }
        },
        Example("at add only, and other by now: said, not done", "settled → downloading") {
            $0.ask("aa", [.contentLayout: .text("NoSubfolder"), .skipChecking: .flag(true)])
            $0.follow("aa") { $0.applied[.contentLayout] = .text("Original") }
            $0.list("aa")
        },
        Example("a place in the queue that the add did not give", "act enqueue → downloading/Correcting") {
            $0.facts.ignoresQueueInAdd = true
            $0.ask("aa", [.queue: .text("top")])
            $0.follow("aa") {
                $0.following?.isConfirmed = false
                $0.following?.seenSince = Scene.ago(10)
            }
            $0.list("aa")
        },
        Example("a place that was taken", "settled → downloading") {
            $0.facts.ignoresQueueInAdd = true
            $0.ask("aa", [.queue: .text("top")])
            $0.follow("aa") {
                $0.following?.isConfirmed = false
                $0.following?.seenSince = Scene.ago(10)
                $0.applied[.queue] = .text("top")
            }
            $0.list("aa")
        },
        Example("a place asked for long after the add: too late", "settled → downloading") {
            $0.facts.ignoresQueueInAdd = true
            $0.ask("aa", [.queue: .text("top")])
            $0.follow("aa")
            $0.list("aa")
        },
    ]

    static let limits = [
        Example("limits that are not there", "act limitSeeding → downloading/Correcting") {
            $0.ask("aa", [.seed: .goals(SeedGoals(ratio: .at(2), then: .stop))])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("the parts that are set are there, nearly", "settled → downloading") {
            $0.ask("aa", [.seed: .goals(SeedGoals(ratio: .at(2), time: .unlimited, then: .stop))])
            $0.follow("aa")
            $0.list("aa") {
                $0.options.ratioLimit = 2.004
                $0.options.seedingTimeLimit = -1
                $0.options.inactiveSeedingTimeLimit = 77
            }
        },
        Example("a ratio beyond the tolerance", "act limitSeeding → downloading/Correcting") {
            $0.ask("aa", [.seed: .goals(SeedGoals(ratio: .at(2)))])
            $0.follow("aa") { $0.applied[.seed] = .goals(SeedGoals(ratio: .at(2))) }
            $0.list("aa") { $0.options.ratioLimit = 2.006 }
        },
        Example("minutes are exact", "act limitSeeding → downloading/Correcting") {
            $0.ask("aa", [.seed: .goals(SeedGoals(time: .at(90)))])
            $0.follow("aa")
            $0.list("aa") { $0.options.seedingTimeLimit = 91 }
        },
        Example("no limit is not the global limit", "act limitSeeding → downloading/Correcting") {
            $0.ask("aa", [.seed: .goals(SeedGoals(ratio: .unlimited))])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("more than a server takes: what it takes is enough", "settled → downloading") {
            $0.ask("aa", [.seed: .goals(SeedGoals(ratio: .at(20_000), time: .at(999_999)))])
            $0.follow("aa")
            $0.list("aa") {
                $0.options.ratioLimit = 9_999
                $0.options.seedingTimeLimit = 525_600
            }
        },
        Example("a limit that the server does not know cannot differ", "settled → downloading") {
            $0.ask("aa", [.seed: .goals(SeedGoals(inactiveTime: .at(30)))])
            $0.follow("aa")
            $0.list("aa") { $0.options.inactiveSeedingTimeLimit = nil }
        },
        Example("what is to happen then is ours alone", "settled → downloading") {
            $0.ask("aa", [.seed: .goals(SeedGoals(then: .remove))])
            $0.follow("aa") { $0.applied[.seed] = .goals(SeedGoals(ratio: .at(1))) }
            $0.list("aa")
        },
        Example("a server that removes at its limit is shown none", "settled → downloading") {
            $0.facts.unsupported = [.seed]
            $0.ask("aa", [.seed: .goals(SeedGoals(ratio: .at(2)))])
            $0.follow("aa")
            $0.list("aa")
        },
    ]

    @Test("gives each its verdict", arguments: fields + limits)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
        #expect(
            example.scene.judgement("aa")?.verdict != .settled || example.scene.judgement("aa")?.drift == [])
    }

    // MARK: What is said about it

    static func reservations(_ build: (inout Scene) -> Void) throws -> [Condition] {
        var scene = Scene()
        build(&scene)
        let judgement = try #require(scene.judgement("aa"))
        let status = StatusDerivation.status(
            Scene.key("aa"), judgement, desired: scene.desired, rules: scene.rules, now: scene.now)
        return try #require(status).conditions
    }

    @Test func anUnsupportedWishIsNamedWithTheVersion() throws {
        let conditions = try Self.reservations {
            $0.facts = ServerFacts(version: "v4.2.5", webAPI: "2.5.1", unsupported: [.downloadPath])
            $0.facts.lacksSubfolders = true
            $0.ask("aa", [.downloadPath: .text("/p"), .contentLayout: .text("Subfolder")])
            $0.follow("aa")
            $0.list("aa")
        }
        #expect(conditions.map(\.kind) == [.inSync, .unsupported])
        #expect(conditions.allSatisfy { $0.isTrue })
        #expect(conditions[1].message.contains("downloadPath: qBittorrent v4.2.5"))
        #expect(conditions[1].message.contains("contentLayout: qBittorrent v4.2.5"))
    }

    @Test("at add only", arguments: [true, false])
    func atAddOnly(isAdopted: Bool) throws {
        let conditions = try Self.reservations {
            $0.ask(
                "aa",
                [.queue: .text("top"), .contentLayout: .text("Original"), .skipChecking: .flag(false)])
            $0.follow("aa", as: isAdopted ? .adopted : .added) {
                $0.applied = [.contentLayout: .text("Original")]
            }
            $0.list("aa", tags: [isAdopted ? "qspool-adopted" : "qspool"])
        }
        #expect(conditions.map(\.kind) == [.inSync, .atAddOnly] && conditions.allSatisfy { $0.isTrue })
        let fields = isAdopted ? "contentLayout, skipChecking, queue" : "asked for in it: queue"
        #expect(conditions[1].message.hasSuffix(fields))
    }

    @Test func aGoalThatNobodyCanJudgeIsSaid() throws {
        let conditions = try Self.reservations {
            $0.ask("aa", [.seed: .goals(SeedGoals(inactiveTime: .at(30)))])
            $0.follow("aa")
            $0.list("aa") { $0.counters.seedingSeconds = nil }
        }
        #expect(conditions.contains { $0.kind == .unsupported && $0.message.contains("inactiveTime") })
    }

    // MARK: The add

    @Test func theAddSaysWhatItCan() throws {
        var scene = Scene()
        scene.ask(
            "aa",
            [
                .downloadPath: .text("/part"), .contentLayout: .text("Subfolder"), .skipChecking: .flag(true),
                .queue: .text("top"), .forceStart: .flag(true), .seed: .goals(SeedGoals(ratio: .at(1))),
            ])
        let options = Addition.Options(
            downloadPath: "/part", contentLayout: .subfolder, skipChecking: true, queue: .top)
        #expect(
            scene.plan().actions.map(\.call) == [.add(Addition(ownershipTag: "qspool", options: options))])

        scene.facts = ServerFacts(
            version: "v4.2.5", webAPI: "2.5.1", ignoresQueueInAdd: true, unsupported: [.downloadPath],
            lacksSubfolders: true)
        let fewer = Addition.Options(skipChecking: true)
        #expect(scene.plan().actions.map(\.call) == [.add(Addition(ownershipTag: "qspool", options: fewer))])
    }

    @Test func whatTheAddSaidIsKnownAfterIt() throws {
        var scene = Scene()
        scene.ask("aa", [.contentLayout: .text("NoSubfolder"), .queue: .text("bottom")])
        let judgement = try #require(scene.judgement("aa"))
        var folding = OutcomeFolding(
            subjects: [Scene.key("aa"): try #require(judgement.memory)], rules: scene.rules)
        var random = SystemRandomNumberGenerator()
        folding.fold(
            scene.plan().actions.map { Outcome(action: $0, result: .acknowledged, at: scene.now) },
            using: &random)
        let memory = try #require(folding.subjects[Scene.key("aa")])
        #expect(
            memory.applied == [.contentLayout: .text("NoSubfolder"), .queue: .text("bottom")])
        scene.memory.remember(memory, for: Scene.key("aa"))
        scene.list("aa")
        #expect(scene.judgement("aa")?.lateFields == [])
        // Taken out and put back with another value: what was said in the add stays said.
        scene.ask("aa", content: "2")
        let between = try #require(scene.judgement("aa")?.memory)
        #expect(between.applied[.queue] == .text("bottom"))
    }
}
