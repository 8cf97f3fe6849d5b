import HTTP
import TestSupport
import Testing

/// What the tests themselves stand on.
@Suite struct LoopbackServerTests {
    @Test("A connection ends when it is cut, although a program that was started meanwhile lives on")
    func cutBesideAProgram() async throws {
        let programs = Programs()
        let server = LoopbackServer { _ in
            programs.start()
            return .drop
        }
        let request = HTTPRequest(
            .post, url: server.url, isMutating: true, timeouts: HTTPTimeouts(whole: .seconds(8)))
        let error = try await failure(of: request, with: CurlTransport())
        #expect(error.kind == .truncated, "\(error)")
        #expect(programs.areRunning)
    }

    /// Programs that run for longer than the test.
    private final class Programs: @unchecked Sendable {
        // Sendable: the one connection's thread starts them before the test looks.

        private var running: [RunningCommand] = []

        func start() {
            do {
                running.append(try Command.start("sleep", ["60"]))
            } catch {
                Issue.record("no program: \(error)")
            }
        }

        var areRunning: Bool { !running.isEmpty && running.allSatisfy { $0.status == nil } }
    }
}
