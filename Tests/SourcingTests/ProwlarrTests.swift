import HTTP
import Metainfo
import Reconciliation
import Sourcing
import TestSupport
import Testing

@Suite("Prowlarr")
struct ProwlarrTests {
    static let key = "canarykey0of0prowlarr0012345678"

    private static func release(
        _ content: FakeProwlarr.Release.Content, guid: String = "https://i.example/canary?id=1",
        indexer: Int64 = 3, infoHash: String? = nil
    ) -> FakeProwlarr.Release {
        FakeProwlarr.Release(
            guid: guid, title: "Blade Runner 1982", indexerID: indexer, size: 5, content: content,
            infoHash: infoHash)
    }

    private static func fake(
        _ releases: FakeProwlarr.Release..., urlBase: String = ""
    ) -> FakeProwlarr {
        FakeProwlarr(apiKey: key, urlBase: urlBase, releases: releases)
    }

    private static func desk(_ fake: FakeProwlarr, key: String = key, url: String? = nil) -> Desk {
        Desk(
            allow: [], prowlarr: ProwlarrSettings(url: (url ?? fake.url) + "/", apiKey: Secret(key)))
    }

    private static func search(
        _ desk: Desk, guid: String = "https://i.example/canary?id=1", indexer: Int64 = 3,
        title: String? = "Blade Runner 1982"
    ) async -> Result<FoundSource, SourceFailure> {
        await desk.fetcher.fetch(
            SourceCandidate(.search(guid: guid, indexerID: indexer, title: title), label: "x"))
    }

    private static func failure(
        _ desk: Desk, guid: String = "https://i.example/canary?id=1", indexer: Int64 = 3
    ) async throws -> SourceFailure {
        let failure = try Desk.failure(of: await search(desk, guid: guid, indexer: indexer))
        #expect(!failure.message.contains("canary"), "\(failure.message)")
        return failure
    }

    /// The download link of the release, as a request would hold it.
    private static func link(_ fake: FakeProwlarr, guid: String = "https://i.example/canary?id=1") throws
        -> String
    {
        let json = fake.json(of: guid)
        let start = try #require(json.firstRange(of: "http://127.0.0.1"))
        return String(json[start.lowerBound...].prefix { $0 != "\"" })
    }

    @Test("guid and indexerId are enough: search, link, torrent; never a grab", arguments: ["", "/prowlarr"])
    func torrent(urlBase: String) async throws {
        let fake = Self.fake(
            Self.release(.torrent(Sample.torrent("b")), guid: "other"),
            Self.release(.torrent(Sample.torrent())), urlBase: urlBase)
        let found = try await Self.search(Self.desk(fake)).get()
        #expect(try found.identity == Sample.identity())
        #expect(found.payload == .metainfo(Sample.torrent()))
        #expect(fake.searches.count == 1 && fake.downloads.count == 1 && fake.grabCount == 0)
        #expect(
            fake.searches.first?.hasSuffix(
                "/api/v1/search?query=Blade%20Runner%201982&type=search&indexerIds=3&limit=100&offset=0")
                == true)
        #expect(fake.requests.allSatisfy { $0.header("x-api-key") == Self.key })
        #expect(!(fake.searches.first?.contains(Self.key) ?? true))
    }

    @Test("A link that redirects to a magnet, a link called magnetUrl, a magnet guid, a bare hash")
    func magnets() async throws {
        var linked = Self.release(.magnet(Sample.magnet), guid: "linked")
        linked.isLinkedAsMagnet = true
        let magnetGUID = Sample.magnet
        let fake = Self.fake(
            Self.release(.magnet(Sample.magnet), guid: "redirect", infoHash: Sample.hash.uppercased()),
            linked,
            Self.release(.answer(.text("")), guid: magnetGUID))
        let desk = Self.desk(fake)
        for guid in ["redirect", "linked", magnetGUID] {
            let found = try await Self.search(desk, guid: guid).get()
            #expect(found.identity.description == Sample.hash)
            #expect(found.payload == .magnet(try Magnet(text: Sample.magnet).link()))
            #expect(found.size == 5)
        }
        #expect(fake.downloads.count == 2)
    }

    @Test("When a link can never work, the release's hash still does")
    func fallsBack() async throws {
        let fake = Self.fake(
            Self.release(.answer(FakeProwlarr.error(410, "gone")), infoHash: Sample.hash))
        let found = try await Self.search(Self.desk(fake)).get()
        #expect(found.identity.description == Sample.hash)
        #expect(found.payload == .magnet("magnet:?xt=urn:btih:\(Sample.hash)&dn=Blade%20Runner%201982"))
    }

    @Test("Redirect mode is followed, with no key in hand and by the address rules")
    func redirectMode() async throws {
        let indexer = LoopbackServer { _ in Sample.reply() }
        let fake = Self.fake(Self.release(.redirect(indexer.url + "/dl/1?passkey=canary")))
        #expect(try await Self.failure(Self.desk(fake)).code == "url-not-allowed")
        #expect(indexer.connectionCount == 0)

        let allowing = Desk(
            allow: ["127.0.0.1:\(indexer.port)"],
            prowlarr: ProwlarrSettings(url: fake.url, apiKey: Secret(Self.key)))
        _ = try await Self.search(allowing).get()
        #expect(indexer.received.first?.header("x-api-key") == nil)
        #expect(indexer.received.first?.headers.contains { $0.value.contains(Self.key) } == false)
    }

    @Test("A foreign host cannot point us at Prowlarr, nor have its key")
    func foreignRedirect() async throws {
        let fake = Self.fake(Self.release(.torrent(Sample.torrent())))
        let link = try Self.link(fake)
        let foreign = LoopbackServer { _ in Sample.redirect(302, link) }
        let desk = Desk(
            allow: ["127.0.0.1:\(foreign.port)"],
            prowlarr: ProwlarrSettings(url: fake.url, apiKey: Secret(Self.key)))
        let failure = try await desk.failure(foreign.url)
        #expect(failure.code == "url-not-allowed")
        #expect(fake.requests.isEmpty)
        #expect(foreign.received.allSatisfy { $0.header("x-api-key") == nil })
    }

    @Test("The key goes along with download links alone")
    func keyOnlyForLinks() async throws {
        let fake = Self.fake(Self.release(.torrent(Sample.torrent())))
        let desk = Self.desk(fake)
        let link = try Self.link(fake)
        let bare = link.replacing("apikey=\(Self.key)&", with: "")
        #expect(try await desk.fetch(bare).get().size == 5)
        _ = try await desk.failure(fake.url + "/api/v1/indexer")
        #expect(fake.requests.map { $0.header("x-api-key") } == [Self.key, nil])
    }

    @Test(
        "What a download link answers",
        arguments: [
            (FakeProwlarr.error(400, "Invalid Prowlarr link"), "correctRequest", "http-400"),
            (LoopbackServer.Reply(status: 401), "correctRequest", "http-401"),
            (FakeProwlarr.error(404, "x"), "gone", "http-404"),
            (FakeProwlarr.error(409, "Indexer failed"), "retry", "http-409"),
            (FakeProwlarr.error(410, "Release is no longer available"), "gone", "http-410"),
            (FakeProwlarr.error(410, "Indexer is disabled"), "retry 3600000", "http-410"),
            (
                FakeProwlarr.error(429, "Grab limit reached", headers: [("Retry-After", "7200")]),
                "retry 7200000", "http-429"
            ),
            (FakeProwlarr.error(500, "canarykey0of0prowlarr0012345678 broke"), "retry", "http-500"),
            (LoopbackServer.Reply(body: Array("<html>Login</html>".utf8)), "correctRequest", "url-failed"),
        ])
    func links(reply: LoopbackServer.Reply, remedy: String, code: String) async throws {
        let fake = Self.fake(Self.release(.answer(reply)))
        let failure = try await Self.desk(fake).failure(Self.link(fake))
        #expect(failure.remedyText == remedy && failure.code == code, "\(failure)")
        #expect(!failure.message.contains("canary"), "\(failure.message)")
    }

    @Test("A stored link is good for half an hour; a search makes a fresh one")
    func expiry() async throws {
        let fake = Self.fake(Self.release(.torrent(Sample.torrent())))
        let desk = Self.desk(fake)
        let link = try Self.link(fake)
        #expect(try await desk.fetch(link).get().size == 5)
        fake.advance(seconds: 1_801)
        #expect(try await desk.failure(link).remedy == .gone)
        #expect(try await Self.search(desk).get().size == 5)
        fake.forget()
        #expect(try await desk.failure(link).remedy == .gone)
    }

    @Test("An indexer that wants to be left alone says nothing about another one")
    func indexers() async throws {
        let fake = Self.fake(
            Self.release(.torrent(Sample.torrent()), guid: "a", indexer: 1),
            Self.release(.torrent(Sample.torrent("b")), guid: "b", indexer: 2))
        fake.answerDownloads(
            of: 1, with: FakeProwlarr.error(429, "Grab limit", headers: [("Retry-After", "600")]))
        let desk = Self.desk(fake)
        #expect(try await Self.failure(desk, guid: "a", indexer: 1).code == "http-429")
        #expect(try await Self.failure(desk, guid: "a", indexer: 1).code == "busy")
        #expect(try await Self.search(desk, guid: "b", indexer: 2).get().size == 5)
        #expect(fake.searches.count == 2)
    }

    @Test(
        "What a search answers",
        arguments: [
            (LoopbackServer.Reply.text("[]"), "retry", "not-found"),
            (.text("[{\"guid\": \"x\"}, {\"guid\": 5, \"indexerId\": []}]"), "retry", "not-found"),
            (
                .text("[{\"guid\": \"https://i.example/canary?id=1\", \"indexerId\": 4}]"), "retry",
                "not-found"
            ),
            (
                .text("[{\"guid\": \"https://i.example/canary?id=1\", \"size\": \"big\"}]"), "retry",
                "url-failed"
            ),
            (
                .text("[{\"guid\": \"https://i.example/canary?id=1\", \"protocol\": \"usenet\"}]"),
                "correctRequest", "usenet"
            ),
            (.text("[{\"guid\": \"x\"}, {\"gu"), "retry", "url-failed"),
            (.text("{\"message\": \"canarykey0of0prowlarr0012345678\"}"), "retry", "url-failed"),
            (.text("<!DOCTYPE html>"), "retry 900000", "not-prowlarr"),
            (.text("{\"message\": \"no such indexer\"}", status: 400), "retry", "http-400"),
            (.text("", status: 401), "retry 900000", "credentials"),
            (.text("", status: 404), "retry 900000", "not-prowlarr"),
            (Sample.redirect(302, "/login"), "retry 900000", "not-prowlarr"),
            (.text("", status: 409), "retry", "http-409"),
            (.init(status: 429, headers: [("Retry-After", "30")]), "retry 30000", "http-429"),
            (.text("<html>canarykey0of0prowlarr0012345678", status: 503), "retry", "http-503"),
            (.drop, "retry", "cut-off"),
        ])
    func searches(reply: LoopbackServer.Reply, remedy: String, code: String) async throws {
        let fake = Self.fake(Self.release(.torrent(Sample.torrent())))
        fake.answerSearches(with: reply)
        let failure = try await Self.failure(Self.desk(fake))
        #expect(failure.remedyText == remedy && failure.code == code, "\(failure)")
    }

    @Test("The hash that the search tells must be that of the torrent")
    func mismatch() async throws {
        let other = try Sample.identity("other").description
        let fake = Self.fake(Self.release(.torrent(Sample.torrent()), infoHash: other))
        // The release still names a torrent by its hash, and that one is what was asked for.
        #expect(try await Self.search(Self.desk(fake)).get().identity.description == other)
        let link = try Self.link(fake)
        let failure = try await Self.desk(fake).failure(link, expecting: Sample.identity("other"))
        #expect(failure.code == "hash-mismatch")
    }

    @Test("The connection test tells the version, or what is wrong")
    func examination() async throws {
        let fake = Self.fake(urlBase: "/p")
        #expect(try await Self.desk(fake).fetcher.examine().get() == "2.0.5.5160")
        let wrongKey = await Self.desk(fake, key: "canarywrong").fetcher.examine()
        let wrongBase = await Self.desk(fake, url: String(fake.url.dropLast(2))).fetcher.examine()
        let sonarr = LoopbackServer { _ in .text("{\"appName\": \"Sonarr\", \"version\": \"4\"}") }
        let wrongProgram = await Self.desk(fake, url: sonarr.url).fetcher.examine()
        let none = await Desk().fetcher.examine()
        fake.stop()
        let away = await Self.desk(fake).fetcher.examine()
        let codes = [wrongKey, wrongBase, wrongProgram, none, away].map { result in
            guard case .failure(let failure) = result else { return "none" }
            #expect(!failure.message.contains("canary"))
            return failure.code
        }
        #expect(codes == ["credentials", "not-prowlarr", "not-prowlarr", "no-prowlarr", "refused"])
    }

    @Test("Without a Prowlarr a search leads nowhere")
    func none() async throws {
        #expect(try Desk.failure(of: await Self.search(Desk())).code == "no-prowlarr")
    }
}
