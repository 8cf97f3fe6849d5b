import Metainfo
import Reconciliation
import Testing

@Suite("Policy")
struct PolicyTests {
    struct Removal: CustomStringConvertible, Sendable {
        let description: String
        let ours: Int
        let gone: Int
        /// Gone long enough to be removed; the rest is in grace.
        var pastGrace: Int?
        let isHeld: Bool
    }

    static let removals = [
        Removal(description: "one of ten", ours: 10, gone: 1, isHeld: false),
        Removal(description: "five of ten: exactly the budget", ours: 10, gone: 5, isHeld: false),
        Removal(description: "six of ten: over it", ours: 10, gone: 6, isHeld: true),
        Removal(description: "ten of a hundred: exactly the share", ours: 100, gone: 10, isHeld: false),
        Removal(description: "eleven of a hundred: over it", ours: 100, gone: 11, isHeld: true),
        Removal(
            description: "two past the grace, four in it: one removal of six", ours: 10, gone: 6,
            pastGrace: 2, isHeld: true),
        Removal(description: "all five", ours: 5, gone: 5, isHeld: false),
        Removal(description: "all six: an emptied spool", ours: 6, gone: 6, isHeld: true),
    ]

    @Test("Within the budget all go, over it none", arguments: removals)
    func budget(_ removal: Removal) {
        let plan = Self.scene(removal).plan()
        #expect((plan.holds[.pruneBudget] != nil) == removal.isHeld)
        #expect(plan.actions.count == (removal.isHeld ? 0 : removal.pastGrace ?? removal.gone))
        if removal.isHeld { #expect(plan.holds[.pruneBudget]?.names.count == removal.gone) }
    }

    @Test("An emptied spool is never taken at its word, whatever the budget")
    func emptied() {
        var scene = Self.scene(Removal(description: "", ours: 6, gone: 6, isHeld: true))
        scene.rules.prune.budgetCount = 100
        #expect(scene.plan().actions.isEmpty)
        #expect(scene.plan().holds[.pruneBudget] != nil)
    }

    @Test("An emptied spool of more than five is held, though few of them had a torrent")
    func emptiedOfOthers() {
        var scene = Self.scene(Removal(description: "", ours: 2, gone: 2, isHeld: true))
        for number in 0..<4 {
            scene.know("other\(number)") {
                $0.ending = Ending(
                    kind: .removed, reason: "Withdrawn", message: "", at: Scene.ago(60).wall)
            }
        }
        #expect(scene.plan().actions.isEmpty)
        #expect(scene.plan().holds[.pruneBudget] != nil)
    }

    @Test("What was removed before does not make a small spool an emptied one")
    func removedBefore() {
        var scene = Self.scene(Removal(description: "", ours: 2, gone: 2, isHeld: false))
        for number in 0..<9 {
            scene.know("other\(number)") {
                $0.ending = Ending(
                    kind: .removed, reason: "Withdrawn", message: "", at: Scene.ago(7_200).wall)
            }
        }
        #expect(scene.plan().actions.count == 2)
    }

    @Test("Six that ask to be absent are as many as six that are gone")
    func absent() {
        var scene = Scene()
        for number in 0..<6 {
            scene.follow("n\(number)")
            scene.list("n\(number)")
            scene.ask("n\(number)", [.state: .text("absent")])
        }
        #expect(scene.plan().actions.isEmpty)
        #expect(scene.plan().holds[.pruneBudget] != nil)
    }

    @Test("Releases count like removals")
    func releases() {
        var scene = Scene()
        for number in 0..<6 {
            scene.follow("n\(number)", as: .adopted) { $0.withdrawal = PlannerGoneTests.gone(60) }
            scene.list("n\(number)", tags: ["qspool-adopted"])
        }
        #expect(scene.plan().actions.isEmpty)
    }

    @Test("Approved for these: removed, and the approval holds until all are")
    func approved() {
        var scene = Self.scene(Removal(description: "", ours: 10, gone: 6, pastGrace: 2, isHeld: true))
        scene.hold(.pruneBudget, names: (0..<6).map { "n\($0)" }, approved: true)
        let plan = scene.plan()
        #expect(plan.actions.count == 2)
        #expect(plan.usedApprovals.isEmpty && plan.lifted.isEmpty)
    }

    @Test("Approved for these and more are gone now: asked again")
    func approvedForLess() {
        var scene = Self.scene(Removal(description: "", ours: 10, gone: 7, isHeld: true))
        scene.hold(.pruneBudget, names: (0..<6).map { "n\($0)" }, approved: true)
        let plan = scene.plan()
        #expect(plan.actions.isEmpty)
        #expect(plan.holds[.pruneBudget]?.names.count == 7)
        #expect(plan.usedApprovals == [.pruneBudget])
    }

    @Test("The files are back: the hold is over, and the approval with it")
    func back() {
        var scene = Self.scene(Removal(description: "", ours: 10, gone: 0, isHeld: false))
        scene.hold(.pruneBudget, names: ["n0"], approved: true)
        let plan = scene.plan()
        #expect(plan.lifted == [.pruneBudget] && plan.usedApprovals == [.pruneBudget])
    }

    @Test("A few judged give no other answer than all")
    func partialSelection() {
        let scene = Self.scene(Removal(description: "", ours: 10, gone: 6, isHeld: true))
        let plan = scene.plan(.only([Scene.key("n0")]))
        #expect(plan.actions.isEmpty)
        #expect(plan.holds[.pruneBudget]?.names.count == 6)
    }

    @Test("The spool is unavailable: a hold, and nothing else")
    func spoolUnavailable() {
        var scene = Self.scene(Removal(description: "", ours: 10, gone: 3, isHeld: false))
        scene.ask("new")
        scene.desired.availability = .unavailable("the spool has no identity")
        let plan = scene.plan()
        #expect(plan.judgements.isEmpty)
        #expect(plan.holds.keys.sorted() == [.spoolUnavailable])
        #expect(plan.holds[.spoolUnavailable]?.since == Scene.now.wall)
        scene.hold(.spoolUnavailable)
        #expect(scene.plan().holds[.spoolUnavailable]?.since == Scene.ago(60).wall)
        scene.desired.availability = .complete
        #expect(scene.plan().lifted == [.spoolUnavailable])
    }

    @Test("So many are added in a pass, the others wait their turn")
    func pace() {
        var scene = Scene()
        scene.rules.addsPerPass = 3
        for number in 0..<5 { scene.ask("n\(number)") }
        let plan = scene.plan()
        #expect(plan.actions.map(\.subject.name.text) == ["n0", "n1", "n2"])
        #expect(Scene.gist(plan.judgements[Scene.key("n4")]) == "wait Admission → waiting/Admission")
        #expect(plan.judgements[Scene.key("n4")]?.memory?.intent == nil)
    }

    @Test("Whoever waits its turn keeps the evidence of an add that may have happened")
    func paceKeepsIntents() {
        var scene = Scene()
        scene.rules.addsPerPass = 0
        scene.ask("aa")
        let intent = Intent(kind: .add, at: Scene.ago(30))
        scene.know("aa") { $0.intent = intent }
        #expect(scene.judgement("aa")?.memory?.intent == intent)
    }

    private static func scene(_ removal: Removal) -> Scene {
        var scene = Scene()
        for number in 0..<removal.ours {
            let name = "n\(number)"
            scene.follow(name) {
                guard number < removal.gone else { return }
                let isPast = number < removal.pastGrace ?? removal.gone
                $0.withdrawal = PlannerGoneTests.gone(isPast ? 60 : 10)
            }
            scene.list(name)
            if number >= removal.gone { scene.ask(name) }
        }
        return scene
    }
}
