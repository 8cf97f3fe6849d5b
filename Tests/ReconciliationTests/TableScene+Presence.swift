import Metainfo
import Reconciliation

extension TableScene {
    static let presence = taking + following + fields + stalls

    private static let taking = [
        TableScene(.found, "settled → downloading") {
            $0.ask("aa")
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(3)) }
            $0.list("aa")
        },
        TableScene(.handedOver, "settled → downloading") {
            $0.ask("aa")
            $0.follow("bb") {
                var old = Following(
                    ownership: .added, id: Scene.identity("aa").preferredID, identity: Scene.identity("aa"))
                old.isConfirmed = true
                $0.leaving = [old]
            }
            $0.ask("bb")
            $0.list("aa")
            $0.list("bb")
        },
        TableScene(.adoptedBefore, "settled → downloading") {
            $0.ask("aa")
            $0.list("aa", tags: ["qspool-adopted"])
        },
        TableScene(.adopt, "act tag → pending/Adopting") {
            $0.ask("aa")
            $0.list("aa", tags: [])
        },
        TableScene(.absentForeign, "settled → removed/Released") {
            $0.ask("aa", [.state: .text("absent")])
            $0.list("aa", tags: [])
        },
    ]

    private static let following = [
        TableScene(.handsOff, "wait Suspended → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa", tags: ["qspool", "qspool-hands-off"])
        },
        TableScene(.inTransit, "wait Verifying → moving") {
            $0.ask("aa", [.savePath: .text("/srv")])
            $0.follow("aa") { $0.applied[.savePath] = .text("/srv") }
            $0.list("aa") { $0.state = .moving }
        },
        TableScene(.saveRootMissing, "hold SaveRootMissing → error/SaveRootMissing") {
            for name in ["aa", "bb"] {
                $0.ask(name, [.category: .text("iso")])
                $0.follow(name) { $0.following?.hasCompleted = true }
                $0.list(name) { $0.state = .missingFiles }
            }
        },
        TableScene(.inError, "settled → error/MissingFiles") {
            $0.ask("aa", [.state: .text("stopped"), .forceStart: .flag(true)])
            $0.follow("aa")
            $0.list("aa") { $0.state = .missingFiles }
            $0.addCompany()
        },
        TableScene(.retried, "act prune → removing/Retried") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa") {
                $0.state = .error
                $0.counters.progress = 0
            }
            $0.order(.retry(Scene.key("aa")))
        },
        TableScene(.tagRestored, "act tag → downloading/Correcting") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa", tags: [])
            $0.hasRestarted = true
        },
        TableScene(.tagTakenOff, "settled → downloading") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa", tags: [])
        },
        TableScene(.completing, "wait Verifying → checking/Verifying") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa") {
                $0.state = .stoppedUP
                $0.counters.progress = 1
                $0.counters.amountLeft = 0
            }
        },
        TableScene(.settled, "settled → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa") { $0.placement.category = "iso" }
        },
        TableScene(.returned, "settled → downloading") {
            $0.ask("aa")
            $0.follow("aa") { $0.withdrawal = PlannerGoneTests.gone(30) }
            $0.list("aa")
        },
        TableScene(.leavingGoes, "act prune → downloading") { leaving(&$0) },
        TableScene(.leavingStays, "settled → downloading") {
            leaving(&$0)
            $0.torrents[0].placement.tags.append("qspool-hands-off")
        },
    ]

    /// `aa` asks for `bb` by now and has it; the torrent `aa` is to go.
    static func leaving(_ scene: inout Scene) {
        scene.know("aa") {
            $0.acceptance?.identity = Scene.identity("bb")
            var new = Following(
                ownership: .added, id: Scene.identity("bb").preferredID, identity: Scene.identity("bb"))
            new.isConfirmed = true
            new.wasTagged = true
            $0.following = new
            $0.leaving = [
                Following(
                    ownership: .added, id: Scene.identity("aa").preferredID, identity: Scene.identity("aa"))
            ]
        }
        scene.ask("aa", for: Scene.identity("bb"))
        scene.list("aa")
        scene.list("bb")
    }

    private static let fields = [
        TableScene(.change, "act recategorize → downloading/Correcting") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa")
        },
        TableScene(.verifying, "wait Verifying → downloading") {
            drifted(&$0)
            $0.change("aa") { $0.following?.lastCallAt = Scene.ago(4) }
        },
        TableScene(.drift, "act recategorize → downloading/Correcting") { drifted(&$0) },
        TableScene(.driftReported, "settled → downloading") {
            $0.rules.drift = .report
            drifted(&$0)
        },
        TableScene(.contested, "settled → downloading") {
            drifted(&$0)
            $0.change("aa") {
                // Days ago, but three within an hour.
                $0.corrections[.category] = [50, 40, 30].map {
                    Scene.ago(200_000 + $0 * 60).wall.milliseconds
                }
            }
        },
        TableScene(.choosingFiles, "settled → metadata") {
            $0.ask("aa", [.files: PlannerFilesTests.films])
            $0.follow("aa") { $0.selection = SelectionProgress(startsWhenChosen: true) }
            $0.list("aa") { $0.state = .metaDL }
        },
        TableScene(.unsupported, "settled → downloading") {
            $0.facts.unsupported = [.seed]
            $0.ask("aa", [.seed: .goals(PlannerGoalTests.twice)])
            $0.follow("aa")
            $0.list("aa")
        },
        TableScene(.atAddOnly, "settled → downloading") {
            $0.ask("aa", [.contentLayout: .text("Subfolder")])
            $0.follow("aa")
            $0.list("aa")
        },
    ]

    private static func drifted(_ scene: inout Scene) {
        scene.ask("aa", [.category: .text("iso")])
        scene.follow("aa") { $0.applied[.category] = .text("iso") }
        scene.list("aa") { $0.placement.category = "other" }
    }

    private static let stalls = [
        TableScene(.stallReported, "settled → stalled/NoProgress") { stalled(.report, &$0) },
        TableScene(.stallNext, "settled → stalled") { stalled(.next, &$0) },
        TableScene(.stallFailed, "settled → failed/Stalled") { stalled(.fail, &$0) },
    ]

    private static func stalled(_ then: Stall.Consequence, _ scene: inout Scene) {
        scene.askForSources(
            "aa", found: Scene.identity("aa"),
            terms: RequestTerms(stall: Stall(afterMilliseconds: 600_000, then: then))
        ) {
            $0.acceptance?.identity = Scene.identity("aa")
            var following = Following(
                ownership: .added, id: Scene.identity("aa").preferredID, identity: Scene.identity("aa"))
            following.isConfirmed = true
            following.wasTagged = true
            $0.following = following
            $0.patience = Patience(amountLeft: 500, countedAt: Scene.ago(600))
        }
        scene.list("aa") { $0.state = .stalledDL }
    }

    static let goals = [
        goal(.goalKept, "settled → seeding", SeedGoals(ratio: .at(2))),
        goal(.goalStop, "act stop → seeding/GoalMet", SeedGoals(ratio: .at(2), then: .stop)),
        goal(.goalStopped, "settled → finished/GoalMet", SeedGoals(ratio: .at(2), then: .stop)) {
            $0.torrents[0].state = .stoppedUP
        },
        goal(.goalRemove, "act prune → removing/GoalMet", PlannerGoalTests.removed),
        goal(.goalNotOurs, "settled → finished/GoalMet", PlannerGoalTests.removed, as: .adopted),
        goal(.goalClaimed, "settled → finished/GoalMet", PlannerGoalTests.removed) {
            $0.ask("zz", for: Scene.identity("aa"))
        },
    ]

    private static func goal(
        _ row: PlannerCase, _ expected: String, _ goals: SeedGoals, as ownership: Ownership = .added,
        _ change: (inout Scene) -> Void = { _ in }
    ) -> TableScene {
        TableScene(row, expected) {
            $0 = PlannerGoalTests.scene(goals, as: ownership, ratio: 2)
            $0.facts.unsupported = []
            $0.torrents[0].options.ratioLimit = 2
            change(&$0)
        }
    }
}
