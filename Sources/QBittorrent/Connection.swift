import HTTP
import Logging
import Reconciliation

/// Carries calls to one server, one at a time, each with a session.
///
/// One at a time because the server has one thread anyway, and because a session that is refused is then
/// renewed once, by one call. The decisions are ``LoginSession``'s; this is the shell that does what it says.
actor Connection {
    let address: ServerAddress
    private let transport: any HTTPTransport
    let clock: @Sendable () -> Timestamp
    private let onSession: @Sendable (KeptSession?) -> Void
    private let onGate: @Sendable (LoginGate) -> Void
    private let logger: Logger

    private var session: LoginSession
    private var cookies: SessionCookies
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// How many calls reached the wire, logins among the reading ones.
    private(set) var callsMade = (reading: 0, changing: 0)
    /// When the server last answered.
    private(set) var lastAnswer: Timestamp?

    init(
        address: ServerAddress, transport: any HTTPTransport, keptSession: KeptSession?, loginGate: LoginGate,
        clock: @escaping @Sendable () -> Timestamp, onSession: @escaping @Sendable (KeptSession?) -> Void,
        onGate: @escaping @Sendable (LoginGate) -> Void, logger: Logger
    ) {
        self.address = address
        self.transport = transport
        self.clock = clock
        self.onSession = onSession
        self.onGate = onGate
        self.logger = logger
        let means: LoginSession.Means =
            address.apiKey != nil ? .apiKey : address.username != nil ? .password : .none
        let account = address.account
        let kept = keptSession.flatMap { $0.account == account && means != .apiKey ? $0 : nil }
        cookies = kept.map { SessionCookies(header: $0.cookie.reveal()) } ?? SessionCookies()
        session = LoginSession(
            means: means, account: account, gate: loginGate, hasSession: !cookies.isEmpty)
    }

    /// How often a session was refused that was believed valid. What was learned in an earlier one (the
    /// version) may no longer hold.
    var refusedSessions: Int { session.refusedSessions }

    var hasSession: Bool { !cookies.isEmpty }

    /// Drops the session, so that the next call logs in: to test credentials, which a live cookie would hide.
    func forgetSession() {
        cookies = SessionCookies()
        session.forget()
    }

    /// Makes a call, logging in before it or once more when the session turns out to be gone.
    ///
    /// A question whose connection died is asked once more. A change is never sent a second time, unless the
    /// server refused the session: then it has not been carried out.
    func call(_ call: APICall) async -> Result<HTTPResponse, CallFailure> {
        await enterTurn()
        defer { leaveTurn() }
        let gate = session.gate
        defer { if session.gate != gate { onGate(session.gate) } }

        var answer: Result<HTTPResponse, CallFailure>?
        var action = session.handle(.callWanted, at: clock())
        while true {
            switch action {
            case .call:
                let sent = await send(call)
                answer = sent
                action = session.handle(event(for: sent, to: call), at: clock())
            case .probe:
                cookies = SessionCookies()
                action = session.handle(.probeAnswered(await probe()), at: clock())
            case .logIn:
                action = session.handle(.loginAnswered(await logIn()), at: clock())
            case .fail(let trouble):
                return .failure(CallFailure(refusal: trouble))
            case .finish:
                guard let answer else { preconditionFailure("a call is finished by its answer") }
                return answer
            }
        }
    }

    private func event(
        for answer: Result<HTTPResponse, CallFailure>, to call: APICall
    ) -> LoginSession.Event {
        guard case .success(let response) = answer else { return .callLost }
        if let denial = basicAuthDenial(response) { return .callDenied(denial) }
        guard response.status == 403, !(call.mayBeDenied && AnswerText(response).isOfTheCall) else {
            keepCookies(of: response)
            return .callAnswered
        }
        cookies = SessionCookies()
        return .callRefused
    }

    private func keepCookies(of response: HTTPResponse) {
        let before = cookies.session
        guard address.apiKey == nil, cookies.absorb(response.setCookies) else { return }
        // A server that asks for no login refuses no session: it begins another instead.
        if let before, before != cookies.session { session.noteReplaced() }
        onSession(cookies.header.map { KeptSession(account: address.account, cookie: Secret($0)) })
    }

    private func enterTurn() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leaveTurn() {
        if waiting.isEmpty {
            isBusy = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}

extension Connection {
    /// Asks, without a session, for something that every version answers alike: 403 or the version.
    private func probe() async -> LoginSession.Probe {
        switch await send(.read("app/webapiVersion")) {
        case .failure(let failure): return .trouble(failure.trouble)
        case .success(let response):
            let text = AnswerText(response)
            if response.status == 200, WebAPIVersion(text.trimmed) != nil {
                keepCookies(of: response)
                return .open
            }
            if response.status == 403, text.isPlainRefusal { return .closed }
            if let denial = basicAuthDenial(response) { return .denied(denial) }
            return .trouble(AnswerText.trouble(of: response, to: "app/webapiVersion", at: address.shown))
        }
    }

    /// A 5.3.0 behind a proxy that passes HTTP Basic on takes it for its own and bans after a few wrong ones.
    private func basicAuthDenial(_ response: HTTPResponse) -> String? {
        guard address.basicAuth != nil else { return nil }
        let text = AnswerText(response)
        guard
            response.status == 401
                || (response.status == 403 && text.isOfTheCall && text.text.contains("banned"))
        else { return nil }
        return "\(address.shown) refused the HTTP Basic credentials (\(response.status): \(text.shown)). "
            + "Correct `basicAuth`; if the proxy accepts it, have it take the header off, since a "
            + "qBittorrent from 5.2 on reads it as a login of its own."
    }

    private func logIn() async -> LoginSession.Login {
        let user = address.username ?? ""
        let fields = [("username", user), ("password", address.password?.reveal() ?? "")]
        // Reading for the counters and mutating for the transport: libcurl must not send a password twice,
        // since each wrong one counts.
        switch await send(.change("auth/login", fields), countsAsReading: true) {
        case .failure(let failure): return .trouble(failure.trouble)
        case .success(let response):
            let text = AnswerText(response)
            switch (response.status, text.trimmed) {
            case (204, _), (200, "Ok."):
                logger.info("logged in", metadata: ["url": "\(address.shown)"])
                keepCookies(of: response)
                return .accepted
            case (200, "Fails."), (401, _):
                onSession(nil)
                return .refused(
                    "qBittorrent at \(address.shown) refused the user name or the password. Check `username` "
                        + "and `passwordFile`.")
            case (403, _):
                onSession(nil)
                return .refused(Self.denial(text, address.shown))
            default:
                return .trouble(AnswerText.trouble(of: response, to: "auth/login", at: address.shown))
            }
        }
    }

    private static func denial(_ text: AnswerText, _ address: String) -> String {
        guard text.text.contains("banned") else {
            return "qBittorrent at \(address) refused the login (403): \(text.shown)"
        }
        return "qBittorrent at \(address) has banned this machine's address after too many wrong logins, "
            + "whoever made them, and refuses the right password too (403). The ban ends by itself, by "
            + "default after an hour, or when qBittorrent is restarted."
    }

    private func send(
        _ call: APICall, countsAsReading: Bool = false
    ) async -> Result<HTTPResponse, CallFailure> {
        let request = request(for: call)
        var isRepetition = false
        while true {
            if call.isMutating, !countsAsReading {
                callsMade.changing += 1
            } else {
                callsMade.reading += 1
            }
            do throws(HTTPError) {
                let response = try await transport.perform(request)
                lastAnswer = clock()
                logger.debug("call", metadata: ["path": "\(call.path)", "status": "\(response.status)"])
                return .success(response)
            } catch {
                // An idle connection is closed by the server after 7 s; libcurl notices most times, not
                // always.
                guard error.kind == .truncated, !call.isMutating, !isRepetition else {
                    logger.debug(
                        "call failed", metadata: ["path": "\(call.path)", "reason": "\(error.message)"])
                    return .failure(CallFailure(error, isMutating: call.isMutating))
                }
                isRepetition = true
            }
        }
    }

    private func request(for call: APICall) -> HTTPRequest {
        let body: HTTPRequest.Body =
            switch call.content {
            case .none: .none
            case .form(let fields): .form(fields)
            case .parts(let parts): .multipart(parts)
            }
        var headers: [(name: String, value: String)] = []
        if let key = address.apiKey { headers.append(("Authorization", "Bearer " + key.reveal())) }
        return HTTPRequest(
            call.method, url: address.base + "/api/v2/" + call.path, headers: headers, body: body,
            cookie: cookies.header, isMutating: call.isMutating,
            // A server that works on a bulk call sends nothing for long: only the whole call is limited.
            timeouts: HTTPTimeouts(
                connect: address.connectTimeout, whole: address.timeout, lowSpeed: address.timeout),
            unixSocket: address.unixSocket, basicAuth: address.basicAuth, caFile: address.caFile)
    }
}
