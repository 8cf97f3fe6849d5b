import TestSupport

/// Real torrents with a real seeder and a tracker, all on loopback. It ends when nobody holds it any more.
final class Swarm: Sendable {
    struct Entry: Sendable {
        /// As in the index: `v1-single`.
        let kind: String
        let torrent: String
        let magnet: String
        /// The name inside the torrent: the file, or the folder of its files.
        let name: String
        let v1: String?
        let v2: String?
        let size: Int
        /// Digests by path below the save path.
        let files: [String: String]
    }

    private let seeder: RunningCommand
    private let folder: String
    private let entries: [String: Entry]

    /// - Parameters:
    ///   - kinds: Of `v1`, `v2`, `hybrid` with `-single` and `-multi`.
    ///   - rate: The seeder's bytes a second for each torrent; `nil`: as fast as it goes.
    init(_ kinds: [String], size: Int, rate: Int? = nil, in folder: String) async throws {
        self.folder = folder
        seeder = try Command.start(
            Tested.tool("swarm"),
            [
                "seed", folder, "--names", kinds.joined(separator: ","), "--size", "\(size)",
                "--max-seconds", "600",
            ] + (rate.map { ["--rate-limit", "\($0)"] } ?? []),
            environment: Command.currentEnvironment)
        let deadline = ContinuousClock.now + .seconds(120)
        while !seeder.output.contains("\n"), seeder.status == nil, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        guard seeder.output.contains("\n") else { throw Unusable("no seeder: \(seeder.errors)") }
        let index = try Reply(seeder.output)["torrents"]
        var entries: [String: Entry] = [:]
        for kind in index.keys { entries[kind] = try Self.entry(kind, index[kind]) }
        self.entries = entries
    }

    func entry(_ kind: String) throws -> Entry {
        guard let entry = entries[kind] else { throw Unusable("the swarm has no \(kind)") }
        return entry
    }

    private static func entry(_ kind: String, _ reply: Reply) throws -> Entry {
        guard let torrent = reply["torrent"].text, let magnet = reply["magnet"].text,
            let name = reply["name"].text, let size = reply["size"].integer
        else { throw Unusable("the swarm's index lacks something: \(reply)") }
        let files = reply["files"]
        return Entry(
            kind: kind, torrent: torrent, magnet: magnet, name: name, v1: reply["v1"].text,
            v2: reply["v2"].text, size: size,
            files: Dictionary(uniqueKeysWithValues: files.keys.map { ($0, files[$0].text ?? "") }))
    }
}
