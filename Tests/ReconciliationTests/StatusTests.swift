import Metainfo
import Reconciliation
import TestSupport
import Testing

@Suite("Statuses")
struct StatusTests {
    struct Standing: Sendable, CustomStringConvertible {
        let state: ServerState
        let hasCompleted: Bool
        let phase: String
        var description: String { state.rawValue + (hasCompleted ? ", completed" : "") }
    }

    /// What contract 3.3 says of every state of a server, before and after it was seen complete twice.
    static let words: [(ServerState, before: String, after: String)] = [
        (.allocating, "downloading", "downloading"), (.downloading, "downloading", "downloading"),
        (.forcedDL, "downloading", "downloading"), (.metaDL, "metadata", "metadata"),
        (.forcedMetaDL, "metadata", "metadata"), (.stalledDL, "stalled", "stalled"),
        (.queuedDL, "queued", "queued"), (.stoppedDL, "stopped", "stopped"),
        (.checkingDL, "checking", "checking"), (.checkingUP, "checking", "checking"),
        (.checkingResumeData, "checking", "checking"), (.moving, "moving", "moving"),
        (.uploading, "checking/Verifying", "seeding"), (.forcedUP, "checking/Verifying", "seeding"),
        (.stalledUP, "checking/Verifying", "seeding"), (.queuedUP, "checking/Verifying", "seeding"),
        (.stoppedUP, "checking/Verifying", "completed"), (.error, "error/ClientError", "error/ClientError"),
        (.missingFiles, "error/MissingFiles", "error/MissingFiles"),
        (.unknown, "stalled/UnknownState", "stalled/UnknownState"),
    ]

    static let standings = words.flatMap {
        [
            Standing(state: $0.0, hasCompleted: false, phase: $0.before),
            Standing(state: $0.0, hasCompleted: true, phase: $0.after),
        ]
    }

    @Test("Every state of a server has its phase", arguments: standings)
    func phase(_ standing: Standing) throws {
        var scene = Scene()
        scene.ask("aa")
        scene.follow("aa") { $0.following?.hasCompleted = standing.hasCompleted }
        scene.list("aa") {
            $0.state = standing.state
            if standing.state.isComplete { $0.counters.progress = 1 }
        }
        let status = try #require(Self.status(scene))
        let reason = status.reason.isEmpty ? "" : "/" + status.reason
        #expect(status.phase.rawValue + reason == standing.phase)
        #expect(!status.message.isEmpty)
    }

    @Test("No state was left out")
    func allStates() {
        #expect(Set(Self.words.map(\.0)) == Set(ServerState.allCases))
    }

    @Test("A settled request says so, with all about its torrent")
    func settled() throws {
        var scene = Scene()
        scene.rules.pathMaps = ["default": [.init(remote: "/downloads", local: "/mnt")]]
        scene.ask("aa", content: "1")
        scene.follow("aa")
        scene.list("aa") { $0.placement.contentPath = "/downloads/aa" }
        let status = try #require(Self.status(scene))
        #expect(status.generation == 1)
        #expect(status.version?.digest == Scene.digest("1"))
        #expect(status.torrent?.ownership == .added)
        #expect(status.torrent?.localPath == "/mnt/aa")
        #expect(status.message == "50 % of 1000 B")
        let inSync = try #require(status.conditions.first)
        #expect(inSync.kind == .inSync && inSync.isTrue && inSync.reason == "Verified")
        #expect(inSync.since == Scene.now.wall)
    }

    @Test("A condition keeps its since while it stays as it is, and only then")
    func since() throws {
        var scene = Scene()
        scene.ask("aa")
        scene.follow("aa") {
            var published = PlannerWantedTests.published(.downloading)
            published.conditions[.inSync] = Published.Truth(isTrue: true, since: Scene.ago(500).wall)
            $0.published = published
        }
        scene.list("aa")
        #expect(try #require(Self.status(scene)).conditions[0].since == Scene.ago(500).wall)
        scene.ask("aa", [.category: .text("iso")])
        let changed = try #require(Self.status(scene)).conditions[0]
        #expect(!changed.isTrue && changed.since == Scene.now.wall)
    }

    @Test("Not in sync says why")
    func notInSync() throws {
        var scene = Scene()
        scene.ask("aa", [.category: .text("iso")])
        scene.follow("aa")
        scene.list("aa")
        #expect(try #require(Self.status(scene)).conditions[0].reason == "Correcting")
        scene.rules.drift = .report
        scene.follow("aa") { $0.applied[.category] = .text("iso") }
        #expect(try #require(Self.status(scene)).conditions[0].reason == "Drifted")
        scene.ask("aa", isSuspended: true)
        let conditions = try #require(Self.status(scene)).conditions
        #expect(conditions.map(\.kind) == [.inSync, .suspended])
        #expect(conditions[1].reason == "Requested")
    }

    @Test("Contested fields and the aliases of other tools are said")
    func contestedAndAliases() throws {
        var scene = Scene()
        scene.desired.accept(
            Request(
                key: Scene.key("aa"), identity: Scene.identity("aa"), wishes: [.category: .text("iso")],
                version: RequestVersion(digest: Scene.digest("1"), readAt: Scene.now.wall),
                aliases: ["label → category"]))
        scene.follow("aa") {
            $0.applied[.category] = .text("iso")
            $0.corrections[.category] = [3, 2, 1].map { Scene.ago($0).wall.milliseconds }
        }
        scene.list("aa")
        let status = try #require(Self.status(scene))
        #expect(status.conditions.map(\.kind) == [.inSync, .aliasUsed, .contested])
        #expect(status.conditions[1].message.contains("label → category"))
        #expect(status.drift.map(\.verdict) == [.contested])
    }

    @Test("A rejected request shows where, and the generation that was carried out before")
    func rejected() throws {
        var scene = Scene()
        scene.reject("aa")
        scene.follow("aa")
        scene.list("aa")
        let status = try #require(Self.status(scene))
        #expect(status.phase == .rejected && status.generation == 1)
        #expect(status.failure.problem?.code == "bad-json")
        #expect(status.failure.lastError?.isRetriable == false)
        #expect(status.conditions.isEmpty)
    }

    @Test("A failing one shows attempts, the error and the next time")
    func failing() throws {
        var scene = Scene()
        scene.ask("aa")
        scene.know("aa") { $0.attempt = PlannerWantedTests.failed(dueIn: 5) }
        let status = try #require(Self.status(scene))
        #expect(status.failure.attempts == 1)
        #expect(status.failure.nextAttemptAt == Scene.ago(-5).wall)
        #expect(status.failure.lastError?.code == "refused")
    }

    @Test("Nothing new is known: nothing new is said")
    func nothingNew() {
        var scene = Scene()
        scene.damage("aa")
        scene.follow("aa")
        #expect(Self.status(scene) == nil)
    }

    @Test("Counters alone are no news")
    func counters() throws {
        var scene = Scene()
        scene.ask("aa")
        scene.follow("aa")
        scene.list("aa")
        let before = try #require(Self.status(scene))
        scene.torrents[0].counters.progress = 0.6
        scene.torrents[0].counters.eta = 60
        let after = try #require(Self.status(scene))
        #expect(before != after)
        #expect(before.withoutCounters == after.withoutCounters)
        scene.torrents[0].placement.category = "iso"
        #expect(try #require(Self.status(scene)).withoutCounters != before.withoutCounters)
    }

    @Test("A peer that comes and goes at a seeding torrent is no news")
    func seedingFlicker() throws {
        var torrent = Torrent(
            id: Scene.identity("aa").preferredID, identity: Scene.identity("aa"), state: .uploading)
        let busy = torrent.settledForm
        torrent.state = .stalledUP
        #expect(torrent.settledForm == busy)
    }

    @Test("What changed in qBittorrent is listed field by field")
    func observedChanges() {
        let identity = Scene.identity("aa")
        let old = Torrent(id: identity.preferredID, identity: identity, name: "a", state: .downloading)
        var new = old
        #expect(ObservedChanges.between(old, new, subject: Scene.key("aa")).isEmpty)
        new.name = "b"
        new.placement.tags = ["x", "y"]
        new.options.uploadLimit = 5
        let changes = ObservedChanges.between(old, new, subject: Scene.key("aa"))
        #expect(changes.map(\.field) == ["name", "tags", "uploadLimit"])
        #expect(changes[1].from == "" && changes[1].to == "x, y")
    }

    private static func status(_ scene: Scene) -> RequestStatus? {
        guard let judgement = scene.judgement("aa") else { return nil }
        let status = StatusDerivation.status(
            Scene.key("aa"), judgement, desired: scene.desired, rules: scene.rules, now: scene.now)
        if let status { #expect(StatusLinter.complaints(status) == []) }
        return status
    }
}
