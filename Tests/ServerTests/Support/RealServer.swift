import Glibc
import TestSupport

/// A real qBittorrent on loopback, run by `tools/qbittorrent`. It ends with this process at the latest.
struct RealServer: Sendable {
    /// Nothing else that is written anywhere holds it.
    static let password = "canary-31415"

    let suite: String
    let url: String
    let port: Int
    let profile: String
    /// As the server says: `v5.3.0`.
    let version: String

    /// - Parameter preferences: Lines for the new profile's `[Preferences]`.
    static func start(_ suite: String, preferences: [String] = []) async throws -> RealServer {
        let answer = try await tool(
            ["start", suite, "0"],
            ["QSPOOL_SERVER_PREFERENCES": preferences.joined(separator: "\n")])
        let reply = try Reply(answer)
        guard let url = reply["url"].text, let port = reply["port"].integer,
            let profile = reply["profile"].text, let version = reply["version"].text
        else { throw Unusable("tools/qbittorrent does not say where the server is: \(answer)") }
        ServerPlace.own.started(port)
        return RealServer(suite: suite, url: url, port: port, profile: profile, version: version)
    }

    /// Stops it in good order and starts it with the same profile.
    func restart() async throws { _ = try await Self.tool(["restart", "\(port)"]) }

    /// SIGTERM, and waits.
    func stop() async throws { _ = try await Self.tool(["stop", "\(port)"]) }

    /// SIGKILL, and waits.
    func kill() async throws { _ = try await Self.tool(["kill", "\(port)"]) }

    func pid() async throws -> pid_t {
        let text = try await Self.tool(["pid", "\(port)"]).filter(\.isNumber)
        guard let pid = pid_t(text) else { throw Unusable("no pid of the server on port \(port)") }
        return pid
    }

    var isRunning: Bool {
        get async { (try? await pid()) != nil }
    }

    /// What the server has logged.
    func log() throws -> String {
        String(decoding: try Files.read(profile + "/qBittorrent/logs/qbittorrent.log"), as: UTF8.self)
    }

    private static func tool(
        _ arguments: [String], _ extra: [String: String] = [:]
    ) async throws -> String {
        let environment = Command.currentEnvironment.merging(ServerPlace.own.variables) { $1 }
            .merging(extra) { $1 }
        let done = try await Command.runAside(
            Tested.tool("qbittorrent"), arguments, environment: environment, timeout: .seconds(300))
        guard done.status == 0 else {
            throw Unusable("tools/qbittorrent \(arguments.joined(separator: " ")): \(done.errors)")
        }
        return done.output
    }
}

/// Where the servers of this process have their profiles; cleared away when it ends.
final class ServerPlace: @unchecked Sendable {
    // Sendable: the ports are touched under the lock alone.

    static let own = ServerPlace()

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var ports: [Int] = []
    /// `nil`: the caller of the tests has a place for them and clears it.
    private let folder: String?

    private init() {
        pthread_mutex_init(lock, nil)
        folder =
            Command.currentEnvironment["QSPOOL_SERVERS_RUN"] == nil
            ? "/tmp/qspool-server-tests.\(getpid())" : nil
        atexit { ServerPlace.own.clear() }
    }

    var variables: [String: String] {
        var variables = ["QSPOOL_SERVER_OWNER": "\(getpid())", "QSPOOL_SERVER_PASSWORD": RealServer.password]
        variables["QSPOOL_SERVERS_RUN"] = folder
        return variables
    }

    func started(_ port: Int) {
        pthread_mutex_lock(lock)
        ports.append(port)
        pthread_mutex_unlock(lock)
    }

    private func clear() {
        let environment = Command.currentEnvironment.merging(variables) { $1 }
        for port in ports {
            _ = try? Command.run(
                Tested.tool("qbittorrent"), ["stop", "\(port)"], environment: environment,
                timeout: .seconds(30))
        }
        guard let folder else { return }
        _ = try? Command.run("rm", ["-rf", folder], timeout: .seconds(30))
    }
}
