import Metainfo
import Testing

@testable import QBittorrent

@Suite("Where a torrent came from, as the server tells")
struct SourceCallTests {
    private let hash = Sample.hash(1)
    private let id = Sample.id(1)

    private func client(_ server: FakeQBittorrent) -> Client { Sample.client(server) }

    @Test("The exported file comes as it is, from 4.5 on", arguments: Fixture.versions)
    func export(version: String) async throws {
        let server = FakeQBittorrent(version)
        await server.put(hash)
        await server.set { $0.exports[Sample.hash(1)] = [0x64, 0, 0xFF, 0x65] }
        let answer = try await client(server).metainfo(of: id).get()
        #expect(answer == (version == "4.2.5" ? nil : [0x64, 0, 0xFF, 0x65]))
        let calls = await server.calls("torrents/export")
        #expect(calls.count == (version == "4.2.5" ? 0 : 1))
        #expect(calls.allSatisfy { !$0.isMutating && $0.fields["hash"] == hash })
    }

    @Test("Without metadata, or without the torrent, there is nothing to export")
    func noExport() async throws {
        let server = FakeQBittorrent()
        #expect(try await client(server).metainfo(of: id).get() == nil)
        await server.put(hash)
        #expect(try await client(server).metainfo(of: id).get() == nil)
    }

    @Test("Trackers come in their order, without DHT, PeX and LSD", arguments: Fixture.versions)
    func trackers(version: String) async throws {
        let server = FakeQBittorrent(version)
        #expect(try await client(server).trackers(of: id).get() == [])
        await server.put(hash)
        await server.set {
            $0.trackers[Sample.hash(1)] = ["http://b.example/k", "udp://a.example:1"]
        }
        #expect(
            try await client(server).trackers(of: id).get() == ["http://b.example/k", "udp://a.example:1"])
    }

    @Test("An answer that is none is trouble and not an empty list")
    func trouble() async throws {
        let server = FakeQBittorrent()
        await server.fail("torrents/trackers", with: .answer(200, "<html>"), .answer(500, "oops"))
        for _ in 1...2 {
            guard case .failure = await client(server).trackers(of: id) else {
                Issue.record("an answer that is no list was taken for one")
                continue
            }
        }
        await server.fail("torrents/export", with: .answer(500, "oops"))
        guard case .failure = await client(server).metainfo(of: id) else {
            Issue.record("a refused export was taken for none")
            return
        }
    }
}
