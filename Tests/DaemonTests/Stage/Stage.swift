import Daemon
import HTTP
import Logging
import Metainfo
import QBittorrent
import Reconciliation
import TestSupport
import Testing

/// A spool, a store and a clock in memory around the real reconciler, with a qBittorrent that is a model or a
/// real one; a scenario cannot tell which. Beside it a person uses the same qBittorrent.
///
/// Torrents have short labels; a request `aa` asks for the torrent `aa` unless it says otherwise.
final class Stage {
    let release: ServerRelease
    let clock: ManualClock
    let spool = MemorySpool()
    let store = MemoryStore()
    let publication = MemoryPublication()
    let person: any Person
    /// What the process performs on.
    private(set) var door: any ServerDoor
    private(set) var report = PassReport()
    private var rules: Rules
    private let title: String
    private let house: RealServerHouse?
    private let root: String
    private let sources: MemorySources
    private var cargoes: [String: Cargo] = [:]
    private var reconciler: Reconciler?
    private var seed: UInt64 = 1
    private var previous: [RequestName: RequestStatus] = [:]

    /// With a model in memory.
    convenience init(_ place: Place, _ title: String, _ rules: Rules) {
        let clock = ManualClock()
        let model = FakeServer(clock: clock, release: place.release)
        self.init(place, title, rules, clock, model, ModelPerson(server: model), nil, root: "/stage")
    }

    /// With a real server.
    convenience init(_ place: Place, _ title: String, _ rules: Rules, on house: RealServerHouse) async throws
    {
        let clock = ManualClock(isFlowing: true)
        self.init(
            place, title, rules, clock, Self.door(house, clock), WebPerson(house), house,
            root: house.data)
    }

    private init(
        _ place: Place, _ title: String, _ rules: Rules, _ clock: ManualClock, _ door: any ServerDoor,
        _ person: any Person, _ house: RealServerHouse?, root: String
    ) {
        release = place.release
        self.title = title
        self.rules = rules
        self.clock = clock
        self.door = door
        self.person = person
        self.house = house
        self.root = root + "/" + Self.token(title)
        sources = MemorySources(clock: clock)
    }

    private static func token(_ title: String) -> String {
        Hex.encode(Array(Digest.sha256(Array(title.utf8)).prefix(4)))
    }

    var isReal: Bool { house != nil }

    // MARK: The real server

    static func client(
        _ house: RealServerHouse, clock: @escaping @Sendable () -> Timestamp
    ) -> QBittorrent.Client {
        client(house.url, house.transport, kept: house.session, clock: clock) { _ in }
    }

    static func client(
        _ url: String, _ transport: CurlTransport, kept: KeptSession?,
        clock: @escaping @Sendable () -> Timestamp, onSession: @escaping @Sendable (KeptSession?) -> Void
    ) -> QBittorrent.Client {
        QBittorrent.Client(
            name: "default",
            address: QBittorrent.ServerAddress(
                url: url, username: RealServerHouse.username, password: Secret(RealServerHouse.password)),
            transport: transport, tag: "qspool", keptSession: kept, clock: clock, onSession: onSession,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private static func door(_ house: RealServerHouse, _ clock: ManualClock) -> any ServerDoor {
        ToldServer(LiveServer(client(house) { clock.now() }, clock: clock), clock: clock)
    }

    /// Takes away what the scenario left on a real server.
    func clear() async throws {
        let mine = cargoes.values.map(\.identity)
        let left = try await person.torrents().filter { torrent in
            mine.contains { $0.overlaps(torrent.identity) }
        }
        try await person.delete(left.map(\.id))
    }

    // MARK: Torrents and words of this scenario

    /// The torrent of a label, made when first asked for.
    func cargo(_ label: String, _ kind: Cargo.Kind = .single) throws -> Cargo {
        if let cargo = cargoes[label] { return cargo }
        let cargo = try Cargo("\(Self.token(title))-\(label)", kind)
        cargoes[label] = cargo
        return cargo
    }

    /// A directory of the server that is this scenario's own.
    func path(_ name: String) -> String { root + "/" + name }

    /// A word that no other scenario uses, for categories.
    func word(_ name: String) -> String { Self.token(title) + "-" + name }

    /// The id under which this release lists a torrent.
    func id(_ label: String) throws -> TorrentID { try cargo(label).id(on: release) }

    // MARK: Producers

    enum Form {
        case file, magnet
    }

    func drop(
        _ name: String, torrent: String? = nil, _ wishes: [Field: FieldValue] = [:], as form: Form = .file,
        terms: RequestTerms = RequestTerms(), onDelete: OnDelete = .remove, isSuspended: Bool = false
    ) throws {
        let cargo = try cargo(torrent ?? name)
        var wish = MemorySpool.Wish(
            identity: cargo.identity, wishes: wishes, onDelete: onDelete, isSuspended: isSuspended)
        wish.terms = terms
        wish.isFile = form == .file
        wish.payload = form == .file ? .metainfo(cargo.metainfo) : .magnet(cargo.magnet)
        spool.write(name, wish)
    }

    func drop(_ names: [String]) throws { for name in names { try drop(name) } }

    func withdraw(_ names: String...) { for name in names { spool.delete(name) } }

    // MARK: Time and processes

    func wait(_ duration: Duration) {
        clock.advance(milliseconds: duration.components.seconds * 1_000)
    }

    /// Another process begins, on what the store holds.
    func restartProcess() {
        reconciler = nil
        spool.restart()
        sources.restart()
        seed += 1
        if let house { door = Self.door(house, clock) }
    }

    /// Another process begins, with other rules.
    func ruled(_ change: (inout Rules) -> Void) {
        change(&rules)
        restartProcess()
    }

    /// The store is lost, and a new process begins on an empty one.
    func loseStore() {
        store.lose()
        previous = [:]
        restartProcess()
    }

    /// The server goes down and comes up again.
    func restartServer() async throws { try await person.restartServer() }

    func order(_ kind: Order.Kind) { spool.order(kind) }

    func retry(_ name: String) { spool.order(.retry(SubjectKey(name: RequestName(name)))) }

    @discardableResult
    func pass(
        _ scope: PassScope = .everything, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> PassReport {
        let reconciler = try process()
        report = try await reconciler.pass(scope)
        for (name, status) in publication.statuses {
            for complaint in StatusLinter.complaints(status, previous: previous[name]) {
                Issue.record(Comment(rawValue: complaint), sourceLocation: sourceLocation)
            }
        }
        previous = publication.statuses
        return report
    }

    private func process() throws -> Reconciler {
        if let reconciler { return reconciler }
        let doors = Doors(
            clock: clock, spool: spool, servers: ["default": door], sources: sources, store: store,
            publication: publication, random: SplitMix64(seed: seed))
        let new = try Reconciler(doors: doors, rules: rules, settings: PassSettings(version: "test"))
        reconciler = new
        return new
    }

    /// A real server shows what was done up to this much later.
    private static let patience = Duration.seconds(4)
    private static let step = Duration.milliseconds(100)

    /// Passes until nothing is left to do now. A real server is given the time that it takes to show what was
    /// done; only then time is let go by.
    func settle(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var patience = Self.patience
        for _ in 1...200 {
            try await pass(sourceLocation: sourceLocation)
            if report.figures.actions > 0 { patience = Self.patience }
            let isMoving = statuses.contains { $0.phase == .moving || $0.phase == .checking }
            if report.wantsAnotherPass { continue }
            // A real one takes as long as it takes; a model is done at once.
            if isReal, isMoving {
                try await Task.sleep(for: Self.step)
                continue
            }
            guard let due = report.verificationDue else { return }
            if isReal, patience > .zero {
                try await Task.sleep(for: Self.step)
                patience -= Self.step
            } else if let left = due.milliseconds(since: clock.now()), left > 0 {
                clock.advance(milliseconds: left)
            }
        }
        Issue.record("does not settle in 200 passes", sourceLocation: sourceLocation)
    }

    /// Settled, and seen by two complete looks a minute apart: from here on a loss is a person's doing.
    func confirm(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await settle(sourceLocation: sourceLocation)
        // The look after a call is not one at everything.
        try await pass(sourceLocation: sourceLocation)
        wait(.seconds(61))
        try await settle(sourceLocation: sourceLocation)
    }

    /// Settles again and again until something is so: for what a server does in its own time.
    func settle(
        until what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: () async throws -> Bool
    ) async throws {
        for _ in 1...60 {
            try await settle(sourceLocation: sourceLocation)
            if try await condition() { return }
            if isReal { try await Task.sleep(for: Self.step) } else { wait(.seconds(1)) }
        }
        Issue.record("does not come true: \(what); \(statusLine)", sourceLocation: sourceLocation)
    }

    private var statuses: [RequestStatus] { Array(publication.statuses.values) }

    private var statusLine: String {
        statuses.map { "\($0.key): \($0.phase.rawValue) \($0.reason) \($0.message)" }.joined(separator: "; ")
    }
}

/// A real server whose times are told as the scenario's clock showed them.
struct ToldServer: ServerDoor {
    let server: LiveServer
    let clock: ManualClock

    init(_ server: LiveServer, clock: ManualClock) {
        self.server = server
        self.clock = clock
    }

    func listing(patienceMilliseconds: Int64?) async -> Result<[Torrent], ClientTrouble>? {
        await server.listing(patienceMilliseconds: patienceMilliseconds)?.map { $0.map(told) }
    }

    func look(at ids: [TorrentID]) async -> Result<[Torrent], ClientTrouble> {
        await server.look(at: ids).map { $0.map(told) }
    }

    func perform(_ actions: [Action], payloads: [TorrentIdentity: SourcePayload]) async -> [Outcome] {
        await server.perform(actions, payloads: payloads)
    }

    func impression() async -> ServerImpression { await server.impression() }

    func keepAlive() async { await server.keepAlive() }

    private func told(_ torrent: Torrent) -> Torrent {
        var torrent = torrent
        torrent.addedAt = torrent.addedAt.map(clock.told)
        torrent.completedAt = torrent.completedAt.map(clock.told)
        torrent.counters.lastActivityAt = torrent.counters.lastActivityAt.map(clock.told)
        return torrent
    }
}
