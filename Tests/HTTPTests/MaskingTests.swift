import HTTP
import Testing

@Suite struct MaskingTests {
    static let examples = [
        (
            "http://127.0.0.1:8080/api/v2/torrents/info?rid=12",
            "http://127.0.0.1:8080/api/v2/torrents/info?rid=12"
        ),
        ("http://admin:geheim@host/", "http://***@host/"),
        ("http://admin@host:1/x", "http://***@host:1/x"),
        ("http://a:b@c@host/x", "http://***@host/x"),
        ("http://user:pa/ss@host/x", "http://***@host/x"),
        ("http://user:pa?ss@host/x", "http://***@host/x"),
        ("http://host:80/image@2x.png", "http://host:80/image@2x.png"),
        ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
        (
            "http://p:9696/1/download?apikey=abc&link=xyz&file=Debian+12",
            "http://p:9696/1/download?apikey=***&link=***&file=Debian+12"
        ),
        ("http://h/?ApiKey=abc&a=1", "http://h/?ApiKey=***&a=1"),
        ("http://h/?%61pikey=abc", "http://h/?%61pikey=***"),
        ("http://h/?passkey=&x", "http://h/?passkey=&x"),
        (
            "http://h/?torrent_pass=1&sid=2&auth=3&token=4",
            "http://h/?torrent_pass=***&sid=***&auth=***&token=***"
        ),
        ("http://h/?a=0123456789abcdef0123", "http://h/?a=***"),
        (
            "http://h/?hash=c12fe1c06bba254a9dc9f519b335aa7c1367a88a",
            "http://h/?hash=c12fe1c06bba254a9dc9f519b335aa7c1367a88a"
        ),
        ("https://t.example/9f86d081884c7d65/announce", "https://t.example/***/announce"),
        ("https://t.example/aB3dE5gH7jK9/announce", "https://t.example/***/announce"),
        (
            "https://t.example/rss/download/12345/0123456789abcdef.torrent",
            "https://t.example/rss/download/12345/***"
        ),
        (
            "https://t.example/debian-12.5.0-amd64-netinst.iso.torrent",
            "https://t.example/debian-12.5.0-amd64-netinst.iso.torrent"
        ),
        ("https://h/x#access", "https://h/x#***"),
        (
            "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=a"
                + "&tr=http%3A%2F%2Ft.example%2F9f86d081884c7d65%2Fannounce",
            "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=a"
                + "&tr=http%3A%2F%2Ft.example%2F%2A%2A%2A%2Fannounce"
        ),
        ("", ""), ("://", "://"), ("not a url", "not a url"), ("http://", "http://"),
    ]

    @Test("hides what could be a secret", arguments: examples)
    func url(text: String, expected: String) {
        #expect(Masking.url(text) == expected)
    }

    @Test func findsURLsInText() {
        #expect(
            Masking.text("cannot reach 'http://u:p@h/x', again (https://t/?key=1) at 10:30")
                == "cannot reach 'http://***@h/x', again (https://t/?key=***) at 10:30")
    }

    @Test func aSecretIsNeverPrinted() {
        let secret = Secret("geheim")
        let request = HTTPRequest(
            url: "http://h/?apikey=geheim", headers: [("Authorization", "Bearer geheim")],
            cookie: "SID=geheim",
            basicAuth: (user: "u", password: secret))
        var dumped = ""
        dump(secret, to: &dumped)
        dump(request, to: &dumped)
        dump(Optional(secret), to: &dumped)
        dumped += "\(secret) \(String(reflecting: secret)) \(request) \(String(reflecting: [secret]))"
        #expect(!dumped.contains("geheim"))
        #expect(dumped.contains("***"))
        #expect(secret.reveal() == "geheim")
    }

    @Test("encodes strictly and back", arguments: ["a b+c&d=e", "ü/?#%", "-._~", "\u{0}\n", "%zz%4"])
    func encoding(text: String) {
        let encoded = FormEncoding.percentEncoded(text)
        #expect(FormEncoding.percentDecoded(encoded) == text)
        #expect(encoded.utf8.allSatisfy { !" +&=/?#\n".utf8.contains($0) })
    }

    @Test func encodesPairsInOrder() {
        #expect(FormEncoding.query([("a", "1 2"), ("b", "+")]) == "a=1%202&b=%2B")
        #expect(FormEncoding.encode([]).isEmpty)
    }
}
