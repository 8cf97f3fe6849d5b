import Metainfo
import Reconciliation
import Testing

/// What a plan costs follows what is judged, and not what exists.
@Suite("The planner, on many torrents")
struct PlannerScaleTests {
    /// What the judged subjects meet.
    enum Errand: String, CaseIterable, Sendable {
        case settled, changed, added, withdrawn, adopted

        func name(_ number: Int) -> String {
            switch self {
            case .settled, .changed, .withdrawn: "n\(number)"
            case .added: "new \(number)"
            case .adopted: "tagged \(number)"
            }
        }

        var row: PlannerCase {
            switch self {
            case .settled: .settled
            case .changed: .change
            case .added: .add
            case .withdrawn: .withdrawnPrune
            case .adopted: .adopt
            }
        }
    }

    private static let judged = 0..<50
    private static let few = known(1_000)
    private static let many = known(20_000)

    @Test("50 changed of 20 000 cost no more than twice 50 of 1 000", arguments: Errand.allCases)
    func cost(_ errand: Errand) {
        let (few, many) = (Self.run(errand, in: Self.few), Self.run(errand, in: Self.many))
        let selection = Selection.only(Set(Self.judged.map { Scene.key(errand.name($0)) }))
        let plan = many.plan(selection)
        #expect(plan.judgements.values.allSatisfy { $0.row == errand.row } && plan.judgements.count == 50)
        #expect(plan == few.plan(selection))
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

    /// All is as asked for; and some torrents carry our tag that nobody follows.
    private static func known(_ count: Int) -> Scene {
        var scene = Scene()
        scene.rules.limits = Rules.Limits(active: 10_000, minFreeSpace: 1)
        scene.facts.freeSpace = 1 << 50
        scene.rules.prune = Rules.Prune(budgetCount: 100, budgetShare: 0)
        for number in 0..<count {
            let name = "n\(number)"
            scene.follow(name) {
                $0.following?.hasCompleted = true
                $0.following?.completeLooks = 2
            }
            scene.ask(name)
            scene.list(name) {
                $0.state = .stalledUP
                $0.counters.progress = 1
                $0.counters.amountLeft = 0
            }
        }
        for number in judged { scene.list("tagged \(number)") }
        scene.memory.nextOrder = 100_000
        scene.keepPictures()
        return scene
    }

    private static func run(_ errand: Errand, in known: Scene) -> Scene {
        var scene = known
        for number in judged {
            let name = errand.name(number)
            switch errand {
            case .settled: break
            case .changed: scene.ask(name, [.category: .text("iso")])
            case .added, .adopted: scene.ask(name)
            case .withdrawn:
                scene.desired.forget(Scene.key(name))
                scene.change(name) { $0.withdrawal = PlannerGoneTests.gone(600) }
            }
        }
        return scene
    }
}
