import Daemon
import Reconciliation
import Spool
import TestSupport
import Testing

/// What `qspool add` makes of its sources, and what it says about them.
@Suite("Submission")
struct SubmissionTests {
    private let folder: TemporaryDirectory
    private let submission: Submission

    init() throws {
        folder = try TemporaryDirectory()
        let installation = try Installation.load(
            root: folder.path + "/root", configPath: nil, flags: [:], environment: [:])
        _ = try Founding(installation).run()
        submission = Submission(installation)
    }

    private func add(_ source: String, alternatives: [String] = [], name: String? = nil) throws -> [String] {
        try submission.add(
            [source], alternatives: alternatives, name: name, folder: nil, wishes: SubmissionWishes()
        ).map(\.text)
    }

    @Test("A key in the place of a name is no name")
    func keyIsNoName() throws {
        #expect(try add("http://h.example/download/a1b2c3d4e5f60718293a4b5c6d7e8f90") == ["h.example"])
        #expect(try add("http://h.example/download/Heat.torrent?passkey=TOP") == ["Heat"])
    }

    @Test("A magnet whose end looks like the name of a file is a magnet")
    func magnetIsNoFile() throws {
        let hash = "0123456789abcdef0123456789abcdef01234567"
        #expect(try add("magnet:?xt=urn:btih:\(hash)&dn=Heat.torrent") == ["Heat.torrent"])
    }

    @Test(
        "What it refuses it names without a key",
        arguments: [
            ("ftp://x.example/magnet?passkey=TOP", [], "ftp://x.example/***"),
            ("https://me:TOP@x.example/TOP", [], "https://x.example/***"),
            ("magnet:?xt=urn:btih:1&tr=http://t.example/TOP", [], "magnet:***"),
            ("data:TOP", [], "data:***"),
            (
                "https://x.example/Heat?passkey=TOP", ["ftp://x.example/magnet?passkey=TOP"],
                "https://x.example/***"
            ),
            ("TOP/nonsense", [], "nonsense"),
        ] as [(String, [String], String)])
    func refusal(source: String, alternatives: [String], shown: String) throws {
        let failure = try #require(throws: Failure.self) { try add(source, alternatives: alternatives) }
        #expect(failure.code == .personNeeded)
        #expect(failure.message.hasPrefix("nothing was written: \(shown): "), "\(failure.message)")
        #expect(!failure.message.contains("TOP"), "\(failure.message)")
    }
}
