import Glibc
import JSON
import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Identity, requests, orders and the summary")
struct WritingTests {
    @Test("The identity is made once")
    func identity() throws {
        let spool = try TestSpool(identity: false)
        #expect(throws: SpoolError.self) { try SpoolIdentity.read(in: spool.requests) }
        let uuid = try SpoolIdentity.create(in: spool.requests)
        #expect(uuid.utf8.count == 36 && Array(uuid.utf8)[14] == UInt8(ascii: "4"))
        #expect(try SpoolIdentity.read(in: spool.requests) == uuid)
        let error = #expect(throws: SpoolError.self) { try SpoolIdentity.create(in: spool.requests) }
        #expect(error?.code == "exists")
        #expect(try SpoolIdentity.read(in: spool.requests) == uuid)
        #expect(try Directory(path: spool.requests).names().count == 1)
    }

    @Test("A new request is whole, and an existing name is refused")
    func create() throws {
        let spool = try TestSpool()
        let writer = try RequestWriter(directory: spool.requests)
        let name = RequestName("films/new/Heat")
        try writer.create(
            name, files: [("torrent", TestSpool.torrent()), ("json", Array(#"{"category": "x"}"#.utf8))])
        #expect(try spool.reader().scan(now: TestSpool.now).accepted == ["films/new/Heat"])
        #expect(try writer.exists(name))
        let error = #expect(throws: SpoolError.self) { try writer.create(name, suffix: "magnet", bytes: [1]) }
        #expect(error?.code == "exists")
        #expect(try Directory(path: spool.path("films/new")).names().count == 2)
        for bad in ["", "../x", "a//b", "_x", ".x", "a/", "x\u{7}", "1/2/3/4/5/6/7/8/9/x"] {
            let error = #expect(throws: SpoolError.self) {
                try writer.create(RequestName(bad), suffix: "json", bytes: [1])
            }
            #expect(error?.code == "bad-name", "\(bad)")
        }
    }

    @Test("A file is checked outside a spool by the same rules")
    func check() throws {
        let spool = try TestSpool(identity: false)
        let settings = SpoolSettings(directory: "")
        func check(_ name: String) throws -> Result<RequestDraft, Problem> {
            try RequestCheck.read(path: spool.path(name), settings: settings, now: TestSpool.now)
        }
        func code(_ name: String) throws -> String? {
            guard case .failure(let problem) = try check(name) else { return nil }
            return problem.code
        }
        try spool.drop("a.json", #"{"source": "x.torrent"}"#)
        #expect(try code("a.json") == "missing-field")
        try spool.drop("x.torrent", TestSpool.torrent())
        #expect(try check("a.json").get().sourceFile == .torrent(TestSpool.torrent()))
        #expect(try check("x.torrent").get().suffix == "torrent")
        try spool.drop("b.json", "{")
        #expect(try code("b.json") == "bad-json")
        #expect(try code("b.txt") == "bad-name")
        #expect(throws: SpoolError.self) { try check("none.json") }
    }

    @Test("Deleting takes the side file, and the .torrent that nobody else names")
    func delete() throws {
        let spool = try TestSpool()
        let writer = try RequestWriter(directory: spool.requests)
        try spool.drop("a.json", #"{"category": "x"}"#)
        try spool.drop("a.torrent", TestSpool.torrent("a"))
        try spool.drop("b.json", #"{"source": "x.torrent"}"#)
        try spool.drop("c.json", #"{"source": "y.torrent"}"#)
        try spool.drop("d.json", #"{"source": "y.torrent"}"#)
        try spool.drop("x.torrent", TestSpool.torrent("x"))
        try spool.drop("y.torrent", TestSpool.torrent("y"))
        #expect(try writer.delete(RequestName("a")))
        #expect(try writer.delete(RequestName("b")))
        #expect(try writer.delete(RequestName("c")))
        #expect(try !writer.delete(RequestName("a")))
        #expect(try !writer.delete(RequestName("no/where")))
        let left = try Directory(path: spool.requests).names().map { String(decoding: $0, as: UTF8.self) }
        #expect(Set(left) == [".qspool", "d.json", "y.torrent"])
    }

    @Test("Orders come back as they were given, and garbage is named")
    func orders() throws {
        let spool = try TestSpool()
        let box = OrderBox(directory: spool.root + "/orders")
        #expect(try box.read().orders.isEmpty)
        let key = SubjectKey(client: "seedbox", name: RequestName("films/é"))
        let kinds: [Order.Kind] = [.approve(nil), .approve(.pruneBudget), .retry(key), .remove(key)]
        for kind in kinds { try box.write(kind) }
        #expect(try Directory(path: spool.root).facts("orders").mode == 0o700)
        let folder = try Directory(path: spool.root + "/orders")
        for (name, text) in [("x.json", "{"), ("y.json", #"{"schema":1,"order":"explode"}"#), ("z", "")] {
            try AtomicFile.write(Array(text.utf8), name: name, in: folder, mode: 0o600, durable: false)
        }
        try AtomicFile.write(
            Array(#"{"schema":1,"order":"approve","hold":"Nonsense"}"#.utf8), name: "h.json", in: folder,
            mode: 0o600, durable: false)
        let (orders, problems) = try box.read()
        #expect(Set(orders.map(\.kind)) == Set(kinds) && orders.count == 4)
        #expect(
            problems.map(\.path).sorted() == ["orders/h.json", "orders/x.json", "orders/y.json", "orders/z"])
        try box.delete(orders.map(\.file) + ["never-was.json"])
        #expect(try box.read().orders.isEmpty)
    }

    @Test("The summary is the contract's, and is written only when it says something else")
    func summary() throws {
        let spool = try TestSpool()
        let time = StatusWriterTests.time
        let hold = Hold(
            kind: .pruneBudget, since: time, message: "41 requests are gone", names: [RequestName("a")],
            lift: "qspool approve", digest: [])
        var summary = Summary(
            version: "1.0.0", phases: [.seeding: 2, .rejected: 1, .queued: 0], converged: 0.97, holds: [hold],
            problems: [SpoolProblem(path: #"bad\u0007.json"#, code: "bad-name", message: "m")],
            clients: [
                "default": Summary.Client(
                    isReachable: true, facts: ServerFacts(version: "v5.3.0", webAPI: "2.16.2", freeSpace: 5),
                    lastGoodObservation: time)
            ],
            lastPass: Summary.LastPass(
                at: time, duration: 0.012, calls: 1, actions: 0, commits: 0, filesWritten: 0),
            store: Summary.StoreFigures(bytes: 1_048_576, logFrom: nil, mapUsed: 0.04))
        #expect(try SummaryWriter.publish(summary, updatedAt: time, in: spool.root))
        #expect(try !SummaryWriter.publish(summary, updatedAt: TestSpool.now, in: spool.root))
        summary.converged = 1
        #expect(try SummaryWriter.publish(summary, updatedAt: time, in: spool.root))
        let root = try JSONReader.document(SummaryWriter.render(summary, updatedAt: time))
        guard case .object(let members) = root.value else {
            Issue.record("no object")
            return
        }
        #expect(
            members.map(\.key) == [
                "schema", "version", "updatedAt", "requests", "converged", "holds", "problems", "clients",
                "lastPass", "store",
            ])
        #expect(root["requests"]?["total"]?.value == .integer(3))
        #expect(root["requests"]?["phases"]?["queued"] == nil)
        #expect(root["clients"]?["default"]?["webapi"]?.value == .string("2.16.2"))
        #expect(try Directory(path: spool.root).facts("summary.json").mode == 0o640)
    }
}
