import Metainfo
import TestSupport
import Testing

/// What requests can say besides their source, on real servers: defaults of folders, a choice of files, and
/// admission.
@Suite("Servers: the request language", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct LanguageTests {
    @Test(
        "Defaults of a folder reach every request below it, and only what differs", arguments: Tested.suites)
    func defaults(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let root = bench.root
            let samples = ["one", "two", "three"].map(Sample.init)
            try root.drop("_defaults.json", #"{"state": "stopped", "tags": ["all"]}"#)
            try root.drop("films/_defaults.json", #"{"category": "films", "downloadLimit": "1 MiB/s"}"#)
            try root.drop("films/one.json", "{\"source\": \"\(samples[0].magnet)\"}")
            try root.drop("films/two.torrent", samples[1].metainfo)
            try root.drop("films/three.json", "{\"source\": \"\(samples[2].magnet)\", \"category\": \"own\"}")
            try await root.settle()
            func seen() async throws -> [Seen] {
                let torrents = try await bench.eye.torrents { $0.count == 3 }
                return samples.compactMap { sample in torrents.first { $0.answersTo(sample.hash) } }
            }
            var torrents = try await seen()
            #expect(torrents.map(\.category) == ["films", "films", "own"])
            #expect(
                torrents.allSatisfy {
                    $0.isStopped && $0.tags.contains("all") && $0.downloadLimit == 1_048_576
                })

            try root.drop("films/_defaults.json", #"{"category": "cinema", "downloadLimit": "1 MiB/s"}"#)
            let reply = try await root.settle()
            torrents = try await seen()
            #expect(torrents.map(\.category) == ["cinema", "cinema", "own"])
            #expect(reply["actions"].integer ?? 99 <= 3, "only what differs: \(reply)")
            #expect(try root.status("films/one")["generation"].integer == 1)

            // A broken one holds its folder: nothing in it is changed, nothing goes.
            try root.drop("films/_defaults.json", #"{"category": "#)
            try root.drop("films/one.json", "{\"source\": \"\(samples[0].magnet)\", \"category\": \"x\"}")
            try root.withdraw("films/two.torrent")
            try root.drop("films/new.json", "{\"source\": \"\(Sample("new").magnet)\"}")
            try await Task.sleep(for: .milliseconds(2_100))
            let once = try await root.run(["once"], timeout: .seconds(60))
            #expect(once.status == 3 && once.errors.contains("films/_defaults.json: bad-json"), "\(once)")
            #expect(try root.status("films/new")["reason"].text == "Unreadable")
            torrents = try await seen()
            #expect(torrents.map(\.category) == ["cinema", "cinema", "own"])
            let conditions = try root.status("films/three")["conditions"].items.compactMap { $0["type"].text }
            #expect(conditions.contains("DefaultsInvalid"), "\(conditions)")
            #expect(try root.summary()["problems"].items.first?["path"].text == "films/_defaults.json")
        }
    }

    @Test("Only the wanted files are downloaded, from a file and from a magnet", arguments: Tested.suites)
    func files(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let swarm = try await Swarm(
                ["v1-multi", "hybrid-multi"], size: 2_000_000, in: bench.root.beside("swarm"))
            for kind in ["v1-multi", "hybrid-multi"] {
                let entry = try swarm.entry(kind)
                let names = entry.files.keys.sorted()
                let wanted = try #require(names.first)
                let glob = String(wanted.split(separator: "/").last ?? "")
                let data = bench.root.beside("data-" + kind)
                let source = kind == "v1-multi" ? entry.torrent : entry.magnet
                let done = try await bench.root.qspool(
                    "add", source, "--name", kind, "--save-path", data, "--include", glob)
                try #require(done.status == 0, "\(done.errors)")
                let isDone = try await comesTrue(within: .seconds(60), every: .milliseconds(300)) {
                    try await bench.root.settle()
                    return ["completed", "seeding"].contains(try bench.root.phase(kind))
                }
                let said = try bench.root.status(kind)
                #expect(isDone, "\(said)")
                let bytes = try Files.read(data + "/" + wanted)
                #expect(Sample.hex(Digest.sha256(bytes)) == entry.files[wanted])
                let hash = try #require(entry.v1)
                let torrent = try #require(try await bench.eye.torrent(hash))
                let files = try await bench.eye.files(torrent.hash)
                #expect(files.filter { $0.priority > 0 }.map(\.name).map { $0.hasSuffix(glob) } == [true])
                // An empty file has nothing to come.
                let others = files.filter { $0.priority == 0 && !$0.name.hasSuffix("empty.dat") }
                #expect(!others.isEmpty && others.allSatisfy { $0.progress < 1 }, "\(files)")

                // A changed choice is followed.
                let file = bench.root.request(kind + ".json")
                let text = String(decoding: try Files.read(file), as: UTF8.self)
                let all = text.replacing("\"include\"", with: "\"exclude\"")
                try bench.root.drop(kind + ".json", all)
                // (Peers that parted when all was there may take minutes to meet again.)
                let isRest = try await comesTrue(within: .seconds(30), every: .milliseconds(300)) {
                    try await bench.root.settle()
                    let files = try await bench.eye.files(torrent.hash)
                    return files.allSatisfy { ($0.priority == 0) == $0.name.hasSuffix(glob) }
                }
                let rest = try await bench.eye.files(torrent.hash)
                #expect(isRest, "\(rest)")
                #expect(try bench.root.status(kind)["torrent"]["progress"].number ?? 1 < 1)
            }
        }
    }

    @Test("A limit of active downloads makes a line, in the order of priority", arguments: Tested.newest)
    func admission(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["limits.active=1"]) { bench in
            let root = bench.root
            for (name, priority) in [("a", 0), ("b", 5), ("c", 1)] {
                try root.drop(
                    name + ".json", "{\"source\": \"\(Sample(name).magnet)\", \"priority\": \(priority)}")
            }
            try await root.settle()
            #expect(try await bench.eye.torrents().map(\.hash) == [Sample("b").hash])
            #expect(try root.status("c")["reason"].text == "Admission")
            #expect(try root.status("c")["message"].text?.hasPrefix("number 1 in line") == true)
            #expect(try root.status("a")["message"].text?.hasPrefix("number 2 in line") == true)
            _ = try await root.qspool("remove", "b")
            try await root.settle()
            #expect(try await comesTrue { try await bench.eye.torrents().map(\.hash) == [Sample("c").hash] })
        }
    }

    @Test("Room that must stay free holds new torrents back", arguments: Tested.newest)
    func room(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["limits.minFreeSpace=900TiB"]) { bench in
            try bench.root.drop("a.torrent", Sample("a").metainfo)
            try await bench.root.settle()
            #expect(try await bench.eye.torrents().isEmpty)
            #expect(try bench.root.status("a")["reason"].text == "DiskSpace")
            let roomy = bench.root.with(settings: ["limits.minFreeSpace=1MiB"])
            try await roomy.settle()
            #expect(try await bench.eye.torrents().count == 1)
        }
    }

    @Test("What has to wait says until when; the schema is printed", arguments: Tested.newest)
    func waiting(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            try bench.root.drop(
                "later.json",
                "{\"source\": \"\(Sample("later").magnet)\", \"notBefore\": \"2099-01-01T00:00:00Z\"}")
            try await bench.root.settle()
            let status = try bench.root.status("later")
            #expect(status["phase"].text == "waiting" && status["reason"].text == "NotBefore")
            #expect(status["nextAttemptAt"].text == "2099-01-01T00:00:00Z")
            #expect(try await bench.eye.torrents().isEmpty)
            for kind in ["request", "status", "summary"] {
                let done = try await bench.root.qspool("schema", kind)
                #expect(done.status == 0)
                #expect(
                    try Reply(done.output)["$schema"].text == "https://json-schema.org/draft/2020-12/schema")
            }
        }
    }
}
