import Metainfo
import Testing

@Suite("Magnet links of torrents that a server has")
struct MagnetMakingTests {
    private let v1 = InfoHash(bytes: [UInt8](repeating: 0x11, count: 20))!
    private let v2 = InfoHash(bytes: [UInt8](repeating: 0x22, count: 32))!

    private func identity(_ hashes: InfoHash?...) throws -> TorrentIdentity {
        try #require(TorrentIdentity(v1: hashes[0], v2: hashes.count > 1 ? hashes[1] : nil))
    }

    @Test("Hashes, name and trackers are what they were, whatever characters they have")
    func parts() throws {
        let trackers = ["http://t.example/a?passkey=x&y=%20", "udp://t.example:6969"]
        for identity in [try identity(v1), try identity(nil, v2), try identity(v1, v2)] {
            let magnet = Magnet(identity: identity, displayName: "Ä & = + %25 #\"/", trackers: trackers)
            let read = try Magnet(text: magnet.link())
            #expect(read == magnet)
            #expect(read.identity == identity && read.trackers == trackers)
            #expect(read.displayName == "Ä & = + %25 #\"/" && read.removed.isEmpty)
        }
    }

    @Test("What no link can hold is left out, and the rest stays")
    func unusable() throws {
        let good = "udp://t.example:1"
        let trackers = [
            "nonsense", "http://t.example/\u{1}", good, good, "file:///etc/passwd", "** [DHT] **",
        ]
        let magnet = Magnet(identity: try identity(v1), displayName: "a\nb", trackers: trackers)
        #expect(magnet.displayName == nil && magnet.trackers == [good])
        #expect(Magnet(identity: try identity(v1), displayName: "", trackers: []).link().hasSuffix("\(v1)"))
    }

    @Test("Too many trackers, or too long ones, are cut and never the hash")
    func limits() throws {
        let many = (1...300).map { "udp://t\($0).example:6969" }
        #expect(Magnet(identity: try identity(v1), displayName: "n", trackers: many).trackers.count == 200)
        let long = (1...5).map { "http://t\($0).example/" + String(repeating: "k", count: 20_000) }
        let magnet = Magnet(identity: try identity(v1), displayName: "n", trackers: long)
        #expect(magnet.trackers == Array(long.prefix(3)) && magnet.displayName == "n")
        let name = String(repeating: "n", count: 70_000)
        let short = Magnet(identity: try identity(v1), displayName: name, trackers: long)
        #expect(short.displayName == nil && short.trackers.count == 3)
    }
}
