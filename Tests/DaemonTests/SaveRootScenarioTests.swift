import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("A save root that is not mounted")
struct SaveRootScenarioTests {
    private static let names = ["n1", "n2", "n3"]

    /// Three that are complete below /nas, one elsewhere.
    private func world(isMapped: Bool) async throws -> World {
        var rules = Rules()
        if isMapped { rules.pathMaps["default"] = [Rules.PathMapping(remote: "/nas", local: "/mnt/nas")] }
        let world = World(rules)
        world.drop(Self.names, [.savePath: .text("/nas/films")])
        world.drop("other")
        try await world.confirm()
        for name in Self.names + ["other"] { world.complete(name) }
        try await world.confirm()
        #expect(Self.names.allSatisfy { world.phase($0) == .seeding })
        return world
    }

    private func lose(_ world: World, _ names: [String] = names) {
        for name in names { world.change(name) { $0.state = .missingFiles } }
    }

    @Test("Files are missing together: held, nothing below is added or removed, the rest goes on")
    func held() async throws {
        let world = try await world(isMapped: false)
        lose(world)
        try await world.settle()
        #expect(world.holds == [.saveRootMissing])
        #expect(world.report.holds.first?.names.map(\.text) == Self.names)
        #expect(world.phase("n1") == .error && world.reason("n1") == "SaveRootMissing")
        world.drop("new", [.savePath: .text("/nas/films/new")])
        world.drop("free", [.savePath: .text("/ssd")])
        world.drop("n1", [.savePath: .text("/nas/films"), .category: .text("iso")])
        world.withdraw("n2")
        world.wait(.seconds(61))
        try await world.settle()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.has("n2") && world.torrent("n1")?.placement.category == "")
        #expect(!world.has("new") && world.phase("new") == .waiting && world.reason("new") == "Hold")
        #expect(world.has("free") && world.phase("other") == .seeding)
        // Held over the end of a process.
        world.restart()
        try await world.settle()
        #expect(world.holds == [.saveRootMissing] && !world.has("new"))
        // Back: somebody had one checked, and it is well.
        for name in Self.names { world.complete(name) }
        try await world.settle()
        world.wait(.seconds(61))
        try await world.settle()
        #expect(world.holds.isEmpty && world.has("new") && !world.has("n2"))
        #expect(world.torrent("n1")?.placement.category == "iso")
    }

    @Test("A path map tells by its own directory, and tells when it is back")
    func mapped() async throws {
        let world = try await world(isMapped: true)
        #expect(world.server.disk.looks == 0)
        world.server.disk.unmount("/mnt/nas")
        lose(world, ["n1"])
        try await world.settle()
        #expect(world.holds == [.saveRootMissing])
        world.drop("new", [.savePath: .text("/nas/series")])
        try await world.settle()
        #expect(!world.has("new"))
        world.server.disk.mount("/mnt/nas")
        try await world.settle()
        #expect(world.holds.isEmpty && world.has("new"))
        // Never resumed by us.
        #expect(world.torrent("n1")?.state == .missingFiles && world.reason("n1") == "MissingFiles")
    }

    @Test("With its directory there, missing files are the torrent's own trouble")
    func mountedAllTheSame() async throws {
        let world = try await world(isMapped: true)
        lose(world)
        try await world.settle()
        #expect(world.holds.isEmpty && world.reason("n1") == "MissingFiles")
    }

    @Test("Approved for these: on as usual, and asked again when another one turns")
    func approved() async throws {
        let world = try await world(isMapped: true)
        world.server.disk.unmount("/mnt/nas")
        lose(world, ["n1", "n2"])
        try await world.settle()
        world.drop("new", [.savePath: .text("/nas/series")])
        world.spool.order(.approve(.saveRootMissing))
        try await world.settle()
        #expect(world.holds.isEmpty && world.has("new"))
        #expect(world.store.memory.approvals.isEmpty)
        lose(world, ["n3"])
        try await world.settle()
        #expect(world.holds == [.saveRootMissing])
    }

    @Test("A glance that shows one turn looks at all before it says so")
    func glance() async throws {
        let world = try await world(isMapped: false)
        lose(world)
        world.spool.order(.retry(SubjectKey(name: RequestName("n1"))))
        try await world.glance()
        #expect(world.holds == [.saveRootMissing] && world.report.holds.first?.names.count == 3)
    }
}
