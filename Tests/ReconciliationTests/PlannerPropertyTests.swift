import Metainfo
import Reconciliation
import TestSupport
import Testing

/// What holds for every plan, over worlds drawn from a seed.
@Suite("The planner, on any world")
struct PlannerPropertyTests {
    static let seeds = UInt64(1)...300

    @Test(
        "Nothing is pruned but ours with our tag, seen by a full listing of a complete spool",
        arguments: seeds)
    func prunesOnlyOurs(seed: UInt64) throws {
        let scene = Self.world(seed)
        for action in scene.plan().actions {
            guard case .prune = action.call else { continue }
            let memory = try #require(scene.memory.subjects[action.subject])
            let torrent = try #require(scene.observed.clients["default"]?.torrent(matching: action.identity))
            let isOurs = memory.following?.ownership == .added || memory.intent?.kind == .add
            #expect(isOurs, "replay with seed \(seed)")
            #expect(torrent.placement.tags.contains("qspool"), "replay with seed \(seed)")
            #expect(scene.desired.isComplete && scene.coverage == .full, "replay with seed \(seed)")
            #expect(scene.memory.holds[.storeLost] == nil, "replay with seed \(seed)")
        }
    }

    @Test("What the spool or the server does not show is neither removed nor added", arguments: seeds)
    func absenceIsNoEvidence(seed: UInt64) {
        var scene = Self.world(seed)
        scene.desired.availability = .unavailable("no identity")
        #expect(scene.plan().actions.isEmpty && scene.plan().judgements.isEmpty, "replay with seed \(seed)")
        scene.desired.availability = .complete
        scene.coverage = .unknown(ClientTrouble(kind: .unreachable, message: "refused"))
        #expect(scene.plan().actions.isEmpty, "replay with seed \(seed)")
        scene.coverage = .partial
        let isDestructive = scene.plan().actions.contains {
            if case .prune = $0.call { true } else { false }
        }
        #expect(!isDestructive, "replay with seed \(seed)")
    }

    @Test("Equal pictures give equal plans", arguments: seeds)
    func deterministic(seed: UInt64) {
        #expect(Self.world(seed).plan() == Self.world(seed).plan(), "replay with seed \(seed)")
    }

    @Test("No torrent is the object of two subjects' actions", arguments: seeds)
    func oneSubjectATorrent(seed: UInt64) {
        var subjects: [TorrentID: SubjectKey] = [:]
        for action in Self.world(seed).plan().actions {
            for id in action.identity.ids {
                let other = subjects.updateValue(action.subject, forKey: id)
                #expect(other == nil || other == action.subject, "replay with seed \(seed)")
            }
        }
    }

    @Test("At most one add in a subject's actions, and alone", arguments: seeds)
    func addsStandAlone(seed: UInt64) {
        for judgement in Self.world(seed).plan().judgements.values {
            guard case .act(let actions) = judgement.verdict else { continue }
            let kinds = Set(actions.map(\.call))
            #expect(kinds.count == actions.count, "replay with seed \(seed)")
            let isAdd = actions.contains { if case .add = $0.call { true } else { false } }
            #expect(!isAdd || actions.count == 1, "replay with seed \(seed)")
        }
    }

    @Test("Every verdict is written down before it is carried out", arguments: seeds)
    func intents(seed: UInt64) {
        for (key, judgement) in Self.world(seed).plan().judgements {
            guard case .act(let actions) = judgement.verdict else { continue }
            let isAdoption = actions.contains { $0.call == .addTags(["qspool-adopted"]) }
            // Torrents of before are written down as leaving.
            let isWritten = judgement.memory?.intent != nil || judgement.memory?.leaving.isEmpty == false
            #expect(isAdoption || isWritten, "\(key): replay with seed \(seed)")
        }
    }

    @Test("A world that is as asked for is left alone", arguments: seeds)
    func fixedPoint(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var scene = Scene()
        for number in 0..<Int.random(in: 1...12, using: &random) {
            let name = "n\(number)"
            let category = random.oneIn(2) ? "iso" : ""
            scene.ask(name, [.category: .text(category), .state: .text("running")])
            scene.follow(name, as: random.oneIn(4) ? .adopted : .added)
            scene.list(name) { $0.placement.category = category }
        }
        #expect(scene.plan().actions.isEmpty, "replay with seed \(seed)")
        for judgement in scene.plan().judgements.values { #expect(judgement.verdict == .settled) }
    }

    @Test("Any part of the subjects is judged as all of them are", arguments: seeds)
    func partsAgree(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 7)
        let scene = Self.world(seed)
        let whole = scene.plan()
        let part = Set(whole.order.filter { _ in random.oneIn(2) })
        let plan = scene.plan(.only(part))
        for (key, judgement) in plan.judgements where part.contains(key) {
            guard judgement.continues == nil, let other = whole.judgements[key], other.memory != nil else {
                continue
            }
            #expect(Scene.gist(judgement) == Scene.gist(other), "\(key): replay with seed \(seed)")
        }
    }

    /// Six names, six torrents, and anything at all between them.
    private static func world(_ seed: UInt64) -> Scene {
        var random = SplitMix64(seed: seed)
        var scene = Scene()
        let names = ["a", "b", "c", "d", "e", "f"]
        for name in names { remember(name, &scene, &random) }
        for name in names { ask(name, names, &scene, &random) }
        for name in names where !random.oneIn(4) {
            let tags = [["qspool"], ["qspool"], [], ["qspool-adopted"], ["qspool", "qspool-hands-off"]]
            let states: [ServerState] = [.downloading, .stalledUP, .stoppedDL, .error, .moving]
            scene.list(name, tags: tags.randomElement(using: &random) ?? []) {
                $0.state = states.randomElement(using: &random) ?? .downloading
            }
        }
        if random.oneIn(8) { scene.hold(.storeLost) }
        if random.oneIn(8) { scene.hold(.massVanish, names: ["a", "b"]) }
        if random.oneIn(6) { scene.hasRestarted = true }
        return scene
    }

    private static func remember(_ name: String, _ scene: inout Scene, _ random: inout SplitMix64) {
        switch random.next() % 5 {
        case 0: break
        case 1:
            scene.know(name) {
                $0.intent = Intent(kind: .add, at: Scene.ago(30))
            }
        default:
            let kinds: [Ownership] = [.added, .added, .adopted, .disowned]
            let isGone = random.oneIn(2)
            let isConfirmed = !random.oneIn(4)
            let hasCompleted = random.oneIn(3)
            scene.follow(name, as: kinds.randomElement(using: &random) ?? .added) {
                if isGone { $0.withdrawal = PlannerGoneTests.gone(100) }
                $0.following?.isConfirmed = isConfirmed
                $0.following?.hasCompleted = hasCompleted
            }
        }
    }

    private static func ask(
        _ name: String, _ names: [String], _ scene: inout Scene, _ random: inout SplitMix64
    ) {
        let other = names.randomElement(using: &random) ?? name
        switch random.next() % 9 {
        case 0: break
        case 1: scene.reject(name)
        case 2: scene.damage(name)
        case 3: scene.ask(name, [.state: .text("absent")])
        case 4: scene.ask(name, for: Scene.identity(other), content: "2")
        case 5: scene.ask(name, isSuspended: true)
        default: scene.ask(name, [.category: .text("iso")])
        }
    }
}
