import Metainfo
import Reconciliation
import Sourcing
import Testing

@Suite("Candidates of a request")
struct CandidateTests {
    static let hash = Sample.hash
    static let other = "fedcba98765432100123456789abcdef01234567"
    static let url = "https://tracker.example/dl/canarypass/1.torrent?apikey=canary"
    static let short = "https://tracker.example/***"

    private static func resolve(
        _ sources: [String], _ release: Release? = nil, file: RequestDraft.SourceFile? = nil,
        hasProwlarr: Bool = false
    ) -> Result<ResolvedDraft, Problem> {
        SourceResolver.resolve(
            RequestDraft(
                key: SubjectKey(name: RequestName("a")), wishes: [:], onDelete: .remove, labels: [:],
                isSuspended: false, aliases: [],
                sources: sources.enumerated().map { .init(text: $1, line: $0 + 1, column: 3) },
                release: release.map { .init(release: $0, line: 7, column: 9) }, sourceFile: file,
                version: RequestVersion(digest: Digest.sha256([]), readAt: WallTime(milliseconds: 5)),
                document: [], suffix: "json"), hasProwlarr: hasProwlarr)
    }

    private static func link(_ hash: String) -> String { "magnet:?xt=urn:btih:\(hash)" }

    /// What is tried, in order, as short texts.
    private static func order(_ resolved: ResolvedDraft) -> [String] {
        resolved.candidates.map { candidate in
            switch candidate.content {
            case .known(let found):
                switch found.payload {
                case .magnet(let link): link
                case .metainfo: "torrent"
                }
            case .address(let url): url + (candidate.expected.map { " = \($0)" } ?? "")
            case .search(let guid, let indexer, let title): "search \(guid) \(indexer) \(title ?? "-")"
            }
        }
    }

    @Test("Sources in their order, repetitions left out")
    func array() throws {
        let resolved = try Self.resolve([
            Self.url, Self.hash, Self.link(Self.hash) + "&dn=again", Self.url, Self.other,
        ]).get()
        #expect(Self.order(resolved) == [Self.url, Self.link(Self.hash), Self.link(Self.other)])
        #expect(resolved.request.identity == nil && resolved.request.size == nil)
        #expect(resolved.request.sources == [Self.short, Self.link(Self.hash), Self.link(Self.other)])
        #expect(resolved.candidates.map(\.place?.line) == [1, 2, 5])
    }

    @Test("One known source has no list, one to be fetched has")
    func lists() throws {
        #expect(try Self.resolve([Self.hash]).get().request.sources == [])
        #expect(try Self.resolve([Self.url]).get().request.sources == [Self.short])
    }

    @Test("Labels hold no secret")
    func labels() throws {
        let magnet = Self.link(Self.hash) + "&tr=https%3A%2F%2Ft.example%2Fcanary%2Fannounce&dn=canary"
        let release = Release(
            guid: "https://i.example/canary?passkey=canary", indexerID: 3,
            title: "see https://t.example/x?apikey=canary ok")
        for resolved in [
            Self.resolve([magnet, Self.url, "http://h.example:81/x#canary"]),
            Self.resolve([Self.url], release, hasProwlarr: true),
        ] {
            let request = try resolved.get().request
            #expect(request.sources.count >= 2)
            #expect(!request.sources.joined().contains("canary"), "\(request.sources)")
        }
    }

    @Test("The file beside a request comes first, a named one where it is named")
    func files() throws {
        let torrent = RequestDraft.SourceFile.torrent(Sample.torrent())
        let hash = try Sample.identity().description
        #expect(try Self.order(Self.resolve([Self.url], file: torrent).get()) == ["torrent", Self.url])
        #expect(
            try Self.order(Self.resolve([Self.other, Self.url, hash], file: torrent).get())
                == ["torrent", Self.link(Self.other), Self.url])
        #expect(
            try Self.order(Self.resolve([Self.other, "x.torrent", Self.url], file: torrent).get())
                == [Self.link(Self.other), "torrent", Self.url])
        let resolved = try Self.resolve([Self.url], file: torrent).get()
        #expect(try resolved.request.identity == Sample.identity())
    }

    @Test("A file of another torrent is ambiguous, whichever known source it stands beside")
    func ambiguous() {
        let torrent = RequestDraft.SourceFile.torrent(Sample.torrent())
        let cases: [(Result<ResolvedDraft, Problem>, String)] = [
            (Self.resolve([Self.hash], file: torrent), "source"),
            (Self.resolve([Self.url, Self.hash, Self.other], file: torrent), "source"),
            (Self.resolve([], Release(infoHash: Self.hash), file: torrent), "release"),
        ]
        for (result, field) in cases {
            guard case .failure(let problem) = result else {
                Issue.record("it was taken")
                continue
            }
            #expect(problem.code == "ambiguous" && problem.field == field && problem.line != nil)
        }
    }

    static let releases: [(Release, [String])] = [
        (Release(magnetURL: link(hash)), [link(hash)]),
        (Release(guid: "MAGNET:?xt=urn:btih:\(hash)", indexerID: 1), [link(hash)]),
        (
            Release(magnetURL: "http://p:9696/1/download?link=m", infoHash: hash),
            ["http://p:9696/1/download?link=m = \(hash)", link(hash)]
        ),
        (
            Release(guid: "https://i/1", title: "A b", magnetURL: "http://m/1", downloadURL: "http://d/1"),
            ["http://m/1", "http://d/1"]
        ),
        (
            Release(title: "A b", downloadURL: "http://d/1", infoHash: hash.uppercased()),
            ["http://d/1 = \(hash)", link(hash) + "&dn=A%20b"]
        ),
        (Release(downloadURL: link(hash), infoHash: hash), [link(hash)]),
        (Release(title: "a\u{7}b", infoHash: hash), [link(hash)]),
        (Release(guid: "x", indexerID: 4, title: "T", magnetURL: ""), ["search x 4 T"]),
        (Release(guid: "x", indexerID: 4, downloadURL: "ftp://d/1"), ["search x 4 -"]),
        (Release(downloadURL: "http://d/1", infoHash: "none"), ["http://d/1"]),
        (Release(magnetURL: "magnet:?dn=x", downloadURL: "http://d/1"), ["http://d/1"]),
        (Release(guid: hash, indexerID: 4), ["search \(hash) 4 -"]),
    ]

    @Test("What a release offers", arguments: releases)
    func offers(release: Release, expected: [String]) throws {
        let resolved = try Self.resolve([], release, hasProwlarr: true).get()
        #expect(Self.order(resolved) == expected)
        #expect(resolved.candidates.allSatisfy { $0.place?.line == 7 })
    }

    @Test("The size of a release is that of its request")
    func size() throws {
        let release = { Release(size: $0, downloadURL: "http://d/1") }
        #expect(try Self.resolve([], release(9)).get().request.size == 9)
        #expect(try Self.resolve([], release(0)).get().request.size == nil)
        #expect(try Self.resolve([], Release(size: 9, infoHash: Self.hash)).get().request.size == 9)
    }

    @Test("Sources come before the release, and leave out what both name")
    func sourcesAndRelease() throws {
        let release = Release(downloadURL: Self.url, infoHash: Self.hash)
        let resolved = try Self.resolve([Self.hash, Self.url], release).get()
        #expect(Self.order(resolved) == [Self.link(Self.hash), Self.url + " = \(Self.hash)"])
    }

    @Test(
        "A release that leads nowhere",
        arguments: [
            (Release(), "missing-field"), (Release(guid: "x"), "missing-field"),
            (Release(indexerID: 1, title: "x"), "missing-field"),
            (Release(guid: "x", indexerID: 1), "no-prowlarr"),
            (Release(downloadURL: "ftp://x/1"), "url-not-allowed"),
            (Release(downloadURL: "http://a:b@x/1"), "url-not-allowed"),
            (Release(downloadURL: "x.torrent"), "url-not-allowed"),
            (Release(magnetURL: "magnet:?dn=x"), "bad-magnet"), (Release(infoHash: "x"), "bad-infohash"),
            (Release(magnetURL: link(other), infoHash: hash), "hash-mismatch"),
        ])
    func nowhere(release: Release, code: String) {
        guard case .failure(let problem) = Self.resolve([], release) else {
            Issue.record("it was taken")
            return
        }
        #expect(problem.code == code && problem.field == "release")
        #expect(problem.line == 7 && problem.column == 9)
    }

    @Test("Beside another source it is passed over")
    func passedOver() throws {
        let resolved = try Self.resolve([Self.hash], Release(guid: "x", indexerID: 1)).get()
        #expect(Self.order(resolved) == [Self.link(Self.hash)])
    }
}
