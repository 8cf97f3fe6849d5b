import HTTP
import Reconciliation
import Testing

@testable import QBittorrent

@Suite("The login as a state machine")
struct LoginSessionTests {
    static let account = ServerAddress(username: "admin").account
    static let away = ClientTrouble(kind: .unreachable, message: "away")

    /// A story: events in, the actions they must bring.
    struct Story: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let means: LoginSession.Means
        let hasSession: Bool
        let steps: [(event: LoginSession.Event, action: String)]

        init(
            _ name: String, _ means: LoginSession.Means, hasSession: Bool = false,
            _ steps: [(LoginSession.Event, String)]
        ) {
            testDescription = name
            self.means = means
            self.hasSession = hasSession
            self.steps = steps.map { (event: $0.0, action: $0.1) }
        }
    }

    static let stories = [
        Story(
            "a password goes out only after the address answered like the Web API", .password,
            [
                (.callWanted, "probe"), (.probeAnswered(.closed), "logIn"),
                (.loginAnswered(.accepted), "call"),
                (.callAnswered, "finish"), (.callWanted, "call"), (.callAnswered, "finish"),
            ]),
        Story(
            "no login where none is asked for", .password,
            [
                (.callWanted, "probe"), (.probeAnswered(.open), "call"), (.callAnswered, "finish"),
                (.callWanted, "call"),
            ]),
        Story(
            "something else answers: the password stays here", .password,
            [
                (.callWanted, "probe"), (.probeAnswered(.trouble(away)), "fail unreachable"),
                (.callWanted, "probe"),
            ]),
        Story(
            "a kept session is used at once", .password, hasSession: true,
            [(.callWanted, "call"), (.callAnswered, "finish")]),
        Story(
            "a refused session: one login, one repetition", .password, hasSession: true,
            [
                (.callWanted, "call"), (.callRefused, "probe"), (.probeAnswered(.closed), "logIn"),
                (.loginAnswered(.accepted), "call"), (.callRefused, "fail credentials"),
            ]),
        Story(
            "wrong credentials: no second try", .password,
            [
                (.callWanted, "probe"), (.probeAnswered(.closed), "logIn"),
                (.loginAnswered(.refused("wrong")), "fail credentials"), (.callWanted, "fail credentials"),
            ]),
        Story(
            "a login cut off is no refusal: it may be tried again", .password,
            [
                (.callWanted, "probe"), (.probeAnswered(.closed), "logIn"),
                (.loginAnswered(.trouble(away)), "fail unreachable"), (.callWanted, "probe"),
            ]),
        Story(
            "a lost answer leaves the session as it is", .password, hasSession: true,
            [(.callWanted, "call"), (.callLost, "finish"), (.callWanted, "call")]),
        Story(
            "without credentials a refusal is the end", .none,
            [(.callWanted, "call"), (.callRefused, "fail credentials"), (.callWanted, "call")]),
        Story(
            "without credentials a stale cookie is dropped and the call repeated", .none, hasSession: true,
            [(.callWanted, "call"), (.callRefused, "call"), (.callAnswered, "finish")]),
        Story(
            "an API key is never tried twice", .apiKey,
            [(.callWanted, "call"), (.callRefused, "fail credentials"), (.callWanted, "fail credentials")]),
    ]

    @Test(arguments: stories)
    func tells(_ story: Story) {
        var session = LoginSession(
            means: story.means, account: Self.account, gate: LoginGate(), hasSession: story.hasSession)
        for step in story.steps {
            #expect(
                Self.word(session.handle(step.event, at: Sample.start)) == step.action, "after \(step.event)")
        }
    }

    @Test func aRefusalHoldsForAQuarterOfAnHourAndForThatAccountOnly() {
        var gate = LoginGate()
        gate.close(for: Self.account, at: Sample.start, message: "Refused.")
        let minute: Int64 = 60_000
        let before = Sample.start.advanced(byMilliseconds: 15 * minute - 1)
        let after = Sample.start.advanced(byMilliseconds: 15 * minute)
        #expect(gate.trouble(for: Self.account, at: before)?.kind == .credentials)
        #expect(gate.trouble(for: Self.account, at: after) == nil)
        #expect(gate.trouble(for: ServerAddress(username: "other").account, at: before) == nil)
        let nextBoot = Timestamp(bootID: "other", bootMilliseconds: 0, wall: before.wall)
        #expect(gate.trouble(for: Self.account, at: nextBoot) == nil)

        #expect(LoginGate(encoded: gate.encoded) == gate)
        #expect(LoginGate(encoded: Array("rubbish".utf8)).isOpen)
        #expect(LoginGate(encoded: LoginGate().encoded).isOpen)
    }

    @Test func aKeptSessionSurvivesItsFileAndNothingElseIsOne() {
        let kept = KeptSession(account: Self.account, cookie: .init("QBT_SID_8080=a+b/c=="))
        #expect(KeptSession(encoded: kept.encoded) == kept)
        #expect(KeptSession(encoded: Array(kept.encoded.dropLast(3))) == nil)
        #expect(KeptSession(encoded: []) == nil)
        #expect(!"\(kept)".contains("a+b/c"))
    }

    @Test func cookiesAreKeptByWhateverName() {
        var cookies = SessionCookies()
        var hasChanged = cookies.absorb(["SID=a+b/c==; HttpOnly; path=/"])
        #expect(hasChanged)
        hasChanged = cookies.absorb(["SID=a+b/c==; expires=Mon, 23-Nov-2026 04:03:48 GMT"])
        #expect(!hasChanged)
        hasChanged = cookies.absorb(["QBT_SID_8080=x; path=/"])
        #expect(hasChanged)
        #expect(cookies.header == "QBT_SID_8080=x; SID=a+b/c==")
        hasChanged = cookies.absorb(["SID=; expires=Thu, 01-Jan-1970 00:00:00 GMT"])
        #expect(hasChanged)
        hasChanged = cookies.absorb(["evil=a\r\nb", "noequals", "=x"])
        #expect(!hasChanged)
        #expect(cookies.header == "QBT_SID_8080=x")
    }

    private static func word(_ action: LoginSession.Action) -> String {
        switch action {
        case .call: "call"
        case .probe: "probe"
        case .logIn: "logIn"
        case .finish: "finish"
        case .fail(let trouble): "fail \(trouble.kind)"
        }
    }
}
