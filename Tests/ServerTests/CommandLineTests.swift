import JSON
import TestSupport
import Testing

/// The command line as a person and a program meet it: exit codes, and data alone on standard output.
@Suite("Servers: command line", .enabled(if: Tested.hasServers), .timeLimit(.minutes(15)))
struct CommandLineTests {
    static let commands = [
        "init", "check", "run", "once", "plan", "add", "import", "list", "show", "log", "remove", "restore",
        "retry", "approve", "validate", "schema",
    ]

    @Test("Wrong usage is 64, says so on standard error, and does nothing")
    func usage() async throws {
        let root = try Root(variables: [:])
        let wrong: [[String]] = [
            ["no-such-command"], ["list", "--no-such-option"], ["list", "--limit", "many"], ["add"], ["show"],
            ["validate"], ["list", "--set", "nonsense"], ["restore"], ["restore", "x", "--list"],
        ]
        for words in wrong {
            let done = try await root.run(words)
            #expect(done.status == 64, "\(words): \(done.errors)")
            #expect(done.output.isEmpty && !done.errors.isEmpty, "\(words): \(done.output)")
        }
        #expect(!Files.exists(root.path))
    }

    @Test("Every command has help, and the exit codes are told")
    func help() async throws {
        for command in Self.commands {
            let done = try await Command.runAside(
                Tested.binary, [command, "--help"], environment: Tested.cleanEnvironment())
            #expect(done.status == 0 && done.errors.isEmpty, "\(command)")
            #expect(
                done.output.contains("USAGE: qspool \(command)") && done.output.contains("--root"),
                "\(command)")
        }
        let whole = try await Command.runAside(
            Tested.binary, ["--help"], environment: Tested.cleanEnvironment())
        for word in ["Exit codes", "69", "75", "77", "78"] + Self.commands {
            #expect(whole.output.contains(word), "\(word)")
        }
        for command in ["once", "plan", "validate"] {
            let done = try await Command.runAside(
                Tested.binary, [command, "--help"], environment: Tested.cleanEnvironment())
            #expect(done.output.lowercased().contains("exit"), "\(command)")
        }
    }

    @Test("The examples of add can be copied and run as they are")
    func examples() async throws {
        let root = try Root(variables: [:])
        #expect(try await root.qspool("init").status == 0)
        let help = try await Command.runAside(
            Tested.binary, ["add", "--help"], environment: Tested.cleanEnvironment()
        ).output
        let lines = help.split(separator: "\n").map { $0.drop { $0 == " " } }
        var script = ""
        var goesOn = false
        for line in lines where goesOn || line.hasPrefix("qspool add ") {
            script += line + "\n"
            goesOn = line.hasSuffix("\\")
        }
        let folder = try TemporaryDirectory()
        try folder.write(Sample("Heat").metainfo, to: "Heat.torrent")
        let program = Tested.binary.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let done = try await Command.runAside(
            "sh", ["-e", "-c", "cd \(folder.path)\nPATH=\(program):$PATH\n" + script],
            environment: Tested.cleanEnvironment(["QSPOOL_ROOT": root.path]))
        #expect(done.status == 0, "\(script)\(done.errors)")
        let names = done.output.split(separator: "\n")
        #expect(names == ["0123456789abcdef0123456789abcdef01234567", "movies/Heat", "debian", "x"])
        let files = names.map { root.request($0 + ($0 == "movies/Heat" ? ".torrent" : ".json")) }
        #expect(try await root.run(["validate"] + files).status == 0)
    }

    @Test("Schemas are printed without any root, the one of requests by default")
    func schemas() async throws {
        for (words, id) in [
            ([], "request"), (["request"], "request"), (["status"], "status"), (["summary"], "summary"),
        ] {
            let done = try await Command.runAside(
                Tested.binary, ["schema"] + words, environment: Tested.cleanEnvironment())
            #expect(done.status == 0 && done.errors.isEmpty, "\(words): \(done.errors)")
            let schema = try JSONReader.document(Array(done.output.utf8), limits: JSONLimits(depth: 32))
            #expect(schema["$id"]?.value == .string("urn:qspool:\(id):1"))
        }
        let wrong = try await Command.runAside(
            Tested.binary, ["schema", "nonsense"], environment: Tested.cleanEnvironment())
        #expect(wrong.status == 64 && wrong.output.isEmpty && wrong.errors.contains("summary"))
    }

    @Test("Before init every command says so: 78")
    func notInitialised() async throws {
        let root = try Root(variables: [:])
        for words in [
            ["once"], ["run"], ["plan"], ["list"], ["log"], ["show", "x"], ["check"],
            ["add", Sample("x").magnet],
        ] {
            let done = try await root.run(words)
            #expect(done.status == 78, "\(words): \(done.errors)")
            #expect((done.errors + done.output).contains("qspool init"), "\(words): \(done.errors)")
        }
    }

    @Test(
        "A bad configuration is 78 and names the key",
        arguments: [
            ("prune: {grase: 5s}\n", "grase"), ("interval: soon\n", "interval"), ("nothing: 1\n", "nothing"),
            ("clients: {default: {password: secret-word}}\n", "password"),
        ])
    func badConfiguration(_ text: String, _ word: String) async throws {
        let root = try Root(variables: [:])
        #expect(try await root.qspool("init").status == 0)
        try Files.write(Array(text.utf8), to: root.path + "/config.yaml")
        let done = try await root.qspool("list")
        #expect(done.status == 78 && done.errors.contains(word), "\(done.errors)")
        #expect(!done.errors.contains("secret-word") && done.output.isEmpty)
        let variable = root.with(["QSPOOL_NO_SUCH_SETTING": "1"])
        #expect(try await variable.qspool("list").status == 78)
    }

    @Test("init says the next step, changes nothing the second time")
    func initialises() async throws {
        let root = try Root(variables: [:])
        let first = try await root.qspool("init")
        #expect(first.status == 0 && first.output.isEmpty && first.errors.contains("qspool check"))
        let before = Files.stamps(below: root.path)
        let second = try await root.qspool("init")
        #expect(second.status == 0, "\(second.errors)")
        #expect(
            Files.stamps(below: root.path).filter { $0.key != "lock" } == before.filter { $0.key != "lock" })
        #expect(Files.mode(root.path + "/store") == 0o700)
    }

    @Test("validate: 0 for good files, 3 when one is bad, without a server or a root")
    func validate() async throws {
        let root = try Root(variables: [:])
        let good = root.beside("files") + "/good.json"
        let bad = root.beside("files") + "/bad.json"
        try Files.write(Array("{\"source\": \"\(Sample("good").magnet)\"}".utf8), to: good)
        try Files.write(Array("{\"source\": \"\(Sample("bad").magnet)\",\n \"tagz\": []}".utf8), to: bad)
        #expect(try await root.qspool("validate", good).status == 0)
        let done = try await root.qspool("validate", good, bad, "--json")
        #expect(done.status == 3)
        #expect(try Reply(done.output).items.count == 2)
        #expect(done.output.contains("unknown-field"), "\(done.output)")
        #expect(try await root.qspool("validate", root.beside("files") + "/missing.json").status != 0)
        #expect(!Files.exists(root.path))
    }

    @Test(
        "plan: 2 when there is something to do, 0 when not, and nothing is written", arguments: Tested.newest)
    func plan(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let before = stamps(bench.root)
            #expect(try await bench.root.qspool("plan").status == 0)
            let sample = Sample("planned")
            try bench.root.drop("p.json", "{\"source\": \"\(sample.magnet)\", \"category\": \"c\"}")
            let text = try await bench.root.qspool("plan", "--diff")
            #expect(
                text.status == 2 && text.output.contains("add") && text.output.contains("p"), "\(text.output)"
            )
            let json = try await bench.root.qspool("plan", "--json")
            #expect(json.status == 2)
            #expect(try Reply(json.output)["actions"].items.first?["action"].text == "add")
            #expect(try await bench.eye.torrents().isEmpty)
            #expect(stamps(bench.root).filter { $0.key != "requests/p.json" } == before)

            try await bench.root.settle()
            #expect(try await bench.root.qspool("plan").status == 0)
            try bench.root.drop("p.json", "{\"source\": \"\(sample.magnet)\", \"category\": \"other\"}")
            let diff = try await bench.root.qspool("plan", "--diff")
            #expect(diff.status == 2 && diff.output.contains("other"), "\(diff.output)")
        }
    }

    @Test("list, show and log print what was asked, as JSON that others can read", arguments: Tested.newest)
    func reading(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            for name in ["b", "a", "c"] {
                try bench.root.drop(
                    "\(name).json",
                    "{\"source\": \"\(Sample("read-" + name).magnet)\", "
                        + "\"state\": \"stopped\", \"category\": \"cat-\(name)\"}"
                )
            }
            try bench.root.drop("bad.json", "{\"source\": 7}")
            try await bench.root.settle(exit: 3)

            try await expectJSON(bench.root, ["list", "--json"])
            try await expectJSON(bench.root, ["show", "a", "--json"])
            try await expectJSON(bench.root, ["log", "--json"])
            try await expectJSON(bench.root, ["plan", "--json"])
            try await expectJSON(bench.root, ["check", "--json"])
            #expect(try await names(bench.root, []) == ["a", "b", "bad", "c"])
            #expect(try await names(bench.root, ["--phase", "rejected"]) == ["bad"])
            #expect(try await names(bench.root, ["--phase", "stopped", "--phase", "rejected"]).count == 4)
            #expect(try await names(bench.root, ["--category", "cat-b"]) == ["b"])
            #expect(try await names(bench.root, ["--limit", "2"]) == ["a", "b"])
            #expect(try await names(bench.root, ["--limit", "2", "--after", "b"]) == ["bad", "c"])
            #expect(try await names(bench.root, ["--sort", "phase"]).last == "c")
            #expect(try await names(bench.root, ["--client", "other"]) == [])
            #expect(try await bench.root.qspool("list", "--phase", "sleeping").status == 64)
            #expect(try await bench.root.qspool("list", "--label", "nonsense").status == 64)
            #expect(try await bench.root.qspool("list", "--sort", "colour").status == 64)
            #expect(try await bench.root.qspool("list", "--limit", "0").status == 64)

            let added = try await bench.root.qspool("log", "--kind", "added", "--json")
            #expect(try Reply(added.output).items.count == 3, "\(added.output)")
            let one = try await bench.root.qspool(
                "log", "--name", "a", "--since", "10m", "--limit", "1", "--json")
            #expect(try Reply(one.output).items.count == 1)
            let future = try await bench.root.qspool("log", "--since", "2100-01-01T00:00:00Z", "--json")
            #expect(try Reply(future.output).items.isEmpty)
            #expect(try await bench.root.qspool("log", "--since", "yesterday-ish").status == 64)
            #expect(try await bench.root.qspool("log", "--kind", "nothing").status == 64)
        }
    }

    @Test("Verbs on names that are not there: 64", arguments: Tested.newest)
    func unknownNames(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            for words in [["retry", "no"], ["remove", "no"], ["show", "no"], ["approve", "NoSuchHold"]] {
                let done = try await bench.root.run(words)
                #expect(done.status == 64 && done.output.isEmpty, "\(words): \(done.status) \(done.errors)")
            }
            #expect(try await bench.root.qspool("approve").status == 0, "nothing is held: nothing to do")
            #expect(Files.below(bench.root.path + "/orders").isEmpty)
        }
    }

    @Test("add writes good requests, and nothing for a bad one", arguments: Tested.newest)
    func add(_ suite: String) async throws {
        try await Bench.use(suite) { bench in
            let (first, second) = (Sample("first"), Sample("second"))
            let done = try await bench.root.qspool("add", first.magnet, second.hash, "--category", "c")
            #expect(
                done.status == 0 && done.output == "first\n\(second.hash)\n", "\(done.output)\(done.errors)")
            let before = Files.stamps(below: bench.root.path + "/requests")
            for (words, code) in [
                (["add", first.magnet], Int32(64)), (["add", "all"], 3),
                (["add", Sample("t").magnet, "--tag", "a,b"], 3),
                (["add", Sample("t").magnet, Sample("u").magnet, "--name", "n"], 64),
                (["add", Sample("t").magnet, "--folder", "../out"], 64),
            ] {
                let bad = try await bench.root.run(words)
                #expect(bad.status == code && bad.output.isEmpty, "\(words): \(bad.status) \(bad.errors)")
            }
            #expect(Files.stamps(below: bench.root.path + "/requests") == before)
            try await bench.root.settle()
            #expect(try await bench.eye.torrents().count == 2)
        }
    }

    private func stamps(_ root: Root) -> [String: String] {
        Files.stamps(below: root.path).filter { !$0.key.hasSuffix("lock.mdb") && $0.key != "lock" }
    }

    /// Another program must be able to read it, not only the reader that we wrote ourselves.
    private func expectJSON(_ root: Root, _ words: [String]) async throws {
        let done = try await root.run(words)
        #expect(done.status == 0, "\(words): \(done.errors)")
        let file = root.beside("output.json")
        try Files.write(Array(done.output.utf8), to: file)
        let read = try await Command.runAside("python3", ["-m", "json.tool", file])
        #expect(read.status == 0, "\(words): \(read.errors)")
    }

    private func names(_ root: Root, _ words: [String]) async throws -> [String] {
        let done = try await root.run(["list", "--json"] + words)
        guard done.status == 0 else { throw Unusable("list \(words): \(done.errors)") }
        return try Reply(done.output).items.compactMap { $0["name"].text }
    }
}
