import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    @Suite("Removal")
    struct Removal {
        @Test("A withdrawn request's torrent goes after the grace", arguments: Place.all)
        func withdrawn(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                stage.withdraw("aa")
                try await stage.settle()
                #expect(stage.phase("aa") == .removing)
                #expect(try await stage.has("aa"))
                stage.wait(.seconds(50))
                try await stage.settle()
                #expect(try await stage.has("aa"))
                stage.wait(.seconds(11))
                try await stage.settle()
                #expect(try await !stage.has("aa"))
                #expect(stage.phase("aa") == .removed && stage.reason("aa") == "Withdrawn")
            }
        }

        @Test("A request that returns within the grace keeps its torrent", arguments: Place.all)
        func returned(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(30))
                try stage.drop("aa")
                try await stage.settle()
                stage.wait(.seconds(300))
                try await stage.settle()
                #expect(stage.isUnderWay("aa") && stage.adds(of: "aa") == 1)
                #expect(stage.changes(.returned, of: "aa").count == 1)
            }
        }

        @Test("A request that returns after its removal begins anew", arguments: Place.all)
        func beginsAnew(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(stage.phase("aa") == .removed)
                try stage.drop("aa")
                try await stage.settle()
                #expect(stage.isUnderWay("aa") && stage.status("aa")?.generation == 2)
                #expect(try await stage.seen("aa").placement.tags == ["qspool"])
            }
        }

        @Test("Asked to be absent, ours goes at once", arguments: Place.all)
        func absent(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                try stage.drop("aa", [.state: .text("absent")])
                try await stage.settle()
                #expect(try await !stage.has("aa"))
                #expect(stage.phase("aa") == .removed && stage.reason("aa") == "Absent")
                try stage.drop("aa")
                try await stage.settle()
                #expect(try await stage.has("aa") && stage.isUnderWay("aa"))
            }
        }

        @Test("Removed by a person's order: no grace", arguments: Place.all)
        func ordered(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                stage.withdraw("aa")
                stage.order(.remove(SubjectKey(name: RequestName("aa"))))
                try await stage.settle()
                #expect(try await !stage.has("aa"))
                #expect(stage.phase("aa") == .removed)
            }
        }

        @Test("onDelete keep: left in place without our tag", arguments: Place.all)
        func kept(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.tags: .list(["x"])], onDelete: .keep)
                try await stage.confirm()
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                let tags = try await stage.seen("aa").placement.tags
                #expect(!tags.contains("qspool"))
                #expect(stage.phase("aa") == .removed && stage.reason("aa") == "Kept")
            }
        }

        @Test("More than the budget: nothing goes until a person approves", arguments: Place.all)
        func budget(place: Place) async throws {
            try await place.play { stage in
                let names = (1...7).map { "n\($0)" }
                try stage.drop(names)
                try await stage.confirm()
                for name in names.dropLast() { stage.withdraw(name) }
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(stage.holds == [.pruneBudget])
                for name in names { #expect(try await stage.has(name)) }
                stage.order(.approve(nil))
                try await stage.settle()
                #expect(stage.holds.isEmpty)
                for name in names { #expect(try await stage.has(name) == (name == "n7")) }
            }
        }

        @Test("A renamed request stays the same download", arguments: Place.all)
        func renamed(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.tags: .list(["x"])])
                try await stage.confirm()
                stage.spool.rename("aa", to: "zz")
                try await stage.settle()
                stage.wait(.seconds(600))
                try await stage.settle()
                #expect(stage.isUnderWay("zz") && stage.ownership("zz") == .added)
                #expect(stage.status("aa") == nil)
                #expect(try await stage.seen("aa").placement.tags == ["qspool", "x"])
                #expect(stage.changes(.added).count == 1)
            }
        }

        @Test(
            "A request that comes to mean another torrent: the new one first, then the old one goes",
            arguments: Place.all)
        func exchanged(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                try stage.drop("aa", torrent: "bb")
                try await stage.pass()
                #expect(try await stage.has("aa"))
                #expect(try await stage.has("bb"))
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(try await stage.has("bb"))
                #expect(try await !stage.has("aa"))
                #expect(stage.isUnderWay("aa") && stage.status("aa")?.generation == 2)
            }
        }

        @Test("What a request meant before and did not add stays when it means another", arguments: Place.all)
        func exchangedAdopted(place: Place) async throws {
            try await place.play { stage in
                try await stage.addByHand("aa", tags: ["mine"])
                try stage.drop("aa")
                try await stage.confirm()
                try stage.drop("aa", torrent: "bb")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(try await stage.seen("aa").placement.tags == ["mine"])
                #expect(try await stage.seen("bb").placement.tags == ["qspool"])
            }
        }
    }
}
