import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on drift")
struct PlannerDriftTests {
    static let fields = [
        Example("never applied: asked for, no drift", "act recategorize → downloading/Correcting") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("applied, and somebody changed it: corrected", "act recategorize → downloading/Correcting") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") { $0.applied[.category] = .text("iso") }
            $0.list("aa") { $0.placement.category = "other" }
        },
        Example("as wished", "settled → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa") { $0.placement.category = "iso" }
        },
        Example("within 5 s of our call: not judged yet", "wait Verifying → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") {
                $0.applied[.category] = .text("iso")
                $0.following?.lastCallAt = Scene.ago(4)
            }
            $0.list("aa")
        },
        Example("5 s after our call: drift", "act recategorize → downloading/Correcting") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") {
                $0.applied[.category] = .text("iso")
                $0.following?.lastCallAt = Scene.ago(5)
            }
            $0.list("aa")
        },
        Example("drift is only reported", "settled → downloading") {
            $0.rules.drift = .report
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") { $0.applied[.category] = .text("iso") }
            $0.list("aa")
        },
        Example("drift is only reported, but this is a new wish", "act recategorize → downloading/Correcting")
        {
            $0.rules.drift = .report
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") { $0.applied[.category] = .text("old") }
            $0.list("aa") { $0.placement.category = "old" }
        },
        Example("corrected three times within an hour: contested, left alone", "settled → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") {
                $0.applied[.category] = .text("iso")
                $0.corrections[.category] = [50, 40, 30].map { Scene.ago($0 * 60).wall.milliseconds }
            }
            $0.list("aa")
        },
        Example(
            "corrected three times, the first an hour before the last",
            "act recategorize → downloading/Correcting"
        ) {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") {
                $0.applied[.category] = .text("iso")
                $0.corrections[.category] = [90, 40, 30].map { Scene.ago($0 * 60).wall.milliseconds }
            }
            $0.list("aa")
        },
        Example(
            "corrected at times that the wall clock has yet to reach: they do not count",
            "act recategorize → downloading/Correcting"
        ) {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") {
                $0.applied[.category] = .text("iso")
                $0.corrections[.category] = [1, 2, 3].map { Scene.ago(-$0 * 86_400).wall.milliseconds }
            }
            $0.list("aa")
        },
        Example(
            "several fields, each by its call and in their order",
            "act recategorize setAutoTMM relocate tag rename setSequentialDownload setFirstLastPiecePrio "
                + "limitDownload limitUpload stop → downloading/Correcting"
        ) {
            $0.ask(
                "aa",
                [
                    .state: .text("stopped"), .uploadLimit: .number(20), .downloadLimit: .number(10),
                    .firstLastPiecePrio: .flag(true), .sequentialDownload: .flag(true),
                    .rename: .text("New"), .tags: .list(["a"]), .savePath: .text("/srv"),
                    .autoTMM: .flag(false), .category: .text("iso"),
                ])
            $0.follow("aa")
            $0.list("aa") { $0.placement.autoTMM = true }
        },
        Example("must be empty: the category goes", "act recategorize → downloading/Correcting") {
            $0.ask("aa", [.category: .text("")])
            $0.follow("aa")
            $0.list("aa") { $0.placement.category = "iso" }
        },
        Example("no longer named: no longer managed, keeps its value", "settled → downloading") {
            $0.ask("aa")
            $0.follow("aa") { $0.applied[.category] = .text("iso") }
            $0.list("aa") { $0.placement.category = "other" }
        },
        Example("the path is the server's under automatic management", "settled → downloading") {
            $0.ask("aa", [.savePath: .text("/srv"), .autoTMM: .flag(true)])
            $0.follow("aa")
            $0.list("aa") { $0.placement.autoTMM = true }
        },
    ]

    static let tags = [
        Example("a tag is missing", "act tag → downloading/Correcting") {
            $0.ask("aa", [.tags: .list(["a", "b"])])
            $0.follow("aa")
            $0.list("aa", tags: ["a", "qspool"])
        },
        Example("somebody's own tags are left alone", "settled → downloading") {
            $0.ask("aa", [.tags: .list(["a"])])
            $0.follow("aa")
            $0.list("aa", tags: ["a", "mine", "qspool"])
        },
        Example(
            "a tag that we put there and that is no longer named goes", "act untag → downloading/Correcting"
        ) {
            $0.ask("aa", [.tags: .list(["a"])])
            $0.follow("aa") { $0.applied[.tags] = .list(["a", "b"]) }
            $0.list("aa", tags: ["a", "b", "qspool"])
        },
        Example("no tags of ours at all", "act untag → downloading/Correcting") {
            $0.ask("aa", [.tags: .list([])])
            $0.follow("aa") { $0.applied[.tags] = .list(["a"]) }
            $0.list("aa", tags: ["a", "mine", "qspool"])
        },
        Example("tags are no longer managed: all stay", "settled → downloading") {
            $0.ask("aa")
            $0.follow("aa") { $0.applied[.tags] = .list(["a"]) }
            $0.list("aa", tags: ["a", "qspool"])
        },
    ]

    static let states = [
        Example("wanted stopped", "act stop → downloading/Correcting") {
            $0.ask("aa", [.state: .text("stopped")])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("wanted running", "act start → stopped/Correcting") {
            $0.ask("aa", [.state: .text("running")])
            $0.follow("aa")
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("nothing said about it: a person's stop is respected", "settled → stopped") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("in error: watched, not resumed", "settled → error/ClientError") {
            $0.ask("aa", [.state: .text("stopped")])
            $0.follow("aa") { $0.applied[.state] = .text("stopped") }
            $0.list("aa") { $0.state = .error }
        },
        Example("its files are missing: watched, not resumed", "settled → error/MissingFiles") {
            $0.ask("aa", [.state: .text("stopped")])
            $0.follow("aa")
            $0.list("aa") { $0.state = .missingFiles }
        },
        Example("in a state of a later version: watched", "settled → stalled/UnknownState") {
            $0.ask("aa", [.state: .text("stopped")])
            $0.follow("aa")
            $0.list("aa") { $0.state = .unknown }
        },
        Example("a check does not show whether it is stopped", "settled → checking") {
            $0.ask("aa", [.state: .text("stopped")])
            $0.follow("aa") { $0.applied[.state] = .text("stopped") }
            $0.list("aa") { $0.state = .checkingDL }
        },
        Example("being moved: nothing is compared", "wait Verifying → moving") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa") { $0.state = .moving }
        },
        Example("suspended: nothing is changed", "wait Suspended → downloading") {
            $0.ask("aa", [.category: .text("iso")], isSuspended: true)
            $0.follow("aa")
            $0.list("aa")
        },
        Example("marked hands-off by a person: nothing is changed", "wait Suspended → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa")
            $0.list("aa", tags: ["qspool", "qspool-hands-off"])
        },
        Example("a correction failed a moment ago", "wait Backoff → downloading") {
            $0.ask("aa", [.category: .text("iso")])
            $0.follow("aa") { $0.attempt = PlannerWantedTests.failed(dueIn: 5) }
            $0.list("aa")
        },
    ]

    @Test("gives each its verdict", arguments: fields + tags + states)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    @Test("A correction is logged with both values, and counted")
    func correctionIsLogged() throws {
        var scene = Scene()
        scene.ask("aa", [.category: .text("iso")])
        scene.follow("aa") { $0.applied[.category] = .text("iso") }
        scene.list("aa") { $0.placement.category = "other" }
        let judgement = try #require(scene.judgement("aa"))
        let change = try #require(judgement.changes.first { $0.kind == .drift })
        #expect(change.field == "category" && change.from == "iso" && change.to == "other")
        #expect(judgement.memory?.corrections[.category] == [Scene.now.wall.milliseconds])
        #expect(judgement.drift.map(\.verdict) == [.corrected])
    }

    @Test("Reported and contested drift says so", arguments: [Drift.Verdict.reported, .contested])
    func driftIsSaid(verdict: Drift.Verdict) throws {
        var scene = Scene()
        if verdict == .reported { scene.rules.drift = .report }
        scene.ask("aa", [.category: .text("iso")])
        scene.follow("aa") {
            $0.applied[.category] = .text("iso")
            $0.corrections[.category] = [3, 2, 1].map { Scene.ago($0).wall.milliseconds }
        }
        scene.list("aa")
        #expect(try #require(scene.judgement("aa")).drift.map(\.verdict) == [verdict])
    }

    @Test("A change that was cut off is no drift, though the request wants the value before it again")
    func cutOff() throws {
        var scene = Scene()
        scene.ask("aa", [.category: .text("second")])
        scene.follow("aa") {
            $0.applied[.category] = .text("first")
            $0.following?.lastCallAt = Scene.ago(1)
        }
        scene.list("aa") { $0.placement.category = "first" }
        let judgement = try #require(scene.judgement("aa"))
        #expect(judgement.memory?.applied[.category] == nil)
        // The server took it, nobody recorded that, and meanwhile the request says otherwise.
        scene.memory.remember(judgement.memory, for: Scene.key("aa"))
        scene.torrents[0].placement.category = "second"
        scene.ask("aa", [.category: .text("first")])
        #expect(scene.gist("aa") == "act recategorize → downloading/Correcting")
        #expect(try #require(scene.judgement("aa")).drift.isEmpty)
    }

    @Test("Complete only when two looks say so")
    func twoLooks() throws {
        var scene = Scene()
        scene.ask("aa")
        scene.follow("aa")
        scene.list("aa") {
            $0.state = .stoppedUP
            $0.counters.progress = 1
            $0.counters.amountLeft = 0
        }
        let first = try #require(scene.judgement("aa"))
        #expect(Scene.gist(first) == "wait Verifying → checking/Verifying")
        scene.memory.remember(first.memory, for: Scene.key("aa"))
        #expect(scene.gist("aa") == "settled → completed")
        scene.torrents[0].state = .stalledUP
        #expect(scene.gist("aa") == "settled → seeding")
    }
}
