import Reconciliation

/// Decides how a call gets a session. Events go in, one action comes out; it makes no call itself.
///
///     idle ──call wanted──▶ probing ──closed──▶ loggingIn ──accepted──▶ calling(.new) ──answered──▶ ready
///                              └─────open (the server asks for no login)──▶ calling(.without)
///     ready ──call wanted──▶ calling(.kept) ──refused──▶ probing, once, and the call is made once more
///
/// Before the password leaves the house the address must have answered like the Web API (`probe`). A login
/// that is refused closes the ``LoginGate``. Without credentials a refused call is the end; an API key needs
/// no login and has none to repeat.
///
/// *Limits*: a session that was refused may have expired or been forgotten by a restart; the two look the
/// same.
struct LoginSession: Sendable {
    /// How the configuration wants us to get in.
    enum Means: Equatable, Sendable {
        case none, password, apiKey
    }

    enum Event: Equatable, Sendable {
        case callWanted
        /// The server answered the call, whatever it said, and did not refuse the session.
        case callAnswered
        /// 403 to the call.
        case callRefused
        /// The call was refused for credentials that went with it (HTTP Basic): trying again would count.
        case callDenied(String)
        /// No answer to the call.
        case callLost
        case probeAnswered(Probe)
        case loginAnswered(Login)
    }

    /// What the address said to a harmless question without a session.
    enum Probe: Equatable, Sendable {
        /// It answered: no login is needed from here.
        case open
        /// It refused as the Web API does: a login is needed.
        case closed
        /// It refused credentials that went with the question (HTTP Basic), or has banned us.
        case denied(String)
        case trouble(ClientTrouble)
    }

    enum Login: Equatable, Sendable {
        case accepted
        /// Wrong credentials or banned; the message says which.
        case refused(String)
        case trouble(ClientTrouble)
    }

    enum Action: Equatable, Sendable {
        /// Make the call, with the session there is.
        case call
        /// Ask without a session whether this is the Web API.
        case probe
        /// Log in, sending no cookie: with a live one a wrong password "succeeds".
        case logIn
        /// Hand the answer on.
        case finish
        case fail(ClientTrouble)
    }

    private enum Credential: Equatable {
        case kept, new, without
    }

    private enum State: Equatable {
        case idle, ready, probing, loggingIn
        case calling(Credential)
    }

    private let means: Means
    private let account: AccountDigest
    private(set) var gate: LoginGate
    private var state: State
    /// How often a session that was believed valid was refused: each time the server may have been restarted.
    private(set) var refusedSessions = 0

    /// - Parameter hasSession: A cookie from an earlier login is at hand.
    init(means: Means, account: AccountDigest, gate: LoginGate, hasSession: Bool) {
        self.means = means
        self.account = account
        self.gate = gate
        state = hasSession ? .ready : .idle
    }

    mutating func handle(_ event: Event, at now: Timestamp) -> Action {
        switch (state, event) {
        case (.idle, .callWanted), (.ready, .callWanted):
            return begin(at: now)

        case (.calling, .callAnswered):
            // A user name is proven by the login, everything else by the call.
            if means != .password { gate.open() }
            state = .ready
            return .finish
        case (.calling(let credential), .callLost):
            state = credential == .without ? .idle : .ready
            return .finish
        case (.calling(let credential), .callRefused):
            return refused(with: credential, at: now)
        case (.calling, .callDenied(let message)), (.probing, .probeAnswered(.denied(let message))),
            (.loggingIn, .loginAnswered(.refused(let message))):
            return close(message, at: now)

        case (.probing, .probeAnswered(.open)):
            state = .calling(.without)
            return .call
        case (.probing, .probeAnswered(.closed)):
            state = .loggingIn
            return .logIn
        case (.probing, .probeAnswered(.trouble(let trouble))),
            (.loggingIn, .loginAnswered(.trouble(let trouble))):
            state = .idle
            return .fail(trouble)

        case (.loggingIn, .loginAnswered(.accepted)):
            gate.open()
            state = .calling(.new)
            return .call

        case (.idle, _), (.ready, _), (.probing, _), (.loggingIn, _), (.calling, _):
            preconditionFailure("calls are made one at a time, so \(event) cannot come in \(state)")
        }
    }

    /// Drops the session, so that the next call logs in.
    mutating func forget() {
        if case .ready = state { state = .idle }
    }

    /// The server answered with another session than the one that was sent: it no longer knew that.
    mutating func noteReplaced() { refusedSessions += 1 }

    private mutating func begin(at now: Timestamp) -> Action {
        switch means {
        case .none:
            if let trouble = gate.trouble(for: account, at: now) { return .fail(trouble) }
            state = .calling(state == .ready ? .kept : .without)
            return .call
        case .apiKey:
            if let trouble = gate.trouble(for: account, at: now) { return .fail(trouble) }
            state = .calling(.new)
            return .call
        case .password:
            if state == .ready {
                state = .calling(.kept)
                return .call
            }
            return beginLogin(at: now)
        }
    }

    private mutating func beginLogin(at now: Timestamp) -> Action {
        state = .idle
        if let trouble = gate.trouble(for: account, at: now) { return .fail(trouble) }
        state = .probing
        return .probe
    }

    private mutating func refused(with credential: Credential, at now: Timestamp) -> Action {
        switch (means, credential) {
        case (.password, .kept):
            refusedSessions += 1
            return beginLogin(at: now)
        case (.password, .new), (.password, .without):
            state = .idle
            return .fail(
                ClientTrouble(
                    kind: .credentials,
                    message: "The login was accepted and the next call refused (403). "
                        + "Something between here and qBittorrent drops its cookie."))
        case (.none, .kept):
            refusedSessions += 1
            state = .calling(.without)
            return .call
        case (.none, .new), (.none, .without):
            state = .idle
            return .fail(
                ClientTrouble(
                    kind: .credentials,
                    message: "qBittorrent asks for a login (403) and none is configured. Set `username` and "
                        + "`passwordFile` for it, or `apiKeyFile` from 5.2 on, or have it let this machine "
                        + "in without (Options, Web UI, bypass authentication)."))
        case (.apiKey, _):
            return close(
                "qBittorrent refused the API key (403). It is wrong or was replaced by a newer one (Options, "
                    + "Web UI), or this qBittorrent is older than 5.2 and knows no API keys: then set "
                    + "`username` and `passwordFile` instead.",
                at: now)
        }
    }

    private mutating func close(_ message: String, at now: Timestamp) -> Action {
        gate.close(for: account, at: now, message: message)
        state = .idle
        return .fail(ClientTrouble(kind: .credentials, message: message))
    }
}
