import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

/// The less usual fields against real servers; see ``RealServerTests``.
@Suite("Real servers, the less usual fields", .serialized, .enabled(if: !RealServer.urls.isEmpty))
struct RealServerFieldTests {
    private func added(
        _ server: RealServer, _ sources: [RealServer.Source], _ addition: Addition
    ) async throws {
        try await server.clean()
        let payloads = Dictionary(uniqueKeysWithValues: sources.map { ($0.identity, $0.payload) })
        let outcomes = await server.add(sources, addition, payloads)
        #expect(outcomes.allSatisfy { $0.result == .acknowledged }, "\(outcomes.map(\.word))")
        _ = try await server.look(sources) { torrents in
            torrents.count == sources.count && !torrents.contains { $0.state.isInTransit }
        }
    }

    private func capabilities(_ server: RealServer) async throws -> Capabilities {
        let facts = try await server.client.facts().get()
        return Capabilities(version: try #require(WebAPIVersion(facts.webAPI)))
    }

    @Test(arguments: RealServer.urls)
    func theAddTakesItsOptions(url: String) async throws {
        let server = RealServer(url, range: 0xA000)
        let can = try await capabilities(server)
        let source = server.folder(0)
        try await added(
            server, [source],
            Addition(
                ownershipTag: "qspool", savePath: "/tmp/real-fields", isStopped: true,
                options: Addition.Options(
                    downloadPath: "/tmp/real-part", contentLayout: .noSubfolder, queue: .bottom)))
        #expect(
            try await server.files(of: source).keys.sorted() == [
                "a/sample.mkv", "a/video.mkv", "readme.txt",
            ])
        let torrent = try #require(try await server.look([source]) { $0.count == 1 }.first)
        #expect(torrent.placement.downloadPath == (can.hasDownloadPath ? "/tmp/real-part" : nil))
        #expect(torrent.placement.savePath == "/tmp/real-fields" && !torrent.placement.autoTMM)
        #expect(torrent.hasMetadata && torrent.state == .stoppedDL)
        #expect((torrent.counters.seedingSeconds != nil) == can.hasDownloadPath)
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func layoutsAreKept(url: String) async throws {
        let server = RealServer(url, range: 0xA400)
        let can = try await capabilities(server)
        let single = server.file(0)
        try await added(
            server, [single],
            Addition(
                ownershipTag: "qspool", isStopped: true,
                options: Addition.Options(contentLayout: .subfolder)))
        let names = try await server.files(of: single).keys.sorted()
        #expect(names.allSatisfy { $0.contains("/") } == can.hasContentLayout, "\(names)")
        let folder = server.folder(0)
        try await added(
            server, [folder],
            Addition(
                ownershipTag: "qspool", isStopped: true, options: Addition.Options(contentLayout: .original)))
        #expect(try await server.files(of: folder).keys.allSatisfy { $0.hasPrefix("real-") })
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func changesHaveTheirEffect(url: String) async throws {
        let server = RealServer(url, range: 0xA800)
        let can = try await capabilities(server)
        let sources = [server.folder(0), server.folder(1)]
        try await added(server, sources, Addition(ownershipTag: "qspool", isStopped: true))

        var calls: [Call] = [.setForceStart(true), .setSuperSeeding(true)]
        if can.hasDownloadPath { calls.append(.setDownloadPath("/tmp/real-part2")) }
        let outcomes = await server.perform(calls, on: sources)
        #expect(outcomes.allSatisfy { $0.result == .acknowledged }, "\(outcomes.map(\.word))")
        _ = try await server.look(sources) { torrents in
            torrents.allSatisfy {
                $0.options.forceStart && $0.options.superSeeding && !$0.state.isStopped
                    && (!can.hasDownloadPath || $0.placement.downloadPath == "/tmp/real-part2")
            }
        }
        // A stop ends a forced start; a value of it, either, would start it again.
        var back: [Call] = [.setSuperSeeding(false), .stop]
        if can.hasDownloadPath { back.append(.setDownloadPath("")) }
        _ = await server.perform(back, on: sources)
        _ = try await server.look(sources) { torrents in
            torrents.allSatisfy {
                !$0.options.forceStart && !$0.options.superSeeding && $0.state.isStopped
                    && (!can.hasDownloadPath || $0.value(of: .downloadPath) == .text(""))
            }
        }
        _ = await server.perform([.setForceStart(false)], on: sources)
        _ = try await server.look(sources) { torrents in torrents.allSatisfy { !$0.state.isStopped } }
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func limitsAreSetAndUnsetPartsStay(url: String) async throws {
        let server = RealServer(url, range: 0xAC00)
        let source = server.folder(0)
        try await added(server, [source], Addition(ownershipTag: "qspool", isStopped: true))
        let first = SeedGoals(ratio: .at(1.237), time: .at(100), inactiveTime: .at(30))
        let second = SeedGoals(time: .unlimited)
        let most = SeedGoals(ratio: .at(50_000), time: .at(9_000_000))
        for (goals, ratio, minutes) in [
            (first, 1.237, Int64(100)), (second, 1.237, -1), (most, 9_999, 525_600),
        ] {
            let outcomes = await server.perform([.limitSeeding(goals)], on: [source])
            #expect(outcomes.map(\.word) == ["acknowledged"])
            let seen = try await server.look([source]) { torrents in
                torrents.allSatisfy {
                    abs($0.options.ratioLimit - ratio) < 0.001 && $0.options.seedingTimeLimit == minutes
                }
            }
            #expect(seen.allSatisfy { ($0.options.inactiveSeedingTimeLimit ?? 30) == 30 })
        }
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func noLimitIsSetWhereItWouldRemove(url: String) async throws {
        let server = RealServer(url, range: 0xB000)
        let can = try await capabilities(server)
        let source = server.folder(0)
        try await added(server, [source], Addition(ownershipTag: "qspool", isStopped: true))
        try await server.set("{\"max_ratio_act\":1}")
        let outcomes = await server.perform([.limitSeeding(SeedGoals(ratio: .at(2)))], on: [source])
        let facts = try await server.client.facts().get()
        try await server.set("{\"max_ratio_act\":0}")
        let isSafe = can.hasShareLimitAction
        #expect(outcomes.map(\.word) == [isSafe ? "acknowledged" : "retry removes-at-limit"])
        #expect(facts.unsupported.contains(.seed) == !isSafe)
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func filesAreChosenBeforeTheStart(url: String) async throws {
        let server = RealServer(url, range: 0xB400)
        let source = server.folder(0)
        try await added(server, [source], Addition(ownershipTag: "qspool", awaitsSelection: true))
        let stopped = try await server.look([source]) { $0.allSatisfy { $0.state == .stoppedDL } }
        #expect(stopped.allSatisfy { $0.counters.downloaded == 0 })

        let films = FileSelection(include: ["*.mkv"], exclude: ["a/sample*"])
        let chosen = await server.perform([.selectFiles(films), .start], on: [source])
        #expect(chosen.map(\.word) == ["acknowledged", "acknowledged"])
        let names = try await server.files(of: source).filter { $0.value > 0 }.keys
        #expect(names.sorted().map { $0.split(separator: "/").last } == ["video.mkv"])
        let running = try await server.look([source]) { torrents in
            // In whole pieces.
            torrents.allSatisfy { !$0.state.isStopped && $0.counters.size == 49_152 }
        }
        #expect(running.allSatisfy { $0.hasMetadata })

        // 4.2.5 shows what is not wanted elsewhere: chosen again it is found under its own path.
        let others = FileSelection(include: ["a/sample.mkv", "/readme.txt"])
        let again = await server.perform([.selectFiles(others)], on: [source])
        #expect(again.map(\.word) == ["acknowledged"])
        #expect(try await server.files(of: source).filter { $0.value > 0 }.count == 2)
        let none = await server.perform([.selectFiles(FileSelection(include: ["*.flac"]))], on: [source])
        #expect(none.map(\.word) == ["correct no-files"])
        #expect(try await server.files(of: source).filter { $0.value > 0 }.count == 2)
        let magnet = server.magnet(0)
        try await added(server, [magnet], Addition(ownershipTag: "qspool", awaitsSelection: true))
        let early = await server.perform([.selectFiles(films)], on: [magnet, server.magnet(1)])
        #expect(early.map(\.word) == ["retry no-metadata", "skipped"])
        let waiting = try await server.look([magnet]) { $0.count == 1 }
        #expect(waiting.allSatisfy { !$0.state.isStopped && !$0.hasMetadata })
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func aPlaceInTheQueueIsTaken(url: String) async throws {
        let server = RealServer(url, range: 0xB800)
        let source = server.folder(0)
        try await added(server, [source], Addition(ownershipTag: "qspool", isStopped: true))
        let without = await server.perform([.enqueue(.top)], on: [source])
        #expect(without.map(\.word) == ["acknowledged"], "no queue: nothing to be moved in")
        try await server.set("{\"queueing_enabled\":true}")
        let with = await server.perform([.enqueue(.top), .enqueue(.bottom)], on: [source])
        try await server.set("{\"queueing_enabled\":false}")
        #expect(with.map(\.word) == ["acknowledged", "acknowledged"])
        try await server.clean()
    }
}
