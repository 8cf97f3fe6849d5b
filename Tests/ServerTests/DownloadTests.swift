import Metainfo
import TestSupport
import Testing

/// Real bytes from a real seeder, compared one by one.
@Suite("Servers: downloads", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct DownloadTests {
    @Test("A request becomes the downloaded bytes, and its removal leaves them", arguments: Tested.suites)
    func downloads(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let kinds = ["v1-multi", "v1-single", "hybrid-multi", "v2-single"]
            let swarm = try await Swarm(kinds, size: 1_000_000, in: bench.root.beside("swarm"))
            var names: [String: String] = [:]
            for kind in kinds {
                let entry = try swarm.entry(kind)
                let isMagnet = kind == "v1-single" || kind == "hybrid-multi"
                let savePath = bench.root.beside("data") + "/" + kind
                let done = try await bench.root.qspool(
                    "add", isMagnet ? entry.magnet : entry.torrent, "--name", kind, "--save-path", savePath)
                try #require(done.status == 0, "\(done.errors)")
                #expect(done.output == kind + "\n")
                names[kind] = savePath
            }
            let isDone = try await comesTrue(within: .seconds(60), every: .milliseconds(300)) {
                try await bench.root.settle()
                return try kinds.allSatisfy { ["completed", "seeding"].contains(try bench.root.phase($0)) }
            }
            let phases = try kinds.map { try bench.root.phase($0) }
            #expect(isDone, "\(phases)")
            for kind in kinds {
                try compare(try swarm.entry(kind), names[kind] ?? "", bench.root.status(kind))
            }

            for kind in kinds { _ = try await bench.root.qspool("remove", kind) }
            try await bench.root.settle()
            #expect(try await bench.eye.torrents().isEmpty)
            for kind in kinds {
                #expect(try bench.root.phase(kind) == "removed")
                try compareBytes(try swarm.entry(kind), names[kind] ?? "")
            }
        }
    }

    @Test("add --wait follows the download to its end", arguments: Tested.suites)
    func addWait(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let size = 3_000_000
            let swarm = try await Swarm(
                ["v1-single"], size: size, rate: size / 3, in: bench.root.beside("swarm"))
            let entry = try swarm.entry("v1-single")
            let done = try await bench.root.qspool(
                "add", entry.torrent, "--wait", "--save-path", bench.root.beside("data"), "--label",
                "movie=603")
            #expect(done.status == 0, "\(done.errors)")
            #expect(done.output == "v1-single\n", "nothing but the name: \(done.output)")
            let lines = done.errors.split(separator: "\n").filter { $0.contains("v1-single: [") }
            #expect(lines.count >= 3, "the bar moves: \(done.errors)")
            try compare(entry, bench.root.beside("data"), bench.root.status("v1-single"))
        }
    }

    private func compare(_ entry: Swarm.Entry, _ savePath: String, _ status: Reply) throws {
        #expect(["completed", "seeding"].contains(status["phase"].text), "\(entry.kind): \(status["phase"])")
        let torrent = status["torrent"]
        #expect(torrent["progress"].number == 1 && torrent["size"].integer == entry.size, "\(entry.kind)")
        #expect(
            torrent["infoHashV1"].text == entry.v1 && torrent["infoHashV2"].text == entry.v2, "\(entry.kind)")
        #expect(
            torrent["savePath"].text == savePath && torrent["contentPath"].text == savePath + "/" + entry.name
        )
        #expect(!torrent["completedAt"].isNull)
        try compareBytes(entry, savePath)
    }

    private func compareBytes(_ entry: Swarm.Entry, _ savePath: String) throws {
        for (path, digest) in entry.files {
            let bytes = try Files.read(savePath + "/" + path)
            #expect(Sample.hex(Digest.sha256(bytes)) == digest, "\(path)")
        }
    }
}
