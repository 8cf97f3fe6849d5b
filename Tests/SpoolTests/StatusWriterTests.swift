import Glibc
import JSON
import Metainfo
import Reconciliation
import Testing

@testable import Spool

@Suite("Status files")
struct StatusWriterTests {
    static let time = WallTime(seconds: 1_795_341_600)

    static func status(_ name: String = "movies/Blade Runner") throws -> RequestStatus {
        let hash = try #require(InfoHash(text: TestSpool.hash))
        var torrent = Torrent(
            id: hash.truncated, identity: TorrentIdentity(hash), name: "Blade Runner (1982)",
            state: .downloading)
        torrent.placement = Torrent.Placement(
            savePath: "/downloads/movies", contentPath: "/downloads/movies/Blade Runner (1982)",
            category: "movies",
            tags: ["qspool"])
        torrent.counters = Torrent.Counters(
            progress: 0.375, size: 4_509_715_660, downloaded: 1_691_143_372, downloadSpeed: 3_921_412,
            eta: 720,
            seeds: 12, peers: 3)
        torrent.addedAt = time
        var status = RequestStatus(
            key: SubjectKey(name: RequestName(name)), generation: 2,
            version: RequestVersion(digest: Digest.sha256([]), readAt: time), phase: .downloading, reason: "",
            message: "37.5 % of 4.2 GiB, about 12 minutes left",
            torrent: TorrentStatus(torrent: torrent, ownership: .added, localPath: nil),
            labels: ["movie": "603"])
        status.conditions = [
            Condition(
                kind: .inSync, isTrue: true, reason: "Verified", message: "", since: time, generation: 2)
        ]
        status.drift = [
            Drift(field: .category, wanted: .text("movies"), observed: .text(""), verdict: .corrected),
            Drift(field: .uploadLimit, wanted: .number(5), observed: .number(0), verdict: .reported),
        ]
        status.failure.attempts = 1
        return status
    }

    private static let expected = """
        {
          "schema": 1,
          "name": "movies/Blade Runner",
          "generation": 2,
          "request": {
            "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "readAt": "2026-11-22T10:00:00Z"
          },
          "phase": "downloading",
          "reason": "",
          "message": "37.5 % of 4.2 GiB, about 12 minutes left",
          "torrent": {
            "client": "default",
            "hash": "0123456789abcdef0123456789abcdef01234567",
            "infoHashV1": "0123456789abcdef0123456789abcdef01234567",
            "infoHashV2": null,
            "name": "Blade Runner (1982)",
            "ownership": "added",
            "state": "downloading",
            "progress": 0.375,
            "eta": 720,
            "size": 4509715660,
            "downloaded": 1691143372,
            "uploaded": 0,
            "downloadSpeed": 3921412,
            "uploadSpeed": 0,
            "ratio": 0,
            "seeds": 12,
            "peers": 3,
            "savePath": "/downloads/movies",
            "contentPath": "/downloads/movies/Blade Runner (1982)",
            "localPath": null,
            "category": "movies",
            "tags": ["qspool"],
            "addedAt": "2026-11-22T10:00:00Z",
            "completedAt": null
          },
          "labels": {
            "movie": "603"
          },
          "conditions": [
            {
              "type": "InSync",
              "status": "True",
              "reason": "Verified",
              "message": "",
              "since": "2026-11-22T10:00:00Z",
              "generation": 2
            }
          ],
          "drift": [
            {
              "field": "category",
              "wanted": "movies",
              "observed": "",
              "verdict": "corrected"
            },
            {
              "field": "uploadLimit",
              "wanted": 5,
              "observed": 0,
              "verdict": "reported"
            }
          ],
          "attempts": 1,
          "nextAttemptAt": null,
          "lastError": null,
          "updatedAt": "2026-11-22T10:00:00Z"
        }

        """

    @Test("The text is the contract's, member for member")
    func text() throws {
        let bytes = StatusWriter.render(try Self.status(), updatedAt: Self.time)
        #expect(String(decoding: bytes, as: UTF8.self) == Self.expected)
    }

    @Test("A rejected request shows code and place, and null where nothing is known")
    func rejected() throws {
        var status = RequestStatus(
            key: SubjectKey(name: RequestName("x")), generation: 1, version: nil, phase: .rejected,
            reason: "UnknownField", message: "")
        status.failure.problem = Problem(
            code: "unknown-field", message: "catagory is no field", field: "catagory", line: 3, column: 5)
        let root = try JSONReader.document(StatusWriter.render(status, updatedAt: Self.time))
        #expect(root["request"]?.value == .null && root["torrent"]?.value == .null)
        let error = try #require(root["lastError"])
        #expect(error["code"]?.value == .string("unknown-field") && error["line"]?.value == .integer(3))
        #expect(error["column"]?.value == .integer(5) && error["field"]?.value == .string("catagory"))
        #expect(error["retriable"]?.value == .bool(false) && error["at"]?.value == .null)
        status.failure.problem = nil
        status.failure.lastError = LastError(code: "timeout", message: "m", isRetriable: true, at: Self.time)
        let other = try JSONReader.document(StatusWriter.render(status, updatedAt: Self.time))
        #expect(other["lastError"]?["retriable"]?.value == .bool(true))
        #expect(other["lastError"]?["at"]?.value == .string(Self.time.description))
    }

    @Test("Server text is escaped and cut, numbers are sane, and the whole stays small")
    func hostile() throws {
        var status = try Self.status()
        status.torrent?.torrent.name = "a\u{1B}[31m\u{202E}b" + String(repeating: "ü", count: 600)
        status.torrent?.torrent.counters.progress = .nan
        status.torrent?.torrent.counters.ratio = .infinity
        status.torrent?.torrent.counters.size = -1
        status.torrent?.torrent.placement.tags = (0..<500).map {
            "\"\($0)" + String(repeating: "\\", count: 200)
        }
        status.labels = Dictionary(
            uniqueKeysWithValues: (0..<64).map {
                ("k\($0)" + String(repeating: "k", count: 250), String(repeating: "\"", count: 256))
            })
        let bytes = StatusWriter.render(status, updatedAt: Self.time)
        #expect(bytes.count <= 16_384)
        let torrent = try #require(try JSONReader.document(bytes)["torrent"])
        guard case .string(let name)? = torrent["name"]?.value else {
            Issue.record("no name")
            return
        }
        #expect(name.hasPrefix(#"a\u001b[31m\u202eb"#) && name.hasSuffix("…") && name.utf8.count <= 512)
        #expect(torrent["progress"]?.value == .integer(0) && torrent["size"]?.value == .integer(0))
        #expect(torrent["ratio"]?.value == .integer(0))
    }

    @Test("Published once, and again only when it says something else")
    func publish() throws {
        let spool = try TestSpool()
        let writer = try StatusWriter(directory: spool.status)
        var status = try Self.status()
        #expect(try writer.publish(status, updatedAt: Self.time))
        let later = WallTime(seconds: 1_795_345_000)
        status.version = RequestVersion(digest: Digest.sha256([]), readAt: later)
        #expect(try !writer.publish(status, updatedAt: later))
        #expect(try writer.matches(status))
        status.labels["long"] = String(repeating: "x", count: 250)
        status.torrent?.torrent.placement.tags = (0..<200).map { "tag number \($0)" }
        #expect(try writer.publish(status, updatedAt: later))
        #expect(try !writer.publish(status, updatedAt: later))
        status.labels["at"] = "x"
        status.labels["readAt"] = "x"
        #expect(try !writer.matches(status))
        #expect(try writer.publish(status, updatedAt: later))
        status.labels["at"] = "y"
        #expect(try writer.publish(status, updatedAt: later))
        status.labels["readAt"] = "y"
        #expect(try writer.publish(status, updatedAt: later))
        #expect(try writer.modifiedAt(status.key.name) != nil)
        #expect(try writer.modifiedAt(RequestName("movies/none")) == nil)

        let file = try Directory(path: spool.status + "/movies").facts("Blade Runner.json")
        #expect(file.mode == 0o640)
        #expect(try Directory(path: spool.status).facts("movies").mode == 0o750)
        #expect(try Directory(path: spool.root).facts("status").mode == 0o750)
    }

    @Test("Digests ignore counters and the instants of reading and writing")
    func digests() throws {
        let status = try Self.status()
        var moved = status
        moved.torrent?.torrent.counters.downloaded += 1
        moved.version = RequestVersion(digest: Digest.sha256([]), readAt: WallTime(seconds: 5))
        #expect(StatusWriter.digest(of: status) == StatusWriter.digest(of: moved))
        moved.torrent?.torrent.placement.category = "x"
        #expect(StatusWriter.digest(of: status) != StatusWriter.digest(of: moved))
    }

    @Test("Removing takes empty folders along, and nothing else")
    func remove() throws {
        let spool = try TestSpool()
        let writer = try StatusWriter(directory: spool.status)
        for name in ["a/b/c/x", "a/b/y", "z"] {
            _ = try writer.publish(try Self.status(name), updatedAt: Self.time)
        }
        #expect(try writer.names().map(\.text) == ["a/b/c/x", "a/b/y", "z"])
        try writer.remove(RequestName("a/b/c/x"))
        try writer.remove(RequestName("a/b/c/x"))
        try writer.remove(RequestName("never/was"))
        #expect(try Directory(path: spool.status + "/a/b").names().count == 1)
        try writer.remove(RequestName("a/b/y"))
        #expect(try writer.names().map(\.text) == ["z"])
        #expect(try Directory(path: spool.status).names().count == 1)
    }

    @Test("Links in the status directory are replaced, not followed")
    func links() throws {
        let spool = try TestSpool()
        let writer = try StatusWriter(directory: spool.status)
        try spool.drop("victim.txt", "keep")
        #expect(symlink(spool.path("victim.txt"), spool.status + "/x.json") == 0)
        #expect(try writer.publish(try Self.status("x"), updatedAt: Self.time))
        #expect(try Directory(path: spool.status).facts("x.json").kind == .regular)
        #expect(try Directory(path: spool.requests).facts("victim.txt").stamp.size == 4)

        #expect(symlink(spool.requests, spool.status + "/folder") == 0)
        #expect(throws: SpoolError.self) {
            try writer.publish(try Self.status("folder/x"), updatedAt: Self.time)
        }
        #expect(throws: SpoolError.self) { try writer.publish(try Self.status("../x"), updatedAt: Self.time) }
        #expect(throws: SpoolError.self) { try writer.publish(try Self.status("a//x"), updatedAt: Self.time) }
        #expect(throws: SpoolError.self) { try writer.publish(try Self.status(""), updatedAt: Self.time) }
        #expect(try writer.names().map(\.text) == ["x"])
    }

    @Test("A status directory that was replaced is found again, old temporaries are swept")
    func replaced() throws {
        let spool = try TestSpool()
        let writer = try StatusWriter(directory: spool.status)
        #expect(rename(spool.status, spool.root + "/old") == 0)
        #expect(try writer.publish(try Self.status("x"), updatedAt: Self.time))
        #expect(try writer.names().count == 1)

        for name in [".qspool-tmp-0123", "x.json.tmp"] {
            try AtomicFile.write([1], to: spool.status + "/" + name, mode: 0o600, durable: false)
        }
        try writer.sweepTemporaries(olderThan: WallTime(milliseconds: TestSpool.now.milliseconds - 3_600_000))
        #expect(try Directory(path: spool.status).names().count == 3)
        try writer.sweepTemporaries(olderThan: TestSpool.later)
        #expect(try Directory(path: spool.status).names().count == 2)
    }
}
