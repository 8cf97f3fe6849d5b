import Glibc
import TestSupport
import Testing

/// Real files, and whether they are there when their torrent has gone.
@Suite(
    "Servers: data that goes and data that stays", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct DataTests {
    /// A bench with a directory of its own for data, which this machine sees under another name.
    private struct Ground {
        let bench: Bench
        let root: Root
        let data: String

        init(_ bench: Bench) throws {
            self.bench = bench
            data = bench.root.beside("data")
            let mount = bench.root.beside("mount")
            try Files.makeFolder(data)
            guard symlink(data, mount) == 0 else { throw Unusable("cannot make the link \(mount)") }
            root = bench.root.with(settings: [
                "prune.grace=0s", "prune.allowData=true",
                "clients.default.pathMap=[{remote: \"\(data)\", local: \"\(mount)\"}]",
            ])
        }

        /// A request whose data is to go with it.
        func drop(_ name: String, _ source: String, _ more: String = "") throws {
            try root.drop(
                "\(name).json",
                "{\"source\": \"\(source)\", \"savePath\": \"\(data)\", \"onDelete\": \"removeData\"\(more)}")
        }

        func complete(_ names: [String]) async throws {
            let isDone = try await comesTrue(within: .seconds(60), every: .milliseconds(300)) {
                try await root.settle()
                return try names.allSatisfy { ["completed", "seeding"].contains(try root.phase($0)) }
            }
            let phases = try names.map { try root.phase($0) }
            try #require(isDone, "\(phases)")
        }

        /// Deletes the request and waits until its torrent is gone.
        func remove(_ name: String) async throws {
            try await root.qspool("remove", name)
            // For the figures that show what was downloaded it waits a minute at most.
            let isGone = try await comesTrue(within: .seconds(100), every: .milliseconds(300)) {
                try await root.settle()
                return try root.phase(name) == "removed"
            }
            let status = try root.status(name)
            try #require(isGone, "\(status)")
        }

        var files: [String] { Files.below(data) }
    }

    private func swarm(_ ground: Ground, _ kinds: [String]) async throws -> Swarm {
        // Of a size of its own: equal sizes are equal torrents, and the server remembers peers that are gone.
        let size = 400_000 + Int.random(in: 1...90_000)
        return try await Swarm(kinds, size: size, in: ground.bench.root.beside("swarm"))
    }

    @Test("The data goes with its torrent, and nothing beside it", arguments: Tested.suites)
    func goes(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let ground = try Ground(bench)
            let swarm = try await swarm(ground, ["v1-multi", "v1-single"])
            let (multi, single) = (try swarm.entry("v1-multi"), try swarm.entry("v1-single"))
            try Files.write(Array("mine".utf8), to: ground.data + "/mine.txt")
            try ground.root.drop("multi.torrent", try Files.read(multi.torrent))
            try ground.root.drop(
                "multi.json", "{\"savePath\": \"\(ground.data)\", \"onDelete\": \"removeData\"}")
            try ground.drop("single", single.magnet)
            try await ground.complete(["multi", "single"])
            withExtendedLifetime(swarm) {}
            for entry in [multi, single] {
                #expect(entry.files.keys.allSatisfy { Files.exists(ground.data + "/" + $0) })
            }
            // Somebody puts a file into the folder of one: that stays, too.
            let note = multi.name + "/note.txt"
            try Files.write(Array("mine".utf8), to: ground.data + "/" + note)

            let plan = try await planned(ground, without: "multi.json", "multi.torrent")
            #expect(plan.contains("pruneData") && plan.contains("with its data"), "\(plan)")
            for name in ["multi", "single"] {
                try await ground.remove(name)
                #expect(try ground.root.status(name)["reason"].text == "DataRemoved")
            }
            let isGone = try await comesTrue { Set(ground.files) == ["mine.txt", note] }
            #expect(isGone, "\(ground.files)")
        }
    }

    /// What `plan` says when the request's files are away for a moment.
    private func planned(_ ground: Ground, without names: String...) async throws -> String {
        let aside = ground.bench.root.beside("aside")
        try Files.makeFolder(aside)
        for name in names { try Files.move(ground.root.request(name), to: aside + "/" + name) }
        var said = ""
        try await ground.root.once()
        // What shows that it was downloaded may lag behind.
        _ = try await comesTrue(within: .seconds(90), every: .milliseconds(300)) {
            said = try await ground.root.qspool("plan").output
            return said.contains("prune")
        }
        for name in names { try Files.move(aside + "/" + name, to: ground.root.request(name)) }
        return said
    }

    @Test("Asked to be absent: the data goes; without prune.allowData it stays", arguments: Tested.suites)
    func absent(_ suite: String) async throws {
        for isAllowed in [true, false] {
            try await Bench.use(suite) { bench in
                let ground = try Ground(bench)
                let swarm = try await swarm(ground, ["v1-single"])
                try ground.drop("a", try swarm.entry("v1-single").magnet)
                try await ground.complete(["a"])
                let single = try swarm.entry("v1-single")
                try ground.drop("a", single.magnet, ", \"state\": \"absent\"")
                let root = isAllowed ? ground.root : bench.root.with(settings: ["prune.grace=0s"])
                let hasEnded = try await comesTrue(within: .seconds(90), every: .milliseconds(300)) {
                    try await root.settle()
                    return try root.phase("a") == "removed"
                }
                #expect(hasEnded)
                #expect(try await bench.eye.torrents().isEmpty)
                let status = try root.status("a")
                #expect(
                    status["reason"].text == (isAllowed ? "DataRemoved" : "DataNotAllowed"), "\(status)")
                let isGone = try await comesTrue(within: .seconds(isAllowed ? 15 : 2)) {
                    ground.files.isEmpty
                }
                #expect(isGone == isAllowed, "\(ground.files)")
            }
        }
    }

    @Test("Another torrent uses the file: it stays, and stays for that one too", arguments: Tested.suites)
    func shared(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let ground = try Ground(bench)
            let swarm = try await swarm(ground, ["v1-single"])
            try ground.root.drop("first.torrent", try Files.read(try swarm.entry("v1-single").torrent))
            try ground.root.drop(
                "first.json", "{\"savePath\": \"\(ground.data)\", \"onDelete\": \"removeData\"}")
            try await ground.complete(["first"])
            let single = try swarm.entry("v1-single")
            try ground.root.drop("twin.torrent", try Self.twin(of: try Files.read(single.torrent)))
            try ground.root.drop(
                "twin.json", "{\"savePath\": \"\(ground.data)\", \"onDelete\": \"removeData\"}")
            try await ground.complete(["twin"])
            #expect(try await bench.eye.torrents().count == 2)

            try await ground.remove("first")
            #expect(try ground.root.status("first")["reason"].text == "DataShared")
            #expect(try await bench.eye.torrents().count == 1)
            try await ground.remove("twin")
            let kept = try #require(try ground.root.status("twin")["reason"].text)
            #expect(kept.hasPrefix("Data") && kept != "DataRemoved", "\(kept)")
            try await Task.sleep(for: .seconds(1))
            #expect(Set(ground.files) == Set(single.files.keys))
        }
    }

    /// Another torrent with the very same files.
    private static func twin(of torrent: [UInt8]) throws -> [UInt8] {
        let mark = Array("6:pieces".utf8)
        guard let start = torrent.indices.first(where: { torrent[$0...].starts(with: mark) }) else {
            throw Unusable("the torrent has no pieces")
        }
        let digits = torrent[(start + mark.count)...].prefix { $0 != UInt8(ascii: ":") }
        guard let length = Int(String(decoding: digits, as: UTF8.self)) else {
            throw Unusable("the torrent's pieces have no length")
        }
        let end = digits.endIndex + 1 + length
        return torrent[..<end] + Array("7:privatei1e".utf8) + torrent[end...]
    }

    @Test(
        "What was there before stays: an adopted torrent's data, and a file of that name",
        arguments: Tested.suites)
    func existed(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let ground = try Ground(bench)
            let swarm = try await swarm(ground, ["v1-single", "v1-multi"])
            let (single, multi) = (try swarm.entry("v1-single"), try swarm.entry("v1-multi"))
            // Somebody's torrent, and somebody's file where another is to be saved.
            try await bench.eye.change(
                "torrents/add", [("urls", single.magnet), ("savepath", ground.data), ("tags", "theirs")])
            try await bench.eye.torrents { !$0.isEmpty }
            let path = try #require(multi.files.keys.sorted().first)
            try Files.write(Array("mine".utf8), to: ground.data + "/" + path)
            try ground.drop("adopted", single.magnet)
            try ground.drop("taken", multi.magnet)
            try await ground.complete(["adopted", "taken"])
            withExtendedLifetime(swarm) {}
            let files = Set(ground.files)

            try await ground.remove("adopted")
            try await ground.remove("taken")
            #expect(try ground.root.status("adopted")["reason"].text == "Released")
            #expect(try ground.root.status("taken")["reason"].text == "DataExisted")
            #expect(try await bench.eye.torrents().count == 1, "the adopted one stays")
            try await Task.sleep(for: .seconds(1))
            #expect(Set(ground.files) == files && !files.isEmpty)
        }
    }

    @Test("Nobody could look when it was added: the data stays", arguments: Tested.suites)
    func unseen(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let ground = try Ground(bench)
            let swarm = try await swarm(ground, ["v1-single"])
            try ground.drop("a", try swarm.entry("v1-single").magnet)
            // Added without a map; with one it goes.
            try await bench.root.with(settings: ["prune.allowData=true"]).settle()
            try await ground.complete(["a"])
            let single = try swarm.entry("v1-single")
            try await ground.remove("a")
            #expect(try ground.root.status("a")["reason"].text == "DataUnseen")
            try await Task.sleep(for: .seconds(1))
            #expect(Set(ground.files) == Set(single.files.keys))
        }
    }
}
