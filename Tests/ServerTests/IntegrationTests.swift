import TestSupport
import Testing

/// The whole road on whatever qBittorrent the environment names, else on a server of our own.
///
/// `QBITTORRENT_URL`, `QBITTORRENT_USERNAME`, `QBITTORRENT_PASSWORD` name it, as they do for qspool itself.
/// On a server that is not ours the test adds two stopped magnets of nobody's torrents and takes them out
/// again.
@Suite(
    "Servers: integration", .enabled(if: Tested.namedServer != nil || Tested.hasServers),
    .timeLimit(.minutes(15)))
struct IntegrationTests {
    @Test("Connection, add, list, filter, page, show, cancel")
    func wholeRoad() async throws {
        if let named = Tested.namedServer {
            let root = try Root(variables: named)
            try #require(try await root.qspool("init").status == 0)
            try await road(root, on: nil)
        } else {
            try await Bench.use(try #require(Tested.suites.last)) { bench in
                try await road(bench.root, on: bench.eye)
            }
        }
    }

    private func road(_ root: Root, on eye: Eye?) async throws {
        let check = try await root.qspool("check", "--json")
        try #require(check.status == 0, "\(check.output) \(check.errors)")

        let matrix = Sample("qspool integration matrix".replacing(" ", with: "-"))
        let other = Sample("qspool-integration-other")
        for (sample, label) in [(matrix, "movie=603"), (other, "movie=604")] {
            let done = try await root.qspool(
                "add", sample.magnet, "--stopped", "--label", label, "--label", "by=test", "--folder",
                "movies")
            try #require(done.status == 0, "\(done.errors)")
            #expect(done.output == "movies/\(sample.name)\n")
        }
        try await root.settle()
        if let eye { #expect(try await eye.torrents().count == 2) }

        #expect(try await names(root, "--label", "movie=603") == ["movies/\(matrix.name)"])
        #expect(try await names(root, "--label", "movie=605") == [])
        #expect(try await names(root, "--label", "by=test", "--phase", "stopped").count == 2)
        #expect(try await names(root, "--label", "by=test", "--phase", "downloading") == [])
        let first = try await names(root, "--limit", "1")
        #expect(first == ["movies/\(matrix.name)"])
        #expect(try await names(root, "--limit", "1", "--after", first[0]) == ["movies/\(other.name)"])
        #expect(try await names(root, "--limit", "1", "--after", "movies/\(other.name)") == [])

        let show = try await root.qspool("show", "movies/\(matrix.name)", "--json")
        #expect(show.status == 0 && show.output.contains(matrix.hash))

        for sample in [matrix, other] {
            #expect(try await root.qspool("remove", "movies/\(sample.name)").status == 0)
        }
        try await root.settle()
        #expect(try root.phase("movies/\(matrix.name)") == "removed")
        if let eye { #expect(try await eye.torrents().isEmpty) }
        #expect(try await names(root, "--phase", "stopped") == [])
    }

    private func names(_ root: Root, _ filter: String...) async throws -> [String] {
        let done = try await root.run(["list", "--json"] + filter)
        guard done.status == 0 else { throw Unusable("list: \(done.errors)") }
        return try Reply(done.output).items.compactMap { $0["name"].text }
    }
}
