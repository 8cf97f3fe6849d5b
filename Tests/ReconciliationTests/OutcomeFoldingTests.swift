import Metainfo
import Reconciliation
import TestSupport
import Testing

@Suite("What outcomes teach")
struct OutcomeFoldingTests {
    static let key = Scene.key("aa")

    @Test("An acknowledged add is followed, and its options are applied")
    func add() throws {
        let addition = Addition(
            ownershipTag: "qspool", tags: ["a"], category: "iso", savePath: "/srv", autoTMM: false,
            rename: "New", sequentialDownload: true, downloadLimit: 10, isStopped: true)
        let memory = try folded(.add(addition), .acknowledged) {
            $0.intent = Intent(kind: .add, at: Scene.now)
        }
        #expect(memory.following?.ownership == .added)
        #expect(memory.following?.lastCallAt == Scene.now)
        #expect(memory.following?.isConfirmed == false)
        #expect(
            memory.applied == [
                .tags: .list(["a"]), .category: .text("iso"), .savePath: .text("/srv"),
                .autoTMM: .flag(false), .rename: .text("New"), .sequentialDownload: .flag(true),
                .downloadLimit: .number(10), .state: .text("stopped"),
            ])
        #expect(memory.attempt == nil)
    }

    @Test("An add that is acknowledged and forgotten again and again is made ever more seldom")
    func forgetfulServer() throws {
        var memory = SubjectMemory()
        var delays: [Int64] = []
        for _ in 1...4 {
            var folding = OutcomeFolding(subjects: [Self.key: memory], rules: Rules())
            var random = SplitMix64(seed: 1)
            folding.fold(
                [Self.outcome(.add(Addition(ownershipTag: "qspool")), .acknowledged)], using: &random)
            memory = try #require(folding.subjects[Self.key])
            delays.append(memory.attempt?.nextAt.milliseconds(since: Scene.now) ?? 0)
        }
        #expect(delays == [0, 5_000, 10_000, 20_000])
    }

    @Test("The count of losses survives an add")
    func readds() throws {
        let memory = try folded(.add(Addition(ownershipTag: "qspool")), .acknowledged) {
            Self.follow(&$0)
            $0.following?.readds = 2
            $0.following?.hasCompleted = true
        }
        #expect(memory.following?.readds == 2)
        #expect(memory.following?.hasCompleted == false)
    }

    @Test("An acknowledged adoption is followed as one")
    func adoption() throws {
        let memory = try folded(.addTags(["qspool-adopted"]), .acknowledged) { _ in }
        #expect(memory.following?.ownership == .adopted)
    }

    struct Setting: Sendable, CustomStringConvertible {
        let call: Call
        let field: Field
        let value: FieldValue
        var description: String { call.word }
    }

    static let settings = [
        Setting(call: .start, field: .state, value: .text("running")),
        Setting(call: .stop, field: .state, value: .text("stopped")),
        Setting(call: .recategorize("iso", path: nil), field: .category, value: .text("iso")),
        Setting(call: .relocate("/srv"), field: .savePath, value: .text("/srv")),
        Setting(call: .setAutoTMM(true), field: .autoTMM, value: .flag(true)),
        Setting(call: .rename("New"), field: .rename, value: .text("New")),
        Setting(call: .setSequentialDownload(true), field: .sequentialDownload, value: .flag(true)),
        Setting(call: .setFirstLastPiecePrio(true), field: .firstLastPiecePrio, value: .flag(true)),
        Setting(call: .limitDownload(7), field: .downloadLimit, value: .number(7)),
        Setting(call: .limitUpload(8), field: .uploadLimit, value: .number(8)),
        Setting(call: .addTags(["b"]), field: .tags, value: .list(["a", "b"])),
        Setting(call: .removeTags(["a"]), field: .tags, value: .list([])),
    ]

    @Test("An acknowledged change is applied, and its instant remembered", arguments: settings)
    func change(_ setting: Setting) throws {
        let memory = try folded(setting.call, .acknowledged) {
            Self.follow(&$0)
            $0.applied[.tags] = .list(["a"])
        }
        #expect(memory.applied[setting.field] == setting.value)
        #expect(memory.following?.lastCallAt == Scene.now)
    }

    @Test("Our own tag is none of the request's")
    func ownTag() throws {
        let memory = try folded(.addTags(["qspool"]), .acknowledged) { Self.follow(&$0) }
        #expect(memory.applied[.tags] == nil)
    }

    @Test("An unknown outcome keeps the intent and waits; a failure ends the intent and waits")
    func failing() throws {
        let failure = ActionFailure(remedy: .retry, code: "timeout", message: "no answer")
        for (result, keeps) in [(Outcome.Result.unknown(failure), true), (.failed(failure), false)] {
            let memory = try folded(.start, result) {
                Self.follow(&$0)
                $0.intent = Intent(kind: .change, at: Scene.now)
            }
            #expect((memory.intent != nil) == keeps)
            #expect(memory.attempt?.failures == 1)
            #expect(memory.attempt?.error.code == "timeout")
            let delay = try #require(memory.attempt?.nextAt.milliseconds(since: Scene.now))
            #expect((1_000...5_000).contains(delay))
            #expect(memory.applied.isEmpty)
        }
    }

    @Test("A request at fault is given up until it changes")
    func atFault() throws {
        let failure = ActionFailure(remedy: .correctRequest, code: "bad-torrent", message: "refused")
        let memory = try folded(.add(Addition(ownershipTag: "qspool")), .failed(failure)) { _ in }
        #expect(memory.ending?.kind == .failed)
        #expect(memory.ending?.reason == "BadTorrent")
        #expect(memory.following == nil)
    }

    @Test("The server's trouble is not counted against the request")
    func serverTrouble() throws {
        let trouble = ClientTrouble(kind: .unreachable, message: "refused")
        let failure = ActionFailure(remedy: .abandonClient(trouble), code: "refused", message: "no")
        var folding = OutcomeFolding(subjects: [Self.key: SubjectMemory()], rules: Rules())
        var random = SplitMix64(seed: 1)
        folding.fold([Self.outcome(.start, .failed(failure))], using: &random)
        #expect(folding.troubles == ["default": trouble])
        #expect(folding.subjects[Self.key]?.attempt == nil)
        #expect(folding.changes.isEmpty)
    }

    @Test("What the last look forbade ends the intent, and is tried again in no tight loop")
    func skipped() throws {
        let memory = try folded(.prune(ifTagged: "qspool"), .skipped("gone already")) {
            Self.follow(&$0)
            $0.intent = Intent(kind: .prune, at: Scene.now)
        }
        #expect(memory.intent == nil && memory.attempt?.error.code == "skipped")
    }

    private func folded(
        _ call: Call, _ result: Outcome.Result, _ build: (inout SubjectMemory) -> Void
    ) throws -> SubjectMemory {
        var memory = SubjectMemory()
        build(&memory)
        var folding = OutcomeFolding(subjects: [Self.key: memory], rules: Rules())
        var random = SplitMix64(seed: 1)
        folding.fold([Self.outcome(call, result)], using: &random)
        return try #require(folding.subjects[Self.key])
    }

    private static func outcome(_ call: Call, _ result: Outcome.Result) -> Outcome {
        let identity = Scene.identity("aa")
        let id: TorrentID? = if case .add = call { nil } else { identity.preferredID }
        return Outcome(
            action: Action(subject: key, identity: identity, id: id, call: call, reason: "why"),
            result: result, at: Scene.now)
    }

    private static func follow(_ memory: inout SubjectMemory) {
        memory.following = Following(
            ownership: .added, id: Scene.identity("aa").preferredID, identity: Scene.identity("aa"))
    }
}
