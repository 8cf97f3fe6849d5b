import Glibc
import Metainfo
import Testing

/// Real torrents of each kind, made by another program, whose hashes real servers agree with.
@Suite struct TorrentFixtureTests {
    struct Fixture: CustomTestStringConvertible, Sendable {
        let name: String
        let v1: String?
        let v2: String?
        let size: Int64
        let paths: [String]

        var testDescription: String { name }
    }

    /// The figures of `fixtures/torrents/index.json`.
    static let fixtures = [
        Fixture(
            name: "v1-single", v1: "c91065b195d2272fea4ea6907b06fb86f9284d29", v2: nil, size: 300_000,
            paths: ["v1-single.bin"]),
        Fixture(
            name: "v1-multi", v1: "baf71236a21201c13c20850a6414c1c60dd7cea6", v2: nil, size: 190_100,
            paths: folder("v1-multi")),
        Fixture(
            name: "v2-single", v1: nil,
            v2: "a83fead682197bb9f11840cc087890c93fa180c8d570a607c6fbf5bd9cd0c42a", size: 300_000,
            paths: ["v2-single.bin"]),
        Fixture(
            name: "v2-multi", v1: nil,
            v2: "711051856f3baa5ebc041f0c80ed2242d1eecd6508ed5bf436a4ced1064af96d", size: 190_100,
            paths: folder("v2-multi")),
        Fixture(
            name: "hybrid-single", v1: "14c2a250644d5dfd55ca66b76c035ab0c750f99c",
            v2: "f5238d6e9e419f402ec51f5931a0a923cc0263004e61159ac06f2cee88598710", size: 300_000,
            paths: ["hybrid-single.bin"]),
        Fixture(
            name: "hybrid-multi", v1: "731ce3c72d94840ad7e28edeff6c6d09a587fd1b",
            v2: "7bd5c3ab378bd36baf4964f3498f4ce886b0c585281104b9f3e951c6bbdb2105", size: 190_100,
            paths: folder("hybrid-multi")),
    ]

    private static func folder(_ name: String) -> [String] {
        ["a.txt", "b ü.bin", "sub/c.bin", "sub/empty.dat"].map { name + "/" + $0 }
    }

    static func bytes(of name: String) throws -> [UInt8] {
        let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let file = try #require(fopen("\(folder)/fixtures/torrents/\(name).torrent", "r"))
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = fread(&buffer, 1, buffer.count, file)
        return Array(buffer.prefix(count))
    }

    @Test("computes the hashes that other programs compute", arguments: fixtures)
    func hashes(_ fixture: Fixture) throws {
        let torrent = try TorrentFile(bytes: try Self.bytes(of: fixture.name))
        #expect(torrent.identity.v1?.description == fixture.v1)
        #expect(torrent.identity.v2?.description == fixture.v2)
        #expect(torrent.totalSize == fixture.size)
        #expect(torrent.files.map(\.path) == fixture.paths)
        #expect(torrent.files.reduce(0) { $0 + $1.length } == fixture.size)
        #expect(torrent.isPrivate == false)
    }

    @Test("refuses every prefix and survives 2 000 mutations", arguments: fixtures)
    func damage(_ fixture: Fixture) throws {
        let bytes = try Self.bytes(of: fixture.name)
        for length in 0..<bytes.count {
            let error = #expect(throws: MetainfoError.self) {
                try TorrentFile(bytes: Array(bytes[..<length]))
            }
            #expect(error?.code == (length == 0 ? "empty" : "bad-torrent"))
        }
        #expect(throws: MetainfoError.self) { try TorrentFile(bytes: bytes + [0]) }
        var random = Random(seed: UInt64(bytes.count))
        for _ in 0..<2_000 {
            var copy = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<copy.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: copy.remove(at: place)
                case 1: copy.insert(UInt8.random(in: 0...255, using: &random), at: place)
                case 2: copy[place] = Array("0123456789ilde:-".utf8).randomElement(using: &random) ?? 0
                default: copy[place] = UInt8.random(in: 0...255, using: &random)
                }
            }
            do {
                _ = try TorrentFile(bytes: copy)
            } catch {
                #expect(error.code == "bad-torrent")
                #expect(error.offset.map { (0...copy.count).contains($0) } ?? true)
            }
        }
    }
}

/// SplitMix64: the same seed gives the same tests.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
