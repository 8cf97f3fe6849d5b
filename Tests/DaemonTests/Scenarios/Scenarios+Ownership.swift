import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    @Suite("Whose a torrent is")
    struct Whose {
        @Test("One that was there is adopted, kept as asked, and let go of", arguments: Place.all)
        func adopted(place: Place) async throws {
            try await place.play { stage in
                try await stage.addByHand("aa", tags: ["mine"])
                try stage.drop("aa", [.rename: .text("as asked")])
                try await stage.confirm()
                var torrent = try await stage.seen("aa")
                #expect(torrent.placement.tags == ["mine", "qspool-adopted"] && torrent.name == "as asked")
                #expect(stage.ownership("aa") == .adopted && stage.adds(of: "aa") == 0)
                #expect(stage.phase("aa") == .stopped && stage.isInSync("aa"))
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                torrent = try await stage.seen("aa")
                #expect(torrent.placement.tags == ["mine"])
                #expect(stage.phase("aa") == .removed && stage.reason("aa") == "Released")
            }
        }

        @Test("A magnet adopts the torrent that somebody added as a file", arguments: Place.all)
        func adoptedByMagnet(place: Place) async throws {
            try await place.play { stage in
                _ = try stage.cargo("aa", .hybrid)
                try await stage.addByHand("aa")
                try stage.drop("aa", as: .magnet)
                try await stage.settle()
                #expect(stage.ownership("aa") == .adopted)
                #expect(try await stage.seen("aa").placement.tags == ["qspool-adopted"])
            }
        }

        @Test("Asked to be absent, what is not ours is let go of", arguments: Place.all)
        func adoptedAbsent(place: Place) async throws {
            try await place.play { stage in
                try await stage.addByHand("aa")
                try stage.drop("aa")
                try await stage.settle()
                try stage.drop("aa", [.state: .text("absent")])
                try await stage.settle()
                #expect(try await stage.seen("aa").placement.tags == [])
                #expect(stage.phase("aa") == .removed && stage.reason("aa") == "Released")
            }
        }

        @Test("What nobody asks for is not touched", arguments: Place.all)
        func foreign(place: Place) async throws {
            try await place.play { stage in
                try await stage.addByHand("ff", tags: ["qspool", "mine"])
                try stage.drop("aa")
                try await stage.confirm()
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(try await stage.seen("ff").placement.tags == ["mine", "qspool"])
                #expect(try await !stage.has("aa"))
            }
        }

        @Test(
            "Of two requests the first owns the torrent, the other takes over when it goes",
            arguments: Place.all)
        func takeover(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.rename: .text("of aa")])
                try await stage.settle()
                try stage.drop("bb", torrent: "aa", [.rename: .text("of bb")])
                try await stage.confirm()
                #expect(stage.phase("bb") == .conflict)
                #expect(stage.status("bb")?.message.contains("aa") == true)
                #expect(try await stage.seen("aa").name == "of aa")
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(stage.isUnderWay("bb") && stage.ownership("bb") == .added)
                #expect(try await stage.seen("aa").name == "of bb")
                #expect(
                    stage.adds(of: "aa") + stage.changes(.added, of: "bb").count { $0.reason.isEmpty } == 1)
                #expect(stage.phase("aa") == .removed || stage.phase("aa") == nil)
            }
        }

        @Test("Our tag taken off by a person stays off, and the torrent stays for good", arguments: Place.all)
        func disowned(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                try await stage.make(.removeTags(["qspool"]), of: "aa")
                try await stage.settle()
                #expect(stage.ownership("aa") == .disowned && stage.isUnderWay("aa"))
                #expect(stage.changes(.released, of: "aa").map(\.reason) == ["TagTakenOff"])
                try stage.drop("aa", [.rename: .text("still kept")])
                try await stage.settle()
                let torrent = try await stage.seen("aa")
                #expect(torrent.placement.tags == [] && torrent.name == "still kept")
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(try await stage.has("aa") && stage.reason("aa") == "Released")
            }
        }

        @Test("Hands off: nothing is changed while the tag is on", arguments: Place.all)
        func handsOff(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                try await stage.make(.addTags(["qspool-hands-off"]), of: "aa")
                try stage.drop("aa", [.rename: .text("asked for")])
                try await stage.settle()
                #expect(try await stage.seen("aa").name != "asked for")
                #expect(stage.conditions("aa").contains(.suspended))
                stage.withdraw("aa")
                try await stage.settle()
                stage.wait(.seconds(600))
                try await stage.settle()
                #expect(try await stage.has("aa") && stage.reason("aa") == "Suspended")
                try await stage.make(.removeTags(["qspool-hands-off"]), of: "aa")
                try await stage.settle()
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(try await !stage.has("aa") && stage.phase("aa") == .removed)
            }
        }

        @Test("Suspended: nothing is changed until it is over", arguments: Place.all)
        func suspended(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("new", isSuspended: true)
                try stage.drop("aa")
                try await stage.confirm()
                #expect(stage.phase("new") == .waiting && stage.reason("new") == "Suspended")
                #expect(try await !stage.has("new"))
                try stage.drop("aa", [.rename: .text("asked for")], isSuspended: true)
                try await stage.settle()
                #expect(try await stage.seen("aa").name != "asked for")
                #expect(stage.conditions("aa").contains(.suspended))
                try stage.drop("aa", [.rename: .text("asked for")])
                try stage.drop("new")
                try await stage.settle()
                #expect(try await stage.seen("aa").name == "asked for")
                #expect(stage.isUnderWay("new") && stage.isInSync("new"))
            }
        }

        @Test(
            "With the store lost, what carries our tag is followed, and nothing else is done",
            arguments: Place.all)
        func storeLost(place: Place) async throws {
            try await place.play { stage in
                try stage.drop(["aa", "bb"])
                try await stage.confirm()
                stage.loseStore()
                try stage.drop("new")
                stage.withdraw("bb")
                try await stage.settle()
                #expect(stage.holds == [.storeLost] && stage.ownership("aa") == .added)
                #expect(try await stage.has("bb"))
                #expect(try await !stage.has("new"))
                stage.order(.approve(.storeLost))
                try await stage.settle()
                #expect(stage.holds.isEmpty && stage.isUnderWay("aa") && stage.isUnderWay("new"))
                stage.wait(.seconds(61))
                try await stage.settle()
                #expect(try await stage.has("bb"), "nobody asked for it since the store is new")
            }
        }
    }
}
