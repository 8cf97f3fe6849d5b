import TestSupport
import Testing

@testable import Metainfo

/// What the fuzzer begins with, and all that it ever found, without the fuzzer.
@Suite("Hostile sources")
struct FuzzFixtureTests {
    static let torrents = FixtureFolder("fuzz/torrent").files + FixtureFolder("torrents").files
    static let texts = FixtureFolder("fuzz/magnet").files

    @Test("The properties of torrents hold", arguments: torrents)
    func torrent(_ file: FixtureFolder.File) {
        #expect(TorrentProperties.violation(file.bytes) == nil)
    }

    @Test("The properties of links and sources hold", arguments: texts)
    func text(_ file: FixtureFolder.File) {
        #expect(MagnetProperties.violation(String(decoding: file.bytes, as: UTF8.self)) == nil)
    }

    @Test("There is something to look at, and some of it is taken")
    func fixtures() {
        let taken = Self.torrents.filter { file in isTaken { _ = try TorrentFile(bytes: file.bytes) } }
            .map(\.name)
        for name in ["smallest", "trackers", "padding-and-link", "v2", "v2-layers", "hybrid", "not-utf8"] {
            #expect(taken.contains(name + ".torrent"))
        }
        #expect(taken.count < Self.torrents.count)
        let links = Self.texts.filter { file in
            isTaken { _ = try Magnet(text: String(decoding: file.bytes, as: UTF8.self)) }
        }
        #expect(links.count >= 8 && links.count < Self.texts.count)
    }

    @Test(
        "The parser that others are held against knows what is canonical",
        arguments: [
            ("i0e", true), ("i-1e", true), ("i-0e", false), ("i01e", false), ("i+1e", false), ("ie", false),
            ("4:spam", true), ("04:spam", false), ("5:spam", false), ("0:", true), ("le", true), ("l", false),
            ("li1ei2ee", true), ("d1:ai1e1:bi2ee", true), ("d1:bi1e1:ai2ee", false), ("d1:a0:1:a0:e", false),
            ("di1e0:e", false), ("d1:ae", false), ("i1ei1e", false), ("", false), ("x", false),
            ("i9223372036854775808e", false), ("i-9223372036854775808e", true),
        ])
    func reference(text: String, isCanonical: Bool) {
        let bytes = Array(text.utf8)
        #expect((ReferenceBencode(lenient: bytes)?.canonical == bytes) == isCanonical)

    }

    private func isTaken(_ read: () throws -> Void) -> Bool {
        do {
            try read()
            return true
        } catch {
            return false
        }
    }
}
