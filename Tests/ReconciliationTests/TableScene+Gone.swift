import Metainfo
import Reconciliation

extension TableScene {
    static let gone = removals + endings

    private static func past(_ scene: inout Scene, as ownership: Ownership = .added) {
        scene.follow("aa", as: ownership) { $0.withdrawal = PlannerGoneTests.gone(60) }
    }

    private static let removals = [
        TableScene(.absentPrune, "act prune → removing/Absent") {
            $0.ask("aa", [.state: .text("absent")])
            $0.follow("aa")
            $0.list("aa")
        },
        TableScene(.absentClaimed, "ignore → conflict/Claimed") {
            $0.ask("aa", [.state: .text("absent")])
            $0.ask("zz", for: Scene.identity("aa"))
            $0.follow("aa")
            $0.list("aa")
        },
        TableScene(.grace, "wait Grace → removing/Grace") {
            $0.follow("aa")
            $0.list("aa")
        },
        TableScene(.withdrawnPrune, "act prune → removing/Withdrawn") {
            past(&$0)
            $0.list("aa")
        },
        TableScene(.pruneBudget, "hold PruneBudget → removing/Hold") {
            $0.rules.prune = Rules.Prune(budgetCount: 0, budgetShare: 0)
            past(&$0)
            $0.list("aa")
        },
        TableScene(.removalTagFirst, "act tag → removing/Withdrawn") {
            past(&$0)
            $0.list("aa", tags: [])
            $0.hasRestarted = true
        },
        TableScene(.removalVerifying, "wait Verifying → removing/Withdrawn") {
            past(&$0)
            $0.change("aa") {
                $0.intent = Intent(kind: .prune, at: Scene.ago(3))
                $0.following?.lastCallAt = Scene.ago(2)
            }
            $0.list("aa")
        },
        TableScene(.removalFirstCheck, "wait Verifying → removing/Withdrawn") {
            $0 = DataRuleTests.scene()
            $0.change("aa") {
                $0.following?.data.trace?.firstCheck = .unseen
                $0.following?.lastCallAt = Scene.ago(59)
            }
            $0.torrents[0].counters.downloaded = 0
        },
        TableScene(.removalBackoff, "wait Backoff → removing/Backoff") {
            past(&$0)
            $0.change("aa") { $0.attempt = PlannerWantedTests.failed(dueIn: 5) }
            $0.list("aa")
        },
        TableScene(.removalRelease, "act untag → removing/Released") {
            past(&$0, as: .adopted)
            $0.list("aa", tags: ["qspool-adopted"])
        },
        TableScene(.removalKeep, "act untag → removing/Kept") {
            past(&$0)
            $0.change("aa") { $0.acceptance?.onDelete = .keep }
            $0.list("aa")
        },
        TableScene(.removalDisowned, "settled → removed/Released") {
            past(&$0, as: .disowned)
            $0.list("aa", tags: [])
        },
        TableScene(.released, "settled → removed/Released") {
            past(&$0, as: .adopted)
            $0.list("aa", tags: [])
        },
    ]

    private static let endings = [
        TableScene(.removed, "settled → removed/Withdrawn") {
            past(&$0)
            $0.change("aa") { $0.intent = Intent(kind: .prune, at: Scene.ago(1)) }
        },
        TableScene(.withdrawnGone, "settled → removed/AlreadyGone") { past(&$0) },
        TableScene(.withdrawnNothing, "settled → removed/Withdrawn") { $0.know("aa") },
        TableScene(.withdrawnEnded, "settled → removed/Withdrawn") {
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.finished, "RemovedByUser") }
        },
        TableScene(.withdrawnAdding, "wait Verifying → as before") {
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(1)) }
        },
        TableScene(.withdrawnForeign, "settled → removed/Withdrawn") {
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(30)) }
            $0.list("aa", tags: [])
        },
        TableScene(.withdrawnTaken, "settled → removed/Withdrawn") {
            past(&$0)
            $0.follow("bb") {
                $0.following?.identity = Scene.identity("aa")
                $0.following?.id = Scene.identity("aa").preferredID
            }
            $0.ask("bb", for: Scene.identity("aa"))
            $0.list("aa")
        },
        TableScene(.withdrawnClaimed, "wait Grace → removing/Claimed", of: "old") {
            // Whoever takes it over is judged in a later pass.
            $0.follow("old") {
                $0.withdrawal = PlannerGoneTests.gone(60)
                $0.following?.identity = Scene.identity("aa")
                $0.following?.id = Scene.identity("aa").preferredID
            }
            $0.follow("bb")
            $0.ask("bb", for: Scene.identity("aa"), content: "2")
            $0.list("aa")
            $0.list("bb")
            $0.selection = .only([Scene.key("old")])
        },
        TableScene(.withdrawnHandsOff, "wait Suspended → waiting/Suspended") {
            past(&$0)
            $0.list("aa", tags: ["qspool", "qspool-hands-off"])
        },
        TableScene(.withdrawnNext, "wait Verifying → removed/AlreadyGone") {
            past(&$0)
            $0.change("aa") {
                $0.leaving = [
                    Following(
                        ownership: .added, id: Scene.identity("bb").preferredID,
                        identity: Scene.identity("bb"))
                ]
            }
            $0.list("bb")
        },
        TableScene(.removedKept, "settled → removed/Withdrawn") {
            $0.know("aa") { $0.ending = PlannerWantedTests.ending(.removed, "Withdrawn") }
        },
        TableScene(.removedExpired, "forgotten") {
            $0.rules.keepRemovedMilliseconds = 600_000
            $0.know("aa") { $0.ending = PlannerWantedTests.ending(.removed, "Withdrawn") }
        },
    ]
}
