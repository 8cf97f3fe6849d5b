import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

/// Removals that take the data along, call by call.
@Suite("Removals with data, at a server")
struct DataRemovalTests {
    private static let film = FakeQBittorrent.File(name: "film/film.mkv", progress: 0.5)

    /// The torrent that goes, as the server has it.
    private static func own(
        contentPath: String = "/data/film", tags: Set<String> = ["qspool"], savePath: String = "/data"
    ) -> FakeQBittorrent.Item {
        FakeQBittorrent.Item(
            tags: tags, files: [film, .init(name: "film/readme.txt")], savePath: savePath,
            contentPath: contentPath)
    }

    /// This machine sees all that it is asked for.
    private static let seesAll: DataLook = { DataSight(ground: $0 == "/data" ? 7 : 8, seen: Set($1)) }

    /// What the planner calls for when it lets the data of torrent 1 go.
    private static func removal() throws -> Action {
        var subject = SubjectMemory()
        subject.acceptance = Acceptance(
            generation: 1, digest: [1], order: 1, at: Sample.start.wall, identity: Sample.identity(1),
            onDelete: .removeData, labels: [:])
        var following = Following(ownership: .added, id: Sample.id(1), identity: Sample.identity(1))
        following.wasTagged = true
        following.data.trace = DataTrace(
            places: [DataTrace.Place(directory: "/data", ground: 7, names: .free(["film"]))],
            firstCheck: .nothing)
        subject.following = following
        subject.withdrawal = Withdrawal(since: Sample.start, isSaidByPerson: true)
        var memory = Memory()
        memory.remember(subject, for: Sample.key(1))
        let torrent = Torrent(
            id: Sample.id(1), identity: Sample.identity(1),
            placement: Torrent.Placement(savePath: "/data", tags: ["qspool"]),
            counters: Torrent.Counters(progress: 0.5, size: 100, amountLeft: 50, downloaded: 50))
        let plan = Planner.plan(
            desired: DesiredState(),
            observed: ObservedState(clients: ["default": ClientPicture(coverage: .full, torrents: [torrent])]
            ),
            memory: memory, rules: Rules(prune: Rules.Prune(allowData: true)), now: Sample.start)
        let action = try #require(plan.actions.first)
        guard case .prune(_, .go?) = action.call else {
            Issue.record("the planner lets nothing go: \(action)")
            return action
        }
        return action
    }

    private func perform(
        _ server: FakeQBittorrent, look: @escaping DataLook = seesAll
    ) async throws -> Outcome {
        let outcomes = await Sample.client(server).perform(
            [try Self.removal()], look: look, payload: { _ in nil })
        return try #require(outcomes.first)
    }

    private func deletions(_ server: FakeQBittorrent) async -> [String] {
        await server.calls("torrents/delete").map {
            "\($0.fields["hashes"] ?? "") \($0.fields["deleteFiles"] ?? "")"
        }
    }

    @Test(
        "One listing, the files, a last look, and then one torrent with its data", arguments: Fixture.versions
    )
    func goes(version: String) async throws {
        let server = FakeQBittorrent(version)
        await server.put(Sample.hash(1), Self.own(contentPath: version == "4.2.5" ? "" : "/data/film"))
        await server.put(Sample.hash(2), .init(files: [.init(name: "other.mkv")], savePath: "/elsewhere"))
        let outcome = try await perform(server)
        #expect(outcome.result == .acknowledged && outcome.parting == .deleted)
        #expect(await deletions(server) == [Sample.hash(1) + " true"])
        let asked = await server.asked.filter { $0.path.hasPrefix("torrents/") }
        #expect(asked.map(\.path) == ["info", "files", "info", "delete"].map { "torrents/" + $0 })
        #expect(asked[0].fields["hashes"] == nil && asked[2].fields["hashes"] == Sample.hash(1))
        #expect(await server.items[Sample.hash(2)] != nil)
    }

    @Test("Another torrent has one of its files: the torrent goes and the data stays")
    func shared() async throws {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1), Self.own())
        await server.put(
            Sample.hash(2),
            .init(
                files: [.init(name: "a.txt"), .init(name: "film/film.mkv")], contentPath: "/data"))
        let outcome = try await perform(server)
        #expect(outcome.result == .acknowledged && outcome.parting == .kept(.shared))
        #expect(await deletions(server) == [Sample.hash(1) + " false"])
    }

    @Test(
        "Only torrents whose content could be the same are asked for their files", arguments: Fixture.versions
    )
    func asksFew(version: String) async throws {
        let server = FakeQBittorrent(version)
        let isTold = version != "4.2.5"
        await server.put(Sample.hash(1), Self.own(contentPath: isTold ? "/data/film" : ""))
        for number in 2...9 {
            await server.put(
                Sample.hash(number),
                .init(
                    files: [.init(name: "n\(number)/x")], contentPath: isTold ? "/data/n\(number)" : ""))
        }
        // A magnet without metadata has no files.
        await server.put(Sample.hash(10))
        let outcome = try await perform(server)
        #expect(outcome.parting == .deleted)
        #expect(await server.calls("torrents/files").count == (isTold ? 1 : 9))
    }

    @Test("What this machine does not see stays")
    func unseen() async throws {
        let looks: [DataLook] = [
            { _, _ in nil }, { DataSight(ground: 9, seen: Set($1)) },
            { _, _ in DataSight(ground: 7, seen: []) },
        ]
        for look in looks {
            let server = FakeQBittorrent()
            await server.put(Sample.hash(1), Self.own())
            let outcome = try await perform(server, look: look)
            #expect(outcome.parting == .kept(.unseen))
            #expect(await deletions(server) == [Sample.hash(1) + " false"])
        }
    }

    @Test("It lies where nobody looked, or has another name: the data stays")
    func elsewhere() async throws {
        let places: [(FakeQBittorrent.Item, DataRule)] = [
            (Self.own(contentPath: "/other/film", savePath: "/other"), .moved),
            (Self.own(contentPath: "/data/incomplete/film"), .moved),
            (
                FakeQBittorrent.Item(
                    tags: ["qspool"], files: [.init(name: "renamed/film.mkv", progress: 1)],
                    contentPath: "/data/renamed"), .existed
            ),
        ]
        for (item, rule) in places {
            let server = FakeQBittorrent()
            await server.put(Sample.hash(1), item)
            let outcome = try await perform(server)
            #expect(outcome.parting == .kept(rule))
            #expect(await deletions(server) == [Sample.hash(1) + " false"])
        }
    }

    @Test("The server does not tell: nothing is removed, and it is tried again")
    func silent() async throws {
        for path in ["torrents/info", "torrents/files"] {
            let server = FakeQBittorrent()
            await server.put(Sample.hash(1), Self.own())
            await server.put(
                Sample.hash(2), .init(files: [.init(name: "film/x")], contentPath: "/data/film"))
            await server.fail(path, with: .answer(500, "not now"))
            let outcome = try await perform(server)
            #expect(outcome.result != .acknowledged && outcome.word != "skipped", "\(path): \(outcome.word)")
            #expect(await deletions(server).isEmpty, "\(path)")
        }
    }

    @Test("What happens between the listing and the call counts")
    func lastLook() async throws {
        let changes = [
            Self.own(tags: ["somebody"]), Self.own(contentPath: "/other/film", savePath: "/other"),
        ]
        for change in changes {
            let server = FakeQBittorrent()
            await server.put(Sample.hash(1), Self.own())
            await server.set { $0.afterFiles = [Sample.hash(1): change] }
            let outcome = try await perform(server)
            #expect(outcome.word == "skipped" && outcome.parting == nil)
            #expect(await deletions(server).isEmpty)
        }
    }

    @Test("A rule that is known before the call is kept to, and said")
    func stays() async throws {
        let server = FakeQBittorrent()
        await server.put(Sample.hash(1), Self.own())
        let call = Call.prune(ifTagged: "qspool", data: .stay(.notAllowed))
        let outcomes = await Sample.client(server).perform(
            [Sample.change(1, call)], look: Self.seesAll, payload: { _ in nil })
        #expect(outcomes.map(\.parting) == [.kept(.notAllowed)])
        #expect(await deletions(server) == [Sample.hash(1) + " false"])
        #expect(await server.calls("torrents/files").isEmpty)
    }
}
