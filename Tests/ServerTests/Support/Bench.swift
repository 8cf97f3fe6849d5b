import TestSupport

/// A server, the test's own look at it, and a fresh root.
struct Bench: Sendable {
    let server: RealServer
    let eye: Eye
    let root: Root

    /// Runs a test with the shared server of a suite, emptied, and with a root of its own.
    ///
    /// One test at a time has the server; another suite's server may serve another test meanwhile.
    static func use<Outcome>(
        _ suite: String, settings: [String] = [], _ body: (Bench) async throws -> Outcome
    ) async throws -> Outcome {
        try await ServerShelf.shared.lend(suite) { server in
            let root = try Root(server, settings: settings)
            let eye = Eye(server)
            try await eye.clear()
            let done = try await root.qspool("init")
            guard done.status == 0 else { throw Unusable("init: \(done.errors)") }
            return try await body(Bench(server: server, eye: eye, root: root))
        }
    }

    /// The same while no other test has any server: for what is measured.
    static func useAlone(_ suite: String, _ body: (Bench) async throws -> Void) async throws {
        try await useAlone(suite, holding: Tested.suites.filter { $0 != suite }.sorted(), body)
    }

    private static func useAlone(
        _ suite: String, holding others: [String], _ body: (Bench) async throws -> Void
    ) async throws {
        guard let next = others.first else { return try await use(suite, body) }
        try await ServerShelf.shared.lend(next) { _ in
            try await useAlone(suite, holding: Array(others.dropFirst()), body)
        }
    }
}

/// One server a suite, started when first asked for, lent to one test at a time.
actor ServerShelf {
    static let shared = ServerShelf()

    private var servers: [String: RealServer] = [:]
    private var lent: Set<String> = []
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    nonisolated func lend<Outcome>(
        _ suite: String, _ body: (RealServer) async throws -> Outcome
    ) async throws -> Outcome {
        await take(suite)
        do {
            let outcome = try await body(try await server(suite))
            await giveBack(suite)
            return outcome
        } catch {
            await giveBack(suite)
            throw error
        }
    }

    private func take(_ suite: String) async {
        guard !lent.insert(suite).inserted else { return }
        await withCheckedContinuation { waiting[suite, default: []].append($0) }
    }

    /// The next in line has it, or it stands on the shelf.
    private func giveBack(_ suite: String) {
        if waiting[suite]?.isEmpty ?? true {
            lent.remove(suite)
        } else {
            waiting[suite]?.removeFirst().resume()
        }
    }

    private func server(_ suite: String) async throws -> RealServer {
        if let server = servers[suite] {
            // A test may have killed it, or an error kept it from starting it again.
            if await !server.isRunning { try await server.restart() }
            return server
        }
        let server = try await RealServer.start(suite)
        servers[suite] = server
        return server
    }
}

/// Looks again and again until something is so.
///
/// - Returns: Whether it came to be.
func comesTrue(
    within limit: Duration = .seconds(15), every pause: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
        if try await condition() { return true }
        if ContinuousClock.now > deadline { return false }
        try await Task.sleep(for: pause)
    }
}
