import TestSupport
import Testing

/// What the fuzzer begins with, and all that it ever found, without the fuzzer.
@Suite("Hostile request files")
struct RequestFuzzTests {
    static let files =
        FixtureFolder("fuzz/request").files + FixtureFolder("requests/valid").files
        + FixtureFolder("requests/invalid").files

    @Test("The properties of requests hold", arguments: files)
    func request(_ file: FixtureFolder.File) {
        #expect(RequestProperties.violation(file.bytes) == nil)
    }

    @Test("There is something to look at")
    func fixtures() {
        #expect(Self.files.count > 100)
        #expect(Self.files.contains { $0.name == "control-key.json" && !$0.bytes.isEmpty })
    }

    @Test("Every prefix and every single damaged byte of a request keeps the properties")
    func damage() throws {
        let file = try #require(Self.files.first { $0.name == "escapes.json" })
        for count in file.bytes.indices {
            #expect(RequestProperties.violation(Array(file.bytes[..<count])) == nil)
            for byte in [0, 0x0A, 0x22, 0x5C, 0x7B, 0xC3, 0xFF] as [UInt8] {
                var damaged = file.bytes
                damaged[count] = byte
                #expect(RequestProperties.violation(damaged) == nil)
            }
        }
    }
}
