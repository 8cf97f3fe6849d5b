import Metainfo
import Reconciliation
import Spool
import Store
import TestSupport
import Testing

@testable import Daemon

/// Which fields a request takes over from a torrent, and under which name it is written.
@Suite("Import")
struct ImportTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        _ = try Founding(try installation()).run()
    }

    private func installation(_ flags: [String: String] = [:]) throws -> Installation {
        try Installation.load(root: folder.path + "/root", configPath: nil, flags: flags, environment: [:])
    }

    private static let all = Set(ImportQuery.possible)
    private static let hash = InfoHash(bytes: [UInt8](repeating: 7, count: 20))!

    private static func torrent(_ change: (inout Torrent) -> Void = { _ in }) -> Torrent {
        let identity = TorrentIdentity(hash)
        var torrent = Torrent(id: identity.preferredID, identity: identity, name: "Heat", state: .stalledUP)
        torrent.placement.savePath = "/data"
        torrent.counters.size = 5
        change(&torrent)
        return torrent
    }

    private func compose(
        _ torrent: Torrent, _ fields: Set<Field> = all, in place: String = "", _ flags: [String: String] = [:]
    ) throws -> ImportComposition.Composed {
        var composition = ImportComposition(
            torrent: torrent, source: .magnet("magnet:?xt=urn:btih:\(Self.hash)"), folder: place,
            client: "default", facts: ServerFacts(version: "v5.3.0", webAPI: "2.16.2"),
            installation: try installation(flags))
        return try composition.compose(fields)
    }

    private func write(_ text: String, _ name: String) throws {
        try AtomicFile.write(
            Array(text.utf8), to: folder.path + "/root/requests/" + name, mode: 0o644, durable: false)
    }

    struct Case: Sendable {
        let what: String
        let change: @Sendable (inout Torrent) -> Void
        /// Besides the save path and the state.
        let fields: [Field: FieldValue]
    }

    static let cases: [Case] = [
        Case(what: "nothing set", change: { _ in }, fields: [:]),
        Case(
            what: "category and limits",
            change: {
                $0.placement.category = "a/b"
                $0.options.downloadLimit = 1_000
                $0.options.uploadLimit = 1
            }, fields: [.category: .text("a/b"), .downloadLimit: .number(1_000), .uploadLimit: .number(1)]),
        Case(
            what: "tags without ours",
            change: { $0.placement.tags = ["Qspool-x", "a", "qspool", "qspool-adopted", "z"] },
            fields: [.tags: .list(["a", "z"])]),
        Case(
            what: "automatic management",
            change: {
                $0.placement.autoTMM = true
                $0.placement.downloadPath = "/tmp"
            }, fields: [.autoTMM: .flag(true)]),
        Case(
            what: "a place for incomplete data", change: { $0.placement.downloadPath = "/tmp" },
            fields: [.downloadPath: .text("/tmp")]),
        Case(what: "incomplete with complete", change: { $0.placement.downloadPath = "/data" }, fields: [:]),
        Case(
            what: "goals",
            change: {
                $0.options.ratioLimit = 1.5
                $0.options.seedingTimeLimit = -1
            }, fields: [.seed: .goals(SeedGoals(ratio: .at(1.5), time: .unlimited))]),
        Case(
            what: "flags",
            change: {
                $0.options.sequentialDownload = true
                $0.options.superSeeding = true
                $0.options.forceStart = true
            },
            fields: [
                .sequentialDownload: .flag(true), .superSeeding: .flag(true), .forceStart: .flag(true),
            ]),
        // What the rules of requests refuse is left out, and the rest stays.
        Case(what: "a tag with a space", change: { $0.placement.tags = [" b", "c"] }, fields: [:]),
        Case(what: "our own category", change: { $0.placement.category = "qspool-x" }, fields: [:]),
        Case(what: "a limit too large", change: { $0.options.uploadLimit = 1 << 40 }, fields: [:]),
    ]

    @Test("What is set is taken over, and nothing else", arguments: cases)
    func fields(_ test: Case) throws {
        let torrent = Self.torrent(test.change)
        var expected = test.fields
        expected[.state] = .text("running")
        expected[.rename] = .text("Heat")
        if !torrent.placement.autoTMM { expected[.savePath] = .text("/data") }
        #expect(try compose(torrent).fields == expected, "\(test.what)")
    }

    @Test("The state is taken over when it is named, and where it shows", arguments: ServerState.allCases)
    func state(_ state: ServerState) throws {
        let torrent = Self.torrent { $0.state = state }
        let written = try compose(torrent, [.state]).fields[.state]
        let isHidden: Set<ServerState> = [
            .error, .missingFiles, .unknown, .checkingDL, .checkingUP, .checkingResumeData,
        ]
        #expect(written == (isHidden.contains(state) ? nil : .text(state.isStopped ? "stopped" : "running")))
        #expect(try compose(torrent, ImportQuery.usual).fields[.state] == nil)
    }

    @Test("A path that no request may have is left out and said so")
    func paths() throws {
        let composed = try compose(Self.torrent(), [.savePath], ["paths.allowed": "[/other]"])
        #expect(composed.fields.isEmpty && composed.remarks.count == 1)
        #expect(composed.remarks[0].hasPrefix("savePath is left out"), "\(composed.remarks)")
        for path in ["/data//x", "/data/./x", "relative", ""] {
            let torrent = Self.torrent { $0.placement.savePath = path }
            #expect(try compose(torrent, [.savePath]).fields.isEmpty, "\(path)")
        }
    }

    @Test("What the defaults would change is written as it is; what cannot be is refused")
    func defaults() throws {
        let torrent = Self.torrent { $0.options.uploadLimit = 5 }
        try write(
            #"{"category": "c", "tags": ["t"], "savePath": "/else", "uploadLimit": 9, "state": "stopped"}"#,
            "_defaults.json")
        let composed = try compose(torrent, [], in: "not/there")
        #expect(
            composed.fields == [
                .category: .text(""), .tags: .list([]), .savePath: .text("/data"), .uploadLimit: .number(5),
                .state: .text("running"),
            ])
        #expect(composed.remarks.count == 5)
        try write(#"{"client": "nas", "category": "c"}"#, "_defaults.json")
        let nas = [
            "clients.default.url": "http://127.0.0.1:8", "clients.nas.url": "http://127.0.0.1:9",
        ]
        let elsewhere = try compose(torrent, [], nas)
        let document = String(decoding: elsewhere.files[0].bytes, as: UTF8.self)
        #expect(document.contains("\"client\": \"default\"") && document.contains("\"category\": \"\""))
        // Under automatic management there is no path to write against that of the defaults.
        for defaults in [
            #"{"seed": {"ratio": 1}}"#, #"{"files": {"exclude": ["*x*"]}}"#, #"{"state": "absent"}"#,
        ] {
            try write(defaults, "_defaults.json")
            #expect(throws: ImportComposition.Refusal.self, "\(defaults)") { try compose(torrent, []) }
        }
        let automatic = Self.torrent { $0.placement.autoTMM = true }
        try write(#"{"savePath": "/else"}"#, "_defaults.json")
        #expect(throws: ImportComposition.Refusal.self) { try compose(automatic, []) }
        #expect(try compose(automatic, [.autoTMM]).fields == [.autoTMM: .flag(true)])
        try write("{", "_defaults.json")
        #expect(throws: ImportComposition.Refusal.self) { try compose(torrent, []) }
    }

    @Test("The fields of --fields are known ones, or none")
    func fieldList() throws {
        #expect(try ImportQuery.fields("none").isEmpty)
        #expect(try ImportQuery.fields("category,savePath") == [.category, .savePath])
        for (text, near) in [("catgory", "category"), ("", "one of"), ("files", "files"), ("tags,", "tags")] {
            let failure = try #require(throws: Failure.self) { try ImportQuery.fields(text) }
            #expect(failure.code == .usage, "\(text) \(near)")
        }
        #expect(throws: Failure.self) { try ImportQuery.fields("none,tags") }
    }

    @Test("Two torrents of one name have two requests, and no request is written over")
    func names() throws {
        let writer = try RequestWriter(directory: folder.path + "/root/requests")
        try write("{}", "heat.json")
        try write("{}", "Heat.json")
        var names = ImportNames(folder: "", writer: writer)
        let short = "Heat (07070707)"
        #expect(try names.take(for: Self.torrent()).text == short)
        #expect(try names.take(for: Self.torrent()).text == "Heat (\(Self.hash))")
        #expect(throws: Failure.self) { try names.take(for: Self.torrent()) }
        var below = ImportNames(folder: "a/b/", writer: writer)
        #expect(try below.take(for: Self.torrent()).text == "a/b/Heat")
        // Some file systems take the two for one.
        #expect(try below.take(for: Self.torrent { $0.name = "HEAT" }).text == "a/b/HEAT (07070707)")
        #expect(try below.take(for: Self.torrent { $0.name = "../" }).text == "a/b/\(Self.hash)")
        var bad = ImportNames(folder: "../x", writer: writer)
        #expect(throws: SpoolError.self) { try bad.take(for: Self.torrent()) }
    }

    private func askedFor(_ change: (inout PassBatch) -> Void = { _ in }) throws -> AskedFor {
        let installation = try installation()
        let store = try Store(directory: installation.layout.store, mapSizeMiB: 64, mode: .readWrite)
        var batch = PassBatch(pass: 1, at: SystemClock().now())
        batch.changes = [Change(.accepted)]
        change(&batch)
        _ = try store.commit(batch)
        return try AskedFor(installation, store, client: "default")
    }

    private func chosen(_ torrents: [Torrent], _ askedFor: AskedFor, _ query: ImportQuery) throws -> [String]
    {
        try ImportSelection(query: query, rules: Rules()).choices(among: torrents, askedFor: askedFor)
            .compactMap { if case .chosen(let torrent) = $0 { torrent.name } else { nil } }
    }

    @Test("Left alone: what is asked for or followed, marked, or being moved")
    func selection() throws {
        func torrent(_ byte: UInt8, _ name: String, _ change: (inout Torrent) -> Void = { _ in }) -> Torrent {
            let identity = TorrentIdentity(InfoHash(bytes: [UInt8](repeating: byte, count: 20))!)
            var torrent = Torrent(id: identity.preferredID, identity: identity, name: name)
            change(&torrent)
            return torrent
        }
        let torrents = [
            torrent(1, "free") { $0.placement.category = "films" }, torrent(2, "asked"), torrent(3, "other"),
            torrent(4, "followed"), torrent(5, "moving") { $0.state = .moving },
            torrent(6, "marked") { $0.placement.tags = ["a", "qspool-hands-off"] },
        ]
        let magnets = [2, 3].map { "magnet:?xt=urn:btih:" + torrents[$0 - 1].id.description }
        try write("{\"source\": [\"\(magnets[0])\", \"\(magnets[1])\"]}", "r.json")
        let asked = try askedFor { batch in
            var memory = SubjectMemory()
            memory.following = Following(
                ownership: .added, id: torrents[3].id, identity: torrents[3].identity)
            batch.subjects = [SubjectKey(name: RequestName("gone")): memory]
        }
        var query = ImportQuery()
        query.isAll = true
        #expect(try chosen(torrents, asked, query) == ["free"])
        query.names = ["marked", torrents[0].id.description]
        #expect(try chosen(torrents, asked, query) == ["free", "marked"])
        query.tags = ["a"]
        #expect(try chosen(torrents, asked, query) == ["marked"])
        query.category = "films"
        #expect(try chosen(torrents, asked, query) == [])
        query.names = ["nothing"]
        #expect(throws: Failure.self) { try chosen(torrents, asked, query) }
    }

    @Test("Nothing is imported while it cannot be told what is asked for")
    func unknownSpool() throws {
        let hold = Hold(
            kind: .storeLost, since: WallTime(seconds: 1), message: "", names: [], lift: "approve it",
            digest: [1])
        let lost = try #require(throws: Failure.self) { try askedFor { $0.holds[.storeLost] = .some(hold) } }
        #expect(lost.code == .personNeeded && lost.message.contains("approve it"))
        _ = try askedFor { $0.holds[.storeLost] = .some(nil) }
        try write("0b7f2c3e-51f0-4a0e-9a55-6f3c5d1e8b11\n", ".qspool")
        #expect(try #require(throws: Failure.self) { try askedFor() }.code == .personNeeded)
    }

    @Test("Exported metainfo counts only when it is this very torrent")
    func metainfo() throws {
        let info = "d6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:ppppppppppppppppppppe"
        let bytes = Array("d4:info\(info)e".utf8)
        let v1 = try #require(InfoHash(bytes: Digest.sha1(Array(info.utf8))))
        let v2 = InfoHash(bytes: [UInt8](repeating: 2, count: 32))
        #expect(Importation.isMetainfo(bytes, of: TorrentIdentity(v1)))
        #expect(!Importation.isMetainfo(bytes, of: TorrentIdentity(Self.hash)))
        let hybrid = try #require(TorrentIdentity(v1: v1, v2: v2))
        #expect(!Importation.isMetainfo(bytes, of: hybrid), "a hash is not in it")
        #expect(!Importation.isMetainfo(Array("nonsense".utf8), of: TorrentIdentity(v1)))
    }
}
