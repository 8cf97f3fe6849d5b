import Glibc
import HTTP
import Testing

/// Certificates, against OpenSSL's own test server on a Unix socket.
@Suite(.enabled(if: access("/usr/bin/openssl", X_OK) == 0)) struct TLSTests {
    private let directory: TestDirectory
    private let server: ChildProcess
    private var socketPath: String { directory.path + "/tls" }
    private var certificate: String { directory.path + "/certificate.pem" }

    init() throws {
        let directory = try TestDirectory()
        self.directory = directory
        let key = directory.path + "/key.pem"
        let certificate = directory.path + "/certificate.pem"
        let made = try ChildProcess([
            "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=test", "-addext",
            "subjectAltName=DNS:qbittorrent.test",
        ])
        #expect(made.wait() == 0)
        server = try ChildProcess([
            "/usr/bin/openssl", "s_server", "-unix", directory.path + "/tls", "-cert", certificate, "-key",
            key,
            "-www", "-quiet",
        ])
        // It listens a moment after it started, says so nowhere, and its socket is there before.
        for _ in 0..<500 where !accepts { poll(nil, 0, 10) }
    }

    private var accepts: Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8.prefix(107)) }
        return withUnsafeBytes(of: &address) { bytes in
            guard let start = bytes.baseAddress else { return false }
            return connect(
                descriptor, start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count)) == 0
        }
    }

    private func request(host: String, caFile: String? = nil) -> HTTPRequest {
        HTTPRequest(url: "https://\(host)/", unixSocket: socketPath, caFile: caFile)
    }

    @Test func aSelfSignedCertificateIsRefused() async throws {
        let error = try await failure(of: request(host: "qbittorrent.test"), with: CurlTransport())
        #expect(error.kind == .tls && error.tlsCause == .issuer)
        #expect(error.nothingWasSent)
    }

    @Test func itIsAcceptedByItsOwnAuthorityButForItsNameAlone() async throws {
        let transport = CurlTransport()
        let response = try await transport.perform(request(host: "qbittorrent.test", caFile: certificate))
        #expect(response.status == 200)
        let other = request(host: "other.test", caFile: certificate)
        let error = try await failure(of: other, with: transport)
        #expect(error.kind == .tls && error.tlsCause == .name && error.nothingWasSent)
    }

    @Test func anUnusableAuthorityFileIsATLSFailure() async throws {
        let missing = request(host: "qbittorrent.test", caFile: directory.path + "/missing.pem")
        #expect(try await failure(of: missing, with: CurlTransport()).tlsCause == .authorityFile)
    }
}

/// A program started by a test and ended with it.
private final class ChildProcess {
    private let pid: pid_t
    private var isOver = false

    struct Failure: Error {
        let code: Int32
    }

    init(_ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer { for word in words { free(word) } }
        words.append(nil)
        var pid: pid_t = 0
        let code = posix_spawn(&pid, arguments[0], &actions, nil, words, nil)
        guard code == 0 else { throw Failure(code: code) }
        self.pid = pid
    }

    deinit {
        guard !isOver else { return }
        kill(pid, SIGKILL)
        _ = wait()
    }

    /// - Returns: The exit status as `waitpid` reports it; 0 is success.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        isOver = true
        return status
    }
}
