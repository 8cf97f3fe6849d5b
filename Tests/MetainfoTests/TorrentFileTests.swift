import Testing

@testable import Metainfo

/// Torrents built by hand, one line a case: what is accepted and what is not.
@Suite struct TorrentFileTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]

        init(_ name: String, _ root: Ben) {
            self.name = name
            bytes = root.bytes
        }

        var testDescription: String { name }
    }

    /// A single file of 40 bytes in three pieces.
    static func single(_ changes: [String: Ben?] = [:], top: [String: Ben?] = [:]) -> Ben {
        let info: [String: Ben] = [
            "name": "a.bin", "length": 40, "piece length": 16,
            "pieces": .string([UInt8](repeating: 7, count: 60)),
        ]
        return root(info, changes, top)
    }

    /// Two files of 40 bytes in all.
    static func multi(_ files: [Ben], length: Int = 60) -> Ben {
        let info: [String: Ben] = [
            "name": "m", "files": .list(files), "piece length": 16,
            "pieces": .string([UInt8](repeating: 7, count: length)),
        ]
        return root(info, [:], [:])
    }

    static func file(_ path: [Ben], _ length: Ben = 40, _ more: [String: Ben] = [:]) -> Ben {
        .dictionary(["path": .list(path), "length": length].merging(more) { $1 })
    }

    /// A v2 torrent of one file of 10 bytes.
    static func second(_ tree: Ben? = nil, _ changes: [String: Ben?] = [:], top: [String: Ben?] = [:]) -> Ben
    {
        let info: [String: Ben] = [
            "name": "a.bin", "meta version": 2, "piece length": 16_384,
            "file tree": tree ?? ["a.bin": leaf(10)],
        ]
        return root(info, changes, top)
    }

    static func leaf(_ length: Ben, root: Int? = 32) -> Ben {
        var file: [String: Ben] = ["length": length]
        if let root { file["pieces root"] = .string([UInt8](repeating: 9, count: root)) }
        return ["": .dictionary(file)]
    }

    private static func root(_ info: [String: Ben], _ changes: [String: Ben?], _ top: [String: Ben?]) -> Ben {
        var info = info
        for (key, value) in changes { info[key] = value }
        var root: [String: Ben] = ["info": .dictionary(info)]
        for (key, value) in top { root[key] = value }
        return .dictionary(root)
    }

    static let hashes20 = Ben.string([UInt8](repeating: 7, count: 20))

    static let refused = [
        Case("a list", .list([])), Case("no info", ["announce": "x"]),
        Case("info is no dictionary", ["info": "x"]),
        Case("no name", single(["name": nil])), Case("a name that is a number", single(["name": 1])),
        Case("an empty name", single(["name": ""])), Case("the name ..", single(["name": ".."])),
        Case("the name .", single(["name": "."])), Case("an absolute name", single(["name": "/etc"])),
        Case("a slash in the name", single(["name": "a/b"])),
        Case("NUL in the name", single(["name": "a\0"])),
        Case("256 bytes of name", single(["name": .string([UInt8](repeating: 97, count: 256))])),
        Case("no piece length", single(["piece length": nil])),
        Case("a piece length of 0", single(["piece length": 0])),
        Case("a negative piece length", single(["piece length": -16])),
        Case("a piece length in words", single(["piece length": "16"])),
        Case("no pieces", single(["pieces": nil])), Case("pieces are a number", single(["pieces": 1])),
        Case("59 bytes of pieces", single(["pieces": .string([UInt8](repeating: 7, count: 59))])),
        Case("too few pieces", single(["pieces": .string([UInt8](repeating: 7, count: 40))])),
        Case("too many pieces", single(["pieces": .string([UInt8](repeating: 7, count: 80))])),
        Case("neither length nor files", single(["length": nil])),
        Case("length and files", single(["files": .list([file(["a"])])])),
        Case("a negative length", single(["length": -1])),
        Case("a length in words", single(["length": "40"])),
        Case("no data", single(["length": 0, "pieces": ""])),
        Case("no files", multi([])), Case("files is no list", single(["length": nil, "files": 1])),
        Case("a file that is a number", multi([1])), Case("a file without path", multi([["length": 40]])),
        Case("a file without length", multi([["path": .list(["a"])]])),
        Case("an empty path", multi([file([])])),
        Case("a path that is a text", multi([["length": 40, "path": "a"]])),
        Case("a path of numbers", multi([file([1])])), Case("an empty component", multi([file(["a", ""])])),
        Case("a component ..", multi([file(["..", "a"])])), Case("a component .", multi([file(["a", "."])])),
        Case("a slash inside a component", multi([file(["a/../../b"])])),
        Case("NUL in a component", multi([file(["a\0b"])])),
        Case("256 bytes of component", multi([file([.string([UInt8](repeating: 97, count: 256))])])),
        Case("a bad path.utf-8 beside a good path", multi([file(["a"], 40, ["path.utf-8": .list([".."])])])),
        Case("a negative length in files", multi([file(["a"], 50), file(["b"], -10)])),
        Case("sizes that overflow", multi([file(["a"], .integer(.max)), file(["b"], 1)])),
        Case(
            "a link out of its folder",
            multi([file(["a"], 40, ["attr": "l", "symlink path": .list([".."])])])),
        Case("a file tree without meta version", single(["file tree": ["a.bin": leaf(40)]])),
        Case("meta version 3", single(["meta version": 3])),
        Case("meta version 0", single(["meta version": 0])),
        Case("meta version in words", single(["meta version": "2"])),
        Case("meta version 2 without a file tree", second(nil, ["file tree": nil])),
        Case("an empty file tree", second([:])), Case("a file tree that is a list", second(.list([]))),
        Case("an empty folder", second(["a": leaf(10), "b": [:]])),
        Case("a file and a folder", second(["a": ["": ["length": 0], "b": leaf(1)]])),
        Case("a leaf that is a number", second(["a": ["": 1]])),
        Case("an entry that is a number", second(["a": 1])),
        Case("a leaf without length", second(["a": ["": [:]]])),
        Case("a negative length in the tree", second(["a": leaf(-1)])),
        Case("no root", second(["a": leaf(1, root: nil)])),
        Case("a short root", second(["a": leaf(1, root: 20)])),
        Case("sizes in the tree that overflow", second(["a": leaf(.integer(.max)), "b": leaf(1)])),
        Case("a tree with ..", second(["..": leaf(10)])),
        Case("a tree with a slash", second(["a/b": leaf(10)])),
        Case("a tree with bad UTF-8", second(.raw([([0xFF], leaf(10))]))),
        Case("a tree without data", second(["a": leaf(0, root: nil)])),
        Case("a piece length of 8 KiB in v2", second(nil, ["piece length": 8_192])),
        Case("a crooked piece length in v2", second(nil, ["piece length": 20_000])),
        Case("a large file without layers", second(["a.bin": leaf(40_000)])),
        Case(
            "a layer too short",
            second(["a.bin": leaf(40_000)], top: ["piece layers": layers(64)])),
        Case("a layer of odd size", second(["a.bin": leaf(40_000)], top: ["piece layers": layers(95)])),
        Case(
            "a layer of the largest file",
            second(["a.bin": leaf(.integer(.max))], top: ["piece layers": layers(32)])),
        Case("v1 and v2 differ in a length", hybrid(length: 11)),
        Case("v1 and v2 differ in a name", hybrid(name: "b")),
        Case("v1 lists more than v2", hybrid(more: [file(["c"], 0)])),
    ]

    static func layers(_ size: Int) -> Ben {
        .raw([([UInt8](repeating: 9, count: 32), .string([UInt8](repeating: 1, count: size)))])
    }

    /// A folder with one file, and padding in the v1 part.
    static func hybrid(length: Int64 = 10, name: Ben = "a", more: [Ben] = []) -> Ben {
        let padding = file([".pad", "6"], 6, ["attr": "p"])
        return second(
            ["a": leaf(10)],
            [
                "name": "h", "pieces": hashes20,
                "files": .list([file([name], .integer(length)), padding] + more),
            ])
    }

    @Test("refuses", arguments: refused)
    func refusal(_ example: Case) {
        let error = #expect(throws: MetainfoError.self) { try TorrentFile(bytes: example.bytes) }
        #expect(error?.code == "bad-torrent")
    }

    @Test func theSamplesThemselvesAreAccepted() throws {
        #expect(
            try TorrentFile(bytes: Self.single().bytes).files == [TorrentFileEntry(path: "a.bin", length: 40)]
        )
        let multi = try TorrentFile(
            bytes: Self.multi([
                Self.file(["d", "é"], 24), Self.file([".pad", "8"], 8, ["attr": "p"]),
                Self.file(["b"], 8), Self.file(["empty"], 0),
            ]).bytes)
        #expect(multi.files.map(\.path) == ["m/d/é", "m/b", "m/empty"])
        #expect(multi.totalSize == 32)
        let second = try TorrentFile(bytes: Self.second().bytes)
        #expect(second.files == [TorrentFileEntry(path: "a.bin", length: 10)])
        #expect(second.identity.v1 == nil)
        let folder = try TorrentFile(
            bytes: Self.second(["d": ["x": Self.leaf(1)], "e": Self.leaf(0, root: nil)]).bytes)
        #expect(folder.files.map(\.path) == ["a.bin/d/x", "a.bin/e"])
        let large = Self.second(["a.bin": Self.leaf(40_000)], top: ["piece layers": Self.layers(96)])
        #expect(try TorrentFile(bytes: large.bytes).totalSize == 40_000)
        let hybrid = try TorrentFile(bytes: Self.hybrid().bytes)
        #expect(hybrid.files == [TorrentFileEntry(path: "h/a", length: 10)])
        #expect(hybrid.identity.ids.count == 2)
    }

    @Test func namesInTheWild() throws {
        let latin = try TorrentFile(bytes: Self.single(["name": .string([0x61, 0xE9])]).bytes)
        #expect(latin.name == "a\u{FFFD}")
        let both = try TorrentFile(bytes: Self.single(["name": .string([0xE9]), "name.utf-8": "é"]).bytes)
        #expect(both.name == "é")
        #expect(both.files.map(\.path) == ["é"])
        let most = Ben.string([UInt8](repeating: 97, count: 255))
        #expect(try TorrentFile(bytes: Self.single(["name": most]).bytes).name.utf8.count == 255)
    }

    @Test func trackersAndPrivacy() throws {
        let tiers = Ben.list([["http://a/1", "http://b/1"], ["http://a/1"], "odd", [.string([0xFF]), ""]])
        let torrent = try TorrentFile(
            bytes: Self.single(["private": 1], top: ["announce": "http://c/1", "announce-list": tiers]).bytes)
        #expect(torrent.trackers == ["http://a/1", "http://b/1", "http://c/1"])
        #expect(torrent.isPrivate)
        #expect(try !TorrentFile(bytes: Self.single(["private": 0]).bytes).isPrivate)
    }

    @Test func theInfoHashIsThatOfTheRawBytes() throws {
        let root = Self.single()
        guard case .dictionary(let members) = root, let info = members["info"] else {
            Issue.record("no info")
            return
        }
        let torrent = try TorrentFile(bytes: root.bytes)
        #expect(torrent.identity == TorrentIdentity(try #require(InfoHash(bytes: Digest.sha1(info.bytes)))))
        #expect(torrent.bytes == root.bytes)
    }

    /// Written as bytes at once: building it from values would cost more than what is tested.
    private static func manyFiles(_ count: Int) -> [UInt8] {
        var bytes = Array("d4:infod5:filesl".utf8)
        for index in 0..<count {
            let name = "file \(index)"
            bytes += "d6:lengthi1e4:pathl6:folder\(name.utf8.count):\(name)ee".utf8
        }
        let pieces = (count + 15) / 16 * 20
        bytes += "e4:name1:m12:piece lengthi16e6:pieces\(pieces):".utf8
        bytes += [UInt8](repeating: 7, count: pieces) + Array("ee".utf8)
        return bytes
    }

    @Test func manyFilesAreReadInTime() throws {
        let bytes = Self.manyFiles(100_000)
        var torrent: TorrentFile?
        let duration = try ContinuousClock().measure { torrent = try TorrentFile(bytes: bytes) }
        #expect(torrent?.files.count == 100_000)
        #if !DEBUG
            #expect(duration < .seconds(1), "\(bytes.count) bytes in \(duration)")
        #else
            #expect(duration < .seconds(60))
        #endif
        #expect(throws: MetainfoError.self) { try TorrentFile(bytes: Self.manyFiles(100_001)) }
    }
}
