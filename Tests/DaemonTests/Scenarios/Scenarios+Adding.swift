import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    @Suite("Adding")
    struct Adding {
        @Test("A .torrent is added with our tag and followed", arguments: Place.all)
        func file(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.settle()
                #expect(stage.isUnderWay("aa") && stage.isInSync("aa"), "\(stage.status("aa") as Any)")
                let torrent = try await stage.seen("aa")
                #expect(torrent.placement.tags == ["qspool"] && !torrent.state.isStopped)
                #expect(torrent.counters.size == (try stage.cargo("aa").size))
                #expect(stage.ownership("aa") == .added && stage.adds(of: "aa") == 1)
                try await stage.confirm()
                try await stage.pass()
                #expect(stage.report.isQuiet)
            }
        }

        @Test("A magnet is added and waits for its metadata", arguments: Place.all)
        func magnet(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.tags: .list(["x"])], as: .magnet)
                try await stage.settle()
                #expect(stage.phase("aa") == .metadata && stage.isInSync("aa"))
                let torrent = try await stage.seen("aa")
                #expect(torrent.placement.tags == ["qspool", "x"] && !torrent.hasMetadata)
                #expect(torrent.name == (try stage.cargo("aa").name))
            }
        }

        @Test("A hybrid is found under the id that its server gives it", arguments: Place.all)
        func hybrid(place: Place) async throws {
            try await place.play { stage in
                for (name, form) in [("file", Stage.Form.file), ("magnet", .magnet)] {
                    let cargo = try stage.cargo(name, .hybrid)
                    try stage.drop(name, as: form)
                    try await stage.settle()
                    #expect(stage.ownership(name) == .added && stage.isInSync(name))
                    #expect(try await stage.seen(name).id == cargo.id(on: place.release))
                    #expect(stage.status(name)?.torrent?.torrent.id == cargo.id(on: place.release))
                    #expect(stage.adds(of: name) == 1)
                }
            }
        }

        @Test("A torrent of the second version, where the server knows it", arguments: Place.all)
        func secondVersion(place: Place) async throws {
            try await place.play { stage in
                _ = try stage.cargo("aa", .v2)
                try stage.drop("aa")
                try stage.drop("bb")
                try await stage.settle()
                if place.release.knowsV2 {
                    #expect(stage.isUnderWay("aa") && stage.isInSync("aa"))
                } else {
                    #expect(stage.phase("aa") == .failed && stage.reason("aa") == "BadTorrent")
                    #expect(try await !stage.has("aa"))
                }
                #expect(stage.isUnderWay("bb"), "nobody suffers for another's torrent")
            }
        }

        @Test("Everything that a request wants is there from the first instant", arguments: Place.all)
        func everything(place: Place) async throws {
            try await place.play { stage in
                let wishes: [Field: FieldValue] = [
                    .category: .text(stage.word("films")), .tags: .list(["x", "y"]),
                    .savePath: .text(stage.path("saved")), .downloadPath: .text(stage.path("part")),
                    .rename: .text("Another name"), .sequentialDownload: .flag(true),
                    .firstLastPiecePrio: .flag(true), .downloadLimit: .number(204_800),
                    .uploadLimit: .number(102_400), .superSeeding: .flag(false), .forceStart: .flag(false),
                    .seed: .goals(SeedGoals(ratio: .at(1.5), time: .at(90))), .state: .text("stopped"),
                ]
                try stage.drop("aa", wishes)
                try await stage.settle()
                let torrent = try await stage.seen("aa")
                for (field, wanted) in wishes where field != .tags && field != .downloadPath {
                    #expect(torrent.value(of: field) == wanted, "\(field)")
                }
                #expect(torrent.placement.tags == ["qspool", "x", "y"])
                let hasPath = place.release.hasDownloadPath
                #expect(torrent.value(of: .downloadPath) == (hasPath ? wishes[.downloadPath] : nil))
                #expect(stage.conditions("aa").contains(.unsupported) == !hasPath)
                #expect(stage.isInSync("aa") && stage.phase("aa") == .stopped)
                #expect(stage.changes(.drift).isEmpty)
                try await stage.confirm()
                #expect(stage.isInSync("aa") && stage.changes(.drift).isEmpty)
            }
        }

        @Test("A category is made with its path, and automatic management follows it", arguments: Place.all)
        func automatic(place: Place) async throws {
            try await place.playMoving { stage in
                stage.ruled { $0.categoryPaths = [stage.word("films"): stage.path("films")] }
                try stage.drop(
                    "aa",
                    [
                        .category: .text(stage.word("films")), .autoTMM: .flag(true),
                        .savePath: .text(stage.path("elsewhere")),
                    ])
                try await stage.settle()
                #expect(try await stage.person.categories()[stage.word("films")] == stage.path("films"))
                let torrent = try await stage.seen("aa")
                #expect(torrent.placement.autoTMM && torrent.placement.savePath == stage.path("films"))
                #expect(stage.isInSync("aa"), "the server chooses the path, and the two do not fight")
                try await stage.confirm()
                try await stage.pass()
                #expect(stage.changes(.drift).isEmpty && stage.report.isQuiet)
            }
        }

        @Test("Data that is there is found, and complete means seeding", arguments: Place.all)
        func completeAtOnce(place: Place) async throws {
            try await place.play { stage in
                try await stage.place("aa", in: "data")
                try stage.drop("aa", [.savePath: .text(stage.path("data"))])
                try await stage.settle(until: "it seeds") { stage.phase("aa") == .seeding }
                #expect(stage.changes(.completed, of: "aa").count == 1 && stage.isInSync("aa"))
                try stage.drop("aa", [.savePath: .text(stage.path("data")), .state: .text("stopped")])
                try await stage.settle()
                #expect(stage.phase("aa") == .completed && stage.isInSync("aa"))
                #expect(try await stage.seen("aa").state == .stoppedUP)
            }
        }

        @Test("What bears on the add alone is asked for in it, and reported later", arguments: Place.all)
        func atAddOnly(place: Place) async throws {
            try await place.play { stage in
                let layout: [Field: FieldValue] = [.contentLayout: .text("Subfolder")]
                try await stage.place("checked", in: "data")
                try stage.drop("aa", layout)
                try stage.drop("bb")
                try stage.drop(
                    "checked", [.savePath: .text(stage.path("data")), .skipChecking: .flag(true)])
                try await stage.settle()
                let isLaidOut = place.release.hasLayouts
                #expect(stage.conditions("aa").contains(.unsupported) == !isLaidOut)
                #expect(!stage.conditions("aa").contains(.atAddOnly) && stage.isInSync("aa"))
                try await stage.settle(until: "it seeds unchecked") { stage.phase("checked") == .seeding }
                try stage.drop("bb", layout)
                try await stage.settle()
                #expect(stage.conditions("bb").contains(isLaidOut ? .atAddOnly : .unsupported))
            }
        }

        @Test("Its files are chosen before it starts", arguments: Place.all)
        func files(place: Place) async throws {
            try await place.play { stage in
                _ = try stage.cargo("aa", .folder)
                let films = FileSelection(include: ["*.mkv"], exclude: ["*sample*"])
                try stage.drop("aa", [.files: .selection(films)])
                try await stage.settle()
                let torrent = try await stage.seen("aa")
                #expect(try await stage.person.wantedFiles(of: torrent.id) == ["film.mkv"])
                #expect(!torrent.state.isStopped && torrent.counters.size == Int64(3 * Cargo.pieceBytes))
                #expect(stage.isInSync("aa"))
                try await stage.person.choose(["readme.txt"], of: stage.cargo("aa"), torrent.id)
                stage.wait(.seconds(10))
                try await stage.settle()
                #expect(try await stage.person.wantedFiles(of: torrent.id) == ["film.mkv"])
                #expect(stage.changes(.drift, of: "aa").map(\.field) == ["files"])
                try stage.drop("aa", [.files: .selection(FileSelection())])
                try await stage.settle()
                #expect(try await stage.person.wantedFiles(of: torrent.id).count == 3)
            }
        }
    }
}
