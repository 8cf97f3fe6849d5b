import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on drift that is left alone")
struct PlannerContestTests {
    /// Asked for, applied, and changed by somebody.
    private static func scene(_ drift: Rules.DriftPolicy = .enforce) -> Scene {
        var scene = Scene()
        scene.rules.drift = drift
        scene.ask("aa", [.category: .text("iso")])
        scene.follow("aa") { $0.applied[.category] = .text("iso") }
        scene.list("aa") { $0.placement.category = "other" }
        return scene
    }

    /// Judges, and remembers what is to be remembered.
    private static func judge(_ scene: inout Scene) throws -> Judgement {
        let judgement = try #require(scene.judgement("aa"))
        scene.memory.remember(judgement.memory, for: Scene.key("aa"))
        return judgement
    }

    private static func logged(_ judgement: Judgement) -> [String] {
        judgement.changes.filter { $0.kind == .drift }.map {
            "\($0.field ?? ""): \($0.from ?? "") is \($0.to ?? ""), \($0.reason)"
        }
    }

    @Test("The fourth time within an hour is contested: said once, and left alone however long it lasts")
    func contested() throws {
        var scene = Self.scene()
        for _ in 1...3 {
            let judgement = try Self.judge(&scene)
            #expect(judgement.row == .drift)
            #expect(Self.logged(judgement) == ["category: iso is other, corrected"])
            // Carried out, seen to be there, and changed again ten minutes later.
            scene.change("aa") {
                $0.applied[.category] = .text("iso")
                $0.intent = nil
            }
            scene.now = scene.now.advanced(byMilliseconds: 600_000)
        }
        #expect(Self.logged(try Self.judge(&scene)) == ["category: iso is other, contested"])
        for hours in [0, 1, 24, 1_000] {
            scene.now = scene.now.advanced(byMilliseconds: Int64(hours) * 3_600_000)
            let judgement = try Self.judge(&scene)
            #expect(judgement.verdict == .settled && judgement.row == .contested, "\(hours) hours later")
            #expect(judgement.drift.map(\.verdict) == [.contested] && judgement.changes.isEmpty)
        }
        // Another field that is corrected meanwhile does not make it forgotten.
        scene.ask("aa", [.category: .text("iso"), .rename: .text("New")])
        scene.change("aa") { $0.applied[.rename] = .text("New") }
        #expect(try Self.judge(&scene).row == .drift)
        scene.change("aa") { $0.applied[.rename] = .text("New") }
        scene.torrents[0].name = "New"
        #expect(try Self.judge(&scene).row == .contested)
    }

    @Test("A changed request, or `retry`, is corrected anew")
    func resets() throws {
        var scene = Self.scene()
        scene.change("aa") {
            $0.corrections[.category] = [50, 40, 30].map { Scene.ago($0 * 60).wall.milliseconds }
        }
        #expect(scene.judgement("aa")?.row == .contested)
        var retried = scene
        retried.order(.retry(Scene.key("aa")))
        #expect(retried.judgement("aa")?.row == .drift)
        scene.ask("aa", [.category: .text("iso")], content: "2")
        #expect(scene.judgement("aa")?.row == .drift)
    }

    @Test("Drift that is only reported is logged once, and again after it was as wanted")
    func reported() throws {
        var scene = Self.scene(.report)
        #expect(Self.logged(try Self.judge(&scene)) == ["category: iso is other, reported"])
        let again = try Self.judge(&scene)
        #expect(again.changes.isEmpty && again.drift.map(\.verdict) == [.reported])
        scene.torrents[0].placement.category = "iso"
        #expect(try Self.judge(&scene).drift.isEmpty)
        scene.torrents[0].placement.category = "third"
        #expect(Self.logged(try Self.judge(&scene)) == ["category: iso is third, reported"])
        #expect(scene.plan().actions.isEmpty)
    }

    struct Paths: Sendable, CustomStringConvertible {
        let description: String
        let wishes: [Field: FieldValue]
        var isAutomatic = false
        var category = ""
        let expected: String
        var unsupported: [Field] = []
    }

    static let paths = [
        Paths(
            description: "a path alone", wishes: [.savePath: .text("/srv")],
            expected: "act relocate → downloading/Correcting"),
        Paths(
            description: "a path, on one that the server manages: relocating ends that",
            wishes: [.savePath: .text("/srv")], isAutomatic: true,
            expected: "act relocate → downloading/Correcting"),
        Paths(
            description: "a path, and no automatic management: that first",
            wishes: [.savePath: .text("/srv"), .autoTMM: .flag(false)], isAutomatic: true,
            expected: "act setAutoTMM relocate → downloading/Correcting"),
        Paths(
            description: "a path and automatic management: the server chooses, and that is said",
            wishes: [.savePath: .text("/srv"), .autoTMM: .flag(true)], isAutomatic: true,
            expected: "settled → downloading", unsupported: [.savePath]),
        Paths(
            description: "both paths and automatic management, which is off: on, and no more",
            wishes: [
                .savePath: .text("/srv"), .downloadPath: .text("/part"), .autoTMM: .flag(true),
            ],
            expected: "act setAutoTMM → downloading/Correcting", unsupported: [.savePath, .downloadPath]),
        Paths(
            description: "a category with a path of its own, and automatic management: the category's",
            wishes: [.category: .text("iso"), .autoTMM: .flag(true)], isAutomatic: true,
            expected: "act recategorize → downloading/Correcting"),
        Paths(
            description: "a category with a path of its own and another path: the request's",
            wishes: [.category: .text("iso"), .savePath: .text("/srv")], isAutomatic: true, category: "iso",
            expected: "act relocate → downloading/Correcting"),
        Paths(
            description: "a category and the path that is there: nothing moves",
            wishes: [.category: .text("iso"), .savePath: .text("/downloads")], category: "iso",
            expected: "settled → downloading"),
    ]

    @Test("Automatic management, categories and paths do not fight", arguments: paths)
    func automaticManagement(_ paths: Paths) throws {
        var scene = Scene()
        scene.rules.categoryPaths["iso"] = "/iso"
        scene.ask("aa", paths.wishes)
        scene.follow("aa")
        scene.list("aa") {
            $0.placement.autoTMM = paths.isAutomatic
            $0.placement.category = paths.category
        }
        let judgement = try #require(scene.judgement("aa"))
        #expect(Scene.gist(judgement) == paths.expected)
        #expect(judgement.unsupported.keys.sorted() == paths.unsupported.sorted())
    }

    @Test("A move is followed to its end, whichever path the server shows on the way")
    func move() throws {
        for shown in ["/srv", "/downloads"] {
            var scene = Scene()
            scene.ask("aa", [.savePath: .text("/srv")])
            scene.follow("aa") {
                $0.applied[.savePath] = .text("/srv")
                $0.following?.lastCallAt = Scene.ago(3_600)
            }
            scene.list("aa") {
                $0.state = .moving
                $0.placement.savePath = shown
            }
            let moving = try #require(scene.judgement("aa"))
            #expect(moving.row == .inTransit && moving.drift.isEmpty, "shows \(shown)")
            scene.torrents[0].state = .downloading
            scene.torrents[0].placement.savePath = "/srv"
            #expect(scene.judgement("aa")?.row == .settled, "showed \(shown)")
        }
    }
}
