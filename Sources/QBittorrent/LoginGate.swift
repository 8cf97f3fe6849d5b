import HTTP
import Metainfo
public import Reconciliation

/// Remembers a refused login, so that nobody tries it again too soon.
///
/// The server bans an address after five wrong logins for an hour, the right password included. So one try,
/// and none again for 15 minutes, across processes: whoever owns the ``Client`` stores the gate and hands it
/// to the next one. It counts only for the account that was refused; other credentials or another address
/// pass at once. When a person asks for a try (`check`, `retry`), hand over an open gate.
public struct LoginGate: Equatable, Sendable {
    /// How long a refused account is not tried again.
    public static let pauseMilliseconds: Int64 = 15 * 60 * 1000

    private struct Refusal: Equatable {
        let account: AccountDigest
        let at: Timestamp
        let message: String
    }

    private var refusal: Refusal?

    /// An open gate.
    public init() {}

    /// Whether any refusal is remembered.
    public var isOpen: Bool { refusal == nil }

    /// Why `account` is not to be tried at `now`; `nil` when it may be.
    public func trouble(for account: AccountDigest, at now: Timestamp) -> ClientTrouble? {
        guard let refusal, refusal.account == account else { return nil }
        let end = refusal.at.advanced(byMilliseconds: Self.pauseMilliseconds)
        guard !now.hasReached(end) else { return nil }
        return ClientTrouble(
            kind: .credentials,
            message:
                "\(refusal.message) Not tried again before \(end.wall), because a server bans who tries "
                + "often; correct the credentials, or run `qspool check`.")
    }

    mutating func close(for account: AccountDigest, at now: Timestamp, message: String) {
        refusal = Refusal(account: account, at: now, message: message)
    }

    mutating func open() { refusal = nil }

    private static let mark = "qspool-login-gate 1"

    /// As text for a file; empty when open. Holds the account's digest: mode 0600.
    public var encoded: [UInt8] {
        guard let refusal else { return [] }
        let at = refusal.at
        return Array(
            """
            \(Self.mark)
            \(refusal.account.text)
            \(at.bootID) \(at.bootMilliseconds) \(at.wall.milliseconds)
            \(refusal.message)

            """.utf8)
    }

    /// Reads what ``encoded`` wrote. What cannot be read is an open gate: one try is the price of it.
    public init(encoded bytes: [UInt8]) {
        let lines = String(decoding: bytes.prefix(8192), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines[0] == Self.mark, let account = AccountDigest(text: lines[1]) else {
            return
        }
        let words = lines[2].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, let boot = Int64(words[1]), let wall = Int64(words[2]) else { return }
        refusal = Refusal(
            account: account,
            at: Timestamp(
                bootID: String(words[0]), bootMilliseconds: boot, wall: WallTime(milliseconds: wall)),
            message: String(lines[3]))
    }
}
