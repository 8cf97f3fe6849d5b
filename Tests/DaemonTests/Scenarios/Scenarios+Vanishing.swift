import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    @Suite("Vanished torrents")
    struct Vanishing {
        @Test("Incomplete: added again, three times, then given up", arguments: Place.all)
        func keepsVanishing(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.rename: .text("mine")])
                for round in 1...3 {
                    try await stage.confirm()
                    try await stage.removeByHand("aa")
                    try await stage.settle()
                    #expect(stage.isUnderWay("aa") && stage.adds(of: "aa") == round + 1)
                    #expect(try await stage.seen("aa").name == "mine")
                }
                try await stage.confirm()
                try await stage.removeByHand("aa")
                try await stage.settle()
                #expect(stage.phase("aa") == .failed && stage.reason("aa") == "KeepsVanishing")
                #expect(try await !stage.has("aa"))
                stage.retry("aa")
                try await stage.settle()
                #expect(stage.isUnderWay("aa") && stage.adds(of: "aa") == 5)
            }
        }

        @Test("Complete, then removed by a person: finished", arguments: Place.all)
        func finished(place: Place) async throws {
            try await place.play { stage in
                try await Self.complete(stage, RequestTerms())
                try await stage.removeByHand("aa")
                try await stage.settle()
                stage.wait(.seconds(3_600))
                try await stage.settle()
                #expect(stage.phase("aa") == .finished && stage.reason("aa") == "RemovedByUser")
                #expect(try await !stage.has("aa"))
                try stage.drop("aa", [.tags: .list(["again"])])
                try await stage.settle()
                #expect(try await stage.has("aa"), "a changed request begins anew")
            }
        }

        @Test("onVanish readd: also one that was complete", arguments: Place.all)
        func readd(place: Place) async throws {
            try await place.play { stage in
                try await Self.complete(stage, RequestTerms(onVanish: .readd))
                try await stage.removeByHand("aa")
                try await stage.settle(until: "it seeds again") { stage.phase("aa") == .seeding }
                #expect(stage.adds(of: "aa") == 2)
            }
        }

        @Test("onVanish accept: not added again, however far it was", arguments: Place.all)
        func accept(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", terms: RequestTerms(onVanish: .accept))
                try await stage.confirm()
                try await stage.removeByHand("aa")
                try await stage.settle()
                #expect(stage.phase("aa") == .finished && stage.reason("aa") == "RemovedByUser")
                #expect(try await !stage.has("aa"))
            }
        }

        @Test("An adopted one that somebody removes is finished", arguments: Place.all)
        func adopted(place: Place) async throws {
            try await place.play { stage in
                try await stage.addByHand("aa")
                try stage.drop("aa")
                try await stage.confirm()
                try await stage.removeByHand("aa")
                try await stage.settle()
                #expect(stage.phase("aa") == .finished && stage.reason("aa") == "RemovedByUser")
                #expect(try await !stage.has("aa"))
            }
        }

        @Test("Many at once: held until a person confirms", arguments: Place.all)
        func massVanish(place: Place) async throws {
            try await place.play { stage in
                let names = ["aa", "bb", "cc", "dd", "ee"]
                try stage.drop(names)
                try await stage.confirm()
                try await stage.removeByHand("aa", "bb", "cc", "dd")
                try await stage.settle()
                #expect(stage.holds == [.massVanish])
                for name in names { #expect(try await stage.has(name) == (name == "ee")) }
                #expect(stage.phase("aa") == .waiting && stage.reason("aa") == "Hold")
                stage.order(.approve(.massVanish))
                try await stage.settle()
                #expect(stage.holds.isEmpty)
                for name in names { #expect(try await stage.has(name) && stage.isUnderWay(name)) }
            }
        }

        @Test(
            "Forgotten by the server moments after it was added: made good, and not counted",
            arguments: Place.all)
        func forgotten(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", terms: RequestTerms(onVanish: .accept))
                try await stage.settle()
                try await stage.removeByHand("aa")
                stage.wait(.seconds(6))
                try await stage.settle()
                #expect(try await stage.has("aa") && stage.isUnderWay("aa"))
                #expect(stage.changes(.vanished, of: "aa").map(\.reason) == ["ForgottenByServer"])
            }
        }

        private static func complete(_ stage: Stage, _ terms: RequestTerms) async throws {
            try await stage.place("aa", in: "data")
            try stage.drop("aa", [.savePath: .text(stage.path("data"))], terms: terms)
            try await stage.settle(until: "it seeds") { stage.phase("aa") == .seeding }
            try await stage.confirm()
        }
    }
}
