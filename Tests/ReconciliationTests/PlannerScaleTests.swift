import Metainfo
import Reconciliation
import Testing

/// What a plan costs follows what is judged, and not what exists.
@Suite("The planner, on many torrents")
struct PlannerScaleTests {
    /// What the judged subjects meet.
    enum Errand: String, CaseIterable, Sendable {
        case settled, changed, added, withdrawn, handedOver
    }

    private static let judged = 50

    @Test("50 changed of 20 000 cost no more than twice 50 of 1 000", arguments: Errand.allCases)
    func cost(_ errand: Errand) {
        let (few, many) = (Self.scene(1_000, errand), Self.scene(20_000, errand))
        let selection = Selection.only(Set((0..<Self.judged).map { Scene.key("n\($0)") }))
        #expect(few.plan(selection).judgements.count == many.plan(selection).judgements.count)
        // The best of several, taken by turns: a busy machine slows down some, not all.
        var ratio = Double.infinity
        for _ in 1...4 where ratio > 2 {
            var best = (few: Duration.seconds(100), many: Duration.seconds(100))
            for _ in 1...8 {
                best.few = min(best.few, Self.time { _ = few.plan(selection) })
                best.many = min(best.many, Self.time { _ = many.plan(selection) })
            }
            ratio = best.many / best.few
        }
        #expect(ratio <= 2, "\(errand.rawValue): \(ratio) times as long")
    }

    private static func time(_ body: () -> Void) -> Duration { ContinuousClock().measure(body) }

    private static func scene(_ count: Int, _ errand: Errand) -> Scene {
        var scene = Scene()
        scene.rules.limits = Rules.Limits(active: 10_000, minFreeSpace: 1)
        scene.facts.freeSpace = 1 << 50
        scene.rules.prune = Rules.Prune(budgetCount: 100)
        for number in 0..<count {
            let name = "n\(number)"
            let isJudged = number < judged
            if isJudged, errand == .added {
                scene.ask(name)
                continue
            }
            if isJudged, errand == .handedOver {
                scene.ask(name)
            } else {
                scene.follow(name) {
                    $0.following?.hasCompleted = true
                    $0.following?.completeLooks = 2
                    if isJudged, errand == .withdrawn { $0.withdrawal = PlannerGoneTests.gone(600) }
                }
                let isGone = isJudged && errand == .withdrawn
                let isChanged = isJudged && errand == .changed
                if !isGone { scene.ask(name, isChanged ? [.category: .text("iso")] : [:]) }
            }
            scene.list(name) {
                $0.state = .stalledUP
                $0.counters.progress = 1
                $0.counters.amountLeft = 0
            }
        }
        scene.keepPictures()
        return scene
    }
}
