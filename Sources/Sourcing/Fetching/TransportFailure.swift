import HTTP
import Reconciliation

/// What it means for a source that no whole answer came.
enum TransportFailure {
    /// - Parameter host: Whom was asked, as messages call it.
    static func of(_ error: HTTPError, at host: String, origin: HTTPOrigin?) -> SourceFailure {
        switch error.kind {
        case .refused:
            return retry("refused", "\(host) does not accept connections. Is the address right?")
        case .timeout:
            return retry("timeout", "\(host) did not answer in time.")
        case .resolve:
            return retry(
                "resolve", "The host of \(host) was not found. Check its spelling, and this machine's DNS.")
        case .tls:
            return retry(
                "tls",
                "\(host) gave no trustworthy TLS connection (\(error.reason)). Check its "
                    + "certificate, and the clock and certificate authorities of this machine.")
        case .truncated:
            return retry("cut-off", "\(host) ended the connection before its answer was whole.")
        case .tooLarge:
            return permanent(
                "url-failed", "\(host) answers with more than a torrent may hold (\(error.reason)).")
        case .addressNotAllowed(let reason):
            let name = origin.map { "\"\($0.name)\"" } ?? "it"
            return permanent(
                "url-not-allowed",
                "\(host) is \(reason), which requests may not reach. If it is meant, list \(name) under "
                    + "sources.allowHosts.")
        case .badURL:
            return permanent("url-not-allowed", "The address at \(host) is malformed.")
        case .cancelled:
            return .cancelled
        case .other:
            return retry("url-failed", "\(host): \(error.reason).")
        }
    }

    private static func retry(_ code: String, _ message: String) -> SourceFailure {
        SourceFailure(.retry(notBeforeMilliseconds: nil), code: code, message: message)
    }

    private static func permanent(_ code: String, _ message: String) -> SourceFailure {
        SourceFailure(.correctRequest, code: code, message: message)
    }
}

extension HTTPOrigin {
    /// `host:port` as lists of hosts spell it.
    var name: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SourceFailure {
    /// - Parameter host: Who asked to be left alone, for so long.
    static func busy(_ host: String, milliseconds: Int64) -> SourceFailure {
        SourceFailure(
            .retry(notBeforeMilliseconds: milliseconds), code: SourceFailure.busy,
            message:
                "\(host) asked to be left alone for \(RetryAfter.text(milliseconds: milliseconds)) more; "
                + "it is asked again after that.")
    }

    static let cancelled = SourceFailure(
        .retry(notBeforeMilliseconds: nil), code: "cancelled", message: "The fetch was ended from here.")
}
