import Metainfo
import TestSupport
import Testing

/// From what a producer has in hand to the downloaded bytes: addresses, search results, alternatives.
@Suite("Servers: sources", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct SourceTests {
    /// What is written nowhere but into the key's own file and the requests of producers.
    private static let canary = "canary0key0of0a0prowlarr00000000"

    private static func settings(_ prowlarr: FakeProwlarr, _ key: String) -> [String] {
        ["prowlarr.url=\(prowlarr.url)", "prowlarr.apiKeyFile=\(key)"]
    }

    private static func keyFile(_ bench: Bench) throws -> String {
        let path = bench.root.beside("prowlarr.key")
        try Files.write(Array(canary.utf8), to: path, mode: 0o600)
        return path
    }

    private func downloads(
        _ names: [String], _ root: Root, within limit: Duration = .seconds(60)
    ) async throws -> Bool {
        try await comesTrue(within: limit, every: .milliseconds(300)) {
            try await root.settle()
            return try names.allSatisfy { ["completed", "seeding"].contains(try root.phase($0)) }
        }
    }

    @Test("A search result of Prowlarr goes in, the downloaded bytes come out", arguments: Tested.suites)
    func prowlarr(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let kinds = ["v1-single", "v1-multi", "hybrid-single", "v2-single"]
            let swarm = try await Swarm(kinds, size: 400_000, in: bench.root.beside("swarm"))
            let prowlarr = FakeProwlarr(apiKey: Self.canary)
            defer { prowlarr.stop() }
            for (number, kind) in kinds.enumerated() {
                let entry = try swarm.entry(kind)
                prowlarr.add(
                    FakeProwlarr.Release(
                        guid: "https://indexer.example/\(kind)", title: entry.name,
                        indexerID: Int64(number + 1),
                        size: Int64(entry.size),
                        content: kind == "v1-multi"
                            ? .magnet(entry.magnet) : .torrent(try Files.read(entry.torrent))))
            }
            let root = bench.root.with(settings: Self.settings(prowlarr, try Self.keyFile(bench)))
            let save = "\"savePath\": \"\(bench.root.beside("data"))\""
            // As it is, below a key of its own, as two words alone, and as found by a magnet behind a link.
            try root.drop("_defaults.json", "{\(save)}")
            try root.drop("v1-single.json", prowlarr.json(of: "https://indexer.example/v1-single"))
            let multi = prowlarr.json(of: "https://indexer.example/v1-multi")
            try root.drop("v1-multi.json", "{\"release\": \(multi), \"category\": \"found\"}")
            try root.drop(
                "hybrid-single.json", #"{"guid": "https://indexer.example/hybrid-single", "indexerId": 3}"#)
            let v2 = prowlarr.json(of: "https://indexer.example/v2-single")
            try root.drop("v2-single.json", v2)
            let isDone = try await downloads(kinds, root)
            let said = try kinds.map { try root.status($0) }
            #expect(isDone, "\(said)")
            for kind in kinds {
                let entry = try swarm.entry(kind)
                for (path, digest) in entry.files {
                    let bytes = try Files.read(bench.root.beside("data") + "/" + path)
                    #expect(Sample.hex(Digest.sha256(bytes)) == digest, "\(path)")
                }
            }
            #expect(prowlarr.grabCount == 0, "a grab would hand the release to another program")
            #expect(try await bench.eye.torrents().contains { $0.category == "found" })
            try expectNoKey(bench.root)

            // Kept in the store: neither the links nor Prowlarr are needed any more.
            let asked = prowlarr.requests.count
            try await bench.eye.delete(bench.eye.torrents().map(\.hash))
            prowlarr.forget()
            try await root.settle()
            #expect(prowlarr.requests.count == asked)
        }
    }

    /// Nobody writes the key but who writes requests.
    private func expectNoKey(_ root: Root) throws {
        let canary = Array(Self.canary.utf8)
        for path in Files.below(root.path) {
            // The store keeps requests byte for byte, and what was fetched: no key of ours.
            if path.hasPrefix("requests/") || path.hasPrefix("store/") { continue }
            #expect(try !Files.read(root.path + "/" + path).contains(canary), "\(path)")
        }
    }

    @Test("Addresses: redirects, one that is gone, and one inside the network", arguments: Tested.newest)
    func addresses(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let torrent = Sample("fetched")
            let other = Sample("linked")
            let site = LoopbackServer { request in
                switch request.path {
                case "/there.torrent":
                    LoopbackServer.Reply(
                        status: 200, headers: [("Content-Type", "application/x-bittorrent")],
                        body: torrent.metainfo)
                case "/moved":
                    LoopbackServer.Reply(status: 307, headers: [("Location", "/there.torrent")], body: [])
                case "/magnet":
                    LoopbackServer.Reply(status: 302, headers: [("Location", other.magnet)], body: [])
                case "/login": .text("<!DOCTYPE html><title>Log in</title><input type=\"password\">")
                default: .text("no", status: 404)
                }
            }
            defer { site.stop() }
            let allowed = bench.root.with(settings: ["sources.allowHosts=[\"127.0.0.1:\(site.port)\"]"])
            try allowed.drop("moved.json", "{\"source\": \"\(site.url)/moved?passkey=\(Self.canary)\"}")
            try allowed.drop(
                "second.json", "{\"source\": [\"\(site.url)/gone.torrent\", \"\(site.url)/magnet\"]}")
            try allowed.drop("gone.json", "{\"source\": \"\(site.url)/gone.torrent\"}")
            try allowed.drop("login.json", "{\"source\": \"\(site.url)/login\"}")
            try await allowed.settle(exit: 3)
            let seen = try await bench.eye.torrents()
            #expect(Set(seen.map(\.hash)) == [torrent.hash, other.hash])
            #expect(
                try allowed.status("second")["sources"].items.map { $0["verdict"].text } == [
                    "abandoned", "in-use",
                ])
            #expect(try allowed.status("second")["sources"].items.first?["code"].text == "http-404")
            #expect(try allowed.phase("gone") == "failed")
            #expect(try allowed.status("gone")["reason"].text == "SourceGone")
            let login = try allowed.status("login")
            #expect(
                login["phase"].text == "rejected"
                    && login["lastError"]["message"].text?.contains("login page") == true)
            try expectNoKey(bench.root)

            // Without leave, nothing inside the network is reached.
            let arrived = site.received.count
            try bench.root.drop("inside.json", "{\"source\": \"\(site.url)/there.torrent?again\"}")
            try await bench.root.settle(exit: 3)
            #expect(site.received.count == arrived)
            let inside = try bench.root.status("inside")
            #expect(inside["lastError"]["code"].text == "url-not-allowed", "\(inside)")
        }
    }
}
