import Glibc

/// A small HTTP/1.1 server on 127.0.0.1 or a Unix socket, for tests: one blocking thread a connection, kept
/// alive between requests, and able to misbehave as its handler tells it (``Reply``).
///
/// The handler runs on the connections' threads, several at once. The server stops with ``stop()`` or when
/// the last reference goes; replies that hang end then too.
public final class LoopbackServer: Sendable {
    /// Where it listens.
    public enum Place: Sendable {
        /// 127.0.0.1, a free port.
        case tcp
        /// A Unix socket at this path, which must not exist.
        case unix(path: String)
    }

    /// What the handler answers to one request.
    public typealias Handler = @Sendable (Received) -> Reply

    private let core: Core
    /// The port, 0 for a Unix socket.
    public let port: Int

    /// Listens and serves at once.
    public init(on place: Place = .tcp, handler: @escaping Handler) {
        let (listener, port) = Self.listen(on: place)
        self.port = port
        core = Core(listener: listener, handler: handler)
        let core = core
        core.spawn { core.acceptAll() }
    }

    deinit { stop() }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    public var url: String { port == 0 ? "http://localhost" : "http://127.0.0.1:\(port)" }

    /// Every request received whole so far, in order of arrival.
    public var received: [Received] { core.locked { core.received } }

    /// How many requests were received whole.
    public var requestCount: Int { received.count }

    /// How many connections were accepted.
    public var connectionCount: Int { core.locked { core.connectionCount } }

    /// Cuts every connection and waits until all threads are gone. Calling it again does nothing.
    public func stop() { core.stop() }

    private static func listen(on place: Place) -> (descriptor: Int32, port: Int) {
        switch place {
        case .tcp:
            let descriptor = newSocket(AF_INET)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            bind(descriptor, to: &address)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &address) { bytes in
                let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
                precondition(getsockname(descriptor, pointer, &length) == 0, "a bound socket has a name")
            }
            return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
        case .unix(let path):
            let descriptor = newSocket(AF_UNIX)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { bytes in
                precondition(path.utf8.count < bytes.count, "the path of the socket is too long")
                bytes.copyBytes(from: path.utf8)
            }
            bind(descriptor, to: &address)
            return (descriptor, 0)
        }
    }

    private static func newSocket(_ family: Int32) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        precondition(descriptor >= 0, "no socket: errno \(errno)")
        return descriptor
    }

    private static func bind<Address>(_ descriptor: Int32, to address: inout Address) {
        withUnsafeBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            let code = Glibc.bind(descriptor, pointer, socklen_t(bytes.count))
            precondition(code == 0, "cannot bind: errno \(errno)")
        }
        precondition(Glibc.listen(descriptor, 256) == 0, "cannot listen: errno \(errno)")
    }
}
