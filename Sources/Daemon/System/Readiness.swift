import CSys
import Glibc

/// Tells systemd how the daemon is (`sd_notify`). Without `NOTIFY_SOCKET` it does nothing.
///
/// Source: `sd_notify(3)`: datagrams of `KEY=VALUE` lines to a Unix socket; a leading `@` names an abstract
/// one.
public final class Readiness: Sendable {
    private let descriptor: Int32
    private let address: [UInt8]
    /// Half of the watchdog's time, in milliseconds; `nil` when the unit has none.
    public let watchdogMilliseconds: Int64?

    /// - Parameter environment: For `NOTIFY_SOCKET` and `WATCHDOG_USEC`.
    public init(environment: [String: String]) {
        watchdogMilliseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init).map { max($0 / 2000, 1) }
        let path = Array((environment["NOTIFY_SOCKET"] ?? "").utf8)
        // 107 bytes and a terminating zero are what a socket's address holds.
        guard let first = path.first, path.count <= 107, first == 0x2F || first == 0x40 else {
            descriptor = -1
            address = []
            return
        }
        address = first == 0x40 ? [0] + path.dropFirst() : path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    public func ready() { send("READY=1") }
    public func stopping() { send("STOPPING=1") }
    /// Only after progress: a daemon that hangs must be found out.
    public func alive() { send("WATCHDOG=1") }
    /// One line for `systemctl status`.
    public func status(_ text: String) { send("STATUS=" + text.filter { !$0.isNewline }) }

    private func send(_ text: String) {
        guard descriptor >= 0 else { return }
        var socketAddress = sockaddr_un()
        socketAddress.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &socketAddress.sun_path) { $0.copyBytes(from: address) }
        // Where the path begins in the structure: behind the family.
        let offset = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: socketAddress.sun_path)
        let length = socklen_t(offset + address.count)
        let bytes = Array(text.utf8)
        _ = withUnsafePointer(to: &socketAddress) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // A supervisor that does not listen is no reason to stop working.
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
