import HTTP
import Reconciliation
import TestSupport
import Testing

@testable import QBittorrent

@Suite("What a version can do")
struct CapabilitiesTests {
    /// The versions that were measured, and what each can: one letter an ability, in the order of the table.
    struct Measured: Sendable, CustomStringConvertible {
        let release: String
        let webAPI: String
        let abilities: Set<Capabilities.Ability>
        var description: String { release }

        var capabilities: Capabilities {
            get throws { Capabilities(version: try #require(WebAPIVersion(webAPI))) }
        }
    }

    private static let old: Set<Capabilities.Ability> = [.categoryList, .tags]
    private static let middle = old.union([
        .tagsInAdd, .contentLayout, .unwantedInPlace, .downloadPath, .export, .stopAtMetadata,
    ])
    private static let five = middle.union([.queueInAdd, .stopAndStart])
    static let measured = [
        Measured(release: "4.2.5", webAPI: "2.5.1", abilities: old),
        Measured(release: "4.5.2", webAPI: "2.8.19", abilities: middle),
        Measured(release: "5.1.0", webAPI: "2.11.4", abilities: five),
        Measured(release: "5.3.0", webAPI: "2.16.2", abilities: Set(Capabilities.Ability.allCases)),
    ]
    static let imagined = [
        Measured(release: "4.1.0", webAPI: "2.0.0", abilities: []),
        Measured(release: "4.3.0", webAPI: "2.6.2", abilities: old.union([.tagsInAdd])),
        Measured(
            release: "5.2.0", webAPI: "2.14.1", abilities: five.union([.shareLimitAction, .apiKeys])),
        Measured(release: "6.0.0", webAPI: "3.0.0", abilities: Set(Capabilities.Ability.allCases)),
        Measured(release: "99.9.9", webAPI: "2.999.0", abilities: Set(Capabilities.Ability.allCases)),
    ]

    @Test func versionsCompareAsNumbers() throws {
        let old = try #require(WebAPIVersion("2.5.1"))
        let new = try #require(WebAPIVersion("2.16.2"))
        #expect(old < new)
        #expect(WebAPIVersion("2.0") == WebAPIVersion(2, 0, 0))
        for text in ["", "2", "v2.5.1", "2.5.1.1", "2..1", "2.x.1", "<html>", "-2.5.1"] {
            #expect(WebAPIVersion(text) == nil, "\(text)")
        }
    }

    @Test("the table of abilities, version by version", arguments: measured + imagined)
    func abilities(_ version: Measured) throws {
        let capabilities = try version.capabilities
        #expect(Set(Capabilities.Ability.allCases.filter(capabilities.has)) == version.abilities)
        #expect(capabilities.isNewerThanKnown == ["6.0.0", "99.9.9"].contains(version.release))
        #expect(capabilities.isOlderThanKnown == (version.release == "4.1.0"))
        #expect(capabilities.lacks.isEmpty == version.abilities.isSuperset(of: Self.measured[3].abilities))
    }

    @Test("every ability has one row, rows rise, and measured is what the releases show")
    func table() throws {
        for ability in Capabilities.Ability.allCases {
            #expect(Difference.table.count { $0.ability == ability } == 1, "\(ability)")
        }
        let versions = Difference.table.map(\.since)
        #expect(versions == versions.sorted())
        for row in Difference.table {
            // What was measured has a measured version on either side; nothing that is not known is claimed.
            let isBetween = Capabilities.oldestKnown < row.since && row.since <= Capabilities.newestKnown
            #expect(isBetween == (row.evidence != .changelog), "\(row.before)")
        }
        #expect(Capabilities.measured.map(\.description) == Self.measured.map(\.webAPI))
    }

    @Test("the words for stop and start are those the server answered", arguments: measured)
    func words(_ version: Measured) throws {
        let capabilities = try version.capabilities
        let isStop = capabilities.stopWord == "stop"
        #expect(capabilities.startWord == (isStop ? "start" : "resume"))
        #expect(
            try Fixture(version.release, "endpoint-\(capabilities.stopWord)").response.status == 200)
        #expect(
            try Fixture(version.release, isStop ? "endpoint-pause" : "endpoint-stop").response.status == 404)
    }

    @Test("what the recordings show of each ability", arguments: measured)
    func recorded(_ version: Measured) throws {
        let capabilities = try version.capabilities
        func status(_ name: String) throws -> Int { try Fixture(version.release, name).response.status }
        #expect((try status("app-processInfo") == 200) == capabilities.has(.launchTime))
        #expect((try status("app-getFreeSpaceAtPath") == 200) == capabilities.has(.freeSpace))
        #expect((try status("rotate-key") == 200) == capabilities.has(.apiKeys))
        #expect((try status("set-share-limits-2") == 400) == capabilities.has(.stopAndStart))
        #expect(try status("set-share-limits") / 100 == 2, "all five parameters suit every version")
        #expect(try status("torrents-categories") == 200 && status("add-tags") / 100 == 2)
        let listing = try Observation.decode(try Fixture(version.release, "torrents-info").response.body)
        let file = try #require(listing.first { $0.name == "f.bin" })
        #expect(file.placement.tags.isEmpty == !capabilities.has(.tagsInAdd))
        #expect((file.placement.downloadPath != nil) == capabilities.has(.downloadPath))
    }

    @Test("the table in the README is this one")
    func readme() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let readme = String(decoding: try Fixture.contents(of: root + "/README.md"), as: UTF8.self)
        for row in Difference.table {
            let line = "| \(row.since) | \(row.before) | \(row.then) | \(row.evidence.rawValue) |"
            #expect(readme.contains(line + "\n"), "\(line)")
        }
        let rows = readme.split(separator: "\n").filter { line in
            ["measured", "bracketed", "changelog"].contains { line.hasSuffix("| \($0) |") }
        }
        #expect(rows.count == Difference.table.count)
    }

    // MARK: What `check` says

    private func findings(_ release: String, _ webAPI: String) async throws -> [Finding] {
        let once: [String: [HTTPResponse]] = [
            "app/webapiVersion": [HTTPResponse(status: 200, body: Array(webAPI.utf8))],
            "app/version": [HTTPResponse(status: 200, body: Array(release.utf8))],
            "app/preferences": [try Fixture("5.3.0", "app-preferences").response],
            "app/defaultSavePath": [try Fixture("5.3.0", "app-defaultSavePath").response],
            "app/getFreeSpaceAtPath": [try Fixture("5.3.0", "app-getFreeSpaceAtPath").response],
            "torrents/info": [try Fixture("5.3.0", "torrents-info").response],
        ]
        let server = ScriptedServer(once.mapValues { $0 + $0 + $0 + $0 + $0 })
        let client = Sample.client(server)
        let listed = try await client.listing().get()
        #expect(listed.count == 2, "a version that nobody knows works")
        return await client.check()
    }

    @Test func aNewerVersionWorksAndIsSaidSo() async throws {
        let findings = try await findings("v6.0.0", "3.0.0")
        #expect(!findings.contains { $0.level == .error || $0.level == .warning }, "\(findings)")
        let note = try #require(findings.first { $0.level == .note && $0.message.contains("newer than") })
        #expect(note.message.contains("5.3.0") && note.message.contains("2.16.2"))
        #expect(findings.contains { $0.message.contains("6.0.0") && $0.message.contains("3.0.0") })
    }

    @Test func anOlderVersionIsWarnedOfWithWhatItLacks() async throws {
        let findings = try await findings("v4.1.0", "2.0.0")
        #expect(findings.contains { $0.level == .warning && $0.message.contains("4.2.5") }, "\(findings)")
        let lacks = try #require(findings.first { $0.message.hasPrefix("With this version ") })
        for words in ["nothing can be marked as ours", "downloadPath", "free space"] {
            #expect(lacks.message.contains(words), "\(lacks.message)")
        }
    }
}
