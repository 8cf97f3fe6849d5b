import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Checking one file")
struct RequestCheckTests {
    @Test("Below the spool a request is under its folders' defaults, elsewhere under the configured ones")
    func chain() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.makeFolder("films/new")
        try spool.drop("_defaults.json", #"{"category": "all", "onDelete": "keep"}"#)
        try spool.drop("films/_defaults.json", #"{"category": "films"}"#)
        try spool.drop("films/new/a.json")
        try spool.drop("films/b.torrent", TestSpool.torrent())
        try spool.drop("../outside.json")
        try spool.link("../alias", to: "requests/films")
        var settings = SpoolSettings(directory: spool.requests)
        settings.defaults = Array(#"{"tags": ["x"]}"#.utf8)
        func wishes(_ path: String) throws -> [Field: FieldValue] {
            try RequestCheck.read(path: path, settings: settings, now: TestSpool.now).get().wishes
        }
        let films: [Field: FieldValue] = [.category: .text("films"), .tags: .list(["x"])]
        #expect(try wishes(spool.path("films/new/a.json")) == films)
        #expect(try wishes(spool.path("films/b.torrent")) == films)
        // By the real path, however it was come by.
        #expect(try wishes(spool.root + "/alias/new/a.json") == films)
        #expect(try wishes(spool.root + "/outside.json") == [.tags: .list(["x"])])
        settings.directory = "/nonexistent/requests"
        #expect(try wishes(spool.path("films/new/a.json")) == [.tags: .list(["x"])])
    }

    @Test("Defaults at fault above a request are what is wrong with it, named with their place")
    func faults() throws {
        let spool = try TestSpool()
        try spool.makeFolder("films")
        try spool.drop("films/_defaults.json", #"{"category": 5}"#)
        try spool.drop("films/a.json")
        let settings = SpoolSettings(directory: spool.requests)
        let checked = try RequestCheck.check(
            path: spool.path("films/a.json"), settings: settings, now: TestSpool.now)
        guard case .failure(let problem) = checked else {
            Issue.record("it was accepted")
            return
        }
        #expect(problem.code == "bad-type" && problem.line == nil)
        #expect(problem.message.hasPrefix("films/_defaults.json is invalid, line 1, column 14: "))
    }

    @Test("A file of defaults is checked as such, wherever it lies")
    func defaults() throws {
        let spool = try TestSpool()
        let settings = SpoolSettings(directory: "")
        func check(_ text: String) throws -> Result<RequestCheck.Checked, Problem> {
            try spool.drop("_defaults.json", text)
            return try RequestCheck.check(
                path: spool.path("_defaults.json"), settings: settings, now: TestSpool.now)
        }
        #expect(try check(#"{"category": "x"}"#) == .success(.defaults))
        guard case .failure(let problem) = try check("{\n\"release\": {}}") else {
            Issue.record("it was accepted")
            return
        }
        #expect(problem.code == "unknown-field" && problem.line == 2)
        // Nobody waits for one that may be being written.
        #expect(throws: Problem.self) { try check("{").get() }
        let read = try RequestCheck.read(
            path: spool.path("_defaults.json"), settings: settings, now: TestSpool.now)
        #expect(throws: Problem.self) { try read.get() }
        try spool.take("_defaults.json")
        #expect(throws: SpoolError.self) {
            try RequestCheck.check(
                path: spool.path("_defaults.json"), settings: settings, now: TestSpool.now)
        }
    }
}
