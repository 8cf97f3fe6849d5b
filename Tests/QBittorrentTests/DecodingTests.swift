import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

@Suite("Listings of real servers")
struct DecodingTests {
    @Test("the same two torrents read the same from every version", arguments: Fixture.versions)
    func sameTorrents(version: String) throws {
        let torrents = try Observation.decode(try Fixture(version, "torrents-info").response.body)
        let magnet = try #require(torrents.first { $0.name == "magnet name" })
        let file = try #require(torrents.first { $0.name == "f.bin" })

        #expect(magnet.identity.v1?.description == "000000000000000000000000000000abc00003e7")
        #expect(magnet.identity.v2 == nil)
        #expect(magnet.state == .stoppedDL)
        #expect(magnet.placement.savePath == "/data/downloads")
        #expect(magnet.placement.contentPath.isEmpty && magnet.placement.tags.isEmpty)
        #expect(file.placement.tags == (version == "4.2.5" ? [] : ["t1", "t2"]))
        #expect(magnet.completedAt == nil)
        #expect(magnet.addedAt != nil)
        #expect(magnet.options.downloadLimit == 0 && magnet.options.uploadLimit == 0)
        #expect(magnet.options.ratioLimit == -2 && magnet.options.seedingTimeLimit == -2)
        #expect((magnet.options.inactiveSeedingTimeLimit == nil) == version.hasPrefix("4"))
        let tellsMore = version != "4.2.5"
        #expect((magnet.placement.downloadPath != nil) == tellsMore)
        #expect((magnet.counters.seedingSeconds != nil) == tellsMore)
        #expect(!magnet.hasMetadata && file.hasMetadata && file.counters.totalSize == 40000)
        #expect(magnet.counters.eta == nil)
        #expect(!magnet.looksComplete)

        #expect(file.placement.category == "c1")
        #expect(file.counters.size == 40000 && file.counters.amountLeft == 40000)
        #expect(file.id.description == "57ee5005959a1e76e717fd2e31e635522d89ecc4")
    }

    @Test("complete, in error, waiting for metadata", arguments: Fixture.versions)
    func states(version: String) throws {
        let complete = try #require(
            try Observation.decode(try Fixture(version, "torrents-info-completed").response.body).first)
        #expect(complete.looksComplete && complete.completedAt != nil && complete.counters.progress == 1)
        let broken = try #require(
            try Observation.decode(try Fixture(version, "torrents-info-error").response.body).first)
        #expect(broken.state == .error)
        let waiting = try Observation.decode(try Fixture(version, "torrents-info-metadl").response.body)
        #expect(waiting.count == 2 && waiting.allSatisfy { $0.state == .metaDL && !$0.looksComplete })
    }

    @Test(
        "a hybrid is listed under its truncated v2 hash, in 4.2.5 under its v1 hash",
        arguments: Fixture.versions)
    func hybrid(version: String) throws {
        let body = try Fixture(version, "torrents-info-hybrid").response.body
        let torrent = try #require(try Observation.decode(body).first)
        guard version != "4.2.5" else {
            #expect(torrent.id == torrent.identity.preferredID && torrent.identity.v2 == nil)
            return
        }
        #expect(torrent.identity.v1 != nil && torrent.identity.v2 != nil)
        #expect(torrent.id == torrent.identity.v2?.truncated)
        #expect(torrent.identity.ids.count == 2)
    }

    @Test func versionsSayThingsDifferently() throws {
        let torrent = try #require(
            try Observation.decode(
                Array(
                    """
                    [{"hash":"\(Sample.hash(1))","private":null,"category":null,"progress":1,"ratio":0.53,
                      "dl_limit":-1,"up_limit":7,"eta":8639999,"completion_on":-1,"added_on":0,
                      "tags":"b, a,c",
                      "state":"somethingNew","save_path":"/x/","content_path":"/","ratio_limit":2}]
                    """.utf8)
            ).first)
        #expect(torrent.placement.tags == ["a", "b", "c"])
        #expect(torrent.placement.category.isEmpty)
        #expect(torrent.options.downloadLimit == 0 && torrent.options.uploadLimit == 7)
        #expect(torrent.counters.eta == 8_639_999)
        #expect(torrent.completedAt == nil && torrent.addedAt == nil)
        #expect(torrent.state == .unknown)
        #expect(torrent.placement.savePath == "/x" && torrent.placement.contentPath == "/")
        #expect(torrent.counters.progress == 1 && torrent.options.ratioLimit == 2)
    }

    @Test(
        "what is not a whole list of torrents is never a shorter list",
        arguments: [
            "", "{}", "null", "[", "[{\"hash\":\"\(Sample.hash(1))\"}", "[{\"name\":\"no hash\"}]",
            "[{\"hash\":\"all\"}]", "[{\"hash\":\"\(Sample.hash(1))\",\"size\":\"big\"}]", "<html></html>",
            "[]x",
            "[{\"hash\":\"\(Sample.hash(1))\",\"infohash_v2\":\"zz\"}]",
        ])
    func garbage(text: String) {
        #expect(throws: (any Error).self) { try Observation.decode(Array(text.utf8)) }
    }

    @Test func fieldsHaveANameEach() {
        #expect(Set(TorrentDecoder.keys).count == TorrentDecoder.keys.count)
        #expect(TorrentDecoder.keys.count == 36)
    }
}
