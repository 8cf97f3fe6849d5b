import HTTP
import Metainfo
import Reconciliation
import Sourcing
import TestSupport
import Testing

/// A transport whose answers the test gives, one by one, by host.
private actor Switchboard {
    private var calls: [(host: String, answer: CheckedContinuation<HTTPResponse, Never>)] = []
    private(set) var asked: [String] = []
    private(set) var most = 0

    func call(_ url: String) async -> HTTPResponse {
        let host = HTTPOrigin(url: url)?.host ?? ""
        asked.append(url)
        return await withCheckedContinuation { continuation in
            calls.append((host, continuation))
            most = max(most, calls.count)
        }
    }

    var open: [String] { calls.map(\.host) }

    func answer(_ host: String, with response: HTTPResponse) {
        guard let index = calls.firstIndex(where: { $0.host == host }) else { return }
        calls.remove(at: index).answer.resume(returning: response)
    }
}

private struct SwitchboardTransport: HTTPTransport {
    let board = Switchboard()

    func perform(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        await board.call(request.url)
    }
}

@Suite("Politeness")
struct HostQueueTests {
    private let clock = SleepClock()
    private let transport = SwitchboardTransport()
    private let fetcher: SourceFetcher
    private let torrent = HTTPResponse(status: 200, body: Sample.torrent())

    init() {
        let clock = clock
        fetcher = SourceFetcher(
            transport: transport, settings: SourcingSettings(spacing: .seconds(1), mostAtOnce: 3),
            now: { clock.now }, sleep: { clock.sleep($0) })
    }

    private func start(_ url: String) -> Task<Result<FoundSource, SourceFailure>, Never> {
        let fetcher = fetcher
        return Task { await fetcher.fetch(SourceCandidate(.address(url), label: "x")) }
    }

    /// Lets other tasks run until it is so; gives up loudly.
    private func until(_ isSo: () async -> Bool) async throws {
        for _ in 0..<2_000 {
            if await isSo() { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw Unexpected(what: "it did not happen")
    }

    @Test("One at a time and host, in order, a second apart")
    func oneAtATime() async throws {
        var tasks: [Task<Result<FoundSource, SourceFailure>, Never>] = []
        for number in 0..<4 {
            tasks.append(start("http://a.example/\(number)"))
            // In order: the first is on its way, the others stand in line.
            try await until { await transport.board.asked.count == 1 }
            for _ in 0..<50 { await Task.yield() }
        }
        for number in 0..<4 {
            try await until { await transport.board.asked.count == number + 1 }
            #expect(await transport.board.open == ["a.example"])
            await transport.board.answer("a.example", with: torrent)
        }
        for task in tasks { #expect(try await task.value.get().size == 5) }
        #expect(await transport.board.most == 1)
        #expect(clock.slept == [1_000, 1_000, 1_000])
    }

    @Test("Hosts beside each other, up to a number")
    func sideBySide() async throws {
        let hosts = ["a", "b", "c", "d", "e"].map { $0 + ".example" }
        let tasks = hosts.map { start("http://\($0)/x") }
        try await until { await transport.board.open.count == 3 }
        for _ in 0..<50 { await Task.yield() }
        #expect(await transport.board.open.count == 3)
        for _ in hosts {
            try await until { await !transport.board.open.isEmpty }
            let host = try #require(await transport.board.open.first)
            await transport.board.answer(host, with: torrent)
        }
        for task in tasks { #expect(try await task.value.get().size == 5) }
        #expect(await transport.board.most == 3)
        #expect(clock.slept.isEmpty)
    }

    @Test("A host that wants to be left alone is not asked before, by anybody")
    func leftAlone() async throws {
        let first = start("http://a.example/1")
        try await until { await transport.board.asked.count == 1 }
        let second = start("http://a.example/2")
        for _ in 0..<50 { await Task.yield() }
        await transport.board.answer(
            "a.example", with: HTTPResponse(status: 429, headers: [("retry-after", "60")]))
        #expect(try Desk.failure(of: await first.value).remedyText == "retry 60000")
        let told = try Desk.failure(of: await second.value)
        #expect(told.code == "busy" && told.remedyText == "retry 60000", "\(told)")

        clock.advance(milliseconds: 45_000)
        #expect(try Desk.failure(of: await start("http://a.example/3").value).remedyText == "retry 15000")
        #expect(await transport.board.asked.count == 1)

        clock.advance(milliseconds: 15_000)
        let last = start("http://a.example/4")
        try await until { await transport.board.asked.count == 2 }
        await transport.board.answer("a.example", with: torrent)
        #expect(try await last.value.get().size == 5)
    }

    @Test("A redirect within a host keeps the turn, one to another host waits there")
    func redirects() async throws {
        let first = start("http://a.example/1")
        try await until { await transport.board.asked.count == 1 }
        let second = start("http://a.example/2")
        let busy = start("http://b.example/1")
        try await until { await transport.board.asked.count == 2 }
        let to = { (url: String) in
            HTTPResponse(status: 302, headers: [("location", url)], redirectURL: url)
        }
        await transport.board.answer("a.example", with: to("http://a.example/1b"))
        try await until { await transport.board.asked.last == "http://a.example/1b" }
        await transport.board.answer("a.example", with: to("http://b.example/1c"))
        // Its turn at a.example is over, and that at b.example not come yet.
        try await until { await transport.board.asked.last == "http://a.example/2" }
        await transport.board.answer("a.example", with: torrent)
        await transport.board.answer("b.example", with: torrent)
        try await until { await transport.board.asked.last == "http://b.example/1c" }
        await transport.board.answer("b.example", with: torrent)
        for task in [first, second, busy] { #expect(try await task.value.get().size == 5) }
        #expect(
            Array(await transport.board.asked.dropFirst(2))
                == ["http://a.example/1b", "http://a.example/2", "http://b.example/1c"])
    }

    @Test("Cancelling one that waits lets the others through")
    func cancelled() async throws {
        let first = start("http://a.example/1")
        try await until { await transport.board.asked.count == 1 }
        let second = start("http://a.example/2")
        for _ in 0..<50 { await Task.yield() }
        let third = start("http://a.example/3")
        for _ in 0..<50 { await Task.yield() }
        second.cancel()
        #expect(try Desk.failure(of: await second.value).code == "cancelled")
        await transport.board.answer("a.example", with: torrent)
        #expect(try await first.value.get().size == 5)
        try await until { await transport.board.asked.last == "http://a.example/3" }
        await transport.board.answer("a.example", with: torrent)
        #expect(try await third.value.get().size == 5)
        #expect(await transport.board.asked == ["http://a.example/1", "http://a.example/3"])
    }

    @Test("Cancelled before it began")
    func cancelledBefore() async throws {
        let fetcher = fetcher
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await fetcher.fetch(SourceCandidate(.address("http://a.example/"), label: "x"))
        }
        task.cancel()
        #expect(try Desk.failure(of: await task.value).code == "cancelled")
        #expect(await transport.board.asked.isEmpty)
        let next = start("http://a.example/2")
        try await until { await transport.board.asked.count == 1 }
        await transport.board.answer("a.example", with: torrent)
        #expect(try await next.value.get().size == 5)
    }

    @Test("Waiting does not count against the time of a fetch")
    func waitingIsFree() async throws {
        let server = LoopbackServer { _ in
            var reply = Sample.reply()
            reply.drip = (bytes: 1_000, milliseconds: 150)
            return reply
        }
        let desk = Desk(timeout: .milliseconds(400))
        let results = await withTaskGroup(of: Result<FoundSource, SourceFailure>.self) { group in
            for number in 0..<5 { group.addTask { await desk.fetch("\(server.url)/\(number)") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { #expect(try result.get().size == 5) }
    }
}
