import Metainfo
import Testing

@Suite struct MagnetTests {
    private static let hex = "c91065b195d2272fea4ea6907b06fb86f9284d29"
    private static let base32 = "ZEIGLMMV2ITS72SOU2IHWBX3Q34SQTJJ"
    private static let long = "a83fead682197bb9f11840cc087890c93fa180c8d570a607c6fbf5bd9cd0c42a"
    private static let other = "baf71236a21201c13c20850a6414c1c60dd7cea6"
    private static let btih = "xt=urn:btih:\(hex)"
    private static let btmh = "xt=urn:btmh:1220\(long)"

    /// What comes in, and the link that goes out.
    static let accepted: [(String, String)] = [
        ("magnet:?\(btih)", "magnet:?\(btih)"),
        ("MAGNET:?XT=URN:BTIH:\(hex.uppercased())", "magnet:?\(btih)"),
        ("magnet:?xt=urn:btih:\(base32)", "magnet:?\(btih)"),
        ("magnet:?xt=urn:btih:\(base32.lowercased())", "magnet:?\(btih)"),
        ("magnet:?xt=urn%3Abtih%3A\(hex)", "magnet:?\(btih)"),
        ("magnet:?\(btmh)", "magnet:?\(btmh)"),
        ("magnet:?\(btmh)&\(btih)", "magnet:?\(btih)&\(btmh)"),
        ("magnet:?xt.1=urn:btih:\(hex)&xt.2=urn:btmh:1220\(long)", "magnet:?\(btih)&\(btmh)"),
        ("magnet:?\(btih)&\(btih)&xt=urn:btih:\(base32)", "magnet:?\(btih)"),
        ("magnet:?dn=A+b%2Bc%20d&\(btih)", "magnet:?\(btih)&dn=A%20b%2Bc%20d"),
        ("magnet:?\(btih)&dn=é%26x%3D1/..", "magnet:?\(btih)&dn=%C3%A9%26x%3D1%2F.."),
        ("magnet:?\(btih)&dn=one&dn=two", "magnet:?\(btih)&dn=one"),
        ("magnet:?\(btih)&dn=&tr=&&x", "magnet:?\(btih)"),
        (
            "magnet:?\(btih)&tr=udp://t.example:80/a+b&tr.1=http%3A%2F%2Ft%2F%3Fk%3D1"
                + "&tr=udp://t.example:80/a+b",
            "magnet:?\(btih)&tr=udp%3A%2F%2Ft.example%3A80%2Fa%2Bb&tr=http%3A%2F%2Ft%2F%3Fk%3D1"
        ),
        ("magnet:?\(btih)&ws=https://w.example/f", "magnet:?\(btih)&ws=https%3A%2F%2Fw.example%2Ff"),
        (
            "magnet:?\(btih)&x.pe=127.0.0.1:6881&x.pe=%5B::1%5D:1&so=0,2,4,6-8&xl=12",
            "magnet:?\(btih)&xl=12&x.pe=127.0.0.1:6881&x.pe=[::1]:1&so=0,2,4,6-8"
        ),
        ("magnet:?\(btih)&xs=http://a/b.torrent&as=file:///etc/passwd", "magnet:?\(btih)"),
        ("magnet:?\(btih)&xt=urn:sha1:\(base32)", "magnet:?\(btih)"),
    ]

    @Test("builds the link again from what it understands", arguments: accepted)
    func acceptance(_ text: String, _ link: String) throws {
        let magnet = try Magnet(text: text)
        #expect(magnet.link() == link)
        // What goes out reads back as the same, and nothing is dropped any more.
        let again = try Magnet(text: link)
        #expect(again.link() == link)
        #expect(again.identity == magnet.identity)
        #expect(again.displayName == magnet.displayName)
        #expect(again.trackers == magnet.trackers)
        #expect(again.removed.isEmpty)
    }

    static let refused: [(String, String)] = [
        ("", "bad-magnet"), ("magnet:", "bad-magnet"), ("magnet:?", "bad-magnet"),
        ("magnet:\(btih)", "bad-magnet"),
        ("magnet:?dn=x", "bad-magnet"), ("magnet:?xt=", "bad-magnet"), ("http://x/?\(btih)", "bad-magnet"),
        ("magnet:?xt=urn:sha1:\(base32)", "bad-magnet"), (" magnet:?\(btih)", "bad-magnet"),
        ("magnet:?\(btih)&xt=urn:btih:\(other)", "bad-magnet"),
        ("magnet:?\(btmh)&xt=urn:btmh:1220\(String(long.reversed()))", "bad-magnet"),
        ("magnet:?\(btih)&dn=%", "bad-magnet"), ("magnet:?\(btih)&dn=%4", "bad-magnet"),
        ("magnet:?\(btih)&dn=%zz", "bad-magnet"), ("magnet:?\(btih)&other=%zz", "bad-magnet"),
        ("magnet:?\(btih)&dn=%ff", "bad-magnet"), ("magnet:?\(btih)&dn=%c3", "bad-magnet"),
        ("magnet:?\(btih)&dn=a\nb", "bad-magnet"), ("magnet:?\(btih)\r\nhttp://x", "bad-magnet"),
        ("magnet:?\(btih)&dn=%0a", "bad-magnet"), ("magnet:?\(btih)&tr=http://t/%0d%0ax", "bad-magnet"),
        ("magnet:?\(btih)&dn=%00", "bad-magnet"), ("magnet:?\(btih)&dn=%7f", "bad-magnet"),
        ("magnet:?\(btih)&dn=%C2%85", "bad-magnet"), ("magnet:?\(btih)\0", "bad-magnet"),
        ("magnet:?\(btih)&dn=" + String(repeating: "a", count: 65_536), "bad-magnet"),
        ("magnet:?\(btih)" + String(repeating: "&tr=udp://t/", count: 201), "bad-magnet"),
        ("magnet:?xt=urn:btih:all", "bad-infohash"), ("magnet:?xt=urn:btih:", "bad-infohash"),
        ("magnet:?xt=urn:btih:\(hex)0", "bad-infohash"),
        ("magnet:?xt=urn:btih:\(hex.dropLast())", "bad-infohash"),
        ("magnet:?xt=urn:btih:\(long)", "bad-infohash"), ("magnet:?xt=urn:btih:\(hex)%20", "bad-infohash"),
        ("magnet:?xt=urn:btih:%CC%81\(hex)", "bad-infohash"),
        ("magnet:?xt=urn:btih:\(hex)|\(hex)", "bad-infohash"),
        ("magnet:?xt=urn:btih:\(base32.dropLast())1", "bad-infohash"),
        ("magnet:?xt=urn:btmh:\(long)", "bad-infohash"),
        ("magnet:?xt=urn:btmh:1114\(hex)", "bad-infohash"),
        ("magnet:?xt=urn:btmh:1220\(hex)", "bad-infohash"),
        ("magnet:?xt=urn:btih:" + String(repeating: "０", count: 40), "bad-infohash"),
    ]

    @Test("refuses", arguments: refused)
    func refusal(_ text: String, _ code: String) {
        let error = #expect(throws: MetainfoError.self) { try Magnet(text: text) }
        #expect(error?.code == code)
    }

    @Test func whatIsDroppedIsNamed() throws {
        let magnet = try Magnet(
            text:
                "magnet:?\(Self.btih)&xs=http://a&as=http://b&as.2=http://c&kt=x"
                + "&tr=file:///etc/passwd&tr=udp://&ws=ftp://w/f&x.pe=a&x.pe=[::1]:0&x.pe=h:99999&so=1-&xl=-1&xl=+5&dht=1"
        )
        #expect(magnet.removed == ["xs", "as", "kt", "tr", "ws", "x.pe", "so", "xl", "dht"])
        #expect(magnet.link() == "magnet:?\(Self.btih)")
    }

    @Test func twoHundredTrackersAreTaken() throws {
        let text = (0..<200).map { "&tr=udp://t\($0)/" }.joined()
        #expect(try Magnet(text: "magnet:?\(Self.btih)\(text)").trackers.count == 200)
    }

    @Test func passkeysAreMasked() throws {
        let magnet = try Magnet(
            text: "magnet:?\(Self.btih)&dn=x&tr=https://tracker.example/secret/announce&tr=udp://t:80"
                + "&tr=https://t.example:8443?passkey=secret&ws=http://w.example/secret/f")
        #expect(
            magnet.maskedLink == "magnet:?\(Self.btih)&dn=x&tr=https://tracker.example/***&tr=udp://t:80"
                + "&tr=https://t.example:8443/***&ws=http://w.example/***")
        #expect(magnet.link().contains("secret"))
    }

    static let masked = [
        ("https://user:secret@t.example/x", "https://t.example/***"),
        ("https://t.example/", "https://t.example"),
        ("https://t.example#secret", "https://t.example/***"), ("secret", "***"), ("", "***"),
        ("https:secret", "***"), ("://secret", "***"), ("http://a@b@t/secret@x", "http://t/***"),
    ]

    @Test("masks addresses", arguments: masked)
    func mask(_ url: String, _ expected: String) {
        #expect(MaskedURL.text(url) == expected)
    }

    static let named =
        [
            (
                "https://h.example/files/debian-12.5.0-amd64-netinst.iso.torrent",
                "debian-12.5.0-amd64-netinst.iso"
            ),
            ("https://h.example/a%20b.torrent?passkey=secret", "a b"), ("https://h.example", "h.example"),
            ("https://h.example:8443/?x=secret", "h.example:8443"), ("https://h.example/.torrent", nil),
            ("https://user:secret@h.example", "h.example"), ("secret", nil),
            // Keys in the place of a name.
            ("http://h/download/a1b2c3d4e5f60718293a4b5c6d7e8f90", "h"),
            ("http://h/download/A1B2C3D4E5F60718293A.torrent", "h"),
            ("http://user:secret@h/zY8xW7vU6tS5rQ4pO3nM", "h"),
            ("http://h/get_a1b2c3d4e5f60718293a.php", "h"),
            ("http://h/a1b2c3d4-e5f6-0718-293a-4b5c6d7e8f90", "h"),
            ("http://h/%61%31b2c3d4e5f60718293a4b5c", "h"),
            ("http://h/download/1a2b3c4d5e6f7a8b9c0", "1a2b3c4d5e6f7a8b9c0"),
            (
                "http://h/key/a1b2c3d4e5f60718293a4b5c6d7e8f90/Some.Linux.Distribution",
                "Some.Linux.Distribution"
            ),
        ] as [(String, String?)]

    @Test("names what an address fetches, and no key", arguments: named)
    func fileName(_ url: String, _ expected: String?) { #expect(MaskedURL.fileName(url) == expected) }

    @Test func aBareHashMakesALink() throws {
        let first = try #require(InfoHash(text: Self.hex))
        let second = try #require(InfoHash(text: Self.long))
        #expect(Magnet(infoHash: first).link() == "magnet:?\(Self.btih)")
        #expect(Magnet(infoHash: second).link() == "magnet:?\(Self.btmh)")
    }

    @Test("5 000 mutations end in a link that reads back or in an error")
    func mutations() {
        let text =
            "magnet:?\(Self.btih)&\(Self.btmh)&dn=A+b%20%C3%A9&tr=udp://t.example:80/a"
            + "&x.pe=[::1]:6881&so=1-3,5&xl=9"
        let bytes = Array(text.utf8)
        var random = Random(seed: 3)
        for round in 0..<5_000 {
            var copy = bytes
            if round < bytes.count { copy.removeLast(round) }
            for _ in 0..<Int.random(in: 0..<5, using: &random) where !copy.isEmpty {
                copy[Int.random(in: 0..<copy.count, using: &random)] =
                    Array("%&=+:.0aZ\u{0}\u{FF}é".utf8).randomElement(using: &random) ?? 0
            }
            do {
                let magnet = try Magnet(text: String(decoding: copy, as: UTF8.self))
                #expect(try Magnet(text: magnet.link()).link() == magnet.link())
            } catch {
                #expect(["bad-magnet", "bad-infohash"].contains(error.code))
            }
        }
    }
}
