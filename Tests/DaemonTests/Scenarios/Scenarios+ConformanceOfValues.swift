import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    /// The second half of ``Conformance``: what is set, found and removed.
    @Suite("Conformance of doors: values")
    struct ConformanceOfValues {
        private func bench(
            _ place: Place, title: String = #function, _ body: (DoorBench) async throws -> Void
        ) async throws {
            try await place.play(title: title) { try await body(DoorBench(stage: $0)) }
        }

        private static let ours = Addition(ownershipTag: "qspool")
        private static let stopped = Addition(ownershipTag: "qspool", isStopped: true)

        @Test("Options come with the add, and calls change them", arguments: Place.all)
        func options(place: Place) async throws {
            try await bench(place) { bench in
                let stage = bench.stage
                let addition = Addition(
                    ownershipTag: "qspool", tags: ["t"], savePath: stage.path("saved"), rename: "named",
                    sequentialDownload: true, firstLastPiecePrio: true, downloadLimit: 10_240,
                    uploadLimit: 20_480, isStopped: true,
                    options: Addition.Options(downloadPath: stage.path("part")))
                _ = try await bench.add("aa", addition)
                let shown = try await bench.shows("aa")
                #expect(shown.name == "named" && shown.placement.savePath == stage.path("saved"))
                #expect(shown.placement.tags == (place.release.takesTagsInAdd ? ["qspool", "t"] : []))
                #expect(shown.options.sequentialDownload && shown.options.firstLastPiecePrio)
                #expect(shown.options.downloadLimit == 10_240 && shown.options.uploadLimit == 20_480)
                #expect(
                    shown.value(of: .downloadPath)
                        == (place.release.hasDownloadPath ? .text(stage.path("part")) : nil))
                #expect((shown.counters.seedingSeconds != nil) == place.release.tellsSeedingTime)
                let words = try await bench.perform(
                    [
                        .setSequentialDownload(true), .setSequentialDownload(false), .limitDownload(0),
                        .limitUpload(0), .rename("renamed"), .setFirstLastPiecePrio(false),
                        .setSuperSeeding(true),
                    ], on: "aa")
                #expect(words == ["skipped"] + Array(repeating: "acknowledged", count: 6))
                try await bench.shows("aa", "the changes") { torrent in
                    let options = torrent.options
                    return !options.sequentialDownload && !options.firstLastPiecePrio && options.superSeeding
                        && options.downloadLimit == 0 && options.uploadLimit == 0 && torrent.name == "renamed"
                }
                guard place.release.hasDownloadPath else { return }
                #expect(try await bench.perform(.setDownloadPath(""), on: "aa") == "acknowledged")
                try await bench.shows("aa", "no path of its own") { $0.value(of: .downloadPath) == .text("") }
            }
        }

        @Test("Limits of seeding: parts that are not set stay", arguments: Place.all)
        func limits(place: Place) async throws {
            try await bench(place) { bench in
                _ = try await bench.add("aa", Self.stopped)
                let fresh = try await bench.shows("aa").options
                let none: Int64? = place.release.hasInactiveLimit ? -2 : nil
                #expect(fresh.ratioLimit == -2 && fresh.seedingTimeLimit == -2)
                #expect(fresh.inactiveSeedingTimeLimit == none)
                _ = try await bench.perform(.limitSeeding(SeedGoals(ratio: .at(1.5))), on: "aa")
                _ = try await bench.perform(
                    .limitSeeding(SeedGoals(time: .at(100), inactiveTime: .at(30))), on: "aa")
                let idle: Int64? = place.release.hasInactiveLimit ? 30 : nil
                try await bench.shows("aa", "all three") {
                    $0.options.ratioLimit == 1.5 && $0.options.seedingTimeLimit == 100
                        && $0.options.inactiveSeedingTimeLimit == idle
                }
                _ = try await bench.perform(
                    .limitSeeding(SeedGoals(ratio: .unlimited, time: .at(9_000_000))), on: "aa")
                try await bench.shows("aa", "no ratio, and the longest time") {
                    $0.options.ratioLimit == -1 && $0.options.seedingTimeLimit == 525_600
                        && $0.options.inactiveSeedingTimeLimit == idle
                }
            }
        }

        @Test("Where the server removes at its limit", arguments: Place.all)
        func removesAtLimit(place: Place) async throws {
            try await place.playAlone { stage in
                let bench = DoorBench(stage: stage)
                _ = try await bench.add("aa", Self.stopped)
                try await stage.person.removeAtLimit(true)
                let isSafe = place.release.hasLimitAction
                let word = try await bench.perform(.limitSeeding(SeedGoals(ratio: .at(2))), on: "aa")
                #expect(word == (isSafe ? "acknowledged" : "retry removes-at-limit"))
                try await bench.listing()
                let facts = await stage.door.impression().facts
                #expect(facts?.unsupported.contains(.seed) == !isSafe)
            }
        }

        @Test("Files", arguments: Place.all)
        func files(place: Place) async throws {
            try await bench(place) { bench in
                let cargo = try bench.stage.cargo("aa", .folder)
                let films = FileSelection(include: ["*.mkv"])
                _ = try await bench.add("aa", Addition(ownershipTag: "qspool", awaitsSelection: true))
                try await bench.shows("aa", "a stop") {
                    $0.state == .stoppedDL && $0.counters.size == cargo.size
                }
                #expect(try await bench.perform(.selectFiles(films), on: "aa") == "acknowledged")
                try await bench.shows("aa", "its size") { $0.counters.size == Int64(4 * Cargo.pieceBytes) }
                #expect(
                    try await bench.stage.person.wantedFiles(of: bench.stage.id("aa")) == [
                        "film.mkv", "sample.mkv",
                    ])
                let none = FileSelection(include: ["*.flac"])
                #expect(try await bench.perform(.selectFiles(none), on: "aa") == "correct no-files")

                _ = try await bench.add(
                    "mm", as: .magnet, Addition(ownershipTag: "qspool", awaitsSelection: true))
                let waiting = try await bench.shows("mm")
                #expect(!waiting.state.isStopped && !waiting.hasMetadata && waiting.counters.progress == 0)
                #expect(try await bench.perform(.selectFiles(films), on: "mm") == "retry no-metadata")
            }
        }

        @Test(
            "Data on the disk is found when a torrent runs, and a bad path shows as an error",
            arguments: Place.all)
        func disk(place: Place) async throws {
            try await bench(place) { bench in
                let stage = bench.stage
                let data = stage.path("data")
                for label in ["run", "stop"] { try await stage.place(label, in: "data") }
                _ = try await bench.add("run", Addition(ownershipTag: "qspool", savePath: data))
                try await bench.shows("run", "that it is complete") { $0.looksComplete }
                _ = try await bench.add(
                    "stop", Addition(ownershipTag: "qspool", savePath: data, isStopped: true))
                try await bench.shows("stop", "a stop") { $0.state.isStopped }
                _ = try await bench.perform(.start, on: "stop")
                try await bench.shows("stop", "that it is complete") {
                    $0.looksComplete && !$0.state.isStopped
                }
                _ = try await bench.perform(.stop, on: "stop")
                try await bench.shows("stop", "a stop") { $0.state == .stoppedUP }

                let bad = "/dev/null/nowhere"
                _ = try await bench.add("bad", Addition(ownershipTag: "qspool", savePath: bad))
                try await bench.shows("bad", "an error") { $0.state == .error && $0.counters.progress == 0 }
                #expect(try await bench.perform(.relocate(bad), on: "run") == "retry bad-path")
                try await bench.shows("run", "its old path") { $0.placement.savePath == data }
            }
        }

        @Test("Only what carries the tag, and is what was judged, is removed", arguments: Place.all)
        func pruning(place: Place) async throws {
            try await bench(place) { bench in
                _ = try await bench.add("aa", Self.stopped)
                _ = try await bench.perform(.addTags(["qspool"]), on: "aa")
                _ = try await bench.shows("aa")
                #expect(try await bench.perform(.prune(ifTagged: "other"), on: "aa") == "skipped")
                #expect(try await bench.lists("aa"))
                let id = try bench.stage.id("aa")
                let other = try bench.stage.cargo("other").identity
                let mistaken = Action(
                    subject: SubjectKey(name: RequestName("aa")), identity: other, id: id,
                    call: .prune(ifTagged: "qspool"), reason: "test")
                let outcomes = await bench.stage.door.perform([mistaken], payloads: [:])
                #expect(outcomes.map(\.word) == ["skipped"])
                #expect(try await bench.perform(.prune(ifTagged: "qspool"), on: "aa") == "acknowledged")
                #expect(try await !bench.lists("aa"))
                #expect(try await bench.perform(.prune(ifTagged: "qspool"), on: "aa") == "skipped")
                #expect(try await bench.add("aa", Self.ours) == "acknowledged", "it can be added again")
                #expect(try await bench.shows("aa").counters.progress == 0)
            }
        }
    }
}
