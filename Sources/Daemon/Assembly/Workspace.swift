import Glibc
import HTTP
import Logging
import Metainfo
import QBittorrent
import Reconciliation
import Sourcing
import Spool
import Store

/// Everything of one root opened and wired: what passes need.
public final class Workspace {
    /// What the workspace is opened for.
    public enum Purpose: Equatable, Sendable {
        /// Passes that act. Takes the instance lock, keeps sessions.
        case work
        /// Plans without writing anything; works beside a daemon. A kept session is used and not written.
        case rehearsal
    }

    public let reconciler: Reconciler
    /// By client name.
    private let servers: [String: LiveServer]
    public let sources: any SourceDoor
    private let lock: InstanceLock?
    private let transport: CurlTransport

    /// - Parameters:
    ///   - lock: Kept from an earlier workspace of the same root, when the configuration was read anew.
    ///   - asksAgain: A person asks for a try of refused credentials.
    ///   - onFinding: Called when something came for which no pass waited: a source that was being fetched,
    ///     or the answer of a slow server.
    /// - Throws: ``Failure``: ``ExitCode/busy`` when another instance works, ``ExitCode/trouble`` for files
    ///   and store, ``ExitCode/configuration`` for secrets and when `init` never ran.
    public init(
        _ installation: Installation, purpose: Purpose, lock: InstanceLock? = nil, asksAgain: Bool = false,
        onFinding: @escaping @Sendable () -> Void = {}
    ) throws {
        try installation.requireInitialised()
        let layout = installation.layout
        switch purpose {
        case .work: self.lock = try lock ?? InstanceLock(path: layout.lock)
        case .rehearsal: self.lock = nil
        }
        let transport = CurlTransport()
        self.transport = transport
        var servers: [String: LiveServer] = [:]
        for name in installation.configuration.clients.keys {
            servers[name] = try Workspace.server(
                installation, name, transport: transport, isKept: purpose == .work, asksAgain: asksAgain,
                onAnswer: onFinding)
        }
        self.servers = servers
        let sources: any SourceDoor =
            switch purpose {
            case .work:
                try Workspace.sources(installation, transport: transport, onFinding: onFinding)
            case .rehearsal: NoSources()
            }
        self.sources = sources
        let doors = try Workspace.doors(
            installation, purpose: purpose, servers: servers, sources: sources)
        reconciler = try Reconciler(
            doors: doors, rules: installation.rules, settings: installation.passSettings)
    }

    /// Whether the instance lock still holds.
    public var isIntact: Bool { lock?.isIntact ?? true }

    /// For the next workspace of the same root.
    public var heldLock: InstanceLock? { lock }

    /// Returns when every server has answered what it was asked.
    func waitForServers() async { for server in servers.values { await server.settled() } }

    private static func server(
        _ installation: Installation, _ name: String, transport: CurlTransport, isKept: Bool, asksAgain: Bool,
        onAnswer: @escaping @Sendable () -> Void
    ) throws(Failure) -> LiveServer {
        let client = try client(
            installation, name, transport: transport, isKept: isKept, asksAgain: asksAgain)
        return LiveServer(
            client, isRoomWatched: installation.rules.limits.minFreeSpace != nil,
            localPath: { [rules = installation.rules] in rules.localPath(of: $0, on: name) },
            onAnswer: onAnswer)
    }

    /// A client alone, for `check`.
    static func client(
        _ installation: Installation, _ name: String, transport: CurlTransport, isKept: Bool, asksAgain: Bool
    ) throws(Failure) -> QBittorrent.Client {
        let sessionFile = PrivateFile(path: installation.layout.session + "/" + name)
        let gateFile = PrivateFile(path: installation.layout.session + "/" + name + ".refused")
        let clock = SystemClock()
        return QBittorrent.Client(
            name: name, address: try installation.serverAddress(name), transport: transport,
            tag: installation.configuration.tag,
            keptSession: sessionFile.read().flatMap(KeptSession.init(encoded:)),
            loginGate: asksAgain ? LoginGate() : gateFile.read().map(LoginGate.init(encoded:)) ?? LoginGate(),
            clock: { clock.now() },
            onSession: { session in if isKept { sessionFile.write(session?.encoded ?? []) } },
            onGate: { gate in if isKept { gateFile.write(gate.encoded) } },
            logger: Logger(label: "qspool.client"))
    }

    private static func doors(
        _ installation: Installation, purpose: Purpose, servers: [String: any ServerDoor],
        sources: any SourceDoor
    ) throws -> Doors {
        let layout = installation.layout
        let store = try store(installation, purpose: purpose)
        let reader = try SpoolReader(settings: installation.spoolSettings)
        return Doors(
            clock: SystemClock(),
            spool: DiskSpool(
                reader: reader, orders: OrderBox(directory: layout.orders),
                hasProwlarr: installation.configuration.prowlarr.isConfigured),
            servers: servers, sources: sources, store: store,
            publication: DiskPublication(
                status: try StatusWriter(directory: layout.status), root: layout.root))
    }

    private static func sources(
        _ installation: Installation, transport: CurlTransport, onFinding: @escaping @Sendable () -> Void
    ) throws(Failure) -> any SourceDoor {
        let fetcher = try fetcher(installation, transport: transport)
        return LiveSources(clock: SystemClock(), onFinding: onFinding) { await fetcher.fetch($0) }
    }

    /// What fetches sources, for the pass and for `check`.
    static func fetcher(
        _ installation: Installation, transport: CurlTransport
    ) throws(Failure) -> SourceFetcher {
        let clock = SystemClock()
        return SourceFetcher(
            transport: transport, settings: try installation.sourcingSettings(), now: { clock.now() },
            sleep: { await clock.sleep(milliseconds: $0) })
    }

    /// A missing store beside a spool with an identity was lost: a new one that belongs to no spool takes its
    /// place, and the pass holds everything until a person confirms.
    private static func store(_ installation: Installation, purpose: Purpose) throws -> any StoreDoor {
        let directory = installation.layout.store
        let mapSize = installation.configuration.store.mapSizeMiB
        if !Store.exists(directory: directory) {
            guard purpose == .work else { return LostStore() }
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw Failure(.trouble, "cannot make the directory \(directory): \(Errno.text())")
            }
            _ = try Store.create(directory: directory, mapSizeMiB: mapSize, spoolIdentity: nil)
        }
        return DiskStore(
            try Store(
                directory: directory, mapSizeMiB: mapSize, mode: purpose == .work ? .readWrite : .readOnly))
    }
}

/// Stands for a store that is not there, when nothing may be written.
private final class LostStore: StoreDoor {
    func spoolIdentity() throws -> String? { nil }
    func adopt(spoolIdentity: String) throws {}
    func recall() throws -> Recalled { Recalled() }
    func commit(_ batch: PassBatch) throws {}
    func payload(for identity: TorrentIdentity) throws -> SourcePayload? { nil }
    func figures() throws -> Summary.StoreFigures {
        Summary.StoreFigures(bytes: 0, logFrom: nil, mapUsed: 0)
    }
    var commits: Int { 0 }
}
