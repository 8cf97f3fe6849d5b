import Metainfo
import Reconciliation
import TestSupport

/// Draws the parts of a world.
struct WorldDraw {
    var random: SplitMix64

    init(_ random: SplitMix64) { self.random = random }

    mutating func any<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    mutating func seconds(_ choices: Int64...) -> Timestamp { Scene.ago(any(choices)) }

    mutating func rules() -> Rules {
        var rules = Rules()
        if random.oneIn(5) { rules.drift = .report }
        rules.prune.budgetCount = any([0, 1, 5])
        if random.oneIn(6) { rules.limits.active = any([0, 1, 3]) }
        if random.oneIn(6) { rules.limits.minFreeSpace = 1_000 }
        if random.oneIn(6) { rules.addsPerPass = any([0, 1]) }
        rules.categoryPaths["iso"] = "/iso"
        return rules
    }

    // MARK: The server

    mutating func picture(_ forms: [[TorrentIdentity]]) -> ClientPicture {
        var picture = ClientPicture(coverage: .full)
        for form in forms where !random.oneIn(4) { picture.insert(torrent(form)) }
        if random.oneIn(8) {
            picture.coverage = .partial
            picture.asked = Set(picture.torrents.keys.filter { _ in random.oneIn(2) })
        } else if random.oneIn(12) {
            picture.coverage = .unknown(ClientTrouble(kind: .unreachable, message: "refused"))
        }
        picture.hasRestarted = random.oneIn(5)
        var facts = ServerFacts(version: "v5.3.0", webAPI: "2.16.2")
        facts.freeSpace = any([nil, 500, 100_000])
        facts.savePath = any([nil, "/downloads"])
        facts.ignoresTagsInAdd = random.oneIn(5)
        facts.ignoresQueueInAdd = random.oneIn(5)
        if random.oneIn(5) { facts.unsupported = [any([.seed, .downloadPath, .files])] }
        picture.facts = facts
        if random.oneIn(4) { picture.roots = ["/nas": random.oneIn(2)] }
        return picture
    }

    private static let tags: [[String]] = [
        ["qspool"], ["qspool"], ["a", "qspool"], [], ["mine"], ["qspool-adopted"],
        ["qspool", "qspool-hands-off"], ["qspool", "qspool-adopted"],
    ]

    private mutating func torrent(_ form: [TorrentIdentity]) -> Torrent {
        let identity = any(form)
        var torrent = Torrent(id: identity.preferredID, identity: identity, name: any(["t", "New"]))
        torrent.state = any(ServerState.allCases)
        torrent.placement = Torrent.Placement(
            savePath: any(["/downloads", "/nas/films", "/nas/series", "/srv"]),
            category: any(["", "iso", "x"]),
            tags: any(Self.tags), autoTMM: random.oneIn(4))
        let isComplete = torrent.state.isComplete || torrent.state.isInTrouble && random.oneIn(2)
        torrent.counters = Torrent.Counters(
            progress: isComplete ? 1 : any([0, 0.5]), size: 1_000, amountLeft: isComplete ? 0 : 500,
            ratio: any([0, 3]), totalSize: 1_000, seedingSeconds: any([nil, 0, 90_000]))
        torrent.addedAt = seconds(2, 60, 7_200).wall
        return torrent
    }

    // MARK: What is remembered

    /// `nil`: nothing.
    mutating func subject(
        _ form: [TorrentIdentity], others: [[TorrentIdentity]], order: Int64
    ) -> SubjectMemory? {
        if random.oneIn(6) { return random.oneIn(4) ? SubjectMemory() : nil }
        var subject = SubjectMemory()
        subject.acceptance = Acceptance(
            generation: 1, digest: Scene.digest(any(["1", "1", "2"])), order: order,
            at: Scene.ago(7_200).wall, identity: any(form),
            onDelete: any([.remove, .remove, .keep]), labels: [:])
        subject.acceptedAt = seconds(60, 7_200)
        if !random.oneIn(4) { subject.following = following(form) }
        if random.oneIn(4) {
            subject.intent = Intent(
                kind: any([.add, .change, .release, .prune, .finish]), at: seconds(1, 30))
        }
        if random.oneIn(6) {
            subject.attempt = PlannerWantedTests.failed(dueIn: any([0, 30]))
        }
        if random.oneIn(4) {
            subject.withdrawal = Withdrawal(since: seconds(5, 60, 600), isSaidByPerson: random.oneIn(4))
        }
        if random.oneIn(6) {
            let reason = any(["RemovedByUser", "GaveUp", "Withdrawn"])
            let kind: Ending.Kind = reason == "Withdrawn" ? .removed : any([.finished, .failed])
            subject.ending = Ending(kind: kind, reason: reason, message: "over", at: Scene.ago(600).wall)
            if kind == .removed { subject.following = nil }
        }
        if random.oneIn(6) { subject.leaving = [following(any(others))] }
        if subject.following != nil, random.oneIn(3) {
            subject.applied = [.category: .text("iso"), .tags: .list(["a"])]
        }
        if random.oneIn(8) {
            subject.corrections[.category] = [50, 40, 30].map { Scene.ago($0 * 60).wall.milliseconds }
        }
        if random.oneIn(2) { subject.published = PlannerWantedTests.published(any(Phase.allCases)) }
        return subject
    }

    private mutating func following(_ form: [TorrentIdentity]) -> Following {
        let identity = any(form)
        var following = Following(
            ownership: any([.added, .added, .added, .adopted, .disowned]), id: identity.preferredID,
            identity: identity)
        following.lastCallAt = any([nil, seconds(1), seconds(30), seconds(3_600)])
        following.isConfirmed = !random.oneIn(4)
        following.seenSince = following.isConfirmed ? Scene.ago(3_600) : nil
        following.wasTagged = !random.oneIn(4)
        following.hasCompleted = random.oneIn(2)
        following.completeLooks = following.hasCompleted ? 2 : any([0, 1])
        following.readds = any([0, 0, 1, 3])
        return following
    }

    mutating func holds(of names: [RequestName], in memory: inout Memory) {
        for kind in Hold.Kind.allCases where random.oneIn(10) {
            let held = names.filter { _ in random.oneIn(3) }
            memory.holds[kind] = Hold(
                kind: kind, since: Scene.ago(60).wall, message: "held", names: held, lift: "approve",
                digest: Scene.digest(kind.rawValue))
            if random.oneIn(2) { memory.approvals[kind] = Scene.digest(kind.rawValue) }
        }
    }

    mutating func orders(of keys: [SubjectKey], in memory: inout Memory) {
        for key in keys where random.oneIn(12) {
            memory.orders.append(Order(file: key.name.text, kind: any([.retry(key), .remove(key)])))
        }
    }

    // MARK: The spool

    mutating func request(
        _ key: SubjectKey, _ form: [TorrentIdentity], others: [[TorrentIdentity]], _ known: SubjectMemory?,
        in desired: inout DesiredState
    ) {
        switch random.next() % 12 {
        case 0, 1: return
        case 2:
            desired.reject(
                key, Rejection(problem: Problem(code: "bad-json", message: "it is no JSON"), version: nil))
        case 3: desired.unreadable[key] = "it is being written"
        default:
            let isFetched = random.oneIn(10)
            let identity = random.oneIn(6) ? any(any(others)) : any(form)
            desired.accept(
                Request(
                    key: key, identity: isFetched ? nil : identity, wishes: wishes(),
                    onDelete: any([.remove, .keep]), isSuspended: random.oneIn(10),
                    version: RequestVersion(digest: Scene.digest("1"), readAt: Scene.ago(5).wall),
                    terms: terms(), sources: isFetched ? ["https://a.example/1"] : [],
                    sourcesDigest: isFetched ? Scene.digest("sources") : [], size: any([nil, 400, 4_000])))
        }
    }

    private mutating func terms() -> RequestTerms {
        var terms = RequestTerms()
        if random.oneIn(10) { terms.notBefore = any([Scene.ago(60), Scene.ago(-60)]).wall }
        if random.oneIn(10) { terms.giveUpAfterMilliseconds = any([3_600_000, 86_400_000]) }
        if random.oneIn(6) {
            terms.stall = Stall(afterMilliseconds: 60_000, then: any([.report, .next, .fail]))
        }
        terms.priority = any([0, 0, 5])
        terms.onVanish = any([.auto, .auto, .readd, .accept])
        return terms
    }

    mutating func wishes() -> [Field: FieldValue] {
        var wishes: [Field: FieldValue] = [:]
        if random.oneIn(2) { wishes[.state] = .text(any(["running", "stopped", "absent"])) }
        if random.oneIn(2) { wishes[.category] = .text(any(["", "iso"])) }
        if random.oneIn(3) { wishes[.tags] = .list(any([[], ["a"], ["a", "b"]])) }
        if random.oneIn(4) { wishes[.autoTMM] = .flag(random.oneIn(2)) }
        if random.oneIn(4) { wishes[.savePath] = .text(any(["/srv", "/nas/films"])) }
        if random.oneIn(6) { wishes[.downloadPath] = .text(any(["", "/part"])) }
        if random.oneIn(6) { wishes[.rename] = .text("New") }
        if random.oneIn(6) { wishes[.downloadLimit] = .number(any([0, 1_000])) }
        if random.oneIn(6) { wishes[.forceStart] = .flag(random.oneIn(2)) }
        if random.oneIn(6) { wishes[.superSeeding] = .flag(random.oneIn(2)) }
        if random.oneIn(6) { wishes[.queue] = .text("top") }
        if random.oneIn(6) { wishes[.skipChecking] = .flag(true) }
        if random.oneIn(4) {
            wishes[.seed] = .goals(
                SeedGoals(ratio: .at(2), time: any([nil, .at(600)]), then: any([.keep, .stop, .remove])))
        }
        if random.oneIn(8) { wishes[.files] = .selection(FileSelection(include: ["*.mkv"])) }
        return wishes
    }
}
