import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on the choice of files")
struct PlannerFilesTests {
    static let films = FieldValue.selection(FileSelection(include: ["*.mkv"]))
    static let texts = FieldValue.selection(FileSelection(include: ["*.txt"]))

    static let waiting = [
        Example("a magnet without metadata: nothing to choose from", "settled → metadata") {
            $0.ask("aa", [.files: films, .state: .text("running")])
            $0.follow("aa") { $0.selection = SelectionProgress(startsWhenChosen: true) }
            $0.list("aa") { $0.state = .metaDL }
        },
        Example("stopped at its metadata: chosen, not started", "act selectFiles → stopped/ChoosingFiles") {
            $0.ask("aa", [.files: films, .state: .text("running")])
            $0.follow("aa") { $0.selection = SelectionProgress(startsWhenChosen: true) }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("another choice was made than is wanted by now", "act selectFiles → stopped/ChoosingFiles") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied[.files] = texts
                $0.selection = SelectionProgress(startsWhenChosen: true)
            }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("chosen: started, though nobody wrote a state", "act start → stopped/Correcting") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.selection = SelectionProgress(startsWhenChosen: true)
            }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("started a moment ago and still shown stopped", "wait Verifying → stopped") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied = [.files: films, .state: .text("running")]
                $0.selection = SelectionProgress(startsWhenChosen: true)
                $0.following?.lastCallAt = Scene.ago(2)
            }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("the start had no effect: once more", "act start → stopped/Correcting") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied = [.files: films, .state: .text("running")]
                $0.selection = SelectionProgress(startsWhenChosen: true)
                $0.following?.lastCallAt = Scene.ago(6)
            }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("chosen, and to be stopped by now", "settled → stopped") {
            $0.ask("aa", [.files: films, .state: .text("stopped")])
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.selection = SelectionProgress(startsWhenChosen: true)
            }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("the wish is gone: started as it is", "act start → stopped/Correcting") {
            $0.ask("aa")
            $0.follow("aa") { $0.selection = SelectionProgress(startsWhenChosen: true) }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("somebody's own torrent is not ours to start", "act selectFiles → stopped/Correcting") {
            $0.ask("aa", [.files: films])
            $0.follow("aa", as: .adopted) { $0.selection = SelectionProgress(startsWhenChosen: true) }
            $0.list("aa", tags: ["qspool-adopted"]) { $0.state = .stoppedDL }
        },
        Example("suspended: neither chosen nor started", "wait Suspended → stopped") {
            $0.ask("aa", [.files: films], isSuspended: true)
            $0.follow("aa") { $0.selection = SelectionProgress(startsWhenChosen: true) }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("being looked through after the add", "wait Verifying → checking") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") { $0.selection = SelectionProgress(startsWhenChosen: true) }
            $0.list("aa") { $0.state = .checkingResumeData }
        },
    ]

    static let later = [
        Example("never chosen, running: chosen as it runs", "act selectFiles → downloading/Correcting") {
            $0.ask("aa", [.files: films])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("chosen, and as many bytes as then", "settled → downloading") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.selection = SelectionProgress(wantedSize: 1_000)
            }
            $0.list("aa")
        },
        Example("other bytes: somebody chose otherwise", "act selectFiles → downloading/Correcting") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.selection = SelectionProgress(wantedSize: 900)
            }
            $0.list("aa")
        },
        Example("none are wanted any more: that too", "act selectFiles → downloading/Correcting") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.selection = SelectionProgress(wantedSize: 900)
            }
            $0.list("aa") {
                $0.counters.size = 0
                $0.counters.totalSize = 1_000
            }
        },
        Example("chosen a moment ago: its bytes are not certain yet", "wait Verifying → downloading") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.following?.lastCallAt = Scene.ago(1)
            }
            $0.list("aa")
        },
        Example("another choice and a start: the start waits", "act selectFiles → stopped/Correcting") {
            $0.ask("aa", [.files: films, .state: .text("running")])
            $0.follow("aa") { $0.applied[.files] = texts }
            $0.list("aa") { $0.state = .stoppedDL }
        },
        Example("contested: left alone", "settled → downloading") {
            $0.ask("aa", [.files: films])
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.selection = SelectionProgress(wantedSize: 900)
                $0.corrections[.files] = [3, 2, 1].map { Scene.ago($0).wall.milliseconds }
            }
            $0.list("aa")
        },
        Example("no longer named: left as it is", "settled → downloading") {
            $0.ask("aa")
            $0.follow("aa") {
                $0.applied[.files] = films
                $0.selection = SelectionProgress(wantedSize: 900)
            }
            $0.list("aa")
        },
    ]

    @Test("gives each its verdict", arguments: waiting + later)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    @Test("The add says that it waits, and the memory says so before the call", arguments: [nil, "stopped"])
    func add(state: String?) throws {
        var scene = Scene()
        var wishes: [Field: FieldValue] = [.files: Self.films]
        if let state { wishes[.state] = .text(state) }
        scene.ask("aa", wishes)
        let judgement = try #require(scene.judgement("aa"))
        let isStopped = state != nil
        let addition = Addition(ownershipTag: "qspool", isStopped: isStopped, awaitsSelection: !isStopped)
        #expect(scene.plan().actions.map(\.call) == [.add(addition)])
        let progress = isStopped ? nil : SelectionProgress(startsWhenChosen: true)
        #expect(judgement.memory?.selection == progress)
    }

    @Test("It counts as started only when that cannot be undone by the server's own stop any more")
    func startIsSettled() throws {
        var scene = Scene()
        scene.ask("aa", [.files: Self.films])
        scene.follow("aa") {
            $0.applied = [.files: Self.films]
            $0.selection = SelectionProgress(startsWhenChosen: true)
            $0.following?.lastCallAt = Scene.ago(1)
        }
        scene.list("aa")
        let early = try #require(scene.judgement("aa"))
        #expect(Scene.gist(early) == "wait Verifying → downloading")
        #expect(early.memory?.selection?.startsWhenChosen == true)
        scene.now = Scene.now.advanced(byMilliseconds: 6_000)
        let late = try #require(scene.judgement("aa"))
        #expect(Scene.gist(late) == "settled → downloading")
        #expect(late.memory?.selection == SelectionProgress(wantedSize: 1_000))
    }
}
