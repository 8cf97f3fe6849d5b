import TestSupport
import Testing

/// What is ours, what was there before, what is nobody's business; and bad requests beside good ones.
@Suite("Servers: ownership", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct OwnershipTests {
    @Test(
        "A torrent that was there is adopted, followed, released, and never deleted", arguments: Tested.suites
    )
    func adoption(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let withdrawn = Sample("withdrawn")
            let absent = Sample("absent")
            try await bench.eye.add([withdrawn, absent], [("tags", "somebody"), ("category", "theirs")])
            for sample in [withdrawn, absent] {
                try bench.root.drop(
                    "\(sample.name).json",
                    "{\"source\": \"\(sample.magnet)\", \"category\": \"wanted\", \"state\": \"stopped\"}")
            }
            try await bench.root.settle()
            for sample in [withdrawn, absent] {
                let seen = try #require(try await bench.eye.torrent(sample.hash))
                #expect(seen.tags == ["qspool-adopted", "somebody"] && seen.category == "wanted")
                #expect(try bench.root.status(sample.name)["torrent"]["ownership"].text == "adopted")
            }

            try bench.root.withdraw("withdrawn.json")
            try bench.root.drop("absent.json", "{\"source\": \"\(absent.magnet)\", \"state\": \"absent\"}")
            for _ in 1...3 { try await bench.root.settle() }
            for sample in [withdrawn, absent] {
                let seen = try #require(try await bench.eye.torrent(sample.hash), "released, not deleted")
                #expect(seen.tags == ["somebody"] && seen.category == "wanted")
                #expect(try bench.root.phase(sample.name) == "removed")
                #expect(try bench.root.status(sample.name)["reason"].text == "Released")
            }
        }
    }

    @Test(
        "Two requests for one torrent: the first owns it, the other waits its turn", arguments: Tested.suites)
    func conflict(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["prune.grace=0s"]) { bench in
            let sample = Sample("contended")
            try bench.root.drop("first.json", "{\"source\": \"\(sample.magnet)\", \"category\": \"first\"}")
            try await bench.root.settle()
            let added = try await bench.eye.torrent(sample.hash)?.reply["added_on"].integer
            try bench.root.drop("a-second.json", "{\"source\": \"\(sample.hash)\", \"category\": \"second\"}")
            try await bench.root.settle(exit: 3)
            #expect(try bench.root.phase("a-second") == "conflict")
            #expect(try bench.root.status("a-second")["message"].text?.contains("first") == true)
            #expect(try await bench.eye.torrent(sample.hash)?.category == "first")

            try await Task.sleep(for: .milliseconds(1_100))
            try bench.root.withdraw("first.json")
            for _ in 1...3 { try await bench.root.settle() }
            let seen = try #require(try await bench.eye.torrent(sample.hash))
            #expect(seen.category == "second" && seen.reply["added_on"].integer == added)
            #expect(seen.tags == ["qspool"])
            #expect(try bench.root.phase("a-second") == "metadata")
        }
    }

    /// Name, content, code.
    static let bad: [(String, String, String)] = [
        ("text.json", "{\"source\": ", "bad-json"),
        ("key.json", "{\"source\": \"MAGNET\", \"catgory\": \"x\"}", "unknown-field"),
        ("twice.json", "{\"source\": \"MAGNET\", \"source\": \"MAGNET\"}", "duplicate-key"),
        ("type.json", "{\"source\": \"MAGNET\", \"category\": 5}", "bad-type"),
        ("tag.json", "{\"source\": \"MAGNET\", \"tags\": [\"a,qspool\"]}", "bad-tag"),
        ("path.json", "{\"source\": \"MAGNET\", \"savePath\": \"../x\"}", "bad-path"),
        ("hash.json", "{\"source\": \"all\"}", "bad-infohash"),
        ("word.json", "{\"source\": \"MAGNET\", \"onDelete\": \"removedata\"}", "bad-range"),
        ("nothing.json", "{}", "missing-field"),
        ("empty.magnet", "", "empty"),
        ("magnet.magnet", "magnet:?dn=no-topic", "bad-magnet"),
        ("torrent.torrent", "d4:infod", "bad-torrent"),
    ]

    @Test(
        "Bad requests are told apart, stay as they are, and stand in nobody's way", arguments: Tested.suites)
    func badBesideGood(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["spool.settle=0s"]) { bench in
            let good = Sample("good")
            var files: [String: String] = [:]
            for (name, text, _) in Self.bad {
                let content = text.replacing("MAGNET", with: Sample(name).magnet)
                try bench.root.drop(name, content)
                files[name] = content
            }
            try bench.root.drop("good.json", "{\"source\": \"\(good.magnet)\", \"state\": \"stopped\"}")
            try await bench.root.settle(exit: 3)

            #expect(try await bench.eye.torrents().map(\.hash) == [good.hash])
            #expect(try bench.root.phase("good") == "stopped")
            for (name, _, code) in Self.bad {
                let status = try bench.root.status(String(name.prefix { $0 != "." }))
                #expect(status["phase"].text == "rejected", "\(name)")
                #expect(status["lastError"]["code"].text == code, "\(name): \(status["lastError"])")
                #expect(status["lastError"]["message"].text?.isEmpty == false, "\(name)")
                #expect(try Files.read(bench.root.request(name)) == Array((files[name] ?? "").utf8))
            }
            let key = try bench.root.status("key")["lastError"]
            #expect(
                key["message"].text?.contains("category") == true, "the nearest known key is named: \(key)")
            #expect(key["line"].integer == 1 && (key["column"].integer ?? 0) > 1, "\(key)")

            // A corrected file is a new beginning.
            let corrected = Sample("key.json")
            try bench.root.drop("key.json", "{\"source\": \"\(corrected.magnet)\", \"category\": \"x\"}")
            try await bench.root.settle(exit: 3)
            #expect(try bench.root.phase("key") == "metadata")
            #expect(try await bench.eye.torrent(corrected.hash)?.category == "x")
        }
    }

    @Test("A bad new version leaves the torrent as it is", arguments: Tested.newest)
    func badNewVersion(_ suite: String) async throws {
        try await Bench.use(suite, settings: ["spool.settle=0s", "prune.grace=0s"]) { bench in
            let sample = Sample("versions")
            try bench.root.drop("v.json", "{\"source\": \"\(sample.magnet)\", \"category\": \"good\"}")
            try await bench.root.settle()
            let before = try await bench.eye.torrent(sample.hash)?.lasting
            try bench.root.drop("v.json", "{\"source\": \"\(sample.magnet)\", \"category\": ")
            for _ in 1...3 { try await bench.root.settle(exit: 3) }
            #expect(try bench.root.phase("v") == "rejected")
            #expect(try await bench.eye.torrent(sample.hash)?.lasting == before)
        }
    }
}
