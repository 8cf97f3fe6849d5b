import Metainfo
import Testing

/// Digests and the spellings of bytes: known vectors.
@Suite struct DigestTests {
    static let digests: [(String, String, String)] = [
        (
            "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        (
            "", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ]

    @Test("computes the digests of FIPS 180", arguments: digests)
    func digest(_ text: String, _ sha1: String, _ sha256: String) {
        #expect(Hex.encode(Digest.sha1(Array(text.utf8))) == sha1)
        #expect(Hex.encode(Digest.sha256(Array(text.utf8))) == sha256)
        let slice = Array("<\(text)>".utf8).dropFirst().dropLast()
        #expect(Hex.encode(Digest.sha1(slice)) == sha1)
        #expect(Hex.encode(Digest.sha256(slice)) == sha256)
    }

    static let base64 = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("reads and writes the vectors of RFC 4648", arguments: base64)
    func base64Vectors(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
        #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
    }

    @Test func base64OfEveryByteReadsBack() {
        let bytes = (0...255).map { UInt8($0) }
        for count in 250...256 {
            #expect(
                Base64.decode(Base64.encode(Array(bytes.prefix(count))).utf8) == Array(bytes.prefix(count)))
        }
    }

    static let notBase64 = [
        "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=m9v", "Z=9v", "Zm=v", "====", "Zm9v\n", " Zm9v", "Zm 9v",
        "Zm9v====",
        "-_-_", "Zg==Zg==", "Zm9é",
    ]

    @Test("refuses loose base64", arguments: notBase64)
    func badBase64(_ text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test func hexAndBase32() {
        #expect(Hex.decode(Array("00fFa9".utf8)) == [0, 255, 0xA9])
        #expect(Hex.decode(Array("0".utf8)) == nil)
        #expect(Hex.decode(Array("0g".utf8)) == nil)
        #expect(Hex.encode([0, 255, 0xA9]) == "00ffa9")
        #expect(Base32.decode(Array("mzxw6YTB".utf8)) == Array("fooba".utf8))
        #expect(Base32.decode(Array("MZXW6YT1".utf8)) == nil)
        #expect(Base32.decode(Array("MZXW6===".utf8)) == nil)
    }
}
