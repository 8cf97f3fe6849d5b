import Metainfo
import Reconciliation
import Testing

@Suite("The planner, on names that change hands")
struct PlannerNamesTests {
    @Test("A renamed file stays the same download")
    func rename() throws {
        var scene = Scene()
        scene.follow("old") { Self.makeFollow("aa", &$0) }
        scene.ask("new", for: Scene.identity("aa"))
        scene.list("aa")
        let plan = scene.plan()
        let judgement = try #require(plan.judgements[Scene.key("new")])
        #expect(judgement.verdict == .settled)
        #expect(judgement.continues == Scene.key("old"))
        #expect(judgement.memory?.following?.ownership == .added)
        #expect(judgement.memory?.acceptance?.generation == 1)
        #expect(judgement.changes.map(\.kind) == [.renamed])
        #expect(plan.judgements[Scene.key("old")]?.memory == nil)
        #expect(plan.actions.isEmpty)
    }

    @Test("Renamed while it was in grace: the same download still")
    func renameInGrace() throws {
        var scene = Scene()
        scene.follow("old") {
            Self.makeFollow("aa", &$0)
            $0.withdrawal = PlannerGoneTests.gone(600)
        }
        scene.ask("new", for: Scene.identity("aa"))
        scene.list("aa")
        let judgement = try #require(scene.judgement("new"))
        #expect(judgement.verdict == .settled)
        #expect(judgement.memory?.withdrawal == nil)
    }

    @Test("Whoever was in conflict takes over when the first goes, and its generation never goes back")
    func takeover() throws {
        var scene = Scene()
        scene.follow("first") { Self.makeFollow("aa", &$0) }
        scene.know("second") { $0.acceptance?.generation = 4 }
        scene.ask("second", for: Scene.identity("aa"))
        scene.list("aa")
        let judgement = try #require(scene.judgement("second"))
        #expect(judgement.continues == Scene.key("first"))
        #expect(judgement.memory?.following?.ownership == .added)
        #expect(judgement.memory?.acceptance?.generation == 4)
        #expect(scene.plan().actions.isEmpty)
    }

    @Test("Taken over with another content: the next generation")
    func takeoverWithChange() throws {
        var scene = Scene()
        scene.follow("first") { Self.makeFollow("aa", &$0) }
        scene.know("second") {
            $0.acceptance?.generation = 4
            $0.acceptance?.digest = Scene.digest("2")
        }
        scene.ask("second", for: Scene.identity("aa"), content: "2")
        scene.list("aa")
        #expect(try #require(scene.judgement("second")).memory?.acceptance?.generation == 4)
        scene.ask("second", for: Scene.identity("aa"), content: "3")
        #expect(try #require(scene.judgement("second")).memory?.acceptance?.generation == 5)
    }

    @Test("Of several that could continue it, the first accepted does, then the first by name")
    func severalHeirs() {
        var scene = Scene()
        scene.follow("old") { Self.makeFollow("aa", &$0) }
        scene.know("z") { Self.makeAskFor("aa", &$0) }
        scene.know("b") { Self.makeAskFor("aa", &$0) }
        scene.ask("a", for: Scene.identity("aa"))
        scene.ask("b", for: Scene.identity("aa"))
        scene.ask("z", for: Scene.identity("aa"))
        scene.list("aa")
        let plan = scene.plan()
        #expect(plan.judgements[Scene.key("z")]?.continues == Scene.key("old"))
        #expect(Scene.gist(plan.judgements[Scene.key("a")]) == "ignore → conflict/Conflict")
        #expect(Scene.gist(plan.judgements[Scene.key("b")]) == "ignore → conflict/Conflict")
    }

    @Test("A file moved over another's name goes on with its torrent; the other one's goes")
    func movedOver() {
        var scene = Scene()
        scene.follow("aa") { $0.withdrawal = PlannerGoneTests.gone(600) }
        scene.follow("bb")
        scene.ask("bb", for: Scene.identity("aa"), content: "2")
        scene.list("aa")
        scene.list("bb")
        let plan = scene.plan()
        #expect(plan.judgements[Scene.key("bb")]?.continues == Scene.key("aa"))
        #expect(plan.actions.map(\.call) == [.prune(ifTagged: "qspool")])
        #expect(plan.actions.map(\.identity) == [Scene.identity("bb")])
    }

    @Test("A folder that is held keeps its names: no rename out of it")
    func heldFolderKeepsNames() {
        var scene = Scene()
        scene.follow("movies/old") { Self.makeFollow("aa", &$0) }
        scene.ask("aa")
        scene.desired.heldFolders["movies"] = HeldFolder(reason: "the folder is a link")
        scene.list("aa")
        #expect(scene.gist("aa") == "ignore → conflict/Conflict")
    }

    @Test("Of nested folders that are held, the nearest gives the reason")
    func nestedHeldFolders() {
        var desired = DesiredState()
        desired.heldFolders = ["": "all", "a": "outer", "a/b": "inner"].mapValues { HeldFolder(reason: $0) }
        #expect(desired.heldReason(Scene.key("a/b/c")) == "inner")
        #expect(desired.heldReason(Scene.key("ab")) == "all")
    }

    static func makeFollow(_ label: String, _ subject: inout SubjectMemory) {
        makeAskFor(label, &subject)
        subject.following?.identity = Scene.identity(label)
        subject.following?.id = Scene.identity(label).preferredID
    }

    static func makeAskFor(_ label: String, _ subject: inout SubjectMemory) {
        subject.acceptance?.identity = Scene.identity(label)
    }
}

@Suite("Names and pictures")
struct PictureTests {
    @Test("Names are bytes: composed and decomposed are two files")
    func bytes() {
        let composed = RequestName("caf\u{e9}")
        let decomposed = RequestName("cafe\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
        #expect(RequestName("Z") < RequestName("a"))
        #expect(RequestName("a/b") > RequestName("a-b"))
    }

    @Test("A name lies below its folders and no others")
    func folders() {
        let name = RequestName("movies/new/Heat")
        #expect(name.isBelow(folder: "") && name.isBelow(folder: "movies"))
        #expect(name.isBelow(folder: "movies/new"))
        #expect(!name.isBelow(folder: "mov") && !name.isBelow(folder: "movies/new/Heat"))
        #expect(name.lastComponent == "Heat")
        #expect(RequestName("Heat").lastComponent == "Heat")
    }

    @Test("Subjects are in the order of their names")
    func subjects() {
        let keys = [SubjectKey(client: "b", name: RequestName("a")), SubjectKey(name: RequestName("b"))]
        #expect(keys.sorted() == keys)
        #expect("\(keys[0])" == "b:a" && "\(keys[1])" == "b")
    }

    @Test("A hybrid is found by either of its hashes, under whichever it is listed")
    func aliases() {
        let hybrid = Scene.hybrid("aa")
        var picture = ClientPicture(
            coverage: .full,
            torrents: [Torrent(id: hybrid.preferredID, identity: hybrid)])
        for identity in [Scene.identity("aa"), Scene.v2("aa"), hybrid] {
            #expect(picture.torrent(matching: identity)?.id == hybrid.preferredID)
        }
        picture.remove(hybrid.preferredID)
        #expect(picture.torrent(matching: Scene.identity("aa")) == nil)
        #expect(picture.torrents.isEmpty)
    }

    @Test("Only a full picture, or one that asked for it by all its names, shows an absence")
    func absence() {
        var picture = ClientPicture(coverage: .partial)
        #expect(!picture.settlesAbsence(of: Scene.hybrid("aa")))
        picture.asked = Set(Scene.identity("aa").ids)
        #expect(!picture.settlesAbsence(of: Scene.hybrid("aa")))
        picture.asked = Set(Scene.hybrid("aa").ids)
        #expect(picture.settlesAbsence(of: Scene.hybrid("aa")))
        picture.coverage = .full
        #expect(picture.settlesAbsence(of: Scene.identity("bb")))
        picture.coverage = .unknown(ClientTrouble(kind: .unreachable, message: ""))
        #expect(!picture.settlesAbsence(of: Scene.hybrid("aa")))
    }

    @Test("Whoever asks for a torrent is found by any of its hashes, until it asks no longer")
    func claimants() {
        var scene = Scene()
        scene.ask("a", for: Scene.hybrid("aa"))
        scene.ask("b", for: Scene.v2("aa"))
        func claimants(_ identity: TorrentIdentity) -> [String] {
            scene.desired.claimants(of: identity, client: "default").map(\.name.text).sorted()
        }
        #expect(claimants(Scene.identity("aa")) == ["a"])
        #expect(claimants(Scene.v2("aa")) == ["a", "b"])
        #expect(scene.desired.claimants(of: Scene.v2("aa"), client: "other").isEmpty)
        scene.ask("a", for: Scene.identity("cc"))
        #expect(claimants(Scene.v2("aa")) == ["b"])
        scene.reject("b")
        #expect(claimants(Scene.v2("aa")).isEmpty)
    }

    @Test("Who follows a torrent is found by any of its hashes, and forgotten with it")
    func followers() {
        var memory = Memory()
        var subject = SubjectMemory()
        let hybrid = Scene.hybrid("aa")
        subject.following = Following(ownership: .added, id: hybrid.preferredID, identity: hybrid)
        memory.remember(subject, for: Scene.key("a"))
        #expect(memory.follower(of: Scene.identity("aa"), client: "default") == Scene.key("a"))
        memory.remember(subject, for: Scene.key("b"))
        memory.remember(nil, for: Scene.key("a"))
        #expect(memory.follower(of: Scene.v2("aa"), client: "default") == Scene.key("b"))
        memory.remember(SubjectMemory(), for: Scene.key("b"))
        #expect(memory.follower(of: hybrid, client: "default") == nil)
    }

    @Test("Every word that a server may say is a state")
    func states() {
        #expect(ServerState(wire: "pausedDL") == .stoppedDL)
        #expect(ServerState(wire: "pausedUP") == .stoppedUP)
        #expect(ServerState(wire: "neverHeardOf") == .unknown)
        for state in ServerState.allCases { #expect(ServerState(wire: state.rawValue) == state) }
    }

    @Test("A path is mapped by the longest mapping that fits, on whole components")
    func paths() {
        let rules = Rules(pathMaps: [
            "default": [.init(remote: "/d", local: "/short"), .init(remote: "/d/movies", local: "/long")]
        ])
        #expect(rules.localPath(of: "/d/movies/Heat", on: "default") == "/long/Heat")
        #expect(rules.localPath(of: "/d/moviesX", on: "default") == "/short/moviesX")
        #expect(rules.localPath(of: "/d", on: "default") == "/short")
        #expect(rules.localPath(of: "/downloads", on: "default") == nil)
    }
}
