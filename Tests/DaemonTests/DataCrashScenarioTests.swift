import Daemon
import Metainfo
import Reconciliation
import Testing

@Suite("Data, crashes and lost answers")
struct DataCrashScenarioTests {
    @Test("What was seen survives the process, whenever it dies", arguments: 1...3)
    func survives(commit: Int) async throws {
        for isAfter in [false, true] {
            let world = DataScenarioTests.world()
            world.drop("bb")
            try await world.confirm()
            world.drop("aa", onDelete: .removeData)
            if commit < 3 {
                await world.pass(dying: isAfter ? .after(commit: commit) : .before(commit: commit))
            }
            world.restart()
            try await world.confirm()
            world.progress("aa", 0.5)
            try await world.settle()
            world.restart()
            try await DataScenarioTests.withdraw(world)
            #expect(!world.has("aa") && world.reason("aa") == "DataRemoved", "\(commit) \(isAfter)")
            #expect(world.server.disk.files.isEmpty)
        }
    }

    @Test("The answer to the removal is lost: nobody claims to know")
    func lostAnswer() async throws {
        let world = try await DataScenarioTests.downloaded()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        world.server.faults.lostAnswers = 1
        try await world.settle()
        #expect(!world.has("aa") && world.reason("aa") == "DataUncertain")
        #expect(world.publication.status("aa")?.message.contains("nobody knows") == true)
    }

    @Test("A removal that failed, and then somebody else removed it: nothing is claimed of its data")
    func removedByOther() async throws {
        let world = try await DataScenarioTests.downloaded()
        world.withdraw("aa")
        try await world.pass()
        world.wait(.seconds(60))
        world.server.faults.refusals["aa"] = 1
        try await world.settle()
        world.removeByHand("aa")
        world.wait(.seconds(60))
        try await world.settle()
        #expect(world.reason("aa") == "AlreadyGone" && !world.server.disk.files.isEmpty)
    }
}
