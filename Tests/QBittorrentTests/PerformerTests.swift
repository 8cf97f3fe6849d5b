import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

@Suite("Changes at a server")
struct PerformerTests {
    @Test("many adds, few calls; the tag travels along", arguments: ["4.5.2", "5.1.0", "5.3.0"])
    func addsMany(version: String) async {
        let server = FakeQBittorrent(version)
        let actions = (1...700).map { Sample.add($0, Addition(ownershipTag: "qspool", isStopped: true)) }
        let outcomes = await Sample.client(server).perform(actions, payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.action) == actions)
        #expect(outcomes.allSatisfy { $0.result == .acknowledged })
        #expect(await server.calls("torrents/add").count == 2)
        let items = await server.items
        #expect(items.count == 700 && items.values.allSatisfy { $0.tags == ["qspool"] && $0.isStopped })
        #expect(await server.calls("torrents/info").isEmpty)
    }

    @Test func filesAndMagnetsGoSeparately() async {
        let server = FakeQBittorrent()
        let outcomes = await Sample.client(server).perform(
            (1...6).map { Sample.add($0) },
            payload: { $0.preferredID < Sample.id(4) ? Sample.file($0) : Sample.magnet($0) })
        #expect(outcomes.allSatisfy { $0.result == .acknowledged })
        let calls = await server.calls("torrents/add")
        #expect(calls.map(\.fileNames.count) == [0, 3])
        #expect(calls.last?.fileNames.first == Sample.hash(1) + ".torrent")
        #expect(calls.allSatisfy { $0.isMutating && $0.isPost })
    }

    @Test("one bad file is found, and the others do not suffer", arguments: Fixture.mainVersions)
    func badFile(version: String) async {
        let server = FakeQBittorrent(version)
        await server.set { $0.badFiles = [Sample.hash(3)] }
        let outcomes = await Sample.client(server).perform(
            (1...6).map { Sample.add($0) }, payload: { Sample.file($0) })
        #expect(outcomes[2].word == "correct bad-torrent")
        #expect(outcomes.filter { $0.result == .acknowledged }.count == 5)
        #expect(await server.items.count == 5)
    }

    @Test("a refusal among several, and alone")
    func refusals() async {
        let server = FakeQBittorrent("5.3.0")
        await server.set { $0.garbage = [Sample.hash(2)] }
        let client = Sample.client(server)
        let several = await client.perform((1...3).map { Sample.add($0) }, payload: { Sample.magnet($0) })
        #expect(several.map(\.word) == ["acknowledged", "retry conflict", "acknowledged"])
        let alone = await client.perform([Sample.add(2)], payload: { Sample.magnet($0) })
        #expect(alone.map(\.word) == ["retry conflict"])

        let old = FakeQBittorrent("4.5.2")
        await old.set { $0.garbage = [Sample.hash(2)] }
        let single = await Sample.client(old).perform([Sample.add(2)], payload: { Sample.magnet($0) })
        #expect(single.map(\.word) == ["retry conflict"])
    }

    @Test func aDuplicateIsOursOnlyWithOurTag() async {
        let server = FakeQBittorrent("5.3.0")
        await server.put(Sample.hash(1), .init(tags: ["qspool"]))
        await server.put(Sample.hash(2), .init(tags: ["somebody"]))
        let outcomes = await Sample.client(server).perform(
            (1...2).map { Sample.add($0) }, payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["acknowledged", "retry conflict"])
        #expect(await server.items[Sample.hash(2)]?.tags == ["somebody"])
    }

    @Test func anAddWithoutAnswerIsUnknownAndNotRepeated() async {
        let server = FakeQBittorrent()
        await server.fail("torrents/add", with: .lostAnswer(.timeout))
        let other = Sample.add(2, Addition(ownershipTag: "qspool", category: "x"))
        let outcomes = await Sample.client(server).perform(
            [Sample.add(1), other], payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["unknown timeout", "abandon timeout"])
        #expect(await server.calls("torrents/add").count == 1)
        #expect(await server.items.count == 1)
    }

    @Test func aCutConnectionEndsOneCallAndNotThePass() async {
        let server = FakeQBittorrent()
        await server.fail("torrents/add", with: .lostAnswer(.truncated))
        let other = Sample.add(2, Addition(ownershipTag: "qspool", category: "x"))
        let outcomes = await Sample.client(server).perform(
            [Sample.add(1), other], payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["unknown cut-off", "acknowledged"])
    }

    @Test func nothingSentIsNothingDone() async {
        let server = FakeQBittorrent()
        await server.fail("torrents/add", with: .error(.refused, nothingWasSent: true))
        let outcomes = await Sample.client(server).perform(
            [Sample.add(1), Sample.change(2, .stop)], payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["retry refused", "abandon refused"])
        #expect(await server.calls("torrents/stop").isEmpty)
    }

    @Test func anUnreachableServerEndsEverything() async {
        let server = FakeQBittorrent()
        await server.fail("app/webapiVersion", with: .error(.refused, nothingWasSent: true))
        let outcomes = await Sample.client(server).perform(
            [Sample.add(1), Sample.change(2, .stop)], payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["abandon unreachable", "abandon unreachable"])
    }

    @Test func whatCannotBeSentIsSaidAndTheRestIsSent() async {
        struct Broken: Error {}
        let server = FakeQBittorrent()
        let outcomes = await Sample.client(server).perform(
            (1...4).map { Sample.add($0) },
            payload: { identity in
                switch identity.preferredID {
                case Sample.id(1): throw Broken()
                case Sample.id(2): return nil
                case Sample.id(3): return .magnet("/etc/passwd")
                default: return Sample.magnet(identity)
                }
            })
        #expect(
            outcomes.map(\.word) == [
                "retry no-payload", "retry no-payload", "correct bad-magnet", "acknowledged",
            ])
        #expect(await server.calls("torrents/add").map { $0.fields["urls"]?.hasPrefix("magnet:?") } == [true])
    }

    @Test("stop and start in the server's words", arguments: Fixture.versions)
    func stopAndStart(version: String) async {
        let server = FakeQBittorrent(version)
        await server.put(Sample.hash(1))
        await server.put(Sample.hash(2), .init(isStopped: true))
        let outcomes = await Sample.client(server).perform(
            [Sample.change(1, .stop), Sample.change(2, .start)], payload: { _ in nil })
        #expect(outcomes.allSatisfy { $0.result == .acknowledged })
        #expect(await server.items[Sample.hash(1)]?.isStopped == true)
        #expect(await server.items[Sample.hash(2)]?.isStopped == false)
    }

    @Test func aToggleIsReadFirst() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        await server.put(Sample.hash(2), .init(isSequential: true))
        let outcomes = await Sample.client(server).perform(
            (1...3).map { Sample.change($0, .setSequentialDownload(true)) }, payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["acknowledged", "skipped", "skipped"])
        #expect(await server.items.values.allSatisfy { $0.isSequential })
        #expect(
            await server.calls("torrents/toggleSequentialDownload").map { $0.fields["hashes"] } == [
                Sample.hash(1)
            ])
    }

    @Test func onlyWhatCarriesTheTagIsPrunedAndNeverItsData() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1), .init(tags: ["qspool", "x"]))
        await server.put(Sample.hash(2), .init(tags: ["qspool-adopted"]))
        await server.put(Sample.hash(4))
        let outcomes = await Sample.client(server).perform(
            (1...3).map { Sample.change($0, .prune(ifTagged: "qspool")) }, payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["acknowledged", "skipped", "skipped"])
        let deletes = await server.calls("torrents/delete")
        #expect(deletes.map { $0.fields["hashes"] } == [Sample.hash(1)])
        #expect(deletes.map { $0.fields["deleteFiles"] } == ["false"])
        #expect(await Set(server.items.keys) == [Sample.hash(2), Sample.hash(4)])
    }

    @Test func noCallIsMadeForNobody() async throws {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        let client = Sample.client(server)
        #expect(try await client.look(at: []).get().isEmpty)
        #expect(await client.perform([], payload: { _ in nil }).isEmpty)
        #expect(await server.asked.isEmpty)
        // All pruning objected to: no delete with an empty list.
        _ = await client.perform([Sample.change(1, .prune(ifTagged: "qspool"))], payload: { _ in nil })
        #expect(await server.calls("torrents/delete").isEmpty)
        for call in await server.asked where call.fields["hashes"] != nil {
            #expect(call.fields["hashes"]?.isEmpty == false && call.fields["hashes"] != "all")
        }
    }

    @Test func aServerThatIgnoresTheFilterIsFilteredHere() async throws {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        await server.put(Sample.hash(2))
        await server.fail(
            "torrents/info",
            with: .answer(200, "[{\"hash\":\"\(Sample.hash(1))\"},{\"hash\":\"\(Sample.hash(2))\"}]"))
        #expect(try await Sample.client(server).look(at: [Sample.id(2)]).get().map(\.id) == [Sample.id(2)])
    }

    @Test func aCategoryIsCreatedWithItsPathAndOnlyOnce() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        let addition = Addition(ownershipTag: "qspool", category: "new", categoryPath: "/new")
        let outcomes = await Sample.client(server).perform(
            [
                Sample.change(1, .recategorize("plain", path: nil)), Sample.add(2, addition),
                Sample.change(3, .recategorize("a//b", path: nil)),
            ], payload: { Sample.magnet($0) })
        #expect(outcomes.map(\.word) == ["acknowledged", "acknowledged", "acknowledged"])
        let created = await server.calls("torrents/createCategory")
        #expect(created.map { $0.fields["category"] } == ["plain", "new"])
        #expect(created.map { $0.fields["savePath"] } == ["", "/new"])
        await server.put(Sample.hash(3))
        let bad = await Sample.client(server).perform(
            [Sample.change(3, .recategorize("a//b", path: nil))], payload: { _ in nil })
        #expect(bad.map(\.word) == ["correct bad-category"])
    }

    @Test func tagsAreNeverTakenOffWholesale() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1), .init(tags: ["a", "b"]))
        let outcomes = await Sample.client(server).perform(
            [
                Sample.change(1, .removeTags([])), Sample.change(1, .addTags(["a,b"])),
                Sample.change(1, .removeTags(["b"])),
            ], payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["skipped", "correct bad-tag", "acknowledged"])
        #expect(await server.items[Sample.hash(1)]?.tags == ["a"])
    }

    @Test func aRefusedPathIsAboutThePathAndNotTheSession() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        await server.fail("torrents/setLocation", with: .answer(403, "Cannot write to directory"))
        let outcomes = await Sample.client(server).perform(
            [Sample.change(1, .relocate("/root")), Sample.change(1, .start)], payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["retry bad-path", "acknowledged"])
        #expect(await server.calls("auth/login").count == 1)
    }

    @Test func callsAreCounted() async {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1))
        let client = Sample.client(server)
        _ = await client.perform([Sample.change(1, .stop)], payload: { _ in nil })
        let made = await client.callsMade
        #expect(made.changing == 1)
        #expect(made.reading == 4, "probe, login, two for the version")
    }
}
