import Glibc
import TestSupport
import Testing

/// `qspool snapshot`: what was observed, as of then, and what changed between.
@Suite("Servers: the history", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct HistoryTests {
    @Test(
        "Added, changed by hand, withdrawn: each as of its time, and the difference", arguments: Tested.suites
    )
    func asOf(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let root = bench.root
            #expect(try await root.qspool("snapshot", "--json").output == "[]\n")
            let early = try await root.qspool("snapshot", "--at", "1h")
            #expect(early.status == 64 && early.errors.contains("no history yet"))
            let start = try await now()

            let (kept, dropped) = (Sample("kept"), Sample("dropped"))
            for sample in [kept, dropped] {
                try root.drop(
                    "\(sample.name).json", "{\"source\": \"\(sample.magnet)\", \"tags\": [\"t\"]}")
            }
            try await root.settle()
            let added = try await now()
            try await bench.eye.change("torrents/createCategory", [("category", "by-hand")])
            try await bench.eye.change(
                "torrents/setCategory", [("hashes", kept.hash), ("category", "by-hand")])
            try await root.settle()
            try root.withdraw("dropped.json")
            for _ in 1...3 { try await root.settle() }

            let then = try await torrents(root, ["--at", added])
            #expect(then.map { $0["hash"].text } == [dropped.hash, kept.hash])
            #expect(then.allSatisfy { $0["category"].text == "" && $0["client"].text == "default" })
            #expect(then.allSatisfy { $0["tags"].items.compactMap(\.text) == ["qspool", "t"] })
            let last = try await torrents(root, [])
            #expect(last.map { $0["hash"].text } == [kept.hash] && last[0]["category"].text == "by-hand")
            #expect(last[0]["savePath"].text == then[1]["savePath"].text)

            let between = try await torrents(root, ["--from", added, "--to", try await now()])
            #expect(between.map { $0["change"].text } == ["gone", "changed"])
            #expect(between[0]["hash"].text == dropped.hash && between[1]["hash"].text == kept.hash)
            let category = between[1]["fields"].items.first { $0["field"].text == "category" }
            #expect(category?["from"].text == "" && category?["to"].text == "by-hand")
            let table = try await root.qspool("snapshot", "--from", added)
            #expect(table.status == 0 && table.output.contains("category  –     by-hand"), "\(table.output)")

            for words in [["--at", start], ["--from", start], ["--from", start, "--to", added]] {
                let done = try await root.run(["snapshot"] + words)
                #expect(done.status == 64 && done.output.isEmpty)
                #expect(done.errors.contains("the history reaches back to 20"), "\(done.errors)")
            }
        }
    }

    @Test("It reads beside the daemon, and writes nothing", arguments: Tested.newest)
    func besideTheDaemon(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["interval=500ms"]) { bench in
            try bench.root.drop("one.json", "{\"source\": \"\(Sample("one").magnet)\"}")
            let daemon = try bench.root.start("run")
            #expect(try await comesTrue { try await torrents(bench.root, []).count == 1 })
            try await Task.sleep(for: .seconds(2))
            let before = Files.stamps(below: bench.root.path).filter { !$0.key.hasSuffix("lock.mdb") }
            let since = try await now()
            for words in [[], ["--at", since], ["--from", since]] {
                #expect(try await bench.root.run(["snapshot"] + words).status == 0)
            }
            #expect(try await torrents(bench.root, ["--from", since]).isEmpty)
            let after = Files.stamps(below: bench.root.path).filter { !$0.key.hasSuffix("lock.mdb") }
            #expect(after == before)
            daemon.signal(SIGTERM)
            #expect(daemon.finish(within: .seconds(20)).status == 0)
        }
    }

    @Test("Bad times and flags are refused", arguments: Tested.newest)
    func usage(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            for words in [
                ["--at", "noon"], ["--at", "1h", "--from", "2h"], ["--at", "1h", "--to", "1m"],
                ["--to", "1h"],
                ["--from", "1h", "--to", "2h"], ["--from", ""],
            ] {
                let done = try await bench.root.run(["snapshot"] + words)
                #expect(done.status == 64 && done.output.isEmpty, "\(words): \(done.status) \(done.errors)")
            }
        }
    }

    @Test("A damaged history is said to be damaged, by the command and by check", arguments: Tested.newest)
    func damaged(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let root = bench.root
            try root.drop("one.json", "{\"source\": \"\(Sample("one").magnet)\", \"category\": \"marked\"}")
            try await root.settle()
            let file = root.path + "/store/data.mdb"
            var bytes = try Files.read(file)
            let word = Array("marked".utf8)
            var found = 0
            for start in 0..<bytes.count - word.count where bytes[start] == word[0] {
                guard bytes[start..<start + word.count].elementsEqual(word) else { continue }
                bytes[start] = UInt8(ascii: "p")
                found += 1
            }
            #expect(found > 3)
            try Files.write(bytes, to: file)
            let done = try await root.qspool("snapshot")
            #expect(done.status == 74 && done.output.isEmpty && done.errors.contains("checksum"), "\(done)")
            let check = try await root.qspool("check", "--json")
            #expect(check.status == 74 && check.output.contains("read log: record"), "\(check)")
        }
    }

    private func torrents(_ root: Root, _ words: [String]) async throws -> [Reply] {
        let done = try await root.run(["snapshot", "--json"] + words)
        guard done.status == 0 else { throw Unusable("snapshot \(words): \(done.errors)") }
        return try Reply(done.output).items
    }

    /// To the millisecond, and a moment later than whatever was.
    private func now() async throws -> String {
        try await Task.sleep(for: .milliseconds(20))
        let done = try await Command.runAside("date", ["-u", "+%Y-%m-%dT%H:%M:%S.%3NZ"])
        return done.output.filter { !$0.isNewline }
    }
}
