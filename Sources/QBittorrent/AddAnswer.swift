import HTTP
import JSON
import Reconciliation

/// What the server says to `torrents/add`, which is never the whole truth.
///
/// Up to 5.1 `Ok.` says that at least one was accepted, and `Fails.` that none was, duplicates and garbage
/// alike; from 5.2 on (Web API 2.14.0) counts, and 409 when none was added. 415 names one bad file, and some
/// of the others may have been added. So everything but a plain yes calls for a look.
enum AddAnswer: Equatable {
    /// Acknowledged for all.
    case accepted
    /// Something about at least one of the torrents. The failure is that of the one, when it was sent alone.
    case refusedSome(ActionFailure)
    /// Nothing about the torrents: the call as such was not carried out.
    case refusedCall(ActionFailure)

    /// - Parameter sent: How many torrents were in the call.
    init(_ response: HTTPResponse, sent: Int) {
        let text = AnswerText(response)
        switch response.status {
        case 200 where text.trimmed == "Ok.": self = .accepted
        case 200, 202:
            self = Self.countsAll(response, sent: sent) ? .accepted : .refusedSome(Self.conflict(text))
        case 409: self = .refusedSome(Self.conflict(text))
        case 415:
            self = .refusedSome(
                ActionFailure(
                    remedy: .correctRequest, code: "bad-torrent",
                    message: "qBittorrent refused the file (415: \(text.shown)). "
                        + "It may be damaged, or of a kind that this version does not know."))
        case 413:
            // A proxy in front of the server, whose limit is lower than the server's 64 MiB.
            self = .refusedSome(
                ActionFailure(
                    remedy: .retry, code: "too-large",
                    message: "The upload was refused as too large (413). "
                        + "Raise the body limit of the proxy in front of qBittorrent."))
        default:
            self = .refusedCall(
                ActionFailure(
                    remedy: .retry, code: "http-\(response.status)",
                    message: "qBittorrent did not carry out the add (\(response.status): \(text.shown)). "
                        + "It is tried again."))
        }
    }

    private static func conflict(_ text: AnswerText) -> ActionFailure {
        ActionFailure(
            remedy: .retry, code: "conflict",
            message:
                "qBittorrent did not take the torrent (\(text.shown)) and does not list it under its "
                + "info-hash. It may have it in another form, or not know this kind of torrent. "
                + "It is tried again."
        )
    }

    private static func countsAll(_ response: HTTPResponse, sent: Int) -> Bool {
        do throws(JSONError) {
            let counts = try JSONReader.document(response.body, limits: .server)
            guard case .integer(let succeeded)? = counts["success_count"]?.value,
                case .integer(let failed)? = counts["failure_count"]?.value
            else { return false }
            var pending: Int64 = 0
            if case .integer(let count)? = counts["pending_count"]?.value { pending = count }
            return failed == 0 && succeeded + pending >= sent
        } catch {
            return false
        }
    }
}
