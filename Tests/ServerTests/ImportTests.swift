import Metainfo
import TestSupport
import Testing

/// Torrents that were there before qspool, and become managed without noticing.
@Suite("Servers: import", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct ImportTests {
    private static func fixture(_ name: String) -> String { Tested.tree + "/fixtures/torrents/" + name }

    /// What the server says about a torrent, but for our mark.
    private static func facts(_ seen: Seen) -> String {
        let lasting = seen.lasting.replacing("tags=\(seen.reply["tags"])", with: "")
        return lasting
            + " limit=\(seen.reply["inactive_seeding_time_limit"]) down=\(seen.reply["download_path"]) "
            + seen.tags.subtracting(["qspool-adopted"]).sorted().joined(separator: ",")
    }

    private static func facts(_ eye: Eye) async throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try await eye.torrents().map { ($0.hash, facts($0)) })
    }

    /// Torrents of every kind that the server takes, with everything that may be set on them.
    private func fill(_ bench: Bench) async throws {
        let eye = bench.eye
        let data = bench.root.beside("data")
        try await eye.change("torrents/createCategory", [("category", "auto"), ("savePath", data + "/auto")])
        try await eye.change("torrents/createCategory", [("category", "par"), ("savePath", "")])
        try await eye.change("torrents/createCategory", [("category", "par/child"), ("savePath", "")])
        try await eye.upload(
            Self.fixture("v1-multi.torrent"),
            [("savepath", data + "/with slash/"), ("category", "par/child"), ("dlLimit", "1048576")])
        try await eye.upload(
            Self.fixture("hybrid-single.torrent"), [("savepath", data), ("upLimit", "2048")])
        if bench.server.version != "v4.2.5" {
            try await eye.upload(Self.fixture("v2-single.torrent"), [("savepath", data)])
        }
        try await eye.upload(
            Self.fixture("v1-single.torrent"), [("autoTMM", "true"), ("category", "auto")])
        try await eye.add([Sample("plain")], [("category", "par")])
        try await eye.add([Sample("running")], [("paused", "false"), ("stopped", "false")])
        try await eye.add([Sample("options")], [("sequentialDownload", "true"), ("savepath", data + "/o")])
        // Two of one name, and one whose name is none for a file.
        for hash in ["1", "2"].map({ String(repeating: $0, count: 40) }) {
            try await eye.change("torrents/add", [("urls", "magnet:?xt=urn:btih:\(hash)&dn=Same")])
        }
        try await eye.change(
            "torrents/add",
            [("urls", "magnet:?xt=urn:btih:\(String(repeating: "3", count: 40))&dn=..%2F_odd%2Fname~")])
        let count = bench.server.version == "v4.2.5" ? 9 : 10
        let seen = try await eye.torrents { seen in
            seen.count == count && seen.allSatisfy { !$0.state.hasPrefix("checking") }
        }
        #expect(seen.count == count, "\(seen.map(\.name))")
        for torrent in seen where ["running", "options"].contains(torrent.name) {
            try await eye.change(
                "torrents/setShareLimits",
                [
                    ("hashes", torrent.hash), ("ratioLimit", "1.5"), ("seedingTimeLimit", "600"),
                    ("inactiveSeedingTimeLimit", "-2"), ("shareLimitAction", "Stop"),
                    ("shareLimitsMode", "Default"),
                ])
            try await eye.change("torrents/addTags", [("hashes", torrent.hash), ("tags", "somebody,else")])
        }
        // What the server shows lags.
        try await Task.sleep(for: .milliseconds(1_600))
    }

    private func expectSettled(_ bench: Bench, _ before: [String: String]) async throws {
        let plan = try await bench.root.qspool("plan")
        #expect(plan.status == 0 && plan.output.isEmpty, "\(plan.output)\(plan.errors)")
        for _ in 1...2 {
            let pass = try await bench.root.once()
            #expect(pass["actions"].integer == 0, "\(pass)")
        }
        #expect(try await Self.facts(bench.eye) == before)
        #expect(try await bench.eye.torrents().allSatisfy { $0.tags.contains("qspool-adopted") })
    }

    @Test(
        "Torrents of every kind become managed: nothing is planned, nothing changes, and they can be let go",
        arguments: Tested.suites, [nil, "none", "all"])
    func everything(_ suite: String, fields: String?) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            try await fill(bench)
            let before = try await Self.facts(bench.eye)
            let all =
                "category,tags,autoTMM,savePath,downloadPath,rename,sequentialDownload,"
                + "firstLastPiecePrio,downloadLimit,uploadLimit,seed,superSeeding,forceStart,state"
            let words = fields.map { ["--fields", $0 == "all" ? all : $0] } ?? []
            let dry = try await bench.root.run(["import", "--all", "--dry-run"] + words)
            #expect(dry.status == 2, "\(dry.errors)")
            #expect(Files.below(bench.root.request("")) == [".qspool"])
            #expect(try await Self.facts(bench.eye) == before)

            let done = try await bench.root.run(["import", "--all"] + words)
            #expect(done.status == 0 && done.output == dry.output, "\(done.output)\(done.errors)")
            #expect(done.output.split(separator: "\n").count == before.count)
            try expectFiles(bench, fields)
            try await expectSettled(bench, before)
            let again = try await bench.root.run(["import", "--all"] + words)
            #expect(again.status == 0 && again.output.isEmpty && again.errors.contains("nothing to import"))

            for name in Files.below(bench.root.request("")) where name.hasPrefix("plain.") {
                try bench.root.withdraw(name)
            }
            for _ in 1...2 { try await bench.root.settle() }
            let plain = try #require(try await bench.eye.torrent(Sample("plain").hash), "it stays")
            #expect(plain.tags.isEmpty && Self.facts(plain) == before[plain.hash])
            #expect(try bench.root.phase("plain") == "removed")
        }
    }

    private func expectFiles(_ bench: Bench, _ fields: String?) throws {
        let files = Files.below(bench.root.request(""))
        let isOld = bench.server.version == "v4.2.5"
        #expect(files.contains("v1-multi.torrent") == !isOld, "\(files)")
        #expect(files.contains("v1-multi.json") == (isOld || fields != "none"))
        #expect(files.contains("Same.json") && files.contains { $0.hasPrefix("Same (") })
        #expect(files.contains("odd_name.json"))
        if !isOld {
            let torrent = try TorrentFile(bytes: Files.read(bench.root.request("hybrid-single.bin.torrent")))
            #expect(torrent.identity.v1 != nil && torrent.identity.v2 != nil)
        }
        let plain = try Reply(Files.read(bench.root.request("plain.json")))
        #expect(plain["source"].text == Sample("plain").magnet)
        guard fields == nil else { return }
        #expect(plain["category"].text == "par" && plain["savePath"].text?.hasPrefix("/") == true)
        #expect(!plain["state"].exists && !plain["downloadLimit"].exists && !plain["tags"].exists)
        let multi = try Reply(Files.read(bench.root.request("v1-multi.json")))
        #expect(multi["savePath"].text == bench.root.beside("data") + "/with slash")
        #expect(multi["category"].text == "par/child" && multi["downloadLimit"].integer == 1_048_576)
        let auto = try Reply(Files.read(bench.root.request("v1-single.bin.json")))
        #expect(!auto["savePath"].exists && auto["category"].text == "auto")
        let running = try Reply(Files.read(bench.root.request("running.json")))
        #expect(running["tags"].items.map(\.text) == ["else", "somebody"] && !running["seed"].exists)
    }

    @Test(
        "What is asked for, marked hands-off, or not meant is left alone", arguments: Tested.suites)
    func selection(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let (asked, marked, film, other) = (
                Sample("asked"), Sample("marked"), Sample("film"), Sample("other")
            )
            try await bench.eye.add([asked, marked, film, other], [("category", "films")])
            for (sample, tag) in [(marked, "qspool-hands-off"), (film, "keep"), (other, "qspool")] {
                try await bench.eye.change("torrents/addTags", [("hashes", sample.hash), ("tags", tag)])
            }
            try bench.root.drop("mine.json", "{\"source\": \"\(asked.magnet)\"}")

            let nothing = try await bench.root.qspool("import")
            #expect(nothing.status == 64 && nothing.errors.contains("--all"))
            let wrong = try await bench.root.qspool("import", "flim")
            #expect(wrong.status == 64 && wrong.errors.contains("film"), "\(wrong.errors)")
            let field = try await bench.root.qspool("import", "--all", "--fields", "catgory")
            #expect(field.status == 64 && field.errors.contains("category"))
            let client = try await bench.root.qspool("import", "--all", "--client", "nas")
            #expect(client.status == 64 && client.errors.contains("default"))
            #expect(try await bench.root.qspool("import", "--tag", "no-such").output.isEmpty)

            let film1 = try await bench.root.qspool(
                "import", "--tag", "keep", "--into", "new/films", "--json")
            let report = try Reply(film1.output).items
            #expect(report.map { $0["request"].text } == ["new/films/film"], "\(film1)")
            #expect(report.first?["fields"]["category"].text == "films")
            let rest = try await bench.root.qspool("import", "--category", "films")
            #expect(rest.status == 0 && rest.output == "other\n", "\(rest)")
            #expect(rest.errors.contains("qspool-hands-off") && !rest.errors.contains("mine"))
            // Our tag alone, without a record, is nobody's: it is adopted like any other.
            #expect(try await bench.eye.torrent(other.hash)?.tags == ["qspool", "qspool-adopted"])
            let named = try await bench.root.qspool("import", marked.hash.uppercased())
            #expect(named.status == 0 && named.output == "marked\n", "\(named.errors)")
            try bench.root.withdraw("mine.json")
            let plan = try await bench.root.qspool("plan")
            #expect(plan.status == 0 && plan.output.isEmpty, "\(plan.output)")
        }
    }

    @Test(
        "Defaults of the folder that would change the torrent are overruled, or it is refused",
        arguments: Tested.newest)
    func defaults(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let (first, second) = (Sample("first"), Sample("second"))
            try await bench.eye.add([first, second], [("category", "kept")])
            let before = try await Self.facts(bench.eye)
            try bench.root.drop(
                "a/_defaults.json",
                #"{"category": "other", "savePath": "/elsewhere", "tags": ["x"], "uploadLimit": 7}"#)
            try bench.root.drop("b/_defaults.json", #"{"seed": {"ratio": 2}}"#)
            try bench.root.drop("c/_defaults.json", #"{"category": 5}"#)
            let broken = try await bench.root.qspool("import", "first", "--into", "c/d")
            #expect(broken.status == 3 && broken.errors.contains("c/_defaults.json"), "\(broken.errors)")
            let refused = try await bench.root.qspool("import", "second", "--into", "b")
            #expect(refused.status == 3 && refused.errors.contains("seed"), "\(refused.errors)")
            #expect(!Files.exists(bench.root.request("b/second.json")))

            let done = try await bench.root.qspool(
                "import", "first", "second", "--into", "a", "--fields", "none")
            #expect(done.status == 0 && done.output == "a/first\na/second\n", "\(done.errors)")
            #expect(done.errors.contains("category is written because"))
            let json = try Reply(Files.read(bench.root.request("a/first.json")))
            #expect(json["category"].text == "kept" && json["uploadLimit"].integer == 0)
            #expect(json["tags"].items.isEmpty && json["tags"].exists)
            try Files.delete(bench.root.request("c/_defaults.json"))
            try await expectSettled(bench, before)
        }
    }
}
