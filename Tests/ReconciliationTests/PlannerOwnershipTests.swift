import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on our tag")
struct PlannerOwnershipTests {
    static let examples = [
        Example("a person took our tag off: it stays off", "settled → downloading") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa", tags: [])
        },
        Example("the server was restarted and forgot our tag: put back", "act tag → downloading/Correcting") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa", tags: [])
            $0.hasRestarted = true
        },
        Example("our tag is off within a minute of our add: put back", "act tag → downloading/Correcting") {
            $0.ask("aa")
            $0.follow("aa") {
                $0.following?.isConfirmed = false
                $0.following?.seenSince = nil
                $0.following?.lastCallAt = Scene.ago(30)
            }
            $0.list("aa", tags: [])
        },
        Example("our tag never was on it: put on", "act tag → downloading/Correcting") {
            $0.ask("aa")
            $0.follow("aa") { $0.following?.wasTagged = false }
            $0.list("aa", tags: [])
        },
        Example(
            "neither our tag nor the request's ever were on it: both, without waiting",
            "act tag tag → downloading/Correcting"
        ) {
            $0.ask("aa", [.tags: .list(["a"])])
            $0.follow("aa") {
                $0.following?.wasTagged = false
                $0.following?.lastCallAt = Scene.ago(1)
                $0.applied[.tags] = .list(["a"])
            }
            $0.list("aa", tags: [])
        },
    ]

    @Test("gives each its verdict", arguments: examples)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    @Test("A person who took our tag off is believed, and it is logged once")
    func disowned() throws {
        var scene = Scene()
        scene.ask("aa")
        scene.follow("aa")
        scene.list("aa", tags: [])
        let judgement = try #require(scene.judgement("aa"))
        #expect(judgement.memory?.following?.ownership == .disowned)
        #expect(judgement.changes.map(\.reason) == ["TagTakenOff"])
        scene.memory.remember(judgement.memory, for: Scene.key("aa"))
        #expect(try #require(scene.judgement("aa")).changes.isEmpty)
    }
}
