import HTTP
import Reconciliation

/// Why a call brought no answer of the Web API. An answer of any status, 409 and 500 too, is no failure of
/// the call; its sender judges it.
struct CallFailure: Error, Equatable, Sendable {
    let trouble: ClientTrouble
    /// Stable, lower case with hyphens; as in ``ActionFailure``.
    let code: String
    /// The server may have carried it out: something was sent and the answer is missing.
    let mayHaveHappened: Bool
    /// Other calls are pointless for now: the server is away, deaf, or lets us no longer in.
    let isLasting: Bool

    init(trouble: ClientTrouble, code: String, mayHaveHappened: Bool = false, isLasting: Bool = true) {
        self.trouble = trouble
        self.code = code
        self.mayHaveHappened = mayHaveHappened
        self.isLasting = isLasting
    }

    /// The session or the login was refused, or the address is not the Web API's.
    init(refusal trouble: ClientTrouble) {
        let code =
            switch trouble.kind {
            case .credentials: "credentials"
            case .notTheWebAPI: "not-the-web-api"
            case .unreachable: "unreachable"
            }
        self.init(trouble: trouble, code: code)
    }

    init(_ error: HTTPError, isMutating: Bool) {
        var (kind, code, advice) = Self.meaning(of: error.kind)
        if error.kind == .tls { advice = Self.advice(on: error.tlsCause) }
        // What an HTTPS server does to a question without TLS, among others.
        let isPlain = error.message.contains("http://") && !error.message.contains("(unix:")
        if error.kind == .truncated, isPlain, error.message.contains("Empty reply") {
            advice += " Where qBittorrent is set to HTTPS, the client's `url` begins with https://."
        }
        self.init(
            trouble: ClientTrouble(
                kind: kind, message: error.message + "." + (advice.isEmpty ? "" : " " + advice)),
            code: code,
            mayHaveHappened: isMutating && !error.nothingWasSent,
            // A cut answer is often the end of one connection only; if the server is gone the next call
            // tells.
            isLasting: error.kind != .truncated)
    }

    private static func meaning(
        of kind: HTTPError.Kind
    ) -> (kind: ClientTrouble.Kind, code: String, advice: String) {
        switch kind {
        case .refused: (.unreachable, "refused", "Is qBittorrent running, and is this its address?")
        case .timeout: (.unreachable, "timeout", "It is tried again.")
        case .resolve: (.unreachable, "resolve", "Check the host name.")
        case .truncated: (.unreachable, "cut-off", "It is tried again.")
        case .tooLarge: (.unreachable, "too-large", "No qBittorrent should answer as much as that.")
        case .cancelled: (.unreachable, "cancelled", "")
        case .other: (.unreachable, "unreachable", "")
        case .tls: (.notTheWebAPI, "tls", "")
        case .addressNotAllowed, .badURL: (.notTheWebAPI, "bad-address", "Check the client's `url`.")
        }
    }

    private static func advice(on cause: HTTPError.TLSCause?) -> String {
        let advice =
            switch cause {
            case .authorityFile:
                "`caFile` cannot be used: it must be readable for qspool and hold certificates in PEM."
            case .issuer:
                "Nobody that qspool trusts has signed the certificate: name the one who did, or the "
                    + "certificate itself, in `caFile`."
            case .name:
                "The certificate is for another host name: use one that it names in the client's `url`, or "
                    + "have it made for this one."
            case .date: "The certificate has expired or is not valid yet: renew it, and check the clock."
            case .other, nil: "Check that the address is that of an HTTPS server, and its certificate."
            }
        return advice + " Nothing was sent to it, no password either."
    }

    /// What it means for an action of which the call was part.
    var result: Outcome.Result {
        let message = trouble.message
        if mayHaveHappened {
            return .unknown(ActionFailure(remedy: .retry, code: code, message: message))
        }
        if trouble.kind == .unreachable {
            return .failed(ActionFailure(remedy: .retry, code: code, message: message))
        }
        return abandoned
    }

    /// What it means for the actions after that.
    var abandoned: Outcome.Result {
        .failed(
            ActionFailure(remedy: .abandonClient(trouble), code: code, message: trouble.message))
    }
}
