import TestSupport
import Testing

/// From a request file to a torrent, through all its changes, to its removal.
@Suite("Servers: main road", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct MainRoadTests {
    @Test("A request with everything in it becomes a torrent with everything on it", arguments: Tested.suites)
    func everythingArrives(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let sample = Sample("everything")
            let request = """
                {"source": "\(sample.magnet)", "category": "movies", "tags": ["x", "y z"],
                 "savePath": "/tmp/qspool-test/here", "rename": "Renamed", "state": "stopped",
                 "downloadLimit": 10240, "uploadLimit": "20 KiB/s", "sequentialDownload": true,
                 "firstLastPiecePrio": true, "labels": {"movie": 603}}
                """
            try bench.root.drop("films/Everything.json", request)
            let report = try await bench.root.settle()
            #expect(report["exitCode"].integer == 0 && report["trouble"].isNull)

            let seen = try #require(try await bench.eye.torrent(sample.hash))
            #expect(seen.tags == ["qspool", "x", "y z"])
            #expect(seen.category == "movies" && seen.savePath == "/tmp/qspool-test/here")
            #expect(try await bench.eye.categories()["movies"].exists)
            #expect(seen.name == "Renamed" && seen.isStopped && seen.isSequential)
            #expect(seen.reply["f_l_piece_prio"].flag == true)
            #expect(seen.downloadLimit == 10_240 && seen.uploadLimit == 20_480)

            let status = try bench.root.status("films/Everything")
            #expect(status["schema"].integer == 1 && status["name"].text == "films/Everything")
            #expect(status["generation"].integer == 1)
            #expect(status["request"]["digest"].text == Sample.sha256(Array(request.utf8)))
            #expect(status["phase"].text == "stopped" && status["lastError"].isNull)
            #expect(status["torrent"]["hash"].text == sample.hash)
            #expect(status["torrent"]["infoHashV1"].text == sample.hash)
            #expect(status["torrent"]["ownership"].text == "added")
            #expect(status["torrent"]["category"].text == "movies")
            #expect(status["torrent"]["tags"].items.compactMap(\.text) == ["qspool", "x", "y z"])
            #expect(status["torrent"]["eta"].isNull)
            #expect(status["labels"]["movie"].text == "603")
            #expect(
                status["conditions"].items.first { $0["type"].text == "InSync" }?["status"].text == "True")
            #expect(Files.mode(bench.root.path + "/status/films/Everything.json") == 0o640)
            let summary = try bench.root.summary()
            #expect(summary["requests"]["total"].integer == 1 && summary["converged"].number == 1)
            #expect(summary["clients"]["default"]["version"].text == bench.server.version)
        }
    }

    @Test("Every form of a request is carried out, in either order of its files", arguments: Tested.suites)
    func allForms(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let (magnet, file, early, late) = (Sample("m"), Sample("f"), Sample("early"), Sample("late"))
            let bare = Sample("bare")
            try bench.root.drop("m.magnet", "# a comment\n\n\(magnet.magnet)\n")
            try bench.root.drop("deep/er/f.TORRENT", file.metainfo)
            try bench.root.drop(
                "bare.json", "{\"source\": \"\(bare.hash.uppercased())\", \"state\": \"stopped\"}")
            try bench.root.drop("early.torrent", early.metainfo)
            try bench.root.drop("late.json", "{\"category\": \"late\", \"state\": \"stopped\"}")

            // A JSON whose source has not come yet is rejected, and in nobody's way.
            try await bench.root.settle(exit: 3)
            #expect(try bench.root.phase("late") == "rejected")
            #expect(try bench.root.status("late")["lastError"]["code"].text == "missing-field")
            for sample in [magnet, file, bare, early] {
                let seen = try #require(try await bench.eye.torrent(sample.hash), "\(sample.name)")
                #expect(seen.tags == ["qspool"])
            }
            #expect(
                try bench.root.status("deep/er/f")["request"]["digest"].text == Sample.sha256(file.metainfo))

            let options = "{\"category\": \"early\", \"state\": \"stopped\"}"
            try bench.root.drop("early.json", options)
            try bench.root.drop("late.torrent", late.metainfo)
            // A new file is checked by the server for a second or so, and left alone meanwhile.
            let isThere = try await comesTrue {
                try await bench.root.settle()
                return try await bench.eye.torrent(early.hash)?.isStopped ?? false
            }
            #expect(isThere)
            let seen = try await bench.eye.torrents()
            #expect(seen.count == 5)
            #expect(seen.first { $0.answersTo(early.hash) }?.category == "early")
            #expect(seen.first { $0.answersTo(late.hash) }?.category == "late")
            #expect(
                try bench.root.status("early")["request"]["digest"].text == Sample.sha256(Array(options.utf8))
            )
            #expect(try bench.root.status("early")["generation"].integer == 2)
        }
    }

    @Test("The torrent follows its request, field by field", arguments: Tested.suites)
    func converges(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let sample = Sample("converges")
            let foreign = Sample("foreign")
            try await bench.eye.add([foreign], [("category", "theirs"), ("tags", "theirs")])
            let before = try await bench.eye.torrent(foreign.hash)?.lasting
            try bench.root.drop(
                "c.json",
                """
                {"source": "\(sample.magnet)", "category": "one", "tags": ["keep", "drop"],
                 "state": "stopped",
                 "savePath": "/tmp/qspool-test/one", "downloadLimit": 1024}
                """)
            try await bench.root.settle()
            // A tag of somebody else stays, whatever the request says about its own.
            try await bench.eye.change("torrents/addTags", [("hashes", sample.hash), ("tags", "somebody")])

            let second = """
                {"source": "\(sample.magnet)", "category": "two", "tags": ["keep", "new"], "state": "running",
                 "savePath": "/tmp/qspool-test/two", "downloadLimit": 4096, "uploadLimit": "1 MiB/s",
                 "rename": "Second", "sequentialDownload": true}
                """
            try bench.root.drop("c.json", second)
            try await bench.root.settle()
            let changed = try await bench.eye.torrents {
                $0.contains { $0.answersTo(sample.hash) && !$0.isStopped }
            }
            let seen = try #require(changed.first { $0.answersTo(sample.hash) })
            #expect(seen.category == "two" && seen.savePath == "/tmp/qspool-test/two")
            #expect(seen.tags == ["qspool", "keep", "new", "somebody"])
            #expect(seen.downloadLimit == 4096 && seen.uploadLimit == 1_048_576)
            #expect(seen.name == "Second" && seen.isSequential && !seen.isStopped)
            let status = try bench.root.status("c")
            #expect(status["generation"].integer == 2)
            #expect(status["request"]["digest"].text == Sample.sha256(Array(second.utf8)))
            #expect(status["phase"].text == "metadata", "\(status["phase"])")

            // What is taken out is no longer managed; what is empty must be empty.
            try bench.root.drop(
                "c.json",
                """
                {"source": "\(sample.magnet)", "category": null, "tags": [], "downloadLimit": 0,
                 "state": "stopped"}
                """)
            try await bench.root.settle()
            let last = try await bench.eye.torrents {
                $0.contains { $0.answersTo(sample.hash) && $0.isStopped }
            }
            let end = try #require(last.first { $0.answersTo(sample.hash) })
            #expect(end.category.isEmpty && end.tags == ["qspool", "somebody"])
            #expect(end.downloadLimit == 0 && end.uploadLimit == 1_048_576)
            #expect(end.savePath == "/tmp/qspool-test/two" && end.name == "Second")
            #expect(try await bench.eye.torrent(foreign.hash)?.lasting == before)
        }
    }

    @Test("Drift in a managed field is put right; in the others it is respected", arguments: Tested.suites)
    func drift(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let sample = Sample("drifts")
            try bench.root.drop(
                "d.json", "{\"source\": \"\(sample.magnet)\", \"category\": \"mine\", \"state\": \"stopped\"}"
            )
            try await bench.root.settle()
            try await bench.eye.change("torrents/setCategory", [("hashes", sample.hash), ("category", "")])
            try await bench.eye.change(
                "torrents/setDownloadLimit", [("hashes", sample.hash), ("limit", "2048")])
            // For five seconds after our call nothing is judged as drift.
            let isBack = try await comesTrue(every: .milliseconds(500)) {
                try await bench.root.once()
                return try await bench.eye.torrent(sample.hash)?.category == "mine"
            }
            #expect(isBack)
            #expect(try await bench.eye.torrent(sample.hash)?.downloadLimit == 2048)
            let log = try await bench.root.qspool("log", "--kind", "drift", "--json")
            #expect(try Reply(log.output).items.count == 1, "\(log.output)")
        }
    }

    @Test("A deleted request: grace, then the torrent goes and nothing else does", arguments: Tested.suites)
    func removal(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=700ms"]) { bench in
            let gone = Sample("gone")
            let kept = Sample("kept")
            let back = Sample("back")
            let absent = Sample("absent")
            let foreign = [Sample("foreign-1"), Sample("foreign-2")]
            try await bench.eye.add(foreign, [("tags", "theirs")])
            let before = try await bench.eye.torrents().map(\.lasting).sorted()
            try bench.root.drop("gone.magnet", gone.magnet)
            try bench.root.drop("kept.json", "{\"source\": \"\(kept.magnet)\", \"onDelete\": \"keep\"}")
            try bench.root.drop("back.magnet", back.magnet)
            try bench.root.drop("absent.json", "{\"source\": \"\(absent.magnet)\"}")
            try await bench.root.settle()

            try bench.root.withdraw("gone.magnet")
            try bench.root.withdraw("kept.json")
            try bench.root.withdraw("back.magnet")
            try bench.root.drop("absent.json", "{\"source\": \"\(absent.magnet)\", \"state\": \"absent\"}")
            try await bench.root.once()
            #expect(try bench.root.phase("gone") == "removing")
            #expect(try await bench.eye.torrent(gone.hash) != nil, "within the grace it stays")
            #expect(try await bench.eye.torrent(absent.hash) == nil, "said by a person: no grace")
            #expect(try bench.root.phase("absent") == "removed")

            // It returns within the grace: as if nothing had been.
            try bench.root.drop("back.magnet", back.magnet)
            try await Task.sleep(for: .milliseconds(800))
            try await bench.root.settle()
            #expect(try bench.root.phase("gone") == "removed")
            #expect(try bench.root.phase("kept") == "removed")
            #expect(try bench.root.phase("back") == "metadata")
            #expect(try await bench.eye.torrent(gone.hash) == nil)
            #expect(try await bench.eye.torrent(back.hash)?.tags == ["qspool"])
            let left = try #require(try await bench.eye.torrent(kept.hash), "onDelete: keep")
            #expect(!left.tags.contains("qspool"), "it is nobody's now")
            let theirs = try await bench.eye.torrents().filter { seen in
                foreign.contains { seen.answersTo($0.hash) }
            }
            #expect(theirs.map(\.lasting).sorted() == before)
        }
    }

    @Test("A renamed request stays the same download", arguments: Tested.newest)
    func renamed(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let sample = Sample("renamed")
            try bench.root.drop("old.magnet", sample.magnet)
            try await bench.root.settle()
            let added = try await bench.eye.torrent(sample.hash)?.reply["added_on"].integer
            try await Task.sleep(for: .milliseconds(1_100))
            try Files.move(bench.root.request("old.magnet"), to: bench.root.request("new.magnet"))
            try await bench.root.settle()
            try await bench.root.settle()
            #expect(try await bench.eye.torrent(sample.hash)?.reply["added_on"].integer == added)
            #expect(try bench.root.phase("new") == "metadata")
            #expect(try !bench.root.status("old").exists)
        }
    }
}
