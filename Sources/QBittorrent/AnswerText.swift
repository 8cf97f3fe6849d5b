import HTTP
import Reconciliation

/// The body of an answer as text, and what it tells beside the status.
struct AnswerText {
    let text: String
    private let isHTML: Bool

    init(_ response: HTTPResponse) {
        text = String(decoding: response.body.prefix(4096), as: UTF8.self)
        isHTML =
            response.header("content-type")?.lowercased().hasPrefix("text/html") ?? false
            || text.utf8.first { $0 > 0x20 } == UInt8(ascii: "<")
    }

    var trimmed: String {
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        var bytes = Array(text.utf8)[...]
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As every version refuses a call without a session: `Forbidden`, or nothing in 4.2.5.
    var isPlainRefusal: Bool { ["", "Forbidden"].contains(trimmed) && !isHTML }

    /// A 403 with words of its own is about what was asked for, not about the session.
    var isOfTheCall: Bool { !isPlainRefusal && !isHTML }

    /// For messages: what cannot be printed is left out, and it is cut at 200 characters.
    var shown: String {
        if isHTML { return "a web page" }
        let printable = trimmed.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        let cut = String(String.UnicodeScalarView(printable.prefix(200)))
        return cut.isEmpty ? "no text" : Masking.text(cut) + (printable.count > 200 ? "…" : "")
    }

    /// What an answer means that a question should not get.
    static func trouble(of response: HTTPResponse, to path: String, at address: String) -> ClientTrouble {
        let status = response.status
        let said = "\(address) answered \(path) with \(status) (\(AnswerText(response).shown))"
        switch status {
        case 401 where response.header("www-authenticate") != nil:
            return ClientTrouble(
                kind: .credentials,
                message: "\(said): something in front of qBittorrent wants a login. Set `basicAuth`.")
        case 401:
            return ClientTrouble(
                kind: .notTheWebAPI,
                message: "\(said): qBittorrent does not accept the host name or port in the address. "
                    + "Use its own port, or allow the name in its Web UI options (server domains).")
        case 300..<400:
            return ClientTrouble(
                kind: .notTheWebAPI,
                message:
                    "\(said): a redirect, which is not followed. Set the client's `url` to the final address."
            )
        case 500..., 408, 429:
            return ClientTrouble(kind: .unreachable, message: "\(said). It is tried again.")
        default:
            return ClientTrouble(
                kind: .notTheWebAPI,
                message: "\(said): that is not qBittorrent's Web API. Check the client's `url`.")
        }
    }
}
