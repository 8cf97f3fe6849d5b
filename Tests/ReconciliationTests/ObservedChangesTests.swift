import Metainfo
import Reconciliation
import Testing

@Suite("What the log says of torrents")
struct ObservedChangesTests {
    private static let identity = Scene.identity("aa")
    private static let place = ObservedKey(client: "default", id: identity.preferredID)

    /// A torrent of which no field is as in a blank one.
    private static let full = Torrent(
        id: place.id, identity: identity, name: "Größe, \\ \u{0}", state: .stoppedUP,
        placement: Torrent.Placement(
            savePath: "/a", contentPath: "/a/b", category: "c", tags: ["x", "y"], autoTMM: true,
            downloadPath: "/d"),
        options: Torrent.Options(
            sequentialDownload: true, firstLastPiecePrio: true, forceStart: true, superSeeding: true,
            downloadLimit: 1, uploadLimit: 2, ratioLimit: 0.1, seedingTimeLimit: 3,
            inactiveSeedingTimeLimit: 4),
        counters: Torrent.Counters(
            progress: 0.5, size: 1, amountLeft: 2, downloaded: 3, uploaded: 4, downloadSpeed: 5,
            uploadSpeed: 6, ratio: 0.7, seeds: 8, peers: 9, totalSize: 10),
        addedAt: WallTime(seconds: 1_795_341_600), completedAt: WallTime(seconds: 1_795_341_601))

    private static func replay(_ changes: [Change], on torrent: Torrent? = nil) -> [ObservedKey: Torrent]? {
        var picture: [ObservedKey: Torrent] = [:]
        picture[place] = torrent
        for change in changes { if !ObservedChanges.apply(change, to: &picture) { return nil } }
        return picture
    }

    @Test("Every field is told, and read back as it was", arguments: ObservedField.allCases)
    func fields(_ field: ObservedField) throws {
        let blank = ObservedChanges.blank(Self.place, Self.identity)
        var torrent = blank
        let text = field.text(of: Self.full)
        let isIdentity = field == .infoHashV1 || field == .infoHashV2
        #expect(isIdentity || text != field.text(of: blank))
        #expect(field.set(text, in: &torrent) && field.text(of: torrent) == text)
        #expect(ObservedField(name: field.name) == field)
        #expect(field.rawValue < 64)
        // A value that cannot be is refused, and changes nothing.
        switch field {
        case .name, .savePath, .downloadPath, .contentPath, .category: break
        case .tags: #expect(!field.set("a\\", in: &torrent))
        default: #expect(!field.set("neither yes nor no nor a number", in: &torrent))
        }
        #expect(field.text(of: torrent) == text)
    }

    @Test("No field of a torrent is forgotten: only what counts time, and the id, which is the place")
    func complete() {
        var rebuilt = ObservedChanges.blank(Self.place, Self.identity)
        for field in ObservedField.allCases { _ = field.set(field.text(of: Self.full), in: &rebuilt) }
        #expect(rebuilt == Self.full)
        var timed = Self.full
        timed.counters.eta = 1
        timed.counters.seedingSeconds = 1
        timed.counters.lastActivityAt = WallTime(seconds: 1)
        #expect(ObservedChanges.differing(timed, Self.full).isEmpty)
    }

    @Test("It appears whole, and goes")
    func comesAndGoes() {
        let came = ObservedChanges.between(nil, Self.full, at: Self.place, subject: Scene.key("aa"))
        #expect(came.map(\.kind) == [.appeared] && came[0].client == nil)
        #expect(Self.replay(came) == [Self.place: Self.full])
        let went = ObservedChanges.between(Self.full, nil, at: Self.place, subject: nil)
        #expect(went.map(\.kind) == [.gone] && went[0].client == "default")
        #expect(Self.replay(came + went) == [:])
        #expect(ObservedChanges.between(nil, nil, at: Self.place, subject: nil).isEmpty)
    }

    @Test("What does not fit is found: twice there, not there, another value before")
    func contradictions() {
        let came = ObservedChanges.between(nil, Self.full, at: Self.place, subject: nil)
        #expect(Self.replay(came + came) == nil)
        #expect(Self.replay(ObservedChanges.between(Self.full, nil, at: Self.place, subject: nil)) == nil)
        var other = Self.full
        other.placement.category = "other"
        var third = Self.full
        third.placement.category = "third"
        let change = ObservedChanges.between(other, third, at: Self.place, subject: nil)
        #expect(Self.replay(change, on: other)?[Self.place]?.placement.category == "third")
        #expect(Self.replay(change, on: Self.full) == nil)
        #expect(Self.replay(change) == nil)
    }

    @Test("The hashes of a torrent may change in any way: it always has one")
    func hashes() throws {
        let hybrid = Scene.hybrid("aa")
        let v2 = try #require(TorrentIdentity(v1: nil, v2: hybrid.v2))
        for (from, to) in [(Self.identity, v2), (v2, Self.identity), (Self.identity, hybrid), (hybrid, v2)] {
            var (old, new) = (Self.full, Self.full)
            (old.identity, new.identity) = (from, to)
            let changes = ObservedChanges.between(old, new, at: Self.place, subject: nil)
            #expect(Self.replay(changes, on: old)?[Self.place]?.identity == to)
        }
    }

    @Test(
        "Any tags come back, also those that no server has",
        arguments: [[], [""], ["", ""], ["a, b", "c"], ["\\"], ["\\0", "0"], [" a", "b "], [",", ", "]])
    func tags(_ tags: [String]) {
        var torrent = Self.full
        torrent.placement.tags = tags
        let changes = ObservedChanges.between(nil, torrent, at: Self.place, subject: nil)
        #expect(Self.replay(changes)?[Self.place]?.placement.tags == tags)
    }

    @Test("Texts that only look the same are different")
    func bytes() {
        var (old, new) = (Self.full, Self.full)
        old.placement.category = "é"
        new.placement.category = "e\u{301}"
        #expect(ObservedChanges.differing(old, new) == [.category])
    }
}
