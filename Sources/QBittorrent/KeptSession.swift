public import HTTP

/// A login that outlives the process: written at login only, into a file of mode 0600, and handed to the next
/// ``Client`` of the same server.
///
/// A 5.3.0 keeps 15 sessions and forgets the oldest; a one-shot that logged in for each run would throw
/// others out, and a login costs the server's only thread 60 to 120 ms.
public struct KeptSession: Equatable, Sendable {
    /// Whose session it is. Another address or other credentials never use it.
    public let account: AccountDigest
    /// The value of the `Cookie` header, whatever the cookie is called (`SID`, `QBT_SID_<port>`).
    public let cookie: Secret

    public init(account: AccountDigest, cookie: Secret) {
        self.account = account
        self.cookie = cookie
    }

    private static let mark = "qspool-session 1"

    /// As text for a file. Holds the cookie in clear.
    public var encoded: [UInt8] {
        Array("\(Self.mark)\n\(account.text)\n\(cookie.reveal())\n".utf8)
    }

    /// Reads what ``encoded`` wrote. Anything else gives `nil`: then there is simply no kept session.
    public init?(encoded bytes: [UInt8]) {
        guard bytes.count <= 8192 else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0] == Self.mark, lines[3].isEmpty,
            let account = AccountDigest(text: lines[1]),
            !SessionCookies(header: String(lines[2])).isEmpty
        else { return nil }
        self.account = account
        cookie = Secret(String(lines[2]))
    }
}
