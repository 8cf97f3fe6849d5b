import Glibc
import HTTP
import JSON
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

/// Every recording, through whatever of the client reads such an answer. `tools/record` redoes them.
@Suite("Recordings of real servers")
struct ReplayTests {
    struct Recording: Sendable, CustomStringConvertible {
        let version: String
        let name: String
        var description: String { version + "/" + name }
    }

    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/fixtures/qbittorrent"

    static let all: [Recording] = Fixture.versions.flatMap { version in
        names(in: folder + "/" + version).filter { $0.hasSuffix(".http") }.sorted().map {
            Recording(version: version, name: String($0.dropLast(".http".count)))
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }

    @Test("the same set of every version, but for what only some can")
    func complete() {
        let sets = Dictionary(grouping: Self.all, by: \.version).mapValues { Set($0.map(\.name)) }
        #expect(sets.keys.sorted() == Fixture.versions)
        let keys: Set = ["key-ok", "key-wrong", "key-unknown"]
        for (version, names) in sets {
            #expect(names.subtracting(keys) == sets["5.3.0"]?.subtracting(keys), "\(version)")
            #expect(names.count >= 50)
        }
    }

    @Test("names version and date, and holds no secret and nothing of a machine", arguments: all)
    func clean(_ recording: Recording) throws {
        let path = Self.folder + "/" + recording.description + ".http"
        let text = String(decoding: try Fixture.contents(of: path), as: UTF8.self)
        let title = text.prefix { $0 != "\n" }
        #expect(title.hasPrefix("# qBittorrent v\(recording.version), Web API "))
        #expect(title.contains(", recorded 20") && title.hasSuffix(" by tools/record"))
        for word in ["/tmp/", "/var/", "profile-", "qspool-test", "set-cookie: SID=S", "qbt_SCRUBBEDx"]
        where word != "set-cookie: SID=S" {
            #expect(!text.contains(word), "\(word)")
        }
        for line in text.split(separator: "\n") where line.contains("SID") {
            let value = line.split(separator: "=", maxSplits: 1).last ?? ""
            #expect(value.hasPrefix("SCRUBBED") || value == "bogus", "\(line)")
        }
        if let length = try Fixture(recording.version, recording.name).response.header("content-length") {
            let body = try Fixture(recording.version, recording.name).response.body
            #expect(Int(length) == body.count)
        }
    }

    @Test("is understood", arguments: all)
    func understood(_ recording: Recording) throws {
        let response = try Fixture(recording.version, recording.name).response
        let text = AnswerText(response)
        let isNewest = recording.version == "5.3.0"
        switch recording.name {
        case "login-ok":
            var cookies = SessionCookies()
            #expect(cookies.absorb(response.setCookies) && cookies.session == "SCRUBBED")
            #expect(response.status == 204 || text.trimmed == "Ok.")
        case "login-wrong": #expect(isNewest ? response.status == 401 : text.trimmed == "Fails.")
        case "login-banned":
            #expect(response.status == 403 && text.isOfTheCall && text.text.contains("banned"))
        case "noauth-app-version", "expired-session", "key-wrong", "key-unknown":
            #expect(response.status == 403 && text.isPlainRefusal)
        case "foreign-origin", "foreign-port":
            #expect(response.status == 401)
            #expect(AnswerText.trouble(of: response, to: "x", at: "y").message.contains("host name or port"))
        case "basic-wrong": #expect(response.status == (isNewest ? 401 : 403))
        case "app-version", "key-ok": #expect(text.trimmed == "v" + recording.version)
        case "app-webapiVersion":
            #expect(WebAPIVersion(text.trimmed).map(Capabilities.measured.contains) == true)
        case "app-preferences": #expect(try Preferences(response.body).findings.contains { $0.level == .ok })
        case "app-defaultSavePath": #expect(text.trimmed.hasPrefix("/data/downloads"))
        case let name where name.hasPrefix("add-") && name != "add-tags":
            try understoodAdd(recording, response)
        case let name where name.hasPrefix("torrents-info"):
            let count = ["torrents-info": 2, "torrents-info-metadl": 2, "torrents-info-none": 0][name] ?? 1
            #expect(try Observation.decode(response.body).count == count)
        case "torrents-files":
            let files = try FileList(response.body, hasUnwantedFolder: recording.version == "4.2.5")
            let all = FileSelection(include: ["*"], exclude: [])
            #expect(files.top == nil && files.choice(all.matcher).wanted == 1)
        default: try understoodChange(recording, response)
        }
    }

    private func understoodAdd(_ recording: Recording, _ response: HTTPResponse) throws {
        let (sent, isTaken) =
            switch recording.name {
            case "add-magnet", "add-files": (1, true)
            case "add-magnet-twice-one-call": (2, true)
            case "add-duplicate-magnet": (1, recording.version == "4.2.5")
            case "add-magnets-1-dup-1-new", "add-files-1-dup-1-new": (2, recording.version != "5.3.0")
            default: (1, false)
            }
        let answer = AddAnswer(response, sent: sent)
        if isTaken {
            #expect(answer == .accepted)
        } else if case .refusedSome = answer {
        } else {
            Issue.record("not about the torrents: \(answer)")
        }
    }

    /// Calls that were carried out, and those that every version refuses alike.
    private func understoodChange(_ recording: Recording, _ response: HTTPResponse) throws {
        let done: Set = [
            "create-category", "add-tags", "file-prio", "set-share-limits", "delete-unknown",
            "torrents-categories", "torrents-files-no-metadata",
        ]
        let refused = [
            "create-category-again": 409, "set-category-unknown": 409, "set-location-bad": 409,
            "set-location-empty": 400, "rename-empty": 409, "rename-unknown": 404,
            "top-prio-no-queueing": 409,
            "file-prio-bad": 409, "file-prio-no-metadata": 409, "torrents-files-unknown": 404,
            "unknown-endpoint": 404, "missing-param": 400,
        ]
        let outcome = Performer.judge(
            response, of: .change("x", [], mayBeDenied: recording.name.contains("location-bad")))
        if let status = refused[recording.name] {
            #expect(response.status == status)
            guard case .failed(let failure) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(failure.message.contains("\(status)"))
            if recording.name == "set-location-bad" { #expect(failure.code == "bad-path") }
        } else if done.contains(recording.name) {
            #expect(outcome == .acknowledged)
        } else {
            // One of two words, or what a version has or has not: judged where versions are.
            let known: Set = [
                "endpoint-pause", "endpoint-stop", "set-share-limits-2", "rotate-key", "app-processInfo",
                "app-getFreeSpaceAtPath",
            ]
            #expect(known.contains(recording.name), "a recording that no test reads")
            #expect([200, 400, 404].contains(response.status))
        }
    }
}
