import Daemon
import Metainfo
import Reconciliation
import TestSupport
import Testing

extension Scenarios {
    /// The model and a real server side by side: the same is done to both, drawn from a seed, and both must
    /// answer and show the same.
    @Suite("The model beside a real server", .enabled(if: Place.areReal))
    struct Beside {
        private static let labels = ["file", "folder", "magnet"]

        @Test("Whatever is done comes to the same in both", arguments: Place.all, UInt64(1)...6)
        func same(place: Place, seed: UInt64) async throws {
            try await place.playMoving(title: "same \(seed)") { stage in
                _ = try stage.cargo("folder", .folder)
                let real = DoorBench(stage: stage)
                try await real.listing()
                let model = FakeServer(clock: stage.clock, release: place.release)
                model.defaultPath = try #require(await stage.door.impression().facts?.savePath)
                let twin = DoorBench(stage: stage, door: model)
                var random = SplitMix64(seed: seed)
                var story: [String] = []
                for _ in 1...30 {
                    let label = Self.labels.randomElement(using: &random) ?? "file"
                    let call = try await twin.lists(label) ? Self.call(stage, label, using: &random) : nil
                    let words: (String, String)
                    if let call {
                        words = (
                            try await real.perform(call, on: label), try await twin.perform(call, on: label)
                        )
                    } else {
                        let addition = Self.addition(stage, using: &random)
                        let form: Stage.Form = label == "magnet" ? .magnet : .file
                        words = (
                            try await real.add(label, as: form, addition),
                            try await twin.add(label, as: form, addition)
                        )
                    }
                    story.append("\(label): \(call.map { "\($0)" } ?? "add")")
                    #expect(words.0 == words.1, "\(story.suffix(4))")
                    guard try await Self.agree(real, twin, story) else { return }
                }
            }
        }

        private static func addition(_ stage: Stage, using random: inout SplitMix64) -> Addition {
            Addition(
                ownershipTag: "qspool", tags: random.oneIn(2) ? ["t"] : [],
                category: random.oneIn(2) ? stage.word("one") : nil,
                categoryPath: stage.path("one"), savePath: stage.path("a"),
                autoTMM: random.oneIn(4) ? true : nil, rename: random.oneIn(3) ? "named" : nil,
                sequentialDownload: random.oneIn(3), firstLastPiecePrio: random.oneIn(3),
                downloadLimit: random.oneIn(3) ? 10_240 : nil, uploadLimit: random.oneIn(3) ? 20_480 : nil,
                isStopped: random.oneIn(2))
        }

        private static func call(
            _ stage: Stage, _ label: String, using random: inout SplitMix64
        ) -> Call {
            var calls: [Call] = [
                .addTags(["x", "y"]), .removeTags(["t", "x"]), .start, .stop, .setForceStart(true),
                .setForceStart(false), .setSuperSeeding(random.oneIn(2)),
                .recategorize(stage.word("one"), path: stage.path("one")),
                .recategorize(stage.word("two"), path: stage.path("two")), .recategorize("", path: nil),
                .relocate(stage.path("b")), .relocate(stage.path("c")), .setAutoTMM(true), .setAutoTMM(false),
                .rename("renamed"), .setSequentialDownload(random.oneIn(2)),
                .setFirstLastPiecePrio(random.oneIn(2)), .limitDownload(random.oneIn(2) ? 0 : 51_200),
                .limitUpload(random.oneIn(2) ? 0 : 51_200),
                .limitSeeding(SeedGoals(ratio: .at(2.5), inactiveTime: .at(60))),
                .limitSeeding(SeedGoals(ratio: .unlimited, time: .at(60))), .prune(ifTagged: "qspool"),
            ]
            if stage.release.hasDownloadPath, label != "magnet" {
                calls += [.setDownloadPath(stage.path("part")), .setDownloadPath("")]
            }
            if label == "folder" {
                calls += [.selectFiles(FileSelection(include: ["*.mkv"])), .selectFiles(FileSelection())]
            }
            return calls.randomElement(using: &random) ?? .stop
        }

        /// Whether both come to show the same, within the time that a real one takes to show it.
        private static func agree(_ real: DoorBench, _ twin: DoorBench, _ story: [String]) async throws
            -> Bool
        {
            var pictures = (real: [""], model: [""])
            for _ in 1...80 {
                pictures = (try await picture(real), try await picture(twin))
                if pictures.real == pictures.model { return true }
                try await Task.sleep(for: .milliseconds(100))
            }
            let (shown, modelled) = (Set(pictures.real), Set(pictures.model))
            Issue.record(
                """
                \(real.release.version) shows otherwise than its model after \(story.suffix(5)):
                real \(shown.subtracting(modelled).sorted())
                model \(modelled.subtracting(shown).sorted())
                """)
            return false
        }

        private static func picture(_ bench: DoorBench) async throws -> [String] {
            let ids = try labels.map { try bench.stage.cargo($0).id(on: bench.release) }
            return try await bench.door.look(at: ids).get().flatMap(lines).sorted()
        }

        /// All that a torrent shows and that is no chance, a line each.
        private static func lines(_ torrent: Torrent) -> [String] {
            let facts: [(String, String)] = [
                ("identity", "\(torrent.identity.ids)"), ("name", torrent.name),
                ("state", word(torrent.state)), ("metadata", "\(torrent.hasMetadata)"),
                ("savePath", torrent.placement.savePath), ("category", torrent.placement.category),
                ("downloadPath", "\(torrent.value(of: .downloadPath) ?? .text("untold"))"),
                ("tags", "\(torrent.placement.tags)"), ("autoTMM", "\(torrent.placement.autoTMM)"),
                ("sequential", "\(torrent.options.sequentialDownload)"),
                ("firstLast", "\(torrent.options.firstLastPiecePrio)"),
                ("forced", "\(torrent.options.forceStart)"),
                ("superSeeding", "\(torrent.options.superSeeding)"),
                ("limits", "\(torrent.options.downloadLimit) \(torrent.options.uploadLimit)"),
                ("ratio", "\(torrent.options.ratioLimit)"), ("time", "\(torrent.options.seedingTimeLimit)"),
                ("idle", "\(torrent.options.inactiveSeedingTimeLimit.map { "\($0)" } ?? "untold")"),
                ("progress", "\(torrent.counters.progress)"),
                ("size", "\(max(torrent.counters.size, 0))"), ("left", "\(torrent.counters.amountLeft)"),
            ]
            return facts.map { "\(torrent.id) \($0.0): \($0.1)" }
        }

        /// Whether anybody sends is chance.
        private static func word(_ state: ServerState) -> String {
            switch state {
            case .downloading, .stalledDL, .forcedDL, .queuedDL: "downloading"
            case .metaDL, .forcedMetaDL: "metadata"
            case .uploading, .stalledUP, .forcedUP, .queuedUP: "seeding"
            default: state.rawValue
            }
        }
    }
}
