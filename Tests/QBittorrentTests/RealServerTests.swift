import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

/// Against real servers, named in the environment:
///
/// - `QSPOOL_TEST_SERVER_URLS`: their addresses, with commas between. Without it nothing here runs.
/// - `QSPOOL_TEST_SERVER_USER`, `QSPOOL_TEST_SERVER_PASSWORD`.
/// - `QSPOOL_TEST_SERVER_RESTART`: a command that restarts the server whose port is appended; without it that
///   one test is left out.
///
/// The servers must be throwaway ones. Every test uses torrents of its own and removes them.
@Suite("Real servers", .serialized, .enabled(if: !RealServer.urls.isEmpty))
struct RealServerTests {
    @Test(arguments: RealServer.urls)
    func addsInBatchesAndKnowsThemAgain(url: String) async throws {
        let server = RealServer(url, range: 0x1000)
        try await server.clean()
        let files = (0..<30).map { server.file($0) }
        let magnets = (0..<520).map { server.magnet($0) }
        let sources = Dictionary(uniqueKeysWithValues: (files + magnets).map { ($0.identity, $0.payload) })
        let facts = try await server.client.facts().get()
        let version = try #require(WebAPIVersion(facts.webAPI))
        #expect(facts.version.hasPrefix("v"))

        let before = await server.client.callsMade
        let addition = Addition(
            ownershipTag: "qspool", tags: ["one", "two"], category: "real-c", categoryPath: "/tmp/real-c",
            savePath: "/tmp/real-save", rename: "renamed", sequentialDownload: true, firstLastPiecePrio: true,
            downloadLimit: 10_240, uploadLimit: 20_480, isStopped: true)
        let outcomes = await server.add(files + magnets, addition, sources)
        #expect(outcomes.allSatisfy { $0.result == .acknowledged }, "\(outcomes.map(\.word))")
        let made = await server.client.callsMade
        // Category, two calls of magnets, one of files.
        #expect(made.changing - before.changing == 4)

        let torrents = try await server.look(files + magnets) { $0.count == 550 }
        let areTagged = Capabilities(version: version).tagsTravelWithAdd
        for torrent in torrents {
            #expect(torrent.placement.tags == (areTagged ? ["one", "qspool", "two"] : []))
            #expect(torrent.placement.category == "real-c")
            #expect(torrent.placement.savePath == "/tmp/real-save" && !torrent.placement.autoTMM)
            #expect(torrent.name == "renamed")
            #expect(torrent.options.sequentialDownload && torrent.options.firstLastPiecePrio)
            #expect(torrent.options.downloadLimit == 10_240 && torrent.options.uploadLimit == 20_480)
        }
        #expect(try await server.client.listing().get().count >= 350)
        #expect(await server.client.lastListingCost != nil)

        // Again: duplicates are ours by their tag, whatever the answer was.
        let again = await server.add(Array(files.prefix(3) + magnets.prefix(3)), addition, sources)
        #expect(again.allSatisfy { $0.result == .acknowledged }, "\(again.map(\.word))")
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func aBadFileAmongGoodOnesIsFound(url: String) async throws {
        let server = RealServer(url, range: 0x2000)
        try await server.clean()
        let good = (0..<5).map { server.file($0) }
        let bad = (
            identity: server.magnet(9).identity, payload: SourcePayload.metainfo(Array("d4:infod".utf8))
        )
        let all = Array(good.prefix(2)) + [bad] + Array(good.dropFirst(2))
        let sources = Dictionary(uniqueKeysWithValues: all.map { ($0.identity, $0.payload) })
        let outcomes = await server.add(all, Addition(ownershipTag: "qspool", isStopped: true), sources)
        #expect(outcomes.map { $0.result == .acknowledged } == [true, true, false, true, true, true])
        #expect(outcomes[2].word == "correct bad-torrent")
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func changesHaveTheirEffect(url: String) async throws {
        let server = RealServer(url, range: 0x3000)
        try await server.clean()
        let sources = (0..<3).map { server.magnet($0) }
        let addition = Addition(ownershipTag: "qspool", isStopped: true)
        _ = await server.add(
            sources, addition, Dictionary(uniqueKeysWithValues: sources.map { ($0.0, $0.1) }))
        _ = try await server.look(sources) { $0.count == 3 }

        let calls: [Call] = [
            .recategorize("real-new", path: "/tmp/real-new"), .setAutoTMM(false),
            .relocate("/tmp/real-moved"),
            .addTags(["qspool", "x", "y"]), .removeTags(["y"]), .rename("another"),
            .setSequentialDownload(true),
            .setFirstLastPiecePrio(true), .limitDownload(2048), .limitUpload(4096), .start,
        ]
        let outcomes = await server.perform(calls, on: sources)
        #expect(outcomes.allSatisfy { $0.result == .acknowledged }, "\(outcomes.map(\.word))")
        let changed = try await server.look(sources) { torrents in
            torrents.allSatisfy {
                !$0.state.isStopped && $0.options.downloadLimit == 2048 && $0.options.sequentialDownload
                    && $0.placement.savePath == "/tmp/real-moved" && $0.options.firstLastPiecePrio
            }
        }
        for torrent in changed {
            #expect(torrent.placement.category == "real-new")
            #expect(torrent.placement.tags == ["qspool", "x"])
            #expect(torrent.name == "another" && torrent.options.uploadLimit == 4096)
            #expect(torrent.options.sequentialDownload && torrent.options.firstLastPiecePrio)
        }

        let goals = SeedGoals(ratio: .at(2.5), time: .at(90), inactiveTime: .unlimited)
        let limited = await server.perform([.limitSeeding(goals)], on: sources)
        #expect(limited.allSatisfy { $0.result == .acknowledged }, "\(limited.map(\.word))")
        let back = await server.perform(
            [
                .stop, .setSequentialDownload(true), .recategorize("", path: nil), .limitDownload(0),
                .recategorize("a//b", path: nil),
            ], on: sources)
        #expect(Set(back.prefix(3).map(\.word)) == ["acknowledged"])
        #expect(
            back.filter { $0.action.call == .setSequentialDownload(true) }.allSatisfy { $0.word == "skipped" }
        )
        #expect(back.suffix(3).allSatisfy { $0.word == "correct bad-category" }, "\(back.map(\.word))")
        _ = try await server.look(sources) { torrents in
            torrents.allSatisfy {
                $0.state.isStopped && $0.options.ratioLimit == 2.5 && $0.options.seedingTimeLimit == 90
                    && $0.placement.category.isEmpty && $0.options.downloadLimit == 0
            }
        }
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func onlyOursIsPruned(url: String) async throws {
        let server = RealServer(url, range: 0x4000)
        try await server.clean()
        let ours = (0..<2).map { server.file($0) }
        let foreign = (5..<7).map { server.magnet($0) }
        let addition = Addition(ownershipTag: "qspool", isStopped: true)
        _ = await server.add(ours, addition, Dictionary(uniqueKeysWithValues: ours.map { ($0.0, $0.1) }))
        _ = await server.perform([.addTags(["qspool"])], on: ours)
        _ = await server.add(
            foreign, Addition(ownershipTag: "somebody", isStopped: true),
            Dictionary(uniqueKeysWithValues: foreign.map { ($0.0, $0.1) }))
        _ = try await server.look(ours + foreign) { $0.count == 4 }

        let gone = server.magnet(8)
        let outcomes = await server.perform([.prune(ifTagged: "qspool")], on: ours + foreign + [gone])
        #expect(outcomes.map(\.word) == ["acknowledged", "acknowledged", "skipped", "skipped", "skipped"])
        let left = try await server.look(ours + foreign) { $0.count == 2 }
        #expect(Set(left.map(\.id)) == Set(foreign.map(\.identity.preferredID)))
        try await server.clean()
    }

    @Test(arguments: RealServer.urls)
    func aLostSessionIsRenewedOnce(url: String) async throws {
        let server = RealServer(url, range: 0x5000)
        _ = try await server.client.listing().get()
        #expect(await !server.client.hasRestartedSinceLastListing)
        let kept = try #require(server.notes.sessions.last ?? nil)
        _ = await server.client.connection.call(.change("auth/logout", []))

        // The next process has the cookie of a session that is no more.
        let next = RealServer(url, range: 0x5000, kept: kept)
        _ = try await next.client.listing().get()
        #expect(await next.client.hasRestartedSinceLastListing)
        #expect(next.notes.sessions.count == 1)
        _ = try await server.client.listing().get()
        #expect(server.notes.sessions.compactMap { $0 }.count == 2)
    }

    @Test(.enabled(if: RealServer.restartCommand != nil), arguments: RealServer.urls)
    func aRestartIsNoticed(url: String) async throws {
        let server = RealServer(url, range: 0x6000)
        _ = try await server.client.listing().get()
        RealServer.restart(url)
        _ = try await server.client.listing().get()
        #expect(await server.client.hasRestartedSinceLastListing)
    }

    @Test(arguments: RealServer.urls)
    func anAPIKeyNeedsNoLogin(url: String) async throws {
        let server = RealServer(url, range: 0x9000)
        let version = try #require(WebAPIVersion(try await server.client.facts().get().webAPI))
        guard Capabilities(version: version).hasAPIKeys else { return }
        let answer = try await server.client.connection.call(.change("app/rotateAPIKey", [])).get()
        let key = try #require(
            String(decoding: answer.body, as: UTF8.self).split(separator: "\"").dropFirst(3).first)
        let good = RealServer(url, range: 0x9000, apiKey: String(key))
        _ = try await good.client.facts().get()
        _ = try await good.client.listing().get()
        _ = try await good.client.listing().get()
        #expect(await !good.client.hasRestartedSinceLastListing)
        let made = await good.client.callsMade
        #expect(made.changing == 0 && good.notes.sessions.isEmpty)

        let bad = RealServer(url, range: 0x9000, apiKey: "qbt_wrong")
        for _ in 1...2 {
            guard case .failure(let trouble) = await bad.client.listing() else {
                Issue.record("a wrong key opens nothing")
                return
            }
            #expect(trouble.kind == .credentials)
        }
        #expect(await bad.client.callsMade.reading == 1)
    }

    @Test(arguments: RealServer.urls)
    func wrongCredentialsAreToldApart(url: String) async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let client = Sample.client(transport, password: "certainly wrong", url: url)
        guard case .failure(let trouble) = await client.listing() else {
            Issue.record("a wrong password opens nothing")
            return
        }
        #expect(trouble.kind == .credentials)
        #expect(!trouble.message.contains("certainly wrong"))
        // A success clears the server's count of failures.
        _ = try await RealServer(url, range: 0x7000).client.listing().get()
    }

    @Test(arguments: RealServer.urls)
    func checkFindsNothingWrong(url: String) async throws {
        let findings = await RealServer(url, range: 0x8000).client.check()
        #expect(findings.contains { $0.message.contains("Web API") })
        #expect(!findings.contains { $0.level == .error }, "\(findings)")
    }
}
