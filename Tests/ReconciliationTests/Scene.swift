import Metainfo
import Reconciliation

/// The planner's pictures, put together in the words of its table. Requests and torrents have short labels; a
/// request of the name `aa` asks for the torrent `aa` unless it says otherwise.
struct Scene {
    var desired = DesiredState()
    var memory = Memory()
    var torrents: [Torrent] = []
    var coverage = ClientPicture.Coverage.full
    /// What a partial look asked for.
    var asked: [String] = []
    var hasRestarted = false
    var facts = ServerFacts(version: "v5.3.0", webAPI: "2.16.2")
    var rules = Rules()
    var now = Scene.now
    var isStoreFull = false
    /// What is judged where nothing else is said.
    var selection = Selection.all

    /// 2026-11-22T10:00:00Z, three hours after boot.
    static let now = Timestamp(
        bootID: "boot", bootMilliseconds: 10_800_000, wall: WallTime(milliseconds: 1_795_341_600_000))

    static func ago(_ seconds: Int64) -> Timestamp { now.advanced(byMilliseconds: -seconds * 1_000) }

    static func key(_ name: String) -> SubjectKey { SubjectKey(name: RequestName(name)) }

    static func identity(_ label: String) -> TorrentIdentity {
        TorrentIdentity(InfoHash(bytes: Array(Digest.sha256(Array(label.utf8)).prefix(20)))!)
    }

    /// The same torrent as `identity`, with its second hash known.
    static func hybrid(_ label: String) -> TorrentIdentity {
        TorrentIdentity(v1: identity(label).v1, v2: v2(label).v2)!
    }

    static func v2(_ label: String) -> TorrentIdentity {
        TorrentIdentity(InfoHash(bytes: Digest.sha256(Array("v2 \(label)".utf8)))!)
    }

    static func digest(_ text: String) -> [UInt8] { Digest.sha256(Array(text.utf8)) }

    // MARK: The spool

    mutating func ask(
        _ name: String, for torrent: TorrentIdentity? = nil, _ wishes: [Field: FieldValue] = [:],
        onDelete: OnDelete = .remove, isSuspended: Bool = false, content: String = "1"
    ) {
        desired.accept(
            Request(
                key: Self.key(name), identity: torrent ?? Self.identity(name), wishes: wishes,
                onDelete: onDelete, isSuspended: isSuspended,
                version: RequestVersion(digest: Self.digest(content), readAt: Self.ago(5).wall)))
    }

    mutating func reject(_ name: String) {
        desired.reject(
            Self.key(name),
            Rejection(
                problem: Problem(code: "bad-json", message: "it is no JSON"),
                version: RequestVersion(digest: Self.digest("bad"), readAt: Self.ago(5).wall)))
    }

    mutating func damage(_ name: String) { desired.unreadable[Self.key(name)] = "it is being written" }

    // MARK: The server

    mutating func list(
        _ label: String, as identity: TorrentIdentity? = nil, tags: [String] = ["qspool"],
        _ change: (inout Torrent) -> Void = { _ in }
    ) {
        let identity = identity ?? Self.identity(label)
        var torrent = Torrent(
            id: identity.preferredID, identity: identity, name: label, state: .downloading,
            placement: Torrent.Placement(savePath: "/downloads", tags: tags),
            counters: Torrent.Counters(progress: 0.5, size: 1_000, amountLeft: 500))
        change(&torrent)
        torrents.append(torrent)
    }

    // MARK: The memory

    /// Accepted, and nothing done for it yet.
    mutating func know(_ name: String, _ change: (inout SubjectMemory) -> Void = { _ in }) {
        var subject = SubjectMemory()
        subject.acceptance = Acceptance(
            generation: 1, digest: Self.digest("1"), order: memory.nextOrder, at: Self.ago(7_200).wall,
            identity: Self.identity(name), onDelete: .remove, labels: [:])
        memory.nextOrder += 1
        change(&subject)
        memory.remember(subject, for: Self.key(name))
    }

    /// Followed for an hour, and seen to be there for as long.
    mutating func follow(
        _ name: String, as ownership: Ownership = .added,
        _ change: (inout SubjectMemory) -> Void = { _ in }
    ) {
        know(name) { subject in
            var following = Following(
                ownership: ownership, id: Self.identity(name).preferredID, identity: Self.identity(name))
            following.lastCallAt = Self.ago(3_600)
            following.seenSince = Self.ago(3_600)
            following.isConfirmed = true
            following.wasTagged = ownership == .added
            subject.following = following
            change(&subject)
        }
    }

    /// What is known of a subject becomes something else.
    mutating func change(_ name: String, _ change: (inout SubjectMemory) -> Void) {
        guard var subject = memory.subjects[Self.key(name)] else { return }
        change(&subject)
        memory.remember(subject, for: Self.key(name))
    }

    mutating func hold(_ kind: Hold.Kind, names: [String] = [], approved: Bool = false) {
        let names = names.map { RequestName($0) }
        let digest = Digest.sha256(names.sorted().flatMap { Array("default\u{0}\($0.text)\n".utf8) })
        memory.holds[kind] = Hold(
            kind: kind, since: Self.ago(60).wall, message: "held", names: names, lift: "approve",
            digest: digest)
        if approved { memory.approvals[kind] = digest }
    }

    mutating func order(_ kind: Order.Kind) {
        memory.orders.append(Order(file: "order-\(memory.orders.count)", kind: kind))
    }

    // MARK: The decision

    /// The pictures put together once, where a test plans more than once.
    private var kept: ObservedState?

    mutating func keepPictures() { kept = observed }

    var observed: ObservedState {
        if let kept { return kept }
        var picture = ClientPicture(coverage: coverage, torrents: torrents)
        picture.asked = Set(asked.flatMap { Self.identity($0).ids })
        picture.hasRestarted = hasRestarted
        picture.facts = facts
        return ObservedState(clients: ["default": picture])
    }

    func plan(_ selection: Selection? = nil) -> Plan {
        let plan = Planner.plan(
            desired: desired, observed: observed, memory: memory, rules: rules, now: now,
            selection: selection ?? self.selection)
        let permitted = Policy.permit(
            plan, desired: desired, observed: observed, memory: memory, rules: rules, now: now)
        guard isStoreFull else { return permitted }
        return Policy.takeNoNewWork(
            permitted, desired: desired, observed: observed, memory: memory, rules: rules, now: now)
    }

    func judgement(_ name: String) -> Judgement? { plan().judgements[Self.key(name)] }

    /// The decision on one subject in one line: `act add → adding`.
    func gist(_ name: String) -> String { Self.gist(judgement(name)) }

    static func gist(_ judgement: Judgement?) -> String {
        guard let judgement else { return "not judged" }
        guard judgement.memory != nil else { return "forgotten" }
        let verdict =
            switch judgement.verdict {
            case .settled: "settled"
            case .act(let actions): "act " + actions.map(\.call.word).joined(separator: " ")
            case .wait(_, let reason): "wait \(reason.rawValue)"
            case .hold(let kind): "hold \(kind.rawValue)"
            case .ignore: "ignore"
            }
        guard let standing = judgement.standing else { return verdict + " → as before" }
        let reason = standing.reason.isEmpty ? "" : "/" + standing.reason
        return verdict + " → " + standing.phase.rawValue + reason
    }
}

/// One case of a table: a line of prose, how the world stands, and the decision on `aa`.
struct Example: Sendable, CustomStringConvertible {
    let description: String
    let expected: String
    let scene: Scene

    init(_ description: String, _ expected: String, _ build: (inout Scene) -> Void) {
        self.description = description
        self.expected = expected
        var scene = Scene()
        build(&scene)
        self.scene = scene
    }
}
