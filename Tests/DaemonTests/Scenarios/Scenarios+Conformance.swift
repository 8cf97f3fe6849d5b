import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    /// What a server's door answers and shows, call by call. The models in memory are held to the real
    /// servers by being held to the same exchanges.
    @Suite("Conformance of doors")
    struct Conformance {
        private func bench(
            _ place: Place, title: String = #function, _ body: (DoorBench) async throws -> Void
        ) async throws {
            try await place.play(title: title) { try await body(DoorBench(stage: $0)) }
        }

        private static let ours = Addition(ownershipTag: "qspool")
        private static let stopped = Addition(ownershipTag: "qspool", isStopped: true)

        @Test("The facts are those of the release", arguments: Place.all)
        func facts(place: Place) async throws {
            try await bench(place) { bench in
                try await bench.listing()
                var facts = try #require(await bench.stage.door.impression().facts)
                #expect(facts.savePath.map { $0.hasPrefix("/") && !$0.hasSuffix("/") } ?? true)
                facts.freeSpace = nil
                facts.savePath = nil
                #expect(facts == place.release.facts)
                #expect(await !bench.stage.door.impression().hasRestarted)
            }
        }

        @Test("An add, a second one, and one of somebody else's torrent", arguments: Place.all)
        func duplicates(place: Place) async throws {
            try await bench(place) { bench in
                #expect(try await bench.add("aa", Self.stopped) == "acknowledged")
                let first = try await bench.shows("aa")
                #expect(first.placement.tags == (place.release.takesTagsInAdd ? ["qspool"] : []))
                #expect(first.state == .stoppedDL && first.counters.progress == 0 && first.hasMetadata)
                let renamed = Addition(ownershipTag: "qspool", category: "", rename: "other", isStopped: true)
                #expect(try await bench.add("aa", renamed) == "acknowledged")
                #expect(try await bench.add("aa", as: .magnet, renamed) == "acknowledged")
                #expect(try await bench.shows("aa").name == first.name)

                try await bench.stage.addByHand("ff")
                let answer = place.release.takesTagsInAdd ? "retry conflict" : "acknowledged"
                #expect(try await bench.add("ff", Self.stopped) == answer)
                #expect(try await bench.shows("ff").placement.tags == [])
            }
        }

        @Test("What cannot be added", arguments: Place.all)
        func refusedAdds(place: Place) async throws {
            try await bench(place) { bench in
                let identity = try bench.stage.cargo("aa").identity
                let bad = SourcePayload.metainfo(Array("no torrent".utf8))
                let isTold = bench.stage.isReal
                if isTold { #expect(await bench.add(identity, bad, Self.ours) == "correct bad-torrent") }
                #expect(await bench.add(identity, nil, Self.ours) == "retry no-payload")
                #expect(try await !bench.lists("aa"))
                let named = Addition(ownershipTag: "qspool", category: "a//b", categoryPath: "/tmp/x")
                #expect(try await bench.add("aa", named) == "correct bad-category")
                let unnamed = Addition(ownershipTag: "qspool", category: "a//b", isStopped: true)
                #expect(try await bench.add("bb", unnamed) == "acknowledged")
                #expect(try await bench.shows("bb").placement.category == "")
            }
        }

        @Test("Hybrids and the second version: ids, and under which they are found", arguments: Place.all)
        func identities(place: Place) async throws {
            try await bench(place) { bench in
                let hybrid = try bench.stage.cargo("hybrid", .hybrid)
                let second = try bench.stage.cargo("second", .v2)
                #expect(try await bench.add("hybrid", Self.stopped) == "acknowledged")
                let shown = try await bench.shows("hybrid")
                #expect(shown.identity == hybrid.identity(on: place.release))
                let isFoundByV1 = try await !bench.stage.door.look(at: [hybrid.identity.ids[0]]).get().isEmpty
                #expect(isFoundByV1 == !place.release.knowsV2)
                #expect(try await bench.add("hybrid", as: .magnet, Self.stopped) == "acknowledged")

                let knows = place.release.knowsV2
                #expect(
                    try await bench.add("second", Self.stopped)
                        == (knows ? "acknowledged" : "correct bad-torrent"))
                #expect(
                    try await bench.add("second", as: .magnet, Self.stopped)
                        == (knows ? "acknowledged" : "retry conflict"))
                if knows { #expect(try await bench.shows("second").identity == second.identity) }
            }
        }

        @Test("Calls for torrents that are not there", arguments: Place.all)
        func unknown(place: Place) async throws {
            try await bench(place) { bench in
                let silent: [Call] = [
                    .addTags(["x"]), .removeTags(["x"]), .start, .stop, .recategorize("", path: nil),
                    .relocate(bench.stage.path("x")), .setAutoTMM(false), .limitDownload(1_024),
                    .limitUpload(1_024), .setForceStart(true), .setSuperSeeding(true),
                ]
                for call in silent {
                    let word = try await bench.perform(call, on: "nn")
                    #expect(word == "acknowledged", "\(call.word)")
                }
                let skipped: [Call] = [
                    .rename("x"), .setSequentialDownload(true), .setFirstLastPiecePrio(false),
                    .limitSeeding(SeedGoals(ratio: .at(2))), .selectFiles(FileSelection()),
                    .prune(ifTagged: "qspool"),
                ]
                for call in skipped {
                    let word = try await bench.perform(call, on: "nn")
                    #expect(word == "skipped", "\(call.word)")
                }
                #expect(try await !bench.lists("nn"))
            }
        }

        @Test("Tags", arguments: Place.all)
        func tags(place: Place) async throws {
            try await bench(place) { bench in
                _ = try await bench.add("aa", Self.stopped)
                let words = try await bench.perform(
                    [
                        .addTags(["qspool", "b c", "a"]), .addTags(["a"]), .removeTags(["b c", "nowhere"]),
                        .addTags([]), .removeTags([]), .addTags(["x,y"]), .addTags([""]),
                    ], on: "aa")
                #expect(
                    words == [
                        "acknowledged", "acknowledged", "acknowledged", "skipped", "skipped",
                        "correct bad-tag", "correct bad-tag",
                    ])
                try await bench.shows("aa", "its tags") { $0.placement.tags == ["a", "qspool"] }
            }
        }

        @Test("Categories are made where they are missing, and keep the path they have", arguments: Place.all)
        func categories(place: Place) async throws {
            try await bench(place) { bench in
                let stage = bench.stage
                let (one, two, three) = (stage.word("one"), stage.word("two"), stage.word("three"))
                _ = try await bench.add(
                    "aa",
                    Addition(
                        ownershipTag: "qspool", category: one, categoryPath: stage.path("one"),
                        isStopped: true))
                #expect(try await bench.shows("aa").placement.category == one)
                let words = try await bench.perform(
                    [
                        .recategorize(two, path: nil), .recategorize(one, path: stage.path("elsewhere")),
                        .recategorize(three, path: stage.path("three")), .recategorize("a//b", path: nil),
                        .recategorize("a\\b", path: "/x"),
                    ], on: "aa")
                #expect(words.prefix(3).allSatisfy { $0 == "acknowledged" }, "\(words)")
                #expect(words.suffix(2).allSatisfy { $0 == "correct bad-category" }, "\(words)")
                try await bench.shows("aa", "its category") { $0.placement.category == three }
                let known = try await stage.person.categories()
                #expect(known[one] == stage.path("one") && known[two] == "")
                #expect(known[three] == stage.path("three"))
                #expect(try await bench.perform(.recategorize("", path: nil), on: "aa") == "acknowledged")
                try await bench.shows("aa", "none") { $0.placement.category == "" }
            }
        }

        @Test("Automatic management follows the category; a move ends it", arguments: Place.all)
        func automatic(place: Place) async throws {
            try await place.playMoving { stage in
                let bench = DoorBench(stage: stage)
                let (one, two) = (stage.word("one"), stage.word("two"))
                _ = try await bench.add(
                    "aa",
                    Addition(
                        ownershipTag: "qspool", category: one, categoryPath: stage.path("one"),
                        savePath: stage.path("ignored"), autoTMM: true, isStopped: true))
                try await bench.shows("aa", "the category's path") {
                    $0.placement.autoTMM && $0.placement.savePath == stage.path("one")
                }
                _ = try await bench.perform(.recategorize(two, path: stage.path("two")), on: "aa")
                try await bench.shows("aa", "the next category's") {
                    $0.placement.savePath == stage.path("two")
                }
                _ = try await bench.perform(.relocate(stage.path("mine")), on: "aa")
                try await bench.shows("aa", "the path it was moved to") {
                    !$0.placement.autoTMM && $0.placement.savePath == stage.path("mine")
                }
                _ = try await bench.perform(.recategorize(one, path: nil), on: "aa")
                try await bench.shows("aa", "the same path") { $0.placement.savePath == stage.path("mine") }
                _ = try await bench.perform(.setAutoTMM(true), on: "aa")
                try await bench.shows("aa", "management") { $0.placement.savePath == stage.path("one") }
            }
        }

        @Test("Stops, starts and forced starts", arguments: Place.all)
        func states(place: Place) async throws {
            try await bench(place) { bench in
                for (label, form) in [("file", Stage.Form.file), ("magnet", .magnet)] {
                    _ = try await bench.add(label, as: form, Self.stopped)
                    try await bench.shows(label, "a stop") { $0.state == .stoppedDL }
                    let isForced: (Torrent) -> Bool = { $0.options.forceStart && !$0.state.isStopped }
                    let isFree: (Torrent) -> Bool = { !$0.options.forceStart && !$0.state.isStopped }
                    _ = try await bench.perform(.start, on: label)
                    try await bench.shows(label, "a start", isFree)
                    _ = try await bench.perform(.setForceStart(true), on: label)
                    try await bench.shows(label, "a forced start", isForced)
                    _ = try await bench.perform(.start, on: label)
                    try await bench.shows(label, "a plain start", isFree)
                    _ = try await bench.perform([.setForceStart(true), .stop], on: label)
                    try await bench.shows(label, "a stop") { $0.state.isStopped && !$0.options.forceStart }
                    _ = try await bench.perform(.setForceStart(false), on: label)
                    try await bench.shows(label, "a start by the way", isFree)
                    let shown = try await bench.shows(label)
                    #expect(shown.hasMetadata == (form == .file))
                }
            }
        }
    }
}
