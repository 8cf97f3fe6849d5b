import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on what is asked for")
struct PlannerWantedTests {
    static let adding = [
        Example("asked for and absent: add", "act add → adding") { $0.ask("aa") },
        Example("asked for and absent, but added by somebody meanwhile: adopt", "act tag → pending/Adopting")
        {
            $0.ask("aa")
            $0.list("aa", tags: [])
        },
        Example("failed a moment ago: wait out the backoff", "wait Backoff → waiting/Backoff") {
            $0.ask("aa")
            $0.know("aa") { $0.attempt = Self.failed(dueIn: 5) }
        },
        Example("failed, and the backoff is over: add", "act add → adding") {
            $0.ask("aa")
            $0.know("aa") { $0.attempt = Self.failed(dueIn: 0) }
        },
        Example("failed before the machine was booted anew: add", "act add → adding") {
            $0.ask("aa")
            $0.know("aa") {
                var attempt = Self.failed(dueIn: 3_600)
                attempt.nextAt = Timestamp(
                    bootID: "earlier", bootMilliseconds: 99_000_000, wall: attempt.nextAt.wall)
                $0.attempt = attempt
            }
        },
        Example("suspended and absent: nothing", "wait Suspended → waiting/Suspended") {
            $0.ask("aa", isSuspended: true)
        },
        Example("the server is out of reach: nothing", "wait ClientUnreachable → waiting/ClientUnreachable") {
            $0.ask("aa")
            $0.coverage = .unknown(ClientTrouble(kind: .unreachable, message: "refused"))
        },
        Example("the credentials are refused", "wait CredentialsRefused → waiting/CredentialsRefused") {
            $0.ask("aa")
            $0.coverage = .unknown(ClientTrouble(kind: .credentials, message: "wrong password"))
        },
        Example(
            "followed, and the server is out of reach: the last status stays",
            "wait ClientUnreachable → as before"
        ) {
            $0.ask("aa")
            $0.follow("aa") { $0.published = Self.published(.downloading) }
            $0.coverage = .unknown(ClientTrouble(kind: .unreachable, message: "refused"))
        },
        Example("the store is lost: nothing is added", "hold StoreLost → waiting/Hold") {
            $0.ask("aa")
            $0.hold(.storeLost)
        },
        Example("the store is lost, and it carries our tag: followed", "settled → downloading") {
            $0.ask("aa")
            $0.list("aa")
            $0.hold(.storeLost)
        },
        Example(
            "the store is lost, and it is somebody else's: not even adopted", "hold StoreLost → waiting/Hold"
        ) {
            $0.ask("aa")
            $0.list("aa", tags: [])
            $0.hold(.storeLost)
        },
        Example("many of ours vanished: nothing at all is added", "hold MassVanish → waiting/Hold") {
            $0.ask("aa")
            $0.follow("bb")
            $0.follow("cc")
            $0.ask("bb")
            $0.ask("cc")
        },
    ]

    static let taking = [
        Example("an add whose answer was lost took effect: ours", "settled → downloading") {
            $0.ask("aa")
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(3)) }
            $0.list("aa")
        },
        Example(
            "an add was intended, and there is one without our tag: somebody else's",
            "act tag → pending/Adopting"
        ) {
            $0.ask("aa")
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(3)) }
            $0.list("aa", tags: []) { $0.addedAt = Scene.ago(1).wall }
        },
        Example(
            "4.2.5 leaves ours untagged: the intent and the time tell", "act tag → downloading/Correcting"
        ) {
            $0.facts.ignoresTagsInAdd = true
            $0.ask("aa")
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(3)) }
            $0.list("aa", tags: []) { $0.addedAt = Scene.ago(3).wall }
        },
        Example("4.2.5, and it was added before we meant to: somebody else's", "act tag → pending/Adopting") {
            $0.facts.ignoresTagsInAdd = true
            $0.ask("aa")
            $0.know("aa") { $0.intent = Intent(kind: .add, at: Scene.ago(3)) }
            $0.list("aa", tags: []) { $0.addedAt = Scene.ago(60).wall }
        },
        Example("our tag alone, unknown to the store: foreign, adopted", "act tag → pending/Adopting") {
            $0.ask("aa")
            $0.list("aa")
        },
        Example("adopted before, and the process died: followed", "settled → downloading") {
            $0.ask("aa")
            $0.list("aa", tags: ["qspool-adopted"])
        },
        Example("suspended and somebody else's: left alone", "wait Suspended → waiting/Suspended") {
            $0.ask("aa", isSuspended: true)
            $0.list("aa", tags: [])
        },
        Example("marked hands-off and somebody else's: left alone", "wait Suspended → waiting/Suspended") {
            $0.ask("aa")
            $0.list("aa", tags: ["qspool-hands-off"])
        },
        Example("asked to be absent and somebody else's: stays", "settled → removed/Released") {
            $0.ask("aa", [.state: .text("absent")])
            $0.list("aa", tags: [])
        },
        Example("listed under its other id: the same torrent", "settled → downloading") {
            $0.ask("aa")
            $0.follow("aa")
            $0.list("aa", as: Scene.hybrid("aa"))
        },
    ]

    static let absence = [
        Example("asked to be absent, and is", "settled → removed/Absent") {
            $0.ask("aa", [.state: .text("absent")])
        },
        Example("asked to be absent, ours: pruned without grace", "act prune → removing/Absent") {
            $0.ask("aa", [.state: .text("absent")])
            $0.follow("aa")
            $0.list("aa")
        },
        Example("asked to be absent, adopted: released", "act untag → removing/Released") {
            $0.ask("aa", [.state: .text("absent")])
            $0.follow("aa", as: .adopted)
            $0.list("aa", tags: ["qspool-adopted"])
        },
        Example("asked to be absent, our tag taken off: left in place", "settled → removed/Released") {
            $0.ask("aa", [.state: .text("absent")])
            $0.follow("aa", as: .disowned)
            $0.list("aa", tags: [])
        },
        Example("asked to be absent, by a partial look: look at all first", "wait Verifying → as before") {
            $0.ask("aa", [.state: .text("absent")])
            $0.follow("aa")
            $0.list("aa")
            $0.coverage = .partial
            $0.asked = ["aa"]
        },
        Example("asked to be absent and suspended: nothing is changed", "wait Suspended → downloading") {
            $0.ask("aa", [.state: .text("absent")], isSuspended: true)
            $0.follow("aa")
            $0.list("aa")
        },
        Example("asked to be absent and marked hands-off: nothing is changed", "wait Suspended → downloading")
        {
            $0.ask("aa", [.state: .text("absent")])
            $0.follow("aa")
            $0.list("aa", tags: ["qspool", "qspool-hands-off"])
        },
        Example(
            "asked to be absent with onDelete keep: said by a person, removed", "act prune → removing/Absent"
        ) {
            $0.ask("aa", [.state: .text("absent")], onDelete: .keep)
            $0.follow("aa")
            $0.list("aa")
        },
        Example(
            "asked to be absent, and the store is lost: nothing is removed", "hold StoreLost → waiting/Hold"
        ) {
            $0.ask("aa", [.state: .text("absent")])
            $0.hold(.storeLost)
            $0.list("aa")
        },
        Example(
            "asked to be absent, ours by record, tag forgotten by the server: our tag first",
            "act tag → removing/Absent"
        ) {
            $0.ask("aa", [.state: .text("absent")])
            $0.follow("aa")
            $0.list("aa", tags: [])
            $0.hasRestarted = true
        },
        Example("was removed as asked, and no longer asks for it: added", "act add → adding") {
            $0.ask("aa", content: "2")
            $0.know("aa") { $0.ending = Self.ending(.removed, "Absent") }
        },
    ]

    static let spool = [
        Example("unusable: rejected", "ignore → rejected/BadJson") { $0.reject("aa") },
        Example("unusable, was accepted before: the torrent stays as it was", "ignore → rejected/BadJson") {
            $0.reject("aa")
            $0.follow("aa")
            $0.list("aa")
        },
        Example("unreadable and new: waiting", "wait Unreadable → waiting/Unreadable") { $0.damage("aa") },
        Example("unreadable and followed: nothing, and the last status stays", "wait Unreadable → as before")
        {
            $0.damage("aa")
            $0.follow("aa")
            $0.list("aa")
        },
        Example("below a folder that is held: nothing", "wait Unreadable → as before") {
            $0.follow("aa")
            $0.list("aa")
            $0.desired.heldFolders[""] = HeldFolder(reason: "the folder is a link")
        },
        Example("the spool is unavailable: nothing is judged", "not judged") {
            $0.ask("aa")
            $0.follow("aa")
            $0.desired.availability = .unavailable("no identity")
        },
        Example("two ask for one torrent: the first accepted owns it", "ignore → conflict/Conflict") {
            $0.know("zz")
            $0.know("aa")
            $0.ask("zz", for: Scene.identity("aa"))
            $0.ask("aa")
        },
        Example("two arrive together: the first by name owns it", "act add → adding") {
            $0.ask("aa")
            $0.ask("ab", for: Scene.identity("aa"))
        },
        Example("the owner is unusable now: it goes on owning", "ignore → conflict/Conflict") {
            $0.follow("owner") {
                $0.following?.identity = Scene.identity("aa")
                $0.following?.id = Scene.identity("aa").preferredID
            }
            $0.reject("owner")
            $0.ask("aa")
            $0.list("aa")
        },
        Example("the owner has it under a hybrid's other hash", "ignore → conflict/Conflict") {
            $0.follow("owner") {
                $0.following?.identity = Scene.hybrid("aa")
                $0.following?.id = Scene.hybrid("aa").preferredID
            }
            $0.ask("owner", for: Scene.identity("aa"))
            $0.ask("aa", for: Scene.v2("aa"))
            $0.list("aa", as: Scene.hybrid("aa"))
        },
        Example("now names another torrent: that one first", "act add → adding") {
            $0.follow("aa")
            $0.list("aa")
            $0.ask("aa", for: Scene.identity("bb"), content: "2")
        },
        Example("finished, and now names another torrent: added", "act add → adding") {
            $0.follow("aa") { $0.ending = Self.ending(.finished, "RemovedByUser") }
            $0.ask("aa", for: Scene.identity("bb"), content: "2")
        },
    ]

    @Test("gives each its verdict", arguments: adding + taking + absence + spool)
    func verdict(_ example: Example) {
        #expect(example.scene.gist("aa") == example.expected)
    }

    @Test("An add carries all that the request wishes, and our tag")
    func addition() throws {
        var scene = Scene()
        scene.rules.categoryPaths["iso"] = "/iso"
        scene.ask(
            "aa",
            [
                .state: .text("stopped"), .category: .text("iso"), .tags: .list(["a", "b"]),
                .savePath: .text("/srv"), .autoTMM: .flag(false), .rename: .text("New"),
                .sequentialDownload: .flag(true), .firstLastPiecePrio: .flag(true),
                .downloadLimit: .number(10), .uploadLimit: .number(20),
            ])
        let action = try #require(scene.plan().actions.first)
        #expect(
            action.call
                == .add(
                    Addition(
                        ownershipTag: "qspool", tags: ["a", "b"], category: "iso", categoryPath: "/iso",
                        savePath: "/srv", autoTMM: false, rename: "New", sequentialDownload: true,
                        firstLastPiecePrio: true, downloadLimit: 10, uploadLimit: 20, isStopped: true)))
        #expect(action.id == nil)
    }

    static func failed(dueIn seconds: Int64) -> Attempt {
        Attempt(
            failures: 1, lastAt: Scene.ago(1), nextAt: Scene.ago(-seconds),
            error: LastError(code: "refused", message: "no", isRetriable: true, at: Scene.ago(1).wall))
    }

    static func ending(_ kind: Ending.Kind, _ reason: String) -> Ending {
        Ending(kind: kind, reason: reason, message: "over", at: Scene.ago(600).wall)
    }

    static func published(_ phase: Phase) -> Published {
        Published(phase: phase, reason: "", digest: [], conditions: [:], category: "", labels: [:])
    }
}
