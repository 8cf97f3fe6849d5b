import Metainfo
import Testing

@Suite struct InfoHashTests {
    private static let hex = "c91065b195d2272fea4ea6907b06fb86f9284d29"
    private static let long = "a83fead682197bb9f11840cc087890c93fa180c8d570a607c6fbf5bd9cd0c42a"

    @Test func readsItsThreeSpellings() {
        #expect(InfoHash(text: Self.hex)?.description == Self.hex)
        #expect(InfoHash(text: Self.hex.uppercased())?.description == Self.hex)
        #expect(InfoHash(text: "ZEIGLMMV2ITS72SOU2IHWBX3Q34SQTJJ")?.description == Self.hex)
        #expect(InfoHash(text: "zeiglmmv2its72sou2ihwbx3q34sqtjj")?.description == Self.hex)
        #expect(InfoHash(text: Self.long)?.version == .v2)
        #expect(InfoHash(text: Self.long)?.truncated.description == String(Self.long.prefix(40)))
    }

    static let noHashes = [
        "", "all", "*", "a|b", " ", hex + " ", String(hex.dropLast()), hex + "0", hex + "|" + hex,
        String(repeating: "g", count: 40), String(repeating: "０", count: 40),
        String(repeating: "1", count: 32),
    ]

    @Test("reads nothing else", arguments: noHashes)
    func refusal(_ text: String) {
        #expect(InfoHash(text: text) == nil)
    }

    @Test func torrentIDs() throws {
        let id = try #require(TorrentID(hex: Self.hex))
        #expect(id.description == Self.hex)
        #expect(TorrentID(bytes: id.bytes) == id)
        #expect(Array(Self.hex.uppercased().utf8).withUnsafeBufferPointer { TorrentID(hexDigits: $0) } == id)
        #expect(Array((Self.hex + "0").utf8).withUnsafeBufferPointer { TorrentID(hexDigits: $0) } == nil)
        #expect(
            Array(("x" + Self.hex.dropFirst()).utf8).withUnsafeBufferPointer { TorrentID(hexDigits: $0) }
                == nil)
        #expect(TorrentID(hex: Self.long) == nil)
        let smaller = try #require(TorrentID(hex: String(repeating: "0", count: 39) + "1"))
        #expect(smaller < id)
    }

    @Test func identities() throws {
        let first = try #require(InfoHash(text: Self.hex))
        let second = try #require(InfoHash(text: Self.long))
        let hybrid = try #require(TorrentIdentity(v1: first, v2: second))
        #expect(TorrentIdentity(v1: nil, v2: nil) == nil)
        #expect(TorrentIdentity(v1: second, v2: nil) == nil)
        #expect(hybrid.preferredID == second.truncated)
        #expect(hybrid.description == Self.hex)
        #expect(hybrid.overlaps(TorrentIdentity(first)))
        #expect(hybrid.overlaps(TorrentIdentity(second)))
        #expect(!TorrentIdentity(first).overlaps(TorrentIdentity(second)))
        #expect(TorrentIdentity(first).merging(TorrentIdentity(second)) == hybrid)
        // A server's id of a v2 torrent looks like a v1 hash and still means the same torrent.
        let truncated = try #require(InfoHash(bytes: second.truncated.bytes))
        #expect(TorrentIdentity(truncated).overlaps(hybrid))
    }
}
