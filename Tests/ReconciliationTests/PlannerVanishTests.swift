import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on what vanished from qBittorrent")
struct PlannerVanishTests {
    static let examples = [
        Example("completed and gone: the person is done with it", "settled → finished/RemovedByUser") {
            $0.ask("aa")
            $0.follow("aa") { $0.following?.hasCompleted = true }
            Self.company(&$0)
        },
        Example("not complete and gone: added again", "act add → adding") {
            $0.ask("aa")
            $0.follow("aa")
            Self.company(&$0)
        },
        Example("gone for the fourth time: given up", "settled → failed/KeepsVanishing") {
            $0.ask("aa")
            $0.follow("aa") { $0.following?.readds = 3 }
            Self.company(&$0)
        },
        Example("adopted and gone: not added", "settled → finished/RemovedByUser") {
            $0.ask("aa")
            $0.follow("aa", as: .adopted)
        },
        Example("disowned and gone: not added", "settled → finished/RemovedByUser") {
            $0.ask("aa")
            $0.follow("aa", as: .disowned)
        },
        Example("suspended and gone: nothing", "wait Suspended → waiting/Suspended") {
            $0.ask("aa", isSuspended: true)
            $0.follow("aa")
        },
        Example("acknowledged a moment ago and not listed yet: it may still come", "wait Verifying → adding")
        {
            $0.ask("aa")
            $0.follow("aa") { Self.added(4, &$0) }
        },
        Example("acknowledged a while ago and not listed: forgotten, added again", "act add → adding") {
            $0.ask("aa")
            $0.follow("aa") { Self.added(5, &$0) }
        },
        Example("acknowledged a moment ago, and the server was restarted: forgotten", "act add → adding") {
            $0.ask("aa")
            $0.follow("aa") { Self.added(1, &$0) }
            $0.hasRestarted = true
        },
        Example("complete within a minute of the add and lost: forgotten by the server", "act add → adding") {
            $0.ask("aa")
            $0.follow("aa") {
                Self.added(30, &$0)
                $0.following?.hasCompleted = true
            }
        },
        Example(
            "complete, not confirmed, and gone later on: the person is done with it",
            "settled → finished/RemovedByUser"
        ) {
            $0.ask("aa")
            $0.follow("aa") {
                Self.added(120, &$0)
                $0.following?.hasCompleted = true
            }
        },
        Example("complete, not confirmed, lost in a restart: forgotten by the server", "act add → adding") {
            $0.ask("aa")
            $0.follow("aa") {
                Self.added(120, &$0)
                $0.following?.hasCompleted = true
            }
            $0.hasRestarted = true
        },
        Example("gone by a partial look: look at all first", "wait Verifying → as before") {
            $0.ask("aa")
            $0.follow("aa")
            $0.coverage = .partial
            $0.asked = ["aa"]
        },
        Example(
            "not listed by a look that did not ask for it: look at all first", "wait Verifying → as before"
        ) {
            $0.ask("aa")
            $0.know("aa")
            $0.coverage = .partial
        },
        Example("held for a mass vanish: no listing is spent on it", "hold MassVanish → waiting/Hold") {
            $0.ask("aa")
            $0.follow("aa")
            $0.hold(.massVanish, names: ["aa"])
            $0.coverage = .partial
            $0.asked = ["aa"]
        },
    ]

    @Test("gives each its verdict", arguments: examples)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    struct Crowd: CustomStringConvertible, Sendable {
        let description: String
        let ours: Int
        let gone: Int
        var unconfirmed = 0
        let isHeld: Bool
    }

    static let crowds = [
        Crowd(description: "the only one", ours: 1, gone: 1, isHeld: false),
        Crowd(description: "both", ours: 2, gone: 2, isHeld: true),
        Crowd(description: "both, one of them unconfirmed", ours: 2, gone: 2, unconfirmed: 1, isHeld: true),
        Crowd(description: "both, fresh: the server forgot", ours: 2, gone: 2, unconfirmed: 2, isHeld: false),
        Crowd(description: "2 of 3", ours: 3, gone: 2, isHeld: false),
        Crowd(description: "3 of 10", ours: 10, gone: 3, isHeld: false),
        Crowd(description: "4 of 10", ours: 10, gone: 4, isHeld: true),
        Crowd(description: "exactly a fifth of 30", ours: 30, gone: 6, isHeld: false),
        Crowd(description: "more than a fifth of 30", ours: 30, gone: 7, isHeld: true),
    ]

    @Test("Many at once are held, few are not", arguments: crowds)
    func crowd(_ crowd: Crowd) {
        let scene = Self.scene(crowd)
        let held = scene.plan().judgements.values.filter { $0.verdict == .hold(.massVanish) }
        #expect(held.isEmpty != crowd.isHeld)
        #expect((scene.plan().holds[.massVanish] != nil) == crowd.isHeld)
        if crowd.isHeld { #expect(scene.plan().actions.isEmpty) }
    }

    @Test("A part of them judged gives no other answer")
    func partialSelection() {
        var scene = Self.scene(Crowd(description: "", ours: 10, gone: 4, isHeld: true))
        let plan = scene.plan(.only([Scene.key("n0")]))
        #expect(plan.judgements[Scene.key("n0")]?.verdict == .hold(.massVanish))
        #expect(plan.holds[.massVanish]?.names.count == 4)
        scene.hold(.massVanish, names: ["n0", "n1", "n2", "n3"])
        scene.ask("new")
        #expect(scene.plan(.only([Scene.key("new")])).actions.isEmpty)
    }

    @Test("Approved once: added again, and the hold is over")
    func approved() {
        var scene = Self.scene(Crowd(description: "", ours: 10, gone: 4, isHeld: true))
        scene.hold(.massVanish, names: ["n0", "n1", "n2", "n3"], approved: true)
        let plan = scene.plan()
        #expect(plan.actions.count == 4)
        #expect(plan.lifted == [.massVanish] && plan.usedApprovals == [.massVanish])
    }

    @Test("Approved for fewer than are gone by now: asked again")
    func approvedForLess() {
        var scene = Self.scene(Crowd(description: "", ours: 10, gone: 5, isHeld: true))
        scene.hold(.massVanish, names: ["n0", "n1", "n2", "n3"], approved: true)
        let plan = scene.plan()
        #expect(plan.actions.isEmpty)
        #expect(plan.holds[.massVanish]?.names.count == 5)
        #expect(plan.usedApprovals == [.massVanish])
    }

    @Test("All back: the hold is over, by a full listing only")
    func allBack() {
        var scene = Self.scene(Crowd(description: "", ours: 4, gone: 0, isHeld: false))
        scene.hold(.massVanish, names: ["n0", "n1"])
        #expect(scene.plan().lifted == [.massVanish])
        scene.coverage = .partial
        #expect(scene.plan().lifted.isEmpty)
    }

    @Test("An add that fails does not count as another loss")
    func failingAddIsNoLoss() throws {
        var scene = Scene()
        scene.ask("aa")
        scene.follow("aa") {
            $0.following?.readds = 1
            $0.attempt = PlannerWantedTests.failed(dueIn: 0)
        }
        Self.company(&scene)
        #expect(try #require(scene.judgement("aa")?.memory).following?.readds == 1)
    }

    @Test("An add that waits its turn does not count as another loss")
    func waitingAddIsNoLoss() throws {
        var scene = Scene()
        scene.rules.addsPerPass = 0
        scene.ask("aa")
        scene.follow("aa")
        Self.company(&scene)
        let judgement = try #require(scene.judgement("aa"))
        #expect(Scene.gist(judgement) == "wait Admission → waiting/Admission")
        #expect(judgement.memory?.following?.readds == 0)
        #expect(judgement.changes.isEmpty)
    }

    /// Others of ours that are there, so that one loss is no mass vanish.
    private static func company(_ scene: inout Scene) {
        for name in ["x", "y", "z"] {
            scene.ask(name)
            scene.follow(name)
            scene.list(name)
        }
    }

    /// Added so long ago, and not seen since.
    private static func added(_ seconds: Int64, _ subject: inout SubjectMemory) {
        subject.following?.lastCallAt = Scene.ago(seconds)
        subject.following?.isConfirmed = false
        subject.following?.seenSince = nil
    }

    private static func scene(_ crowd: Crowd) -> Scene {
        var scene = Scene()
        for number in 0..<crowd.ours {
            scene.ask("n\(number)")
            scene.follow("n\(number)") {
                if number < crowd.unconfirmed { Self.added(120, &$0) }
            }
            if number >= crowd.gone { scene.list("n\(number)") }
        }
        return scene
    }
}
