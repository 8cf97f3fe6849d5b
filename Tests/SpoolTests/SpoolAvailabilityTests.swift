import Glibc
import Reconciliation
import Testing

@testable import Spool

@Suite("Whether the spool can be relied on")
struct SpoolAvailabilityTests {
    private static func reason(_ reading: SpoolReading) -> String? {
        guard case .unavailable(let reason) = reading.availability else { return nil }
        return reason
    }

    /// Nothing is told of a spool that is not available, and nothing is lost by that.
    private static func isSilent(_ reading: SpoolReading) -> Bool {
        reading.changedDrafts.isEmpty && reading.changedRejections.isEmpty && reading.gone.isEmpty
    }

    @Test(
        "No identity, or none that is one, makes it unavailable",
        arguments: [
            nil, "", "not a uuid\n", "123e4567-e89b-12d3-a456-42661417400g\n",
            "123e4567e89b12d3a456426614174000\n",
        ])
    func noIdentity(content: String?) throws {
        let spool = try TestSpool(identity: false)
        try spool.drop("a.json")
        if let content { try spool.drop(".qspool", content) }
        let reader = try spool.reader()
        let reading = reader.scan(now: TestSpool.now)
        #expect(Self.reason(reading) != nil && Self.isSilent(reading))

        try spool.drop(".qspool", "123E4567-e89b-12d3-a456-426614174000\n")
        let next = reader.scan(now: TestSpool.now)
        #expect(next.accepted == ["a"] && next.identity == "123e4567-e89b-12d3-a456-426614174000")
    }

    @Test("The identity is no link")
    func linkedIdentity() throws {
        let spool = try TestSpool(identity: false)
        try spool.drop("id.txt", "123e4567-e89b-12d3-a456-426614174000\n")
        try spool.link(".qspool", to: "id.txt")
        #expect(Self.reason(try spool.reader().scan(now: TestSpool.now)) != nil)
    }

    @Test("Another identity than the one known is another spool")
    func otherIdentity() throws {
        let spool = try TestSpool()
        try spool.drop("a.json")
        let reader = try spool.reader()
        let first = reader.scan(now: TestSpool.now)
        reader.expectedIdentity = first.identity
        #expect(reader.scan(now: TestSpool.now).isQuiet)
        try spool.take(".qspool")
        try spool.take("a.json")
        let other = try SpoolIdentity.create(in: spool.requests)
        let reading = reader.scan(now: TestSpool.now)
        #expect(Self.reason(reading)?.contains(other) == true && reading.identity == other)
        #expect(Self.isSilent(reading))
    }

    @Test("Unmounted, and mounted again")
    func unmounted() throws {
        let spool = try TestSpool()
        try spool.drop("a.json")
        let reader = try spool.reader()
        reader.expectedIdentity = reader.scan(now: TestSpool.now).identity

        // What lies under the mount point is an empty directory.
        try spool.move("", to: "../mounted")
        try spool.makeFolder("")
        for _ in 0..<3 {
            let reading = reader.scan(now: TestSpool.now)
            #expect(Self.reason(reading) != nil && Self.isSilent(reading))
            #expect(Self.isSilent(reader.rescan(["a.json"], now: TestSpool.now)))
        }
        #expect(rmdir(spool.requests) == 0)
        #expect(Self.reason(reader.scan(now: TestSpool.now)) != nil)

        #expect(rename(spool.root + "/mounted", spool.requests) == 0)
        try spool.drop("b.json")
        let back = reader.scan(now: TestSpool.now)
        #expect(back.isComplete && back.accepted == ["b"] && back.gone.isEmpty)
    }

    @Test("A directory that is not there at the start is waited for")
    func missing() throws {
        let spool = try TestSpool()
        try spool.move("", to: "../away")
        let reader = try spool.reader()
        #expect(Self.reason(reader.scan(now: TestSpool.now)) != nil)
        #expect(rename(spool.root + "/away", spool.requests) == 0)
        #expect(reader.scan(now: TestSpool.now).isComplete)
    }

    @Test("A spool that every local user may write to is refused, unless allowed")
    func worldWritable() throws {
        let spool = try TestSpool()
        #expect(chmod(spool.requests, 0o777) == 0)
        let error = #expect(throws: SpoolError.self) { _ = try spool.reader() }
        #expect(error?.code == "world-writable" && error?.message.contains("chmod") == true)
        #expect(try spool.reader { $0.allowsWorldWritable = true }.scan(now: TestSpool.now).isComplete)
    }

    @Test("The directory itself is no link; its parents may be")
    func links() throws {
        let spool = try TestSpool()
        #expect(symlink(spool.requests, spool.root + "/linked") == 0)
        let error = #expect(throws: SpoolError.self) {
            _ = try spool.reader { $0.directory = spool.root + "/linked" }
        }
        #expect(error?.code == "not-a-directory")
        #expect(symlink(spool.root, spool.root + "/root") == 0)
        #expect(
            try spool.reader { $0.directory = spool.root + "/root/requests/" }.scan(now: TestSpool.now)
                .isComplete)
    }

    @Test("A requests/ that becomes world-writable while running is not read on")
    func laterWritable() throws {
        let spool = try TestSpool()
        let reader = try spool.reader()
        try spool.move("", to: "../old")
        try spool.makeFolder("")
        _ = try SpoolIdentity.create(in: spool.requests)
        #expect(chmod(spool.requests, 0o777) == 0)
        #expect(Self.reason(reader.scan(now: TestSpool.now))?.contains("write") == true)
    }
}
