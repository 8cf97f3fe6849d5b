import Glibc
import HTTP
import Testing

@testable import Daemon

@Suite("Files of secrets")
struct ConfigurationCredentialTests {
    @Test(
        "One newline at the end is trimmed",
        arguments: [
            ("hunter2", "hunter2"), ("hunter2\n", "hunter2"), ("hunter2\r\n", "hunter2"), (" a b ", " a b "),
            ("é\n", "é"),
        ])
    func trimming(_ content: String, _ secret: String) throws {
        let scratch = try ConfigurationScratch()
        let path = try scratch.write(Array(content.utf8), to: "p")
        #expect(try Credential.read(path, credentialsDirectory: nil).reveal() == secret)
    }

    static let bad: [(content: [UInt8], sentence: String)] = [
        ([], "is empty"), ([0x0A], "is empty"), (Array("hunter2\n\n".utf8), "more than one line"),
        (Array("hunter2\nx".utf8), "more than one line"), (Array("hunter2\0".utf8), "zero byte"),
        (Array("hunter2".utf8) + [0xFF], "not UTF-8"),
    ]

    @Test("What is no secret is refused and not quoted", arguments: bad)
    func refusal(_ row: (content: [UInt8], sentence: String)) throws {
        let scratch = try ConfigurationScratch()
        let path = try scratch.write(row.content, to: "p")
        let error = #expect(throws: ConfigurationError.self) {
            try Credential.read(path, credentialsDirectory: nil)
        }
        #expect(error?.message.contains(row.sentence) == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func aSecretHasAtMostFourKilobytes() throws {
        let scratch = try ConfigurationScratch()
        let path = try scratch.write([UInt8](repeating: 0x61, count: Credential.maximumBytes), to: "p")
        #expect(try Credential.read(path, credentialsDirectory: nil).reveal().utf8.count == 4096)
        let large = try scratch.write([UInt8](repeating: 0x61, count: Credential.maximumBytes + 1), to: "q")
        let error = #expect(throws: ConfigurationError.self) {
            try Credential.read(large, credentialsDirectory: nil)
        }
        #expect(error?.message.contains("larger than 4096 bytes") == true)
    }

    @Test("A file that others can read is refused", arguments: [0o640, 0o604, 0o660, 0o601] as [mode_t])
    func othersCanRead(mode: mode_t) throws {
        let scratch = try ConfigurationScratch()
        let path = try scratch.write(Array("hunter2".utf8), to: "p", mode: mode)
        let error = #expect(throws: ConfigurationError.self) {
            try Credential.read(path, credentialsDirectory: nil)
        }
        #expect(error?.message.contains("chmod 600 \(path)") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func systemdsCredentialsAreGuardedByTheirDirectory() throws {
        let scratch = try ConfigurationScratch()
        let path = try scratch.write(Array("hunter2".utf8), to: "p", mode: 0o440)
        #expect(try Credential.read(path, credentialsDirectory: scratch.root).reveal() == "hunter2")
        for directory in ["/", "", scratch.root + "/..", scratch.root + "/p/x", "/tmp/other"] {
            #expect(throws: ConfigurationError.self) {
                try Credential.read(path, credentialsDirectory: directory)
            }
        }
        let detour = "/run/secrets/../..\(path)"
        #expect(throws: ConfigurationError.self) { try Credential.read(detour, credentialsDirectory: nil) }
    }

    @Test func onlyRegularFilesAreRead() throws {
        let scratch = try ConfigurationScratch()
        let fifo = scratch.root + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        for path in [fifo, scratch.root, scratch.root + "/absent", "/dev/zero"] {
            #expect(throws: ConfigurationError.self) { try Credential.read(path, credentialsDirectory: nil) }
        }
    }

    @Test func aSecretIsReadWhenItIsNeededAndNotBefore() throws {
        let configuration = try load("clients: {default: {passwordFile: /nonexistent/p}}")
        let client = configuration[client: "default"]
        let error = #expect(throws: ConfigurationError.self) {
            try client.credentials(credentialsDirectory: nil)
        }
        #expect(
            error?.message == "The file of secrets /nonexistent/p cannot be read: No such file or directory.")
    }
}
