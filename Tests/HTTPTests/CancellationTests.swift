import HTTP
import TestSupport
import Testing

@Suite struct CancellationTests {
    /// Resumes when a handler calls `signal`.
    private let reached = AsyncStream<Void>.makeStream()

    private func kind(of task: Task<HTTPResponse, any Error>) async -> HTTPError? {
        switch await task.result {
        case .success: nil
        case .failure(let error): error as? HTTPError
        }
    }

    @Test func cancellingEndsATransferInFlight() async throws {
        let signal = reached.continuation
        let server = LoopbackServer { _ in
            signal.yield()
            return .hang
        }
        let transport = CurlTransport()
        let request = HTTPRequest(url: server.url)
        let task = Task { try await transport.perform(request) as HTTPResponse }
        for await _ in reached.stream { break }
        let began = ContinuousClock.now
        task.cancel()
        let error = await kind(of: task)

        #expect(error?.kind == .cancelled)
        #expect(error?.nothingWasSent == false)
        #expect(ContinuousClock.now - began < .seconds(2))
    }

    @Test func cancellingBeforeTheStartSendsNothing() async throws {
        let server = LoopbackServer { _ in Reply() }
        let transport = CurlTransport()
        let request = HTTPRequest(url: server.url)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await transport.perform(request) as HTTPResponse
        }
        task.cancel()
        let error = await kind(of: task)

        #expect(error?.kind == .cancelled)
        #expect(error?.nothingWasSent == true)
        #expect(server.connectionCount == 0)
    }

    @Test func cancellingAWaitingTransferLeavesTheOthers() async throws {
        let signal = reached.continuation
        let server = LoopbackServer {
            guard $0.path == "/slow" else { return .text("ok") }
            signal.yield()
            return .hang
        }
        let transport = CurlTransport(maximumTransfers: 1)
        let url = server.url
        let slow = Task { try await transport.perform(HTTPRequest(url: url + "/slow")) as HTTPResponse }
        for await _ in reached.stream { break }
        let waiting = Task { try await transport.perform(HTTPRequest(url: url + "/waiting")) as HTTPResponse }
        let last = Task { try await transport.perform(HTTPRequest(url: url + "/last")) as HTTPResponse }
        waiting.cancel()
        #expect(await kind(of: waiting)?.kind == .cancelled)
        slow.cancel()
        #expect(await kind(of: slow)?.kind == .cancelled)

        #expect(try await last.value.body == Array("ok".utf8))
        #expect(!server.received.contains { $0.path == "/waiting" })
    }

    @Test func shutdownEndsWhatIsRunningAndRefusesTheRest() async throws {
        let signal = reached.continuation
        let server = LoopbackServer { _ in
            signal.yield()
            return .hang
        }
        let transport = CurlTransport()
        let request = HTTPRequest(url: server.url)
        let task = Task { try await transport.perform(request) as HTTPResponse }
        for await _ in reached.stream { break }
        transport.shutdown()
        transport.shutdown()

        #expect(await kind(of: task)?.kind == .cancelled)
        #expect(try await failure(of: request, with: transport).kind == .cancelled)
    }

    @Test("cancelling at any moment answers exactly once", arguments: 0..<40)
    func races(round: Int) async throws {
        let server = LoopbackServer { _ in .text("ok") }
        let transport = CurlTransport()
        let request = HTTPRequest(url: server.url)
        let tasks = (0..<8).map { _ in Task { try await transport.perform(request) as HTTPResponse } }
        for _ in 0..<(round * 3) { await Task.yield() }
        for task in tasks { task.cancel() }
        for task in tasks {
            let error = await kind(of: task)
            #expect(error == nil || error?.kind == .cancelled)
        }
    }
}
