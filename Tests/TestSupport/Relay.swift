import Glibc

/// What stands between a client and a real server on loopback: passes requests on and answers back, one
/// connection to the server for each request, under the server's own `Host` as a reverse proxy is set up to.
///
/// It can answer by itself (``Gate``) and is told of every answer before the client gets it (``Witness``).
public final class Relay: Sendable {
    /// Changes a request on its way, or answers it in the server's place.
    public typealias Gate = @Sendable (inout LoopbackServer.Received) -> LoopbackServer.Reply?
    /// Learns of a request and the status that it was answered with; the client waits meanwhile.
    public typealias Witness = @Sendable (LoopbackServer.Received, Int) -> Void

    private let server: LoopbackServer
    /// Where clients connect to: a port of 127.0.0.1, 0 for a Unix socket.
    public var port: Int { server.port }
    /// `http://127.0.0.1:PORT`.
    public var url: String { server.url }
    /// Every request that came, in order.
    public var received: [LoopbackServer.Received] { server.received }

    /// - Parameter target: The server's port on 127.0.0.1.
    public init(
        on place: LoopbackServer.Place = .tcp, to target: Int, gate: @escaping Gate = { _ in nil },
        witness: @escaping Witness = { _, _ in }
    ) {
        server = LoopbackServer(on: place) { received in
            var request = received
            if let reply = gate(&request) { return reply }
            guard let answer = Self.ask(request, at: target) else { return .drop }
            witness(request, answer.status)
            var reply = LoopbackServer.Reply()
            reply.raw = answer.bytes
            return reply
        }
    }

    /// Cuts every connection.
    public func stop() { server.stop() }

    /// `nil`: the server is not there, or ended before its answer was whole.
    private static func ask(
        _ request: LoopbackServer.Received, at port: Int
    ) -> (bytes: [UInt8], status: Int)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected, send(bytes(of: request, port: port), on: descriptor) else { return nil }
        return answer(on: descriptor)
    }

    private static func bytes(of request: LoopbackServer.Received, port: Int) -> [UInt8] {
        var head = "\(request.method) \(request.target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        for header in request.headers where !["host", "connection"].contains(header.name) {
            head += "\(header.name): \(header.value)\r\n"
        }
        return Array("\(head)\r\n".utf8) + request.body
    }

    private static func send(_ bytes: [UInt8], on descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    private static func answer(on descriptor: Int32) -> (bytes: [UInt8], status: Int)? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var whole: Int?
        var status = 0
        while true {
            if whole == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.drop { !$0.isNumber }) }
                whole = end.upperBound + (length ?? 0)
            }
            if let whole, bytes.count >= whole { return (Array(bytes.prefix(whole)), status) }
            let got = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard got > 0 else { return nil }
            bytes += chunk[..<got]
        }
    }
}
