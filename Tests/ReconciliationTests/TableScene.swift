import Metainfo
import Reconciliation

/// A scene that takes one row of the planner's decision table, and the decision in one line.
struct TableScene: Sendable {
    let row: PlannerCase
    let expected: String
    /// The subject that is judged.
    let name: String
    let scene: Scene

    init(_ row: PlannerCase, _ expected: String, of name: String = "aa", _ build: (inout Scene) -> Void) {
        self.row = row
        self.expected = expected
        self.name = name
        var scene = Scene()
        build(&scene)
        self.scene = scene
    }

    static let all = requests + absence + presence + goals + gone
}

extension Scene {
    /// A request for which something is to be fetched; `left` of its sources were not given up yet.
    mutating func askForSources(
        _ name: String, _ wishes: [Field: FieldValue] = [:], gaveUp: [SourceProgress.Abandoned] = [],
        found: TorrentIdentity? = nil, terms: RequestTerms = RequestTerms(),
        _ change: (inout SubjectMemory) -> Void = { _ in }
    ) {
        let digest = Scene.digest("sources")
        desired.accept(
            Request(
                key: Scene.key(name), identity: found, wishes: wishes,
                version: RequestVersion(digest: Scene.digest("1"), readAt: Scene.ago(5).wall), terms: terms,
                sources: ["https://a.example/1", "https://a.example/2"], sourcesDigest: digest))
        know(name) { subject in
            var progress = SourceProgress(digest: digest)
            for given in gaveUp {
                progress.abandon(
                    code: given.code, message: given.message, isGone: given.isGone, at: given.at)
            }
            subject.sources = progress
            subject.acceptance?.identity = nil
            subject.acceptedAt = Scene.ago(7_200)
            change(&subject)
        }
    }

    mutating func ask(_ name: String, _ wishes: [Field: FieldValue] = [:], terms: RequestTerms) {
        desired.accept(
            Request(
                key: Scene.key(name), identity: Scene.identity(name), wishes: wishes,
                version: RequestVersion(digest: Scene.digest("1"), readAt: Scene.ago(5).wall), terms: terms))
    }

    static func givenUp(isGone: Bool) -> SourceProgress.Abandoned {
        SourceProgress.Abandoned(
            index: 0, code: isGone ? "gone" : "bad-torrent", message: "no torrent", isGone: isGone,
            at: ago(60).wall)
    }

    /// Others of ours that are there, so that one that is gone is no crowd.
    mutating func addCompany() {
        for name in ["x", "y", "z"] {
            follow(name)
            ask(name)
            list(name)
        }
    }
}
