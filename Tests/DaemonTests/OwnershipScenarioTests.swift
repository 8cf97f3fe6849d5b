import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Whose torrent it is")
struct OwnershipScenarioTests {
    @Test("There before its request: adopted, converged, released, never pruned")
    func adoption() async throws {
        let world = World()
        world.addByHand("aa", tags: ["mine"])
        world.drop("aa", [.category: .text("iso")])
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["mine", "qspool-adopted"])
        #expect(world.torrent("aa")?.placement.category == "iso")
        #expect(world.publication.status("aa")?.torrent?.ownership == .adopted)
        #expect(world.adds(of: "aa") == 0)
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["mine"])
        #expect(world.phase("aa") == .removed && world.reason("aa") == "Released")
        #expect(!world.words.contains("prune"))
    }

    @Test("Adopted, and asked to be absent: released, and nothing more ever")
    func adoptedAbsent() async throws {
        let world = World()
        world.addByHand("aa")
        world.drop("aa")
        try await world.confirm()
        world.drop("aa", [.state: .text("absent")])
        try await world.settle()
        #expect(world.has("aa") && world.torrent("aa")?.placement.tags == [])
        #expect(world.phase("aa") == .removed && world.reason("aa") == "Released")
        #expect(world.publication.status("aa")?.generation == 2)
        // Until it is certain that the server has not forgotten it.
        try await world.confirm()
        try await world.settle()
        #expect(world.isQuiet && world.publication.status("aa")?.generation == 2)
    }

    @Test("Foreign torrents are never touched, whatever their tags")
    func foreign() async throws {
        let world = World()
        world.addByHand("x", tags: ["qspool"])
        world.addByHand("y", tags: ["qspool-adopted"])
        world.addByHand("z")
        let before = world.server.torrents
        world.drop("aa")
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.server.torrents == before)
        #expect(world.store.log.allSatisfy { !($0.message + ($0.subject?.name.text ?? "")).contains("x ") })
    }

    @Test("A person takes our tag off: followed, not tagged again, not pruned")
    func tagTakenOff() async throws {
        let world = World()
        world.drop("aa", [.category: .text("iso")])
        world.drop("bb")
        try await world.confirm()
        world.takeOffTag("qspool", of: "aa")
        try await world.settle()
        #expect(world.publication.status("aa")?.torrent?.ownership == .disowned)
        world.change("aa") { $0.placement.category = "" }
        try await world.settle()
        #expect(world.torrent("aa")?.placement.category == "iso")
        #expect(world.torrent("aa")?.placement.tags == [])
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.has("aa") && !world.words.contains("prune"))
    }

    @Test("The server was restarted and forgot our tag: put back, also by a process that has just begun")
    func tagForgotten() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.takeOffTag("qspool", of: "aa")
        world.server.restart()
        world.restart()
        try await world.settle()
        #expect(world.torrent("aa")?.placement.tags == ["qspool"])
        #expect(world.store.subject("aa")?.following?.ownership == .added)
    }

    @Test("The server forgot our tag, and the request goes: tagged, then removed")
    func tagForgottenAndGone() async throws {
        let world = World()
        world.drop(["aa", "bb"])
        try await world.confirm()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        world.takeOffTag("qspool", of: "aa")
        world.server.restart()
        try await world.settle()
        #expect(!world.has("aa") && world.phase("aa") == .removed)
        #expect(Array(world.words.suffix(2)) == ["tag", "prune"])
    }

    @Test("A person removes what had completed: finished, not added again")
    func removedWhenComplete() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc"])
        try await world.confirm()
        world.complete("aa")
        try await world.settle()
        world.removeByHand("aa")
        try await world.settle()
        #expect(world.phase("aa") == .finished && world.reason("aa") == "RemovedByUser")
        world.wait(.seconds(3_600))
        world.restart()
        try await world.settle()
        #expect(!world.has("aa") && world.adds(of: "aa") == 1)
        #expect(world.store.observed.count == 2)
        world.drop("aa", [.category: .text("iso")])
        try await world.settle()
        #expect(world.has("aa"))
    }

    @Test("A person removes what had not completed: added again, thrice, then given up")
    func keepsVanishing() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc"])
        try await world.confirm()
        for time in 1...3 {
            world.removeByHand("aa")
            try await world.confirm()
            #expect(world.has("aa") && world.store.subject("aa")?.following?.readds == time)
        }
        world.removeByHand("aa")
        try await world.settle()
        #expect(world.phase("aa") == .failed && world.reason("aa") == "KeepsVanishing")
        #expect(world.adds(of: "aa") == 4)
        world.drop("aa", [.category: .text("iso")])
        try await world.settle()
        #expect(world.has("aa") && world.store.subject("aa")?.following?.readds == 0)
    }

    @Test("An add that fails while a loss is made good is no further loss")
    func refusedReadd() async throws {
        let world = World()
        world.drop(["aa", "bb", "cc"])
        try await world.confirm()
        world.removeByHand("aa")
        world.server.faults.refusals["aa"] = 6
        for _ in 1...8 {
            try await world.pass()
            world.wait(.seconds(3_600))
        }
        try await world.settle()
        #expect(world.has("aa") && world.store.subject("aa")?.following?.readds == 1)
    }
}
