import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    @Suite("Goals and errors")
    struct Goals {
        /// Met by whatever is complete.
        private static func goals(_ then: SeedGoals.Consequence) -> FieldValue {
            .goals(SeedGoals(ratio: .at(0), then: then))
        }

        private static func drop(_ stage: Stage, _ wishes: [Field: FieldValue]) async throws {
            try await stage.place("aa", in: "data")
            try stage.drop(
                "aa", wishes.merging([.savePath: .text(stage.path("data"))]) { own, _ in own })
        }

        @Test("A goal that is met stops it, also against a written running", arguments: Place.all)
        func stop(place: Place) async throws {
            try await place.play { stage in
                try await Self.drop(stage, [.seed: Self.goals(.stop), .state: .text("running")])
                try await stage.settle(until: "it is finished") { stage.phase("aa") == .finished }
                #expect(stage.reason("aa") == "GoalMet")
                #expect(try await stage.seen("aa").state == .stoppedUP)
            }
        }

        @Test("A goal that is met takes it out, and it stays out", arguments: Place.all)
        func remove(place: Place) async throws {
            try await place.play { stage in
                try await Self.drop(stage, [.seed: Self.goals(.remove)])
                try await stage.settle(until: "it is finished") { stage.phase("aa") == .finished }
                #expect(stage.reason("aa") == "GoalMet")
                stage.wait(.seconds(600))
                try await stage.settle()
                #expect(try await !stage.has("aa"))
                #expect(stage.adds(of: "aa") == 1)
            }
        }

        @Test(
            "A goal of time where the server does not count it is said to be left to its limit",
            arguments: Place.all)
        func untold(place: Place) async throws {
            try await place.play { stage in
                try await Self.drop(
                    stage, [.seed: .goals(SeedGoals(time: .at(600), inactiveTime: .at(30), then: .stop))])
                try await stage.settle(until: "it seeds") { stage.phase("aa") == .seeding }
                let options = try await stage.seen("aa").options
                #expect(options.seedingTimeLimit == 600)
                #expect(options.inactiveSeedingTimeLimit == (place.release.hasInactiveLimit ? 30 : nil))
                #expect(stage.conditions("aa").contains(.unsupported) == !place.release.tellsSeedingTime)
                #expect(stage.isInSync("aa"))
            }
        }

        @Test("Where the server removes at its limit, none is set there", arguments: Place.all)
        func removesAtLimit(place: Place) async throws {
            try await place.playAlone { stage in
                try await stage.person.removeAtLimit(true)
                try await Self.drop(stage, [.seed: .goals(SeedGoals(ratio: .at(7), then: .stop))])
                try await stage.settle(until: "it seeds") { stage.phase("aa") == .seeding }
                let isSafe = place.release.hasLimitAction
                #expect(try await stage.seen("aa").options.ratioLimit == (isSafe ? 7 : -2))
                #expect(stage.conditions("aa").contains(.unsupported) == !isSafe && stage.isInSync("aa"))
                try await stage.person.removeAtLimit(false)
                stage.wait(.seconds(600))
                try await stage.settle()
                #expect(try await stage.seen("aa").options.ratioLimit == 7)
                #expect(!stage.conditions("aa").contains(.unsupported))
            }
        }

        @Test(
            "A save path that cannot be used is an error; retry on a better one cures it",
            arguments: Place.all)
        func badPath(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.savePath: .text("/dev/null/nowhere")])
                try await stage.settle(until: "it is in error") { stage.phase("aa") == .error }
                #expect(stage.reason("aa") == "ClientError" && stage.adds(of: "aa") == 1)
                try stage.drop("aa", [.savePath: .text(stage.path("better"))])
                stage.retry("aa")
                try await stage.settle(until: "it is under way") { stage.isUnderWay("aa") }
                #expect(try await stage.seen("aa").placement.savePath == stage.path("better"))
                #expect(stage.adds(of: "aa") == 2 && stage.isInSync("aa"))
            }
        }

        @Test("A server that was restarted and lacks our tag forgot it: it is put back", arguments: Place.all)
        func restarted(place: Place) async throws {
            try await place.playAlone { stage in
                try stage.drop(["aa", "bb"])
                try await stage.confirm()
                try await stage.make(.removeTags(["qspool"]), of: "aa")
                try await stage.restartServer()
                try await stage.settle(until: "both are under way") {
                    stage.isUnderWay("aa") && stage.isUnderWay("bb")
                }
                #expect(try await stage.seen("aa").placement.tags == ["qspool"])
                #expect(stage.ownership("aa") == .added && stage.adds(of: "aa") == 1)
            }
        }

        @Test("Another process goes on where the last one was", arguments: Place.all)
        func process(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.rename: .text("mine")])
                try await stage.confirm()
                stage.restartProcess()
                try await stage.pass()
                #expect(stage.report.isQuiet && stage.isInSync("aa"))
                try await stage.make(.rename("other"), of: "aa")
                stage.restartProcess()
                try await stage.settle()
                #expect(try await stage.seen("aa").name == "mine")
            }
        }
    }
}
