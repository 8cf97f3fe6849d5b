import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

@Suite("Sessions with a server")
struct SessionTests {
    @Test("one login for many calls, without a cookie, and it is kept", arguments: Fixture.versions)
    func login(version: String) async throws {
        let server = FakeQBittorrent(version)
        let notes = Notes()
        let client = Sample.client(server, notes: notes)
        _ = try await client.listing().get()
        _ = try await client.listing().get()
        let logins = await server.calls("auth/login")
        #expect(logins.count == 1)
        #expect(logins.first?.cookie == nil && logins.first?.isMutating == true)
        #expect(notes.sessions.count == 1)

        let kept = try #require(notes.sessions.last ?? nil)
        let next = Sample.client(server, kept: kept)
        _ = try await next.listing().get()
        #expect(await server.calls("auth/login").count == 1)
        #expect(await next.hasRestartedSinceLastListing == false)

        let other = Sample.client(
            server, password: "right",
            kept: KeptSession(
                account: ServerAddress(username: "somebody").account, cookie: kept.cookie))
        _ = try await other.listing().get()
        #expect(await server.calls("auth/login").count == 2, "another account's session is not used")
    }

    @Test("the real answers to a login are understood", arguments: Fixture.versions)
    func recorded(version: String) async throws {
        for (name, isAccepted) in [("login-ok", true), ("login-wrong", false)] {
            let fixture = try Fixture(version, name).response
            let server = ScriptedServer([
                "app/webapiVersion": [
                    try Fixture(version, "expired-session").response,
                    HTTPResponse(status: 200, body: Array("2.11.4".utf8)),
                ],
                "app/version": [HTTPResponse(status: 200, body: Array("v5.1.0".utf8))],
                "auth/login": [fixture],
                "torrents/info": [try Fixture(version, "torrents-info").response],
            ])
            let result = await Sample.client(server).listing()
            let isListed = if case .success = result { true } else { false }
            #expect(isListed == isAccepted, "\(name)")
        }
    }

    @Test("a banned address is told with the server's words", arguments: Fixture.versions)
    func banned(version: String) async throws {
        let server = ScriptedServer([
            "app/webapiVersion": [try Fixture(version, "noauth-app-version").response],
            "auth/login": [try Fixture(version, "login-banned").response],
        ])
        guard case .failure(let trouble) = await Sample.client(server).listing() else {
            Issue.record("a banned address gets nothing")
            return
        }
        #expect(trouble.kind == .credentials && trouble.message.contains("banned"))
    }

    @Test func wrongCredentialsAreTriedOnceAndNotAgainByTheNextProcess() async throws {
        let server = FakeQBittorrent()
        let notes = Notes()
        let clock = ManualTime()
        let client = Sample.client(server, password: "wrong", notes: notes, clock: clock)
        for _ in 1...3 {
            guard case .failure(let trouble) = await client.listing() else {
                Issue.record("wrong credentials get nothing")
                return
            }
            #expect(trouble.kind == .credentials)
        }
        #expect(await server.calls("auth/login").count == 1)
        let gate = LoginGate(encoded: try #require(notes.gates.last).encoded)
        let asked = await server.asked.count

        _ = await Sample.client(server, password: "wrong", gate: gate, clock: clock).listing()
        #expect(await server.asked.count == asked, "not even a question")
        _ = try await Sample.client(server, password: "right", gate: gate, clock: clock).listing().get()
        clock.advance(minutes: 15)
        _ = await Sample.client(server, password: "wrong", gate: gate, clock: clock).listing()
        #expect(await server.calls("auth/login").count == 3)
    }

    @Test func anExpiredSessionCostsOneLoginAndTheCallIsRepeated() async throws {
        let server = FakeQBittorrent()
        let client = Sample.client(server)
        _ = try await client.listing().get()
        await server.restart()
        await server.put(Sample.hash(1), .init())
        let outcomes = await client.perform([Sample.change(1, .stop)], payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["acknowledged"])
        #expect(await server.calls("auth/login").count == 2)
        #expect(await client.hasRestartedSinceLastListing)
        _ = try await client.listing().get()
        #expect(await client.hasRestartedSinceLastListing)
        _ = try await client.listing().get()
        #expect(await !client.hasRestartedSinceLastListing)
    }

    @Test func aServerThatRefusesAfterTheLoginIsGivenUp() async throws {
        let server = FakeQBittorrent()
        let client = Sample.client(server)
        _ = try await client.facts().get()
        await server.set { $0.refusesAll = true }
        let actions = [Sample.change(1, .stop), Sample.change(2, .start)]
        let outcomes = await client.perform(actions, payload: { _ in nil })
        #expect(outcomes.map(\.word) == ["abandon credentials", "abandon credentials"])
        #expect(await server.calls("auth/login").count == 2)
        #expect(await server.calls("torrents/stop").count == 2)
        #expect(await server.calls("torrents/start").isEmpty)
    }

    @Test func withoutCredentialsAnOpenServerWorksAndAClosedOneSaysWhatIsMissing() async throws {
        let server = FakeQBittorrent()
        guard case .failure(let trouble) = await Sample.client(server, username: nil).listing() else {
            Issue.record("a closed server wants a login")
            return
        }
        #expect(trouble.kind == .credentials && trouble.message.contains("`username`"))
        await server.set { $0.needsLogin = false }
        _ = try await Sample.client(server, username: nil).listing().get()
        _ = try await Sample.client(server, password: "anything").listing().get()
        #expect(await server.calls("auth/login").isEmpty, "no password where none is asked for")
    }

    @Test(
        "the password stays here when something else answers",
        arguments: [
            HTTPResponse(status: 404, body: Array("Not Found".utf8)),
            HTTPResponse(status: 200, headers: [("content-type", "text/html")], body: Array("<html>".utf8)),
            HTTPResponse(status: 302, redirectURL: "http://127.0.0.1/login"),
            HTTPResponse(status: 403, headers: [("content-type", "text/html")], body: Array("<html>".utf8)),
            HTTPResponse(status: 401), HTTPResponse(status: 200, body: Array("hello".utf8)),
        ])
    func notTheWebAPI(answer: HTTPResponse) async {
        let server = ScriptedServer(["app/webapiVersion": [answer]])
        guard case .failure(let trouble) = await Sample.client(server).listing() else {
            Issue.record("that is no Web API")
            return
        }
        #expect(trouble.kind == .notTheWebAPI)
        #expect(await server.asked == ["app/webapiVersion"])
    }

    @Test func theSessionIsKeptFromGoingIdle() async throws {
        let server = FakeQBittorrent()
        let clock = ManualTime()
        let client = Sample.client(server, clock: clock)
        _ = try await client.listing().get()
        let asked = await server.asked.count
        clock.advance(minutes: 25)
        #expect(await client.keepAlive() == nil)
        #expect(await server.asked.count == asked)
        clock.advance(minutes: 1)
        #expect(await client.keepAlive() == nil)
        #expect(await server.asked.count == asked + 1)
        #expect(await client.keepAlive() == nil)
        #expect(await server.asked.count == asked + 1)
    }

    @Test func factsAreAskedOnceASession() async throws {
        let server = FakeQBittorrent()
        let client = Sample.client(server)
        let facts = try await client.facts().get()
        #expect(
            facts
                == ServerFacts(
                    version: "v5.3.0", webAPI: "2.16.2", freeSpace: 123_456_789, savePath: "/data"))
        _ = try await client.facts().get()
        #expect(await server.calls("app/version").count == 1)
        await server.restart()
        _ = try await client.listing().get()
        _ = try await client.facts().get()
        #expect(await server.calls("app/version").count == 2)
        #expect(try await Sample.client(FakeQBittorrent("5.1.0")).facts().get().freeSpace == nil)
    }

    @Test func concurrentCallsShareOneLogin() async throws {
        let server = FakeQBittorrent()
        let client = Sample.client(server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...8 { group.addTask { _ = try await client.listing().get() } }
            try await group.waitForAll()
        }
        #expect(await server.calls("auth/login").count == 1)
    }

    @Test func aQuestionOnADeadConnectionIsAskedOnceMore() async throws {
        let server = FakeQBittorrent()
        await server.fail("torrents/info", with: .error(.truncated, nothingWasSent: false))
        _ = try await Sample.client(server).listing().get()
        #expect(await server.calls("torrents/info").count == 2)
    }
}

/// Answers from a list by path; 404 where there is none.
actor ScriptedServer: HTTPTransport {
    private var answers: [String: [HTTPResponse]]
    private(set) var asked: [String] = []

    init(_ answers: [String: [HTTPResponse]]) { self.answers = answers }

    func perform(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let path = String((request.url.split(separator: "/api/v2/").last ?? "").prefix { $0 != "?" })
        asked.append(path)
        guard var queue = answers[path], !queue.isEmpty else { return HTTPResponse(status: 404) }
        let answer = queue.removeFirst()
        answers[path] = queue
        return answer
    }
}

@Suite("HTTP Basic of a proxy")
struct BasicAuthTests {
    @Test("refused once, not tried again: a 5.3.0 bans for it", arguments: [nil, "admin"])
    func denied(username: String?) async {
        let denial = HTTPResponse(status: 401, body: Array("Unauthorized".utf8))
        let server = ScriptedServer([
            "app/webapiVersion": [denial, denial], "torrents/info": [denial, denial],
        ])
        let address = ServerAddress(
            username: username, password: Secret("right"), basicAuth: (user: "proxy", password: Secret("bad"))
        )
        let notes = Notes()
        let client = Client(
            name: "default", address: address, transport: server, tag: Sample.tag, clock: { Sample.start },
            onGate: { notes.note(gate: $0) }, logger: Sample.logger)
        for _ in 1...3 {
            guard case .failure(let trouble) = await client.listing() else {
                Issue.record("nobody gets in")
                return
            }
            #expect(trouble.kind == .credentials && trouble.message.contains("basicAuth"))
        }
        #expect(await server.asked.count == 1)
        #expect(notes.gates.last?.isOpen == false)
    }
}
