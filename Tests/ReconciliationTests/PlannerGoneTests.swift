import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on what is no longer asked for")
struct PlannerGoneTests {
    static let examples = [
        Example("gone at first sight: grace", "wait Grace → removing/Grace") {
            $0.follow("aa")
            $0.list("aa")
        },
        Example("gone for less than the grace", "wait Grace → removing/Grace") {
            $0.follow("aa") { $0.withdrawal = Self.gone(59) }
            $0.list("aa")
        },
        Example("gone for the grace: pruned", "act prune → removing/Withdrawn") {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.list("aa")
        },
        Example("no grace at all still takes two passes", "wait Grace → removing/Grace") {
            $0.rules.prune.graceMilliseconds = 0
            $0.follow("aa")
            $0.list("aa")
        },
        Example("no grace, second pass: pruned", "act prune → removing/Withdrawn") {
            $0.rules.prune.graceMilliseconds = 0
            $0.follow("aa") { $0.withdrawal = Self.gone(0) }
            $0.list("aa")
        },
        Example("gone since before the boot: grace begins anew", "wait Grace → removing/Grace") {
            $0.follow("aa") {
                $0.withdrawal = Withdrawal(
                    since: Timestamp(bootID: "earlier", bootMilliseconds: 0, wall: Scene.ago(9_000).wall),
                    isSaidByPerson: false)
            }
            $0.list("aa")
        },
        Example("a person ran remove: no grace", "act prune → removing/Withdrawn") {
            $0.follow("aa")
            $0.list("aa")
            $0.order(.remove(Scene.key("aa")))
        },
        Example("gone, onDelete keep: released", "act untag → removing/Kept") {
            $0.follow("aa") {
                $0.withdrawal = Self.gone(60)
                $0.acceptance?.onDelete = .keep
            }
            $0.list("aa")
        },
        Example("gone, onDelete keep, our tag is off already", "settled → removed/Kept") {
            $0.follow("aa") {
                $0.withdrawal = Self.gone(60)
                $0.acceptance?.onDelete = .keep
            }
            $0.list("aa", tags: [])
            $0.hasRestarted = true
        },
        Example("gone, adopted: released, never pruned", "act untag → removing/Released") {
            $0.follow("aa", as: .adopted) { $0.withdrawal = Self.gone(60) }
            $0.list("aa", tags: ["qspool-adopted"])
        },
        Example(
            "gone, adopted, and somebody put our tag on it: still not pruned", "act untag → removing/Released"
        ) {
            $0.follow("aa", as: .adopted) { $0.withdrawal = Self.gone(60) }
            $0.list("aa", tags: ["qspool", "qspool-adopted"])
        },
        Example("gone, and a person took our tag off: left in place", "settled → removed/Released") {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.list("aa", tags: [])
        },
        Example(
            "gone, ours by record, tag forgotten by the server: our tag first", "act tag → removing/Withdrawn"
        ) {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.list("aa", tags: [])
            $0.hasRestarted = true
        },
        Example("gone, and marked hands-off: nothing is changed", "wait Suspended → waiting/Suspended") {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.list("aa", tags: ["qspool", "qspool-hands-off"])
        },
        Example("gone, and so is the torrent", "settled → removed/AlreadyGone") {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
        },
        Example("pruned: removed", "settled → removed/Withdrawn") {
            $0.follow("aa") {
                $0.withdrawal = Self.gone(60)
                $0.intent = Intent(kind: .prune, at: Scene.ago(1))
            }
        },
        Example("gone, by a partial look: look at all before pruning", "wait Verifying → as before") {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.list("aa")
            $0.coverage = .partial
            $0.asked = ["aa"]
        },
        Example("gone, and the server is out of reach", "wait ClientUnreachable → as before") {
            $0.follow("aa") {
                $0.withdrawal = Self.gone(60)
                $0.published = PlannerWantedTests.published(.removing)
            }
            $0.coverage = .unknown(ClientTrouble(kind: .unreachable, message: "refused"))
        },
        Example("gone, and the store is lost: nothing is removed", "hold StoreLost → waiting/Hold") {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.list("aa")
            $0.hold(.storeLost)
        },
        Example("gone, and the prune failed a moment ago", "wait Backoff → removing/Backoff") {
            $0.follow("aa") {
                $0.withdrawal = Self.gone(60)
                $0.attempt = PlannerWantedTests.failed(dueIn: 5)
            }
            $0.list("aa")
        },
        Example("gone before anything was added", "settled → removed/Withdrawn") { $0.know("aa") },
        Example(
            "gone with an add unrecorded, and it is there with our tag: ours", "wait Grace → removing/Grace"
        ) {
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(30)) }
            $0.list("aa")
        },
        Example("gone with an add unrecorded, and somebody else's is there", "settled → removed/Withdrawn") {
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(30)) }
            $0.list("aa", tags: [])
        },
        Example(
            "gone with an add whose answer may still be under way: look again", "wait Verifying → as before"
        ) {
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(1)) }
        },
        Example("gone, and never more than a rejected file: forgotten", "forgotten") {
            $0.memory.remember(SubjectMemory(), for: Scene.key("aa"))
        },
        Example("gone after it had finished", "settled → removed/Withdrawn") {
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.finished, "RemovedByUser") }
        },
        Example(
            "gone after a correction was refused for good: the torrent goes too",
            "act prune → removing/Withdrawn"
        ) {
            $0.follow("aa") {
                $0.ending = PlannerWantedTests.ending(.failed, "BadPath")
                $0.withdrawal = Self.gone(60)
            }
            $0.list("aa")
        },
        Example("removed a while ago: remembered", "settled → removed/Withdrawn") {
            $0.know("aa") { $0.ending = PlannerWantedTests.ending(.removed, "Withdrawn") }
        },
        Example("removed long ago: forgotten", "forgotten") {
            $0.rules.keepRemovedMilliseconds = 600_000
            $0.know("aa") { $0.ending = PlannerWantedTests.ending(.removed, "Withdrawn") }
        },
        Example(
            "gone, and its file was moved over another's name: that one goes on with it", "forgotten"
        ) {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.follow("bb")
            $0.ask("bb", for: Scene.identity("aa"), content: "2")
            $0.list("aa")
            $0.list("bb")
        },
        Example("gone, and the spool is not what it was: nothing", "not judged") {
            $0.follow("aa") { $0.withdrawal = Self.gone(60) }
            $0.list("aa")
            $0.desired.availability = .unavailable("another spool")
        },
    ]

    @Test("gives each its verdict", arguments: examples)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    @Test("A file that is there again, even if it cannot be read, ends its grace")
    func returning() throws {
        for isReadable in [true, false] {
            var scene = Scene()
            scene.follow("aa") { $0.withdrawal = Self.gone(60) }
            scene.list("aa")
            if isReadable { scene.ask("aa") } else { scene.damage("aa") }
            #expect(try #require(scene.judgement("aa")?.memory).withdrawal == nil)
        }
    }

    @Test("A partial look that would remove asks for a full listing")
    func asksForListing() {
        var scene = Scene()
        scene.follow("aa") { $0.withdrawal = Self.gone(60) }
        scene.list("aa")
        scene.coverage = .partial
        scene.asked = ["aa"]
        #expect(scene.plan().needsFullListing == ["default"])
        #expect(scene.plan().actions.isEmpty)
    }

    static func gone(_ seconds: Int64) -> Withdrawal {
        Withdrawal(since: Scene.ago(seconds), isSaidByPerson: false)
    }
}
