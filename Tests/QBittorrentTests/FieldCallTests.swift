import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

@Suite("The less usual fields at a server")
struct FieldCallTests {
    private static let movie = [
        FakeQBittorrent.File(name: "Film/film.mkv"), .init(name: "Film/Sample/film.sample.mkv"),
        .init(name: "Film/readme.txt", priority: 0),
    ]

    private static func selection(
        include: [String] = [], exclude: [String] = []
    ) -> Call { .selectFiles(FileSelection(include: include, exclude: exclude)) }

    @Test("switches, each in one call for all", arguments: Fixture.versions)
    func switches(version: String) async {
        let server = FakeQBittorrent(version)
        for number in 1...2 { await server.put(Sample.hash(number)) }
        let calls: [Call] = [.setForceStart(true), .setSuperSeeding(true), .setDownloadPath("/part")]
        let outcomes = await Sample.client(server).perform(
            calls.flatMap { call in (1...2).map { Sample.change($0, call) } }, payload: { _ in nil })
        #expect(outcomes.allSatisfy { $0.result == .acknowledged }, "\(outcomes.map(\.word))")
        let items = await server.items.values
        #expect(items.allSatisfy { $0.isForced && $0.isSuperSeeding && $0.downloadPath == "/part" })
        // The one call that names its torrents by another word.
        let paths = await server.calls("torrents/setDownloadPath")
        #expect(paths.map { $0.fields["id"] } == [Sample.hash(1) + "|" + Sample.hash(2)])
        let off = await Sample.client(server).perform(
            [Sample.change(1, .setForceStart(false)), Sample.change(1, .setSuperSeeding(false))],
            payload: { _ in nil })
        #expect(off.allSatisfy { $0.result == .acknowledged })
        #expect(await server.items[Sample.hash(1)]?.isForced == false)
        #expect(await server.items[Sample.hash(1)]?.isSuperSeeding == false)
    }

    @Test func aPathThatCannotBeMadeIsSaidToBeOne() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        await server.fail("torrents/setDownloadPath", with: .answer(409, "Cannot create target directory"))
        let outcomes = await Sample.client(server).perform(
            [Sample.change(1, .setDownloadPath("/proc/x"))], payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["retry bad-path"])
    }

    // MARK: Limits

    @Test func allFiveShareLimitsAreSentAndUnsetPartsStay() async {
        let server = FakeQBittorrent("5.3.0")
        await server.put(Sample.hash(1))
        await server.put(
            Sample.hash(2),
            .init(limits: ["ratio_limit": "3.5", "seeding_time_limit": "60"]))
        let goals = SeedGoals(ratio: nil, time: .at(90), inactiveTime: .unlimited, then: .remove)
        let outcomes = await Sample.client(server).perform(
            (1...3).map { Sample.change($0, .limitSeeding(goals)) }, payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["acknowledged", "acknowledged", "skipped"])
        let calls = await server.calls("torrents/setShareLimits").map(\.fields)
        let common = [
            "seedingTimeLimit": "90", "inactiveSeedingTimeLimit": "-1", "shareLimitAction": "Stop",
            "shareLimitsMode": "Default",
        ]
        #expect(
            calls == [
                common.merging(["hashes": Sample.hash(1), "ratioLimit": "-2.0"]) { $1 },
                common.merging(["hashes": Sample.hash(2), "ratioLimit": "3.5"]) { $1 },
            ])
        #expect(await server.calls("app/preferences").isEmpty, "limits have an action of their own there")
    }

    @Test("no limit is set where reaching it would remove the torrent", arguments: ["4.5.2", "5.1.0"])
    func removingServers(version: String) async throws {
        let server = FakeQBittorrent(version)
        await server.put(Sample.hash(1))
        let client = Sample.client(server)
        #expect(try await client.facts().get().unsupported.isEmpty)
        // Somebody changes the setting after it was asked for.
        await server.set { $0.shareLimitAction = 3 }
        let goals = SeedGoals(ratio: .at(2))
        let refused = await client.perform(
            [Sample.change(1, .limitSeeding(goals))], payload: { _ in nil })
        #expect(refused.map(\.word) == ["retry removes-at-limit"])
        #expect(await server.calls("torrents/setShareLimits").isEmpty)
        #expect(await client.needsFacts)
        #expect(try await client.facts().get().unsupported == [.seed])
        #expect(await !client.needsFacts)
        await server.set { $0.shareLimitAction = 0 }
        let set = await client.perform([Sample.change(1, .limitSeeding(goals))], payload: { _ in nil })
        #expect(set.map(\.word) == ["acknowledged"])
        #expect(await server.items[Sample.hash(1)]?.limits["ratio_limit"] == "2.0")
    }

    @Test func aServerThatDoesNotTellItsActionCountsAsRemoving() async throws {
        let server = FakeQBittorrent("4.5.2")
        await server.fail("app/preferences", with: .answer(500, ""))
        #expect(try await Sample.client(server).facts().get().unsupported == [.seed])
    }

    @Test("facts by version", arguments: zip(Fixture.versions, [[Field.downloadPath], [], [], []]))
    func facts(version: String, unsupported: [Field]) async throws {
        let facts = try await Sample.client(FakeQBittorrent(version)).facts().get()
        #expect(facts.unsupported == Set(unsupported))
        #expect(facts.lacksSubfolders == (version == "4.2.5"))
        #expect(facts.ignoresTagsInAdd == (version == "4.2.5"))
        #expect(facts.ignoresQueueInAdd == version.hasPrefix("4"))
    }

    @Test func aPlaceInTheQueueIsTakenAndWithoutAQueueThereIsNone() async {
        let server = FakeQBittorrent("4.5.2")
        await server.put(Sample.hash(1))
        let client = Sample.client(server)
        let actions = [Sample.change(1, .enqueue(.top)), Sample.change(1, .enqueue(.bottom))]
        let none = await client.perform(actions, payload: { _ in nil })
        #expect(none.map(\.word) == ["acknowledged", "acknowledged"])
        await server.set { $0.isQueueing = true }
        _ = await client.perform(actions, payload: { _ in nil })
        #expect(
            await server.queue == [
                "torrents/topPrio \(Sample.hash(1))", "torrents/bottomPrio \(Sample.hash(1))",
            ])
    }

    // MARK: Files

    @Test("wanted files are taken, others are left", arguments: Fixture.versions)
    func choosesFiles(version: String) async {
        let server = FakeQBittorrent(version)
        await server.put(Sample.hash(1), .init(files: Self.movie))
        let call = Self.selection(include: ["*.mkv", "*.txt"], exclude: ["Sample/"])
        let client = Sample.client(server)
        let outcomes = await client.perform([Sample.change(1, call)], payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["acknowledged"])
        #expect(await server.items[Sample.hash(1)]?.files.map(\.priority) == [1, 0, 1])
        let calls = await server.calls("torrents/filePrio")
        #expect(calls.map { $0.fields["id"] } == ["2", "1"])
        #expect(calls.allSatisfy { $0.isMutating && $0.isPost })
        // As wanted already: nothing is called.
        let again = await client.perform([Sample.change(1, call)], payload: { _ in nil })
        #expect(again.map(\.word) == ["acknowledged"])
        #expect(await server.calls("torrents/filePrio").count == 2)
    }

    @Test func aPersonsOwnPriorityOfAWantedFileStays() async {
        let server = FakeQBittorrent()
        await server.put(
            Sample.hash(1),
            .init(files: [.init(name: "a.mkv", priority: 7), .init(name: "b.txt", priority: 6)]))
        _ = await Sample.client(server).perform(
            [Sample.change(1, Self.selection(include: ["*.mkv"]))], payload: { _ in nil })
        #expect(await server.items[Sample.hash(1)]?.files.map(\.priority) == [7, 0])
    }

    @Test func noFileAtAllIsTheRequestsFaultAndChangesNothing() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1), .init(files: Self.movie))
        let outcomes = await Sample.client(server).perform(
            [Sample.change(1, Self.selection(include: ["*.flac"]))], payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["correct no-files"])
        #expect(await server.calls("torrents/filePrio").isEmpty)
    }

    @Test func withoutMetadataOrTorrentThereIsNothingToChoose() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        let call = Self.selection(include: ["*.mkv"])
        let outcomes = await Sample.client(server).perform(
            [Sample.change(1, call), Sample.change(2, call)], payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["retry no-metadata", "skipped"])
    }

    @Test func aChoiceThatShowsLateIsWaitedForAndOneThatNeverDoesIsNotBelieved() async {
        let late = FakeQBittorrent("4.2.5")
        await late.put(Sample.hash(1), .init(files: Self.movie))
        await late.set { $0.readingsUntilChosen = 4 }
        let call = Self.selection(include: ["*.mkv"])
        let waited = await Sample.client(late).perform([Sample.change(1, call)], payload: { _ in nil })
        #expect(waited.map(\.word) == ["acknowledged"])

        let never = FakeQBittorrent("4.2.5")
        await never.put(Sample.hash(1), .init(files: Self.movie))
        await never.set { $0.readingsUntilChosen = .max }
        let refused = await Sample.client(never).perform(
            [Sample.change(1, Self.selection(include: ["*.txt"]))], payload: { _ in nil })
        #expect(refused.map(\.word) == ["retry not-chosen"])
    }

    @Test func aLostAnswerIsUnknown() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1), .init(files: Self.movie))
        await server.fail("torrents/filePrio", with: .lostAnswer(.timeout))
        let outcomes = await Sample.client(server).perform(
            [Sample.change(1, Self.selection(include: ["*.txt"])), Sample.change(1, .start)],
            payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["unknown timeout", "abandon timeout"])
    }

    @Test(
        "4.2 shows what is not wanted in a folder of its own",
        arguments: [
            ("Film/.unwanted/readme.txt", "Film/*.txt"), ("readme.txt/.unwanted/readme.txt", "/readme.txt"),
            ("Film/Sub/.unwanted/x.srt", "Film/Sub/x.srt"),
        ])
    func unwantedFolder(shown: String, pattern: String) throws {
        let body = Array("[{\"name\":\"\(shown)\",\"priority\":0}]".utf8)
        let matcher = FileSelection(include: [pattern]).matcher
        #expect(try FileList(body, hasUnwantedFolder: true).choice(matcher).wanted == 1)
        #expect(try FileList(body, hasUnwantedFolder: false).choice(matcher).wanted == 0)
    }

    @Test func theTopFolderIsTheOneThatAllLieIn() throws {
        func top(_ names: String...) throws -> String? {
            let files = names.map { "{\"name\":\"\($0)\",\"priority\":1}" }.joined(separator: ",")
            return try FileList(Array("[\(files)]".utf8), hasUnwantedFolder: false).top
        }
        #expect(try top("Film/a.mkv", "Film/b/c.mkv") == "Film")
        #expect(try top("Film/a.mkv", "b.mkv") == nil)
        #expect(try top("a.mkv") == nil)
        #expect(try top("Film/a.mkv", "Other/a.mkv") == nil)
    }
}
