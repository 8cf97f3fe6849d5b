import Daemon
import Metainfo
import Reconciliation
import Testing

/// Status files that a crash left behind, as random worlds found them.
@Suite("Status files that a crash left behind")
struct LeftoverScenarioTests {
    @Test("A file that died with its rename, and a new request of the old name: it begins anew")
    func nameBeginsAnew() async throws {
        let world = World()
        world.drop("bb", [.state: .text("stopped")])
        try await world.settle()
        world.spool.rename("bb", to: "bb2")
        await world.pass(dying: .after(commit: 1))
        #expect(world.publication.status("bb") != nil && world.store.subject("bb") == nil)
        world.drop("bb", torrent: "cc")
        world.damage("bb")
        try await world.pass()
        #expect(world.phase("bb") == .waiting && world.publication.status("bb")?.generation == 0)
        world.spool.makeReadable("bb")
        try await world.settle()
        #expect(world.phase("bb2") == .stopped && world.phase("bb") == .metadata)
    }

    @Test("What a crash kept from its file is said when the server can be seen again")
    func saidLater() async throws {
        let world = World()
        world.drop("aa")
        try await world.settle()
        world.change("aa") { $0.state = .error }
        await world.pass(dying: .after(commit: 1))
        #expect(world.phase("aa") != .error && world.store.subject("aa")?.published?.phase == .error)
        world.drop("aa", [.category: .text("iso")])
        world.server.faults.actionsLeft = 0
        try await world.pass()
        world.healServer()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.phase("aa") == .error)
    }
}
