import CCurl
import Glibc

/// One request on its way: what its caller waits for, and what has arrived of the answer.
///
/// The caller makes it and hands it to the loop; from then on only the loop's thread touches it, except for
/// ``isCancelled``. The callbacks at the end of this file run on that thread too, inside
/// `curl_multi_perform`.
final class Transfer: @unchecked Sendable {
    // Sendable: `isCancelled` is guarded by the inbox's lock, which also orders the hand-over from the
    // caller to the loop; everything else belongs to the loop's thread after that.

    typealias Continuation = CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>

    /// What a callback ended the transfer for.
    enum Excess {
        case body, headers
    }

    let request: HTTPRequest
    let origin: HTTPOrigin
    /// Guarded by the inbox's lock.
    var isCancelled = false
    /// Set once, before the transfer is handed over.
    var continuation: Continuation?

    /// Present while libcurl works on it.
    var handle: EasyHandle?
    /// What libcurl only borrows, freed after the transfer.
    var headerList: UnsafeMutablePointer<curl_slist>?
    var mime: OpaquePointer?
    let errorText: UnsafeMutableBufferPointer<CChar>

    private(set) var head = ResponseHead()
    private(set) var body: [UInt8] = []
    private(set) var excess: Excess?
    /// Why the last address judged was refused.
    private(set) var refusal: String?

    init(_ request: HTTPRequest, origin: HTTPOrigin) {
        self.request = request
        self.origin = origin
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0)
    }

    deinit { errorText.deallocate() }

    /// Frees what libcurl borrowed. The handle must have been reset or cleaned up before.
    func freeBorrowed() {
        curl_slist_free_all(headerList)
        headerList = nil
        curl_mime_free(mime)
        mime = nil
    }

    /// Takes the body out, so that it is not copied on its way to the caller.
    func takeBody() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        return taken
    }

    // MARK: What libcurl calls

    /// - Returns: The number of bytes taken. Anything less ends the transfer with error 23.
    private func receive(bodyBytes bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard bytes.count <= request.maximumBytes - body.count else {
            excess = .body
            return 0
        }
        if body.isEmpty, let handle {
            let announced = handle.largeNumber(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
            // The spare bytes let a parser that needs padding add it without copying the whole body.
            if announced > 0 { body.reserveCapacity(min(announced, request.maximumBytes) + 64) }
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func receive(headerLine line: UnsafeBufferPointer<UInt8>) -> Int {
        guard head.append(line, bodyHasBegun: !body.isEmpty) else {
            excess = .headers
            return 0
        }
        return line.count
    }

    private func openSocket(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        if case .publicOnly(let allowHosts) = request.addressRule, !origin.isListed(in: allowHosts),
            let reason = Self.octets(of: address).map({ AddressRules.reasonNotPublic($0) })
                ?? "a local socket"
        {
            refusal = reason
            return Self.badSocket
        }
        // Close-on-exec, unlike libcurl's own call: child processes must not hold connections open.
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, type, address.pointee.protocol)
    }

    /// `CURL_SOCKET_BAD`, a macro with a cast that is not imported.
    private static let badSocket: curl_socket_t = -1

    private static func octets(of address: UnsafePointer<curl_sockaddr>) -> [UInt8]? {
        guard let start = ccurl_address(address) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(address.pointee.addrlen))
        switch address.pointee.family {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            return withUnsafeBytes(of: bytes.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            return withUnsafeBytes(of: bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default:
            return nil
        }
    }

    /// The pointer that libcurl gives back to the callbacks. Unretained: the loop holds the transfer as long
    /// as its handle is in use.
    var opaque: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private static func from(_ pointer: UnsafeMutableRawPointer) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    static let bodyReceiver: curl_write_callback = { bytes, size, count, pointer in
        guard let bytes, let pointer else { return 0 }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return buffer.withMemoryRebound(to: UInt8.self) { from(pointer).receive(bodyBytes: $0) }
    }

    static let headerReceiver: curl_write_callback = { bytes, size, count, pointer in
        guard let bytes, let pointer else { return 0 }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return buffer.withMemoryRebound(to: UInt8.self) { from(pointer).receive(headerLine: $0) }
    }

    static let socketOpener: curl_opensocket_callback = { pointer, _, address in
        guard let pointer, let address else { return badSocket }
        return from(pointer).openSocket(address)
    }
}
