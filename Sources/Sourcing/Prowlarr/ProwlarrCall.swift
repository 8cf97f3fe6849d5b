import HTTP
import Reconciliation

/// One call of Prowlarr's API that reads, and what it means when it brings no JSON.
///
/// Prowlarr is the operator's own: where the fault is its configuration or ours, no request is at fault, and
/// all of them wait.
struct ProwlarrCall {
    /// A wrong key or address heals when somebody changes it: no need to ask often until then. Unit:
    /// milliseconds; 15 min.
    private static let misconfiguredMilliseconds: Int64 = 900_000

    let settings: ProwlarrSettings
    let fetch: Fetch

    /// - Parameter path: Behind `/api/v1`, with its query.
    /// - Returns: The body of a success that looks like JSON.
    func body(_ path: String, maximumBytes: Int) async -> Result<[UInt8], SourceFailure> {
        let request = settings.request(
            path, timeout: fetch.settings.timeout, maximumBytes: maximumBytes)
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await fetch.transport.perform(request)
        } catch {
            return .failure(TransportFailure.of(error, at: shown, origin: settings.origin))
        }
        guard response.status == 200 else { return .failure(refusal(response)) }
        let first = response.body.first { $0 > 0x20 }
        guard first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else { return .failure(notItsAPI) }
        return .success(response.body)
    }

    /// For messages.
    var shown: String { "Prowlarr at \(SourceLabel.address(settings.url))" }

    /// Words of Prowlarr, made fit for a message.
    func quoted(_ text: String) -> String {
        ShownText(hiding: [settings.url], keys: [settings.apiKey]).of(text, to: 160)
    }

    var notItsAPI: SourceFailure {
        misconfigured("not-prowlarr", "\(shown) did not answer as Prowlarr's API does. Check prowlarr.url.")
    }

    func misconfigured(_ code: String, _ message: String) -> SourceFailure {
        SourceFailure(
            .retry(notBeforeMilliseconds: Self.misconfiguredMilliseconds), code: code, message: message)
    }

    private func refusal(_ response: HTTPResponse) -> SourceFailure {
        let status = response.status
        switch status {
        case 401, 403:
            return misconfigured(
                "credentials", "\(shown) refused the API key. Check prowlarr.apiKeyFile.")
        case 404: return notItsAPI
        case 300..<400:
            return misconfigured(
                "not-prowlarr",
                "\(shown) answered with a redirect, which is not followed. Set prowlarr.url to its target, "
                    + "with Prowlarr's URL base.")
        default: break
        }
        let said: String
        switch ContentKind(response) {
        case .json(let message?), .xmlError(let message): said = " (\(quoted(message)))"
        case .webPage: said = " (a web page)"
        default: said = ""
        }
        let after = RetryAfter.milliseconds(response, now: fetch.now().wall)
        let when = after.map { " in \(RetryAfter.text(milliseconds: $0)), as it wishes" } ?? ""
        return SourceFailure(
            .retry(notBeforeMilliseconds: after), code: "http-\(status)",
            message: "\(shown) answered \(status)\(said). It is asked again\(when).")
    }
}
