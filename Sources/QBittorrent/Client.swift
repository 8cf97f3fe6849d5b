public import HTTP
public import Logging
public import Metainfo
public import Reconciliation

/// One configured qBittorrent: what it has, and what we have it do.
///
/// Logs in by itself, once, when the server refuses a call; follows the version's ways; never asks
/// `sync/maindata`; never sends a URL or a path as a source. Calls are made one at a time. Whether a change
/// had its effect is told by a later look, not by its outcome.
///
/// Everything that outlives the process, session and login gate, is handed in and reported by callback.
public actor Client {
    public nonisolated let name: String
    /// The ownership tag that goes with every add.
    public nonisolated let tag: String
    let connection: Connection
    private let observation: Observation

    /// The server time of the last full listing: until the first byte of its answer. `nil` before the first.
    public private(set) var lastListingCost: Duration?
    /// The same for the last look.
    public private(set) var lastLookCost: Duration?

    /// What is true of the server as long as its session lives.
    struct Known {
        let facts: ServerFacts
        let capabilities: Capabilities
        let session: Int
        var savePath: String?
    }

    private var known: Known?
    /// The facts as given last no longer hold.
    public private(set) var needsFacts = false
    private let pause: @Sendable () async -> Void
    private var restarts = RestartWatch()

    /// - Parameters:
    ///   - name: As configured.
    ///   - tag: The ownership tag.
    ///   - keptSession: What `onSession` was given last, by this or an earlier process. Used only when it
    ///     belongs to the same address and credentials.
    ///   - loginGate: What `onGate` was given last, by this or an earlier process; an open one when a person
    ///     asks for a try.
    ///   - clock: The instant, on both clocks.
    ///   - pause: Waits for a moment, 50 ms by default, between looks at what a call changed.
    ///   - onSession: Called when there is a session to keep (at login), or none any more (login refused).
    ///   - onGate: Called when a login was refused, and when one is accepted after that.
    public init(
        name: String, address: ServerAddress, transport: any HTTPTransport, tag: String,
        keptSession: KeptSession? = nil, loginGate: LoginGate = LoginGate(),
        clock: @escaping @Sendable () -> Timestamp,
        pause: @escaping @Sendable () async -> Void = Client.pause,
        onSession: @escaping @Sendable (KeptSession?) -> Void = { _ in },
        onGate: @escaping @Sendable (LoginGate) -> Void = { _ in },
        logger: Logger
    ) {
        self.name = name
        self.tag = tag
        self.pause = pause
        var logger = logger
        logger[metadataKey: "client"] = "\(name)"
        connection = Connection(
            address: address, transport: transport, keptSession: keptSession, loginGate: loginGate,
            clock: clock,
            onSession: onSession, onGate: onGate, logger: logger)
        observation = Observation(connection: connection)
    }

    /// All torrents of the server, foreign ones too.
    public func listing() async -> Result<[Torrent], ClientTrouble> {
        await noteLaunchTime()
        switch await observation.listing() {
        case .failure(let failure):
            // It may come back as another version.
            known = nil
            return .failure(failure.trouble)
        case .success(let reading):
            lastListingCost = reading.cost
            restarts.noteListing(refusedSessions: await connection.refusedSessions)
            return .success(reading.torrents)
        }
    }

    /// The torrents among `ids` that the server has. Without ids there is nothing to ask and no call is made.
    public func look(at ids: [TorrentID]) async -> Result<[Torrent], ClientTrouble> {
        if ids.isEmpty { return .success([]) }
        switch await observation.look(at: ids) {
        case .failure(let failure): return .failure(failure.trouble)
        case .success(let reading):
            lastLookCost = reading.cost
            return .success(reading.torrents)
        }
    }

    /// Version, free space, and what it can do. The version is asked once a session; the free space each
    /// time, and only from qBittorrent 5.2 on: older ones tell it only through `sync/maindata`. Of older ones
    /// it is asked each time what they do with a torrent at its share limit.
    public func facts() async -> Result<ServerFacts, ClientTrouble> {
        switch await identify() {
        case .failure(let failure): return .failure(failure.trouble)
        case .success(let server):
            needsFacts = false
            var facts = server.facts
            facts.savePath = await savePath()
            facts.freeSpace = server.capabilities.tellsFreeSpace ? await freeSpace() : nil
            if await mayRemoveAtLimit(server.capabilities) { facts.unsupported.insert(.seed) }
            return .success(facts)
        }
    }

    /// Carries out the actions, equal ones for several torrents in one call. The order of the actions on one
    /// torrent is kept.
    ///
    /// - Parameters:
    ///   - look: Looks for the files of a torrent that is to go with its data. Without one no data ever goes.
    ///   - payload: What to send to add a torrent: a magnet link rebuilt by us, or the bytes of a checked
    ///     `.torrent`.
    /// - Returns: One outcome an action, in the order of `actions`.
    public func perform(
        _ actions: [Action], look: @escaping DataLook = { _, _ in nil },
        payload: @escaping @Sendable (TorrentIdentity) throws -> SourcePayload?
    ) async -> [Outcome] {
        if actions.isEmpty { return [] }
        switch await identify() {
        case .failure(let failure):
            let at = connection.clock()
            return actions.map { Outcome(action: $0, result: failure.abandoned, at: at) }
        case .success(let server):
            var performer = Performer(
                actions: actions, connection: connection, capabilities: server.capabilities,
                payload: payload, look: look, pause: pause)
            let outcomes = await performer.run()
            if performer.foundOtherFacts { needsFacts = true }
            return outcomes
        }
    }

    /// Keeps the session from being idle for 30 minutes: makes a small call when the last answer is more than
    /// 25 minutes old. Does nothing when there is no session to keep.
    public func keepAlive() async -> ClientTrouble? {
        guard await connection.hasSession, let last = await connection.lastAnswer else { return nil }
        let idle = connection.clock().milliseconds(since: last) ?? 0
        guard idle > 25 * 60 * 1000 else { return nil }
        guard case .failure(let failure) = await connection.call(.read("app/webapiVersion")) else {
            return nil
        }
        return failure.trouble
    }

    /// How many calls were made so far. Logins count as reading.
    public var callsMade: (reading: Int, changing: Int) {
        get async { await connection.callsMade }
    }

    /// Whether the server seems to have been started anew since the listing before the last one: a session
    /// was refused, or the launch time moved (from 5.2 on). It may then have forgotten what it acknowledged
    /// just before. An expired session looks the same.
    public var hasRestartedSinceLastListing: Bool {
        get async { restarts.hasRestarted(refusedSessions: await connection.refusedSessions) }
    }
}

extension Client {
    /// Asks for the version, unless that was done in this session.
    func identify() async -> Result<Known, CallFailure> {
        let session = await connection.refusedSessions
        if let known, known.session == session { return .success(known) }
        known = nil
        switch await text("app/webapiVersion") {
        case .failure(let failure): return .failure(failure)
        case .success(let webAPI):
            guard let version = WebAPIVersion(webAPI) else {
                return .failure(
                    CallFailure(
                        refusal: ClientTrouble(
                            kind: .notTheWebAPI,
                            message: "\(connection.address.shown) gave no version of the Web API. "
                                + "Check the client's `url`.")))
            }
            switch await text("app/version") {
            case .failure(let failure): return .failure(failure)
            case .success(let app):
                // Asked anew: finding the version may have renewed the session.
                let capabilities = Capabilities(version: version)
                let server = Known(
                    facts: ServerFacts(
                        version: app, webAPI: webAPI, ignoresTagsInAdd: !capabilities.tagsTravelWithAdd,
                        ignoresQueueInAdd: !capabilities.queueTravelsWithAdd,
                        unsupported: capabilities.unsupported,
                        lacksSubfolders: !capabilities.hasContentLayout),
                    capabilities: capabilities, session: await connection.refusedSessions)
                known = server
                return .success(server)
            }
        }
    }

    /// A short answer in plain text.
    func text(
        _ path: String, _ query: [(name: String, value: String)] = []
    ) async -> Result<String, CallFailure> {
        switch await connection.call(.read(path, query)) {
        case .failure(let failure): return .failure(failure)
        case .success(let response):
            guard response.status == 200 else {
                let trouble = AnswerText.trouble(of: response, to: path, at: connection.address.shown)
                return .failure(CallFailure(refusal: trouble))
            }
            return .success(AnswerText(response).trimmed)
        }
    }

    /// Waits for a moment. A cancelled task does not wait.
    @Sendable public static func pause() async {
        do {
            try await Task.sleep(for: .milliseconds(50))
        } catch {
            return
        }
    }

    /// Whether a limit that we set could make the server remove the torrent. Not being told counts as yes.
    private func mayRemoveAtLimit(_ capabilities: Capabilities) async -> Bool {
        if capabilities.hasShareLimitAction { return false }
        guard case .success(let response) = await connection.call(.read("app/preferences")) else {
            return true
        }
        return Preferences(answer: response)?.removesAtShareLimit ?? true
    }

    /// The server's default save path, asked once a session.
    private func savePath() async -> String? {
        if known?.savePath == nil, case .success(let path) = await text("app/defaultSavePath") {
            // 4.2.5 ends it with a slash.
            known?.savePath = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        }
        return known?.savePath.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func freeSpace() async -> Int64? {
        guard let path = await savePath(),
            case .success(let bytes) = await text("app/getFreeSpaceAtPath", [("path", path)])
        else { return nil }
        return Int64(bytes).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// A restart shows by the refused session. Where there is none to be refused (API key), by the launch
    /// time.
    private func noteLaunchTime() async {
        guard await !connection.hasSession, let capabilities = known?.capabilities,
            capabilities.tellsLaunchTime,
            case .success(let launch) = await text("app/processInfo")
        else { return }
        if restarts.noteLaunch(launch) { known = nil }
    }
}
