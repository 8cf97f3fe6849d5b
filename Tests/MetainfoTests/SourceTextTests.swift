import Metainfo
import Testing

@Suite struct SourceTextTests {
    private static let hex = "c91065b195d2272fea4ea6907b06fb86f9284d29"

    @Test func magnetsAndHashes() throws {
        let hash = try #require(InfoHash(text: Self.hex))
        #expect(try SourceText(Self.hex) == .infoHash(hash))
        #expect(try SourceText("ZEIGLMMV2ITS72SOU2IHWBX3Q34SQTJJ") == .infoHash(hash))
        #expect(try SourceText("Magnet:?xt=urn:btih:\(Self.hex)") == .magnet(Magnet(infoHash: hash)))
    }

    @Test func dataURLs() throws {
        let bytes = try TorrentFixtureTests.bytes(of: "v1-single")
        let torrent = try TorrentFile(bytes: bytes)
        let payload = Base64.encode(bytes)
        #expect(try SourceText("data:application/x-bittorrent;base64,\(payload)") == .torrent(torrent))
        #expect(try SourceText("DATA:Application/X-BitTorrent;BASE64,\(payload)") == .torrent(torrent))
        #expect(try DataURL.decode("data:application/x-bittorrent;base64,Zm9v") == Array("foo".utf8))
    }

    static let files = [
        "a.torrent", "A b é.TORRENT", "Alien: Romulus.torrent", "Re:Zero.torrent", "_x.torrent",
        "a..torrent", "~.torrent",
    ]

    @Test("knows a torrent in the same folder", arguments: files)
    func file(_ name: String) throws {
        #expect(try SourceText(name) == .file(name))
    }

    static let urls = [
        "http://a", "https://a/b.torrent", "HTTPS://A/b", "http://127.0.0.1:80/x?y=@#z", "http://[::1]/",
        "http://host/a:b@c", "http://é.example/",
    ]

    @Test("knows an address", arguments: urls)
    func url(_ text: String) throws {
        #expect(try SourceText(text) == .url(text))
    }

    static let refused: [(String, String)] = [
        ("", "missing-field"), (" \n", "missing-field"),
        ("all", "bad-infohash"), ("*", "bad-infohash"), ("a|b", "bad-infohash"), ("\(hex)0", "bad-infohash"),
        ("\(hex)|\(hex)", "bad-infohash"), (" \(hex)", "bad-infohash"), ("\(hex)\n", "bad-infohash"),
        (String(repeating: "０", count: 40), "bad-infohash"), ("ubuntu.iso", "bad-infohash"),
        ("some words", "bad-infohash"), ("//host/x", "bad-infohash"), (" http://a", "url-not-allowed"),
        ("magnet:?xt=urn:btih:x", "bad-infohash"), ("magnet:?dn=x", "bad-magnet"),
        ("file:///etc/passwd", "url-not-allowed"), ("file:x.torrent", "url-not-allowed"),
        ("FILE:/x.torrent", "url-not-allowed"), ("ftp://a/b.torrent", "url-not-allowed"),
        ("gopher://a", "url-not-allowed"), ("http:x", "url-not-allowed"), ("http://", "url-not-allowed"),
        ("http:///x", "url-not-allowed"), ("http://:80/", "url-not-allowed"),
        ("https://u@a/", "url-not-allowed"),
        ("https://u:p@a/", "url-not-allowed"), ("http://a/b c", "url-not-allowed"),
        ("http://a\\@b/", "url-not-allowed"),
        ("http://a/\r\nX: y", "url-not-allowed"), ("http://a/\u{7F}", "url-not-allowed"),
        ("http://a/\u{85}", "url-not-allowed"),
        ("http://a/" + String(repeating: "x", count: 4_096), "url-not-allowed"),
        ("x/y.torrent", "bad-path"), ("/y.torrent", "bad-path"), ("../y.torrent", "bad-path"),
        (".torrent", "bad-path"), (".y.torrent", "bad-path"), ("a\n.torrent", "bad-path"),
        (String(repeating: "a", count: 248) + ".torrent", "bad-path"),
        ("data:,x", "bad-torrent"), ("data:text/plain;base64,Zm9v", "bad-torrent"),
        ("data:application/x-bittorrent,Zm9v", "bad-torrent"),
        ("data:application/x-bittorrent;charset=x;base64,Zm9v", "bad-torrent"),
        ("data:application/x-bittorrent;base64,Zm9", "bad-torrent"),
        ("data:application/x-bittorrent;base64,Zm9v\n", "bad-torrent"),
        ("data:application/x-bittorrent;base64,Zm9v", "bad-torrent"),
        ("data:application/x-bittorrent;base64,", "empty"),
        ("data:application/x-bittorrent;base64," + String(repeating: "A", count: 14_000_000), "too-large"),
    ]

    @Test("refuses", arguments: refused)
    func refusal(_ text: String, _ code: String) {
        let error = #expect(throws: MetainfoError.self) { try SourceText(text) }
        #expect(error?.code == code)
    }
}
