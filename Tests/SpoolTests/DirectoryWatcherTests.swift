import Glibc
import Reconciliation
import Testing

@testable import Spool

@Suite("Watching the spool", .timeLimit(.minutes(1)))
struct DirectoryWatcherTests {
    /// Gathers events until `isEnough` is satisfied.
    private func events(
        _ watcher: DirectoryWatcher, until isEnough: (SpoolEvent) -> Bool
    ) async -> SpoolEvent {
        var all = SpoolEvent()
        for await event in watcher.events {
            all.merge(event)
            if isEnough(all) { break }
        }
        return all
    }

    @Test("Names of files that are written, moved, linked and taken away")
    func names() async throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        let watcher = try DirectoryWatcher(requests: spool.requests, orders: spool.root + "/orders")
        try spool.drop("a.json")
        try spool.drop("films/b.json")
        try spool.drop(".hidden.json")
        try spool.drop("a.json.part")
        try spool.link("l.json", to: "a.json")
        let found = await events(watcher) { $0.paths.count == 3 }
        #expect(found.paths == ["a.json", "films/b.json", "l.json"] && !found.isEverything)
        try spool.take("a.json")
        #expect(await events(watcher) { $0.paths.contains("a.json") }.paths == ["a.json"])
        watcher.stop()
    }

    @Test("A new folder is watched, and a moved one under its new name")
    func folders() async throws {
        let spool = try TestSpool()
        let watcher = try DirectoryWatcher(requests: spool.requests, orders: nil)
        try spool.makeFolder("new")
        _ = await events(watcher) { $0.isEverything }
        try spool.drop("new/a.json")
        #expect(await events(watcher) { !$0.paths.isEmpty }.paths == ["new/a.json"])
        try spool.move("new", to: "other")
        _ = await events(watcher) { $0.isEverything }
        try spool.drop("other/b.json")
        #expect(await events(watcher) { !$0.paths.isEmpty }.paths == ["other/b.json"])
        watcher.stop()
    }

    @Test("Orders, also when their directory comes later; a spool that was replaced")
    func replaced() async throws {
        let spool = try TestSpool()
        let watcher = try DirectoryWatcher(requests: spool.requests, orders: spool.root + "/orders")
        try OrderBox(directory: spool.root + "/orders").write(.approve(nil))
        #expect(await events(watcher) { $0.hasOrders }.hasOrders)
        try spool.move("", to: "../old")
        #expect(await events(watcher) { $0.isEverything }.isEverything)
        try spool.makeFolder("")
        #expect(await events(watcher) { $0.isEverything }.isEverything)
        try spool.drop("a.json")
        #expect(await events(watcher) { !$0.paths.isEmpty }.paths == ["a.json"])
        watcher.stop()
    }

    @Test("Stopping ends the events, for one who waits and for one who comes later")
    func stop() async throws {
        let spool = try TestSpool()
        let watcher = try DirectoryWatcher(requests: spool.requests, orders: nil)
        let waiting = Task { await events(watcher) { _ in false } }
        await Task.yield()
        watcher.stop()
        #expect(await waiting.value == SpoolEvent())
        #expect(await events(watcher) { _ in false } == SpoolEvent())
        let cancelled = try DirectoryWatcher(requests: spool.requests, orders: nil)
        let other = Task { await events(cancelled) { _ in false } }
        other.cancel()
        #expect(await other.value == SpoolEvent())
    }

    @Test("Too many names become everything, as do two that one set cannot tell apart")
    func merging() {
        var event = SpoolEvent()
        for index in 0...SpoolEvent.mostPaths { event.add(path: "\(index).json") }
        #expect(event.isEverything && event.paths.isEmpty)
        var similar = SpoolEvent()
        similar.add(path: "\u{e9}.json")
        similar.add(path: "\u{e9}.json")
        #expect(!similar.isEverything)
        similar.add(path: "e\u{301}.json")
        #expect(similar.isEverything)
    }
}
