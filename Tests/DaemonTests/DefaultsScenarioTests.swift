import Daemon
import Glibc
import Metainfo
import Reconciliation
import Spool
import TestSupport
import Testing

/// Defaults at fault, from the file on the disk to the statuses and to what `once` ends with.
@Suite("Defaults at fault")
struct DefaultsScenarioTests {
    private let root: TemporaryDirectory
    private let publication = MemoryPublication()
    private let server: FakeServer
    private let clock = ManualClock()
    private let reconciler: Reconciler

    init() throws {
        root = try TemporaryDirectory()
        server = FakeServer(clock: clock)
        for folder in ["requests", "requests/d"] {
            try #require(mkdir("\(root.path)/\(folder)", 0o755) == 0)
        }
        let identity = try SpoolIdentity.create(in: root.path + "/requests")
        let reader = try SpoolReader(settings: SpoolSettings(directory: root.path + "/requests"))
        let doors = Doors(
            clock: clock,
            spool: DiskSpool(reader: reader, orders: OrderBox(directory: root.path + "/orders")),
            servers: ["default": server], sources: MemorySources(clock: clock),
            store: MemoryStore(identity: identity),
            publication: publication, random: SplitMix64(seed: 1))
        reconciler = try Reconciler(doors: doors, rules: Rules(), settings: PassSettings(version: "test"))
    }

    private func drop(_ name: String, _ text: String) throws {
        try root.write(Array(text.utf8), to: "requests/" + name)
    }

    private func request(_ label: String) -> String {
        #"{"source": "magnet:?xt=urn:btih:\#(World.identity(label))"}"#
    }

    private func glance(_ paths: String...) async throws -> PassReport {
        try await reconciler.pass(
            PassScope(spool: .paths(Set(paths)), observation: .selected(moving: true)))
    }

    private func expectWaiting(_ name: String) throws {
        let status = try #require(publication.status(name), "\(name) has no status")
        #expect(status.phase == .waiting && status.reason == "Unreadable", "\(name): \(status)")
        #expect(status.conditions.contains { $0.kind == .defaultsInvalid && $0.isTrue })
    }

    @Test("What is new waits and says why, one that knows is needed, and all goes on when they are repaired")
    func new() async throws {
        try drop("d/_defaults.json", #"{"category": 5}"#)
        try drop("d/a.json", request("aa"))
        try drop("free.json", request("ff"))
        var report = try await reconciler.pass(.everything)
        try expectWaiting("d/a")
        #expect(report.exitCode == .personNeeded)
        let reasons = report.reasonsForPerson
        #expect(reasons.count == 1 && reasons[0].hasPrefix("d/_defaults.json: bad-type: "), "\(reasons)")

        // Dropped into it later, as an event tells.
        try drop("d/b.json", request("bb"))
        report = try await glance("d/b.json")
        try expectWaiting("d/b")
        #expect(report.exitCode == .personNeeded)
        #expect(server.torrents.values.map(\.identity) == [World.identity("ff")])

        try drop("d/_defaults.json", #"{"category": "x"}"#)
        report = try await glance("d/_defaults.json")
        #expect(report.exitCode == .done && report.reasonsForPerson.isEmpty)
        #expect(server.torrents.values.filter { $0.placement.category == "x" }.count == 2)
        #expect(publication.status("d/a")?.phase != .waiting)
    }

    @Test("One that came and went in the meantime leaves no status behind")
    func cameAndWent() async throws {
        try drop("d/_defaults.json", "[]")
        try drop("d/a.json", request("aa"))
        _ = try await reconciler.pass(.everything)
        try expectWaiting("d/a")
        #expect(unlink(root.path + "/requests/d/a.json") == 0)
        _ = try await glance("d/a.json")
        #expect(unlink(root.path + "/requests/d/_defaults.json") == 0)
        _ = try await reconciler.pass(.everything)
        #expect(publication.status("d/a") == nil && server.torrents.isEmpty)
    }
}
