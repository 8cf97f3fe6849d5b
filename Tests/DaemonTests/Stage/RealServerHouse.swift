import Glibc
import HTTP
import JSON
import QBittorrent
import TestSupport

/// A real qBittorrent on loopback, run by `tools/qbittorrent`, with a directory for its data. It ends with
/// this process at the latest.
final class RealServerHouse: Sendable {
    let url: String
    let port: Int
    let data: String
    /// One login serves all: a 5.3.0 keeps no more than 15 sessions.
    let session: KeptSession
    let transport: CurlTransport
    private let environment: [String: String]

    static let username = "admin"
    static let password = "qspool-scenario"

    static func start(_ suite: String) async throws -> RealServerHouse {
        let environment = HousePlace.shared.environment
        let answer = try await tool(["start", suite, "0"], environment)
        let reply = try JSONReader.document(Array(answer.utf8), limits: .server)
        guard case .string(let url)? = reply["url"]?.value, case .integer(let port)? = reply["port"]?.value
        else { throw Unplayable("tools/qbittorrent does not say where the server is: \(answer)") }
        HousePlace.shared.started(port)
        let data = "\(HousePlace.shared.folder)/data-\(port)"
        try Directories.make(data.split(separator: "/").map(String.init))
        let transport = CurlTransport()
        let session = try await WebPerson.logIn(url, transport)
        return RealServerHouse(url, Int(port), data, session, transport, environment)
    }

    private init(
        _ url: String, _ port: Int, _ data: String, _ session: KeptSession,
        _ transport: CurlTransport, _ environment: [String: String]
    ) {
        self.url = url
        self.port = port
        self.data = data
        self.session = session
        self.transport = transport
        self.environment = environment
    }

    /// Stops it in good order and starts it with the same profile.
    func restart() async throws { _ = try await Self.tool(["restart", "\(port)"], environment) }

    func stop() async throws { _ = try await Self.tool(["stop", "\(port)"], environment) }

    private static func tool(_ words: [String], _ environment: [String: String]) async throws -> String {
        let done = try await Command.runAside(
            HousePlace.program, words, environment: environment, timeout: .seconds(300))
        guard done.status == 0 else {
            throw Unplayable("tools/qbittorrent \(words.joined(separator: " ")): \(done.errors)")
        }
        return done.output
    }
}

/// Where the servers of this process have their profiles and data. All ends and goes with it.
final class HousePlace: @unchecked Sendable {
    // Sendable: the ports are touched under the lock alone.

    static let shared = HousePlace()
    static let program =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/tools/qbittorrent"

    let folder: String = {
        let environment = Command.currentEnvironment
        let above = environment["QSPOOL_SERVERS_RUN"] ?? environment["TMPDIR"] ?? "/tmp"
        return "\(above)/qspool-scenarios.\(getpid())"
    }()
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var ports: [Int64] = []

    private init() {
        pthread_mutex_init(lock, nil)
        atexit { HousePlace.shared.clear() }
    }

    var environment: [String: String] {
        Command.currentEnvironment.merging([
            "QSPOOL_SERVERS_RUN": folder + "/servers", "QSPOOL_SERVER_OWNER": "\(getpid())",
            "QSPOOL_SERVER_PASSWORD": RealServerHouse.password,
        ]) { $1 }
    }

    func started(_ port: Int64) {
        pthread_mutex_lock(lock)
        ports.append(port)
        pthread_mutex_unlock(lock)
    }

    private func clear() {
        do {
            for port in ports {
                _ = try Command.run(
                    Self.program, ["stop", "\(port)"], environment: environment, timeout: .seconds(30))
            }
            _ = try Command.run("rm", ["-rf", folder], timeout: .seconds(30))
        } catch {
            // The servers end with this process by themselves.
            return
        }
    }
}

/// What a scenario could not go on without.
struct Unplayable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// One server a suite, started when first asked for, lent to a few scenarios at a time: more at once would
/// only wait for each other.
actor RealServerShelf {
    static let shared = RealServerShelf()

    private static let places = 6

    private var servers: [String: Task<RealServerHouse, any Error>] = [:]
    private var taken: [String: Int] = [:]
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    nonisolated func lend(_ suite: String, _ body: (RealServerHouse) async throws -> Void) async throws {
        await take(suite)
        do {
            try await body(try await server(suite))
        } catch {
            await giveBack(suite)
            throw error
        }
        await giveBack(suite)
    }

    private func take(_ suite: String) async {
        if taken[suite, default: 0] < Self.places {
            taken[suite, default: 0] += 1
        } else {
            await withCheckedContinuation { waiting[suite, default: []].append($0) }
        }
    }

    /// The next in line has the place, or it is free.
    private func giveBack(_ suite: String) {
        if waiting[suite]?.isEmpty ?? true {
            taken[suite, default: 1] -= 1
        } else {
            waiting[suite]?.removeFirst().resume()
        }
    }

    private func server(_ suite: String) async throws -> RealServerHouse {
        let task = servers[suite] ?? Task { try await RealServerHouse.start(suite) }
        servers[suite] = task
        return try await task.value
    }
}
