import Daemon
import Metainfo
import Reconciliation
import Testing

extension Scenarios {
    @Suite("Fields")
    struct Fields {
        @Test("Set at the add, changed, kept, emptied, and let go of", arguments: Place.all, FieldCase.all)
        func kept(place: Place, each: FieldCase) async throws {
            let play = each.isOfPlace ? place.playMoving : place.play
            try await play(Rules(), "kept \(each.field)", #fileID) { stage in
                let field = each.field
                let first = each.first(stage)
                let second = each.second(stage)
                try stage.drop("aa", [field: first])
                try await stage.settle()
                guard each.isSupported(by: place.release) else {
                    #expect(stage.conditions("aa").contains(.unsupported) && stage.isInSync("aa"))
                    #expect(try await stage.value(field, of: "aa") == nil)
                    return
                }
                #expect(try await stage.value(field, of: "aa") == first && stage.isInSync("aa"))
                #expect(!stage.conditions("aa").contains(.unsupported))

                try stage.drop("aa", [field: second])
                try await stage.settle()
                #expect(try await stage.value(field, of: "aa") == second && stage.isInSync("aa"))
                #expect(stage.changes(.changed, of: "aa").contains { $0.field == field.rawValue })
                #expect(stage.changes(.drift).isEmpty)

                stage.wait(.seconds(30))
                try await stage.make(each.byHand(stage), of: "aa")
                try await stage.settle()
                #expect(try await stage.value(field, of: "aa") == second && stage.isInSync("aa"))
                let drift = stage.changes(.drift, of: "aa")
                #expect(drift.map(\.field) == [field.rawValue])
                #expect(drift.map(\.from) == [second.description])
                #expect(drift.map(\.to) == [each.seenByHand(stage).description])

                if let empty = each.empty {
                    try stage.drop("aa", [field: empty.wanted])
                    try await stage.settle()
                    #expect(try await stage.value(field, of: "aa") == empty.seen && stage.isInSync("aa"))
                }
                try stage.drop("aa", [.tags: .list([])])
                try await stage.settle()
                stage.wait(.seconds(30))
                try await stage.make(each.byHand(stage), of: "aa")
                try await stage.settle()
                #expect(try await stage.value(field, of: "aa") == each.seenByHand(stage))
                #expect(stage.changes(.drift, of: "aa").count == 1 && stage.isInSync("aa"))
            }
        }

        @Test(
            "Tags that a request names are there, its former ones go, a person's stay", arguments: Place.all)
        func tags(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.tags: .list(["one", "two"])])
                try await stage.settle()
                try await stage.make(.addTags(["mine"]), of: "aa")
                try stage.drop("aa", [.tags: .list(["three", "two"])])
                try await stage.settle()
                #expect(try await stage.seen("aa").placement.tags == ["mine", "qspool", "three", "two"])
                stage.wait(.seconds(30))
                try await stage.make(.removeTags(["two"]), of: "aa")
                try await stage.settle()
                #expect(try await stage.seen("aa").placement.tags == ["mine", "qspool", "three", "two"])
                let drift = stage.changes(.drift, of: "aa")
                #expect(drift.map(\.from) == ["three, two"] && drift.map(\.to) == ["three"])
                try stage.drop("aa", [.tags: .list([])])
                try await stage.settle()
                #expect(try await stage.seen("aa").placement.tags == ["mine", "qspool"])
            }
        }

        @Test("Only reported, where that is the rule: each field with both values", arguments: Place.all)
        func reported(place: Place) async throws {
            try await place.playMoving(Rules(drift: .report)) { stage in
                // Those that do not bear on each other.
                let fields: Set<Field> = [
                    .category, .savePath, .rename, .sequentialDownload, .downloadLimit, .uploadLimit, .seed,
                ]
                let cases = FieldCase.all.filter { fields.contains($0.field) }
                let wishes = Dictionary(uniqueKeysWithValues: cases.map { ($0.field, $0.second(stage)) })
                try stage.drop("aa", wishes)
                try await stage.confirm()
                #expect(stage.isInSync("aa"))
                for each in cases { try await stage.make(each.byHand(stage), of: "aa") }
                try await stage.settle()
                let drift = try #require(stage.status("aa")?.drift)
                #expect(Set(drift.map(\.field)) == fields && drift.allSatisfy { $0.verdict == .reported })
                for each in cases {
                    #expect(drift.first { $0.field == each.field }?.observed == each.seenByHand(stage))
                    #expect(try await stage.value(each.field, of: "aa") == each.seenByHand(stage))
                }
                #expect(!stage.isInSync("aa"))
                stage.wait(.seconds(60))
                try await stage.pass()
                #expect(stage.report.figures.actions == 0)
            }
        }

        @Test(
            "Corrected three times in an hour, then contested until the request changes", arguments: Place.all
        )
        func contested(place: Place) async throws {
            try await place.play { stage in
                let mine = stage.word("mine")
                try stage.drop("aa", [.category: .text(mine)])
                try await stage.confirm()
                for round in 1...4 {
                    try await stage.make(.recategorize(stage.word("other"), path: ""), of: "aa")
                    try await stage.settle()
                    let isCorrected = try await stage.seen("aa").placement.category == mine
                    #expect(isCorrected == (round < 4), "round \(round)")
                    stage.wait(.seconds(60))
                }
                // Three that were corrected, and one that was not, told once.
                #expect(stage.changes(.drift, of: "aa").count == 4)
                #expect(stage.conditions("aa").contains(.contested))
                #expect(stage.status("aa")?.drift.map(\.verdict) == [.contested])
                try stage.drop("aa", [.category: .text(mine), .tags: .list([])])
                try await stage.settle()
                #expect(try await stage.seen("aa").placement.category == mine && stage.isInSync("aa"))
            }
        }

        @Test("An hour later a field is corrected again", arguments: Place.all)
        func contestedNoMore(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa", [.rename: .text("mine")])
                try await stage.confirm()
                for _ in 1...5 {
                    try await stage.make(.rename("other"), of: "aa")
                    try await stage.settle()
                    #expect(try await stage.seen("aa").name == "mine")
                    stage.wait(.seconds(1_900))
                }
                #expect(!stage.conditions("aa").contains(.contested))
            }
        }

        @Test("A person's stop is respected where nothing is said", arguments: Place.all)
        func personsStop(place: Place) async throws {
            try await place.play { stage in
                try stage.drop("aa")
                try await stage.confirm()
                try await stage.make(.stop, of: "aa")
                try await stage.settle()
                #expect(stage.phase("aa") == .stopped && stage.isInSync("aa"))
                try await stage.make(.start, of: "aa")
                try await stage.settle()
                #expect(stage.isUnderWay("aa") && stage.changes(.drift).isEmpty)
            }
        }
    }
}
