import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on what had ended and what begins anew")
struct PlannerEndingTests {
    static let endings = [
        Example("finished stays finished", "settled → finished/RemovedByUser") {
            $0.ask("aa")
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.finished, "RemovedByUser") }
        },
        Example("given up stays given up", "settled → failed/KeepsVanishing") {
            $0.ask("aa")
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.failed, "KeepsVanishing") }
        },
        Example("given up, and the request changed: added", "act add → adding") {
            $0.ask("aa", content: "2")
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.failed, "KeepsVanishing") }
        },
        Example("finished, and a person ran retry: added", "act add → adding") {
            $0.ask("aa")
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.finished, "RemovedByUser") }
            $0.order(.retry(Scene.key("aa")))
        },
        Example(
            "a correction was refused for good, and a person ran retry: still ours",
            "act recategorize → downloading/Correcting"
        ) {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") { $0.ending = PlannerWantedTests.ending(.failed, "BadPath") }
            $0.list("aa")
            $0.order(.retry(Scene.key("aa")))
        },
        Example("retry ends the backoff", "act add → adding") {
            $0.ask("aa")
            $0.know("aa") { $0.attempt = PlannerWantedTests.failed(dueIn: 600) }
            $0.order(.retry(Scene.key("aa")))
        },
        Example(
            "in error with nothing complete: retry takes it out, to add it afresh",
            "act prune → removing/Retried"
        ) {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa") {
                $0.state = .error
                $0.counters.progress = 0
            }
            $0.order(.retry(Scene.key("aa")))
        },
        Example("in error with something complete: retry takes nothing out", "settled → error/ClientError") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa") { $0.state = .error }
            $0.order(.retry(Scene.key("aa")))
        },
        Example("in error and adopted: retry takes nothing out", "settled → error/ClientError") {
            $0.ask("aa")
            $0.follow("aa", as: .adopted)
            $0.list("aa", tags: ["qspool-adopted"]) {
                $0.state = .error
                $0.counters.progress = 0
            }
            $0.order(.retry(Scene.key("aa")))
        },
        Example("in error, and the store is lost: retry takes nothing out", "settled → error/ClientError") {
            $0.ask("aa")
            $0.follow("aa")
            $0.hold(.storeLost)
            $0.list("aa") {
                $0.state = .error
                $0.counters.progress = 0
            }
            $0.order(.retry(Scene.key("aa")))
        },
        Example("taken out for a retry: added afresh", "act add → adding") {
            $0.ask("aa")
            $0.follow("aa") { $0.intent = Intent(kind: .prune, at: Scene.ago(3)) }
        },
        Example("removed when its file was gone, and the file is back: added", "act add → adding") {
            $0.ask("aa")
            $0.know("aa") { $0.ending = PlannerWantedTests.ending(.removed, "Withdrawn") }
        },
    ]

    @Test("gives each its verdict", arguments: endings)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    @Test("A request that asks to be absent is released once, and keeps its generation")
    func releasedOnce() throws {
        var scene = Scene()
        scene.ask("aa", [.state: .text("absent")])
        scene.know("aa") { $0.ending = PlannerWantedTests.ending(.removed, "Released") }
        let judgement = try #require(scene.judgement("aa"))
        #expect(judgement.memory?.acceptance?.generation == 1)
        #expect(judgement.changes.isEmpty)
    }

    @Test("A new content is a new generation, and starts the count of its trouble anew")
    func generations() throws {
        var scene = Scene()
        scene.ask("aa", content: "2")
        scene.follow("aa") {
            $0.following?.readds = 3
            $0.attempt = PlannerWantedTests.failed(dueIn: 600)
            $0.corrections[.category] = [1, 2, 3]
        }
        scene.list("aa")
        let memory = try #require(scene.judgement("aa")?.memory)
        #expect(memory.acceptance?.generation == 2)
        #expect(memory.following?.readds == 0)
        #expect(memory.attempt == nil)
        #expect(memory.corrections.isEmpty)
    }
}
