import HTTP
import Metainfo
import Reconciliation
import Testing

@testable import QBittorrent

@Suite("What shares a call")
struct BatchingTests {
    @Test func equalCallsShareOneAndOrderOnATorrentIsKept() {
        let actions = [
            Sample.change(1, .recategorize("a", path: nil)), Sample.change(1, .addTags(["t"])),
            Sample.change(1, .start), Sample.change(2, .recategorize("a", path: nil)),
            Sample.change(2, .addTags(["t"])), Sample.change(3, .start),
        ]
        let groups = Stages.groups(of: actions)
        #expect(
            groups == [
                Stages.Group(call: .recategorize("a", path: nil), members: [0, 3]),
                Stages.Group(call: .start, members: [5]),
                Stages.Group(call: .addTags(["t"]), members: [1, 4]),
                Stages.Group(call: .start, members: [2]),
            ])
    }

    @Test func aTorrentThatChangesItsRequestKeepsTheOrderToo() {
        let prune = Sample.change(1, .prune(ifTagged: "t"))
        let add = Action(
            subject: Sample.key(2), identity: Sample.identity(1), id: nil,
            call: .add(Addition(ownershipTag: "t")), reason: "")
        #expect(Stages.groups(of: [prune, add]).map(\.members) == [[0], [1]])
    }

    @Test func batchesKeepTheirLimits() {
        let big = SourcePayload.metainfo([UInt8](repeating: 0, count: 9 << 20))
        var batch = AddBatch(Addition(ownershipTag: "t"), Self.newest)
        for number in 1...3 {
            let entry = AddBatch.Entry(index: number, identity: Sample.identity(number), payload: big)
            #expect(batch.fits(entry))
            batch.append(entry)
        }
        #expect(!batch.fits(AddBatch.Entry(index: 4, identity: Sample.identity(4), payload: big)))
        let twin = AddBatch.Entry(index: 5, identity: Sample.identity(3), payload: .metainfo([0]))
        #expect(!batch.fits(twin), "two parts of one name: the server drops the first")
    }

    private static let newest = Capabilities(version: Capabilities.newestKnown)
    private static let oldest = Capabilities(version: Capabilities.oldestKnown)

    private static func form(
        _ addition: Addition, areFiles: Bool = false, _ capabilities: Capabilities = newest
    ) -> [String] {
        AddBatch.fields(for: addition, areFiles: areFiles, capabilities).map { "\($0.name)=\($0.value)" }
    }

    @Test func theFormSaysEverythingToEveryVersion() {
        let addition = Addition(
            ownershipTag: "qspool", tags: ["a", "b", "qspool"], category: "c", savePath: "/x", rename: "n",
            sequentialDownload: true, firstLastPiecePrio: true, downloadLimit: 5, uploadLimit: 0,
            isStopped: true)
        let fields = Self.form(addition)
        #expect(
            fields == [
                "tags=qspool,a,b", "paused=true", "stopped=true", "savepath=/x", "category=c",
                "autoTMM=false",
                "rename=n", "sequentialDownload=true", "firstLastPiecePrio=true", "dlLimit=5", "upLimit=0",
            ])
        let plain = Self.form(Addition(ownershipTag: "qspool"))
        #expect(plain == ["tags=qspool", "paused=false", "stopped=false"])
        let managed = Self.form(Addition(ownershipTag: "q", savePath: "/x", autoTMM: true))
        #expect(managed.contains("autoTMM=true"))
    }

    @Test func whatIsAskedForLessOftenIsSaidInTheWordsOfAllVersions() {
        let options = Addition.Options(
            downloadPath: "/part", contentLayout: .noSubfolder, skipChecking: true, queue: .top)
        let most = Self.form(Addition(ownershipTag: "q", options: options))
        #expect(
            most.dropFirst(3) == [
                "useDownloadPath=true", "downloadPath=/part", "autoTMM=false", "contentLayout=NoSubfolder",
                "root_folder=false", "skip_checking=true", "seedMode=true", "addToTopOfQueue=true",
            ])
        let others = Addition.Options(downloadPath: "", contentLayout: .original, queue: .bottom)
        let form = Self.form(Addition(ownershipTag: "q", options: others))
        #expect(
            form.dropFirst(3) == [
                "useDownloadPath=false", "autoTMM=false", "contentLayout=Original", "root_folder=true",
                "addToTopOfQueue=false",
            ])
    }

    @Test func whatWaitsForItsFilesStopsAtItsMetadata() {
        let addition = Addition(ownershipTag: "q", awaitsSelection: true)
        let file = Self.form(addition, areFiles: true)
        #expect(
            file == ["tags=q", "paused=true", "stopped=true"], "it has its metadata: nothing to wait for")
        let magnet = Self.form(addition)
        #expect(
            magnet == ["tags=q", "paused=false", "stopped=false", "stopCondition=MetadataReceived"],
            "a stopped magnet never gets its metadata")
        #expect(Self.form(addition, Self.oldest) == ["tags=q", "paused=false", "stopped=false"])
        let stopped = Addition(ownershipTag: "q", isStopped: true)
        #expect(Self.form(stopped) == ["tags=q", "paused=true", "stopped=true"])
    }

    @Test(
        "nothing but a magnet link goes into urls",
        arguments: [
            "http://127.0.0.1/x.torrent", "/etc/passwd", "file:///x", "magnet:?xt=urn:btih:a\n/etc/passwd",
            "magnet:?xt=a b", "", "MAGNET:?xt=x",
        ])
    func onlyMagnets(link: String) {
        let entry = AddBatch.Entry(index: 0, identity: Sample.identity(1), payload: .magnet(link))
        #expect(entry.objection?.code == "bad-magnet")
    }

    @Test("answers of real servers to an add", arguments: Fixture.versions)
    func answers(version: String) throws {
        #expect(AddAnswer(try Fixture(version, "add-magnet").response, sent: 1) == .accepted)
        let duplicate = AddAnswer(try Fixture(version, "add-duplicate-magnet").response, sent: 1)
        // 4.2.5 says "Ok." to everything.
        #expect((duplicate == .accepted) == (version == "4.2.5"))
        let bad = AddAnswer(try Fixture(version, "add-bad-bencode").response, sent: 1)
        guard case .refusedSome(let failure) = bad else {
            Issue.record("415 is about one of the files")
            return
        }
        #expect(failure.code == "bad-torrent" && failure.remedy == .correctRequest)
        let mixed = AddAnswer(try Fixture(version, "add-magnets-1-dup-1-new").response, sent: 2)
        #expect((mixed == .accepted) == (version != "5.3.0"))
        #expect(AddAnswer(try Fixture(version, "add-magnet-twice-one-call").response, sent: 2) == .accepted)
    }

    @Test("how servers refuse, and that it is told apart", arguments: Fixture.versions)
    func refusals(version: String) throws {
        #expect(AnswerText(try Fixture(version, "expired-session").response).isPlainRefusal)
        #expect(AnswerText(try Fixture(version, "noauth-app-version").response).isPlainRefusal)
        #expect(AnswerText(try Fixture(version, "login-banned").response).isOfTheCall)
        let foreign = try Fixture(version, "foreign-origin").response
        #expect(AnswerText.trouble(of: foreign, to: "x", at: "y").kind == .notTheWebAPI)
    }
}
