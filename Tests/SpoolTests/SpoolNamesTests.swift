import Glibc
import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Odd files and names in the spool")
struct SpoolNamesTests {
    @Test("A link, a FIFO and a socket are rejected without being opened")
    func notRegular() throws {
        let spool = try TestSpool()
        try spool.drop("target.txt")
        try spool.link("link.json", to: "target.txt")
        try spool.link("dangling.magnet", to: "nowhere")
        try spool.link("loop.torrent", to: "loop.torrent")
        #expect(mkfifo(spool.path("fifo.json"), 0o644) == 0)
        #expect(mknod(spool.path("socket.torrent"), S_IFSOCK | 0o644, 0) == 0)
        try spool.drop("good.json")
        let reading = try spool.reader().scan(now: TestSpool.now)
        #expect(reading.accepted == ["good"])
        #expect(
            reading.rejected == [
                "dangling: not-a-regular-file", "fifo: not-a-regular-file", "link: not-a-regular-file",
                "loop: not-a-regular-file", "socket: not-a-regular-file",
            ])
        #expect(reading.changedRejections.allSatisfy { $0.1.version == nil })
        #expect(!(reading.problem("link")?.message.contains("target") ?? true))
    }

    @Test("A hard link is a file like others")
    func hardLink() throws {
        let spool = try TestSpool()
        try spool.drop("a.json")
        #expect(Glibc.link(spool.path("a.json"), spool.path("b.json")) == 0)
        #expect(try spool.reader().scan(now: TestSpool.now).accepted == ["a", "b"])
    }

    @Test("A folder that became a link is held, and the listing stays complete")
    func heldFolder() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.makeFolder("films/old")
        try spool.drop("films/a.json")
        try spool.drop("films/old/b.json")
        let reader = try spool.reader()
        #expect(reader.scan(now: TestSpool.now).accepted == ["films/a", "films/old/b"])

        try spool.move("films", to: "../elsewhere")
        try spool.link("films", to: "../elsewhere")
        let held = reader.scan(now: TestSpool.now)
        #expect(held.isQuiet)
        #expect(held.heldFolders["films"]?.reason.contains("symbolic link") == true)

        // Its target unmounted.
        try spool.move("../elsewhere", to: "../away")
        #expect(reader.scan(now: TestSpool.now).heldFolders.keys.contains("films"))

        try spool.take("films")
        try spool.move("../away", to: "films")
        let back = reader.scan(now: TestSpool.now)
        #expect(back.isQuiet && back.heldFolders.isEmpty)
        try spool.take("films/a.json")
        #expect(reader.scan(now: TestSpool.now).away == ["films/a"])
    }

    @Test("Names that cannot be used are listed, escaped")
    func badNames() throws {
        let spool = try TestSpool()
        try spool.drop("bad\u{7}name.json")
        try spool.drop("_secret.json")
        try spool.drop("_DEFAULTS.JSON")
        try spool.makeFolder("_folder")
        try spool.drop("_folder/x.json")
        var raw = Array((spool.requests + "/x").utf8CString)
        raw.removeLast()
        raw += [CChar(bitPattern: 0xFF)] + Array(".json".utf8CString)
        let descriptor = open(raw, O_WRONLY | O_CREAT, 0o644)
        #expect(descriptor >= 0)
        close(descriptor)
        raw.removeLast(6)
        raw += Array(".txt".utf8CString)
        close(open(raw, O_WRONLY | O_CREAT, 0o644))
        let reading = try spool.reader().scan(now: TestSpool.now)
        #expect(
            reading.problems.map { "\($0.path) \($0.code)" } == [
                "_DEFAULTS.JSON bad-name", "_folder bad-name", "_secret.json bad-name",
                #"bad\u0007name.json bad-name"#,
                #"x\xff.json bad-name"#,
            ])
        #expect(reading.accepted.isEmpty)
    }

    @Test("Eight folders deep, and no deeper")
    func depth() throws {
        let spool = try TestSpool()
        var path = ""
        for level in 1...9 {
            path = PathText.join(path, "f\(level)")
            try spool.makeFolder(path)
            try spool.drop(path + "/r.json")
        }
        let reading = try spool.reader().scan(now: TestSpool.now)
        #expect(reading.accepted.count == 8)
        #expect(reading.problems.map(\.code) == ["too-deep"])
        #expect(reading.problems[0].path == "f1/f2/f3/f4/f5/f6/f7/f8/f9")
    }

    @Test("Names of 255 bytes, and names that differ only in how they compose a letter")
    func longAndSimilar() throws {
        let spool = try TestSpool()
        let long = String(repeating: "x", count: 250)
        try spool.drop(long + ".json")
        try spool.drop("e\u{301}.json")
        try spool.drop("\u{e9}.json")
        let reading = try spool.reader().scan(now: TestSpool.now)
        #expect(reading.changedDrafts.count == 3)
        let status = try StatusWriter(directory: spool.status)
        for draft in reading.changedDrafts {
            let made = RequestStatus(
                key: draft.key, generation: 1, version: draft.version, phase: .pending, reason: "",
                message: "")
            #expect(try status.publish(made, updatedAt: TestSpool.now))
        }
        #expect(try status.names().count == 3)
    }

    @Test(
        "Magnet files",
        arguments: [
            ("two", "\(TestSpool.magnet)\n\(TestSpool.magnet)\n", "bad-magnet"),
            ("none", "# nothing\n\n", "bad-magnet"),
            ("url", "https://example.org/\n", "bad-magnet"),
            ("nul", "magnet:\u{0}", "bad-encoding"),
            ("empty", "", "empty"),
        ])
    func magnets(name: String, text: String, code: String) throws {
        let spool = try TestSpool()
        try spool.drop("a.magnet", text)
        let reader = try spool.reader()
        #expect(reader.scan(now: TestSpool.now).waiting == ["a"])
        #expect(reader.scan(now: TestSpool.later).rejected == ["a: \(code)"])
        try spool.drop("a.magnet", "\u{FEFF}" + TestSpool.magnet)
        #expect(reader.scan(now: TestSpool.now).draft("a")?.sourceFile == .magnet(TestSpool.magnet))
    }
}
