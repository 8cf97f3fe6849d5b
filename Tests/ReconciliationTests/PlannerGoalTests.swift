import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on seeding goals")
struct PlannerGoalTests {
    /// Complete in two looks, seeding, and as the goals describe it.
    static func scene(
        _ goals: SeedGoals, as ownership: Ownership = .added, ratio: Double = 0, seconds: Int64? = 0,
        idle: Int64? = nil, and wishes: [Field: FieldValue] = [:], _ change: (inout Scene) -> Void = { _ in }
    ) -> Scene {
        var scene = Scene()
        scene.facts.unsupported = [.seed]
        scene.ask("aa", wishes.merging([.seed: .goals(goals)]) { $1 })
        scene.follow("aa", as: ownership) {
            $0.following?.completeLooks = 2
            $0.following?.hasCompleted = true
        }
        scene.list("aa", tags: [ownership == .adopted ? "qspool-adopted" : "qspool"]) {
            $0.state = .stalledUP
            $0.counters.progress = 1
            $0.counters.amountLeft = 0
            $0.counters.ratio = ratio
            $0.counters.seedingSeconds = seconds
            $0.counters.lastActivityAt = idle.map { Scene.ago($0).wall }
            $0.completedAt = Scene.ago(1_000_000).wall
        }
        change(&scene)
        return scene
    }

    static func example(
        _ text: String, _ expected: String, _ goals: SeedGoals, as ownership: Ownership = .added,
        ratio: Double = 0, seconds: Int64? = 0, idle: Int64? = nil, and wishes: [Field: FieldValue] = [:],
        _ change: @escaping (inout Scene) -> Void = { _ in }
    ) -> Example {
        Example(text, expected) {
            $0 = scene(
                goals, as: ownership, ratio: ratio, seconds: seconds, idle: idle, and: wishes, change)
        }
    }

    static let twice = SeedGoals(ratio: .at(2), time: .at(60), inactiveTime: .at(10), then: .stop)
    static let removed = SeedGoals(ratio: .at(2), then: .remove)
    static let stopping = "act stop → seeding/GoalMet"

    static let met = [
        example("no goal met", "settled → seeding", twice, ratio: 1.99, seconds: 3_599, idle: 599),
        example("the ratio", stopping, twice, ratio: 2),
        example("a ratio too large to show", stopping, twice, ratio: -1),
        example("the time", stopping, twice, seconds: 3_600),
        example("inactive for long enough", stopping, twice, seconds: 700, idle: 600),
        example(
            "inactive by a clock that was set: seeded for less", "settled → seeding", twice, seconds: 500,
            idle: 90_000),
        example("never active: since it was complete", "settled → seeding", twice, seconds: 500),
        example(
            "seconds are not told: the ratio counts all the same", stopping, twice, ratio: 2,
            seconds: nil),
        example(
            "no limit is no goal", "settled → seeding",
            SeedGoals(ratio: .unlimited, time: .unlimited, then: .stop), ratio: 99, seconds: 999_999),
        example("complete in one look only", "wait Verifying → checking/Verifying", twice, ratio: 3) {
            $0.memory.remember(nil, for: Scene.key("aa"))
            $0.follow("aa")
        },
        example("not complete", "settled → downloading", twice, ratio: 3, seconds: 9_999) {
            $0.torrents[0].state = .downloading
            $0.torrents[0].counters.progress = 0.5
            $0.torrents[0].counters.amountLeft = 500
        },
    ]

    static let then = [
        example("stopped by then: finished", "settled → finished/GoalMet", twice, ratio: 2) {
            $0.torrents[0].state = .stoppedUP
        },
        example("wins over a written state", stopping, twice, ratio: 2, and: [.state: .text("running")]),
        example(
            "stopped a moment ago, still shown seeding", "wait Verifying → seeding/GoalMet", twice,
            ratio: 2
        ) {
            $0.change("aa") {
                $0.applied[.state] = .text("stopped")
                $0.following?.lastCallAt = Scene.ago(2)
            }
        },
        example("suspended: nothing", "wait Suspended → seeding", twice, ratio: 2) {
            $0.torrents[0].placement.tags.append("qspool-hands-off")
        },
        example("keep: nothing happens", "settled → seeding", SeedGoals(ratio: .at(2)), ratio: 2),
        example(
            "keep, stopped by the server and written to run: left", "settled → completed",
            SeedGoals(ratio: .at(2), then: .keep), ratio: 2, and: [.state: .text("running")]
        ) { $0.torrents[0].state = .stoppedUP },
        example("remove: ours goes", "act prune → removing/GoalMet", removed, ratio: 2),
        example("remove: not ours, left", "settled → finished/GoalMet", removed, as: .adopted, ratio: 2),
        example(
            "remove: our tag was taken off, left", "settled → finished/GoalMet", removed, as: .disowned,
            ratio: 2
        ) { $0.torrents[0].placement.tags = [] },
        example("remove: another request asks for it too", "settled → finished/GoalMet", removed, ratio: 2) {
            $0.ask("zz", for: Scene.identity("aa"))
        },
        example("remove: only from a full listing", "wait Verifying → as before", removed, ratio: 2) {
            $0.coverage = .partial
            $0.asked = ["aa"]
        },
        example("removed a moment ago, still shown", "wait Verifying → removing/GoalMet", removed, ratio: 2) {
            $0.change("aa") {
                $0.intent = Intent(kind: .finish, at: Scene.ago(3))
                $0.following?.lastCallAt = Scene.ago(2)
            }
        },
        example("gone after the call: finished, not added again", "settled → finished/GoalMet", removed) {
            $0.change("aa") { $0.intent = Intent(kind: .finish, at: Scene.ago(3)) }
            $0.torrents = []
        },
        example("with the store lost nothing goes", "hold StoreLost → waiting/Hold", removed, ratio: 2) {
            $0.hold(.storeLost)
        },
    ]

    @Test("Before a goal is met the status says how far it is, of each in numbers")
    func outlook() throws {
        let scene = Self.scene(Self.twice, ratio: 1.2, seconds: 1_800, idle: 300)
        let message = try #require(scene.judgement("aa")?.standing?.message)
        #expect(
            message.hasSuffix(
                "; goal: ratio 1.20 of 2.0, seeded for 30 of 60 minutes, inactive for 5 of 10 minutes"))
    }

    @Test("gives each its verdict", arguments: met + then)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    @Test func theNumbersAreSaid() throws {
        let kept = Self.scene(SeedGoals(ratio: .at(2), time: .at(60)), ratio: 2.25, seconds: 7_260)
        let message = try #require(kept.judgement("aa")?.standing?.message)
        #expect(message.hasSuffix("goal met: ratio 2.25 of 2.0, seeded for 121 of 60 minutes"), "\(message)")
    }

    @Test func aRemovedOneIsForgottenAsFarAsItIsGone() throws {
        var scene = Self.scene(Self.removed)
        scene.change("aa") { $0.intent = Intent(kind: .finish, at: Scene.ago(3)) }
        scene.torrents = []
        let memory = try #require(scene.judgement("aa")?.memory)
        #expect(memory.following == nil && memory.ending?.kind == .finished && memory.intent == nil)
    }

    @Test("counts against the budget of removals", arguments: [5, 6])
    func budget(count: Int) {
        var scene = Scene()
        scene.facts.unsupported = [.seed]
        for number in 1...count {
            let one = Self.scene(Self.removed, ratio: 3)
            let name = "a\(number)"
            scene.ask(name, [.seed: .goals(Self.removed)])
            scene.follow(name) {
                $0.following?.completeLooks = 2
                $0.following?.hasCompleted = true
            }
            scene.list(name) {
                $0.state = .stalledUP
                $0.counters = one.torrents[0].counters
            }
        }
        let plan = scene.plan()
        #expect(plan.actions.count == (count == 5 ? 5 : 0))
        #expect(plan.holds.keys.sorted() == (count == 5 ? [] : [.pruneBudget]))
    }
}
