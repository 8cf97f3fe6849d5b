/// The whole spool at a glance: what `summary.json` says.
public struct Summary: Equatable, Sendable {
    public struct Client: Equatable, Sendable {
        public var isReachable: Bool
        public var facts: ServerFacts?
        public var lastGoodObservation: WallTime?
        public var lastError: String?

        public init(
            isReachable: Bool, facts: ServerFacts? = nil, lastGoodObservation: WallTime? = nil,
            lastError: String? = nil
        ) {
            self.isReachable = isReachable
            self.facts = facts
            self.lastGoodObservation = lastGoodObservation
            self.lastError = lastError
        }
    }

    /// Figures of the last pass.
    public struct LastPass: Equatable, Sendable {
        public var at: WallTime
        /// Seconds.
        public var duration: Double
        /// Calls to servers, reading ones included.
        public var calls: Int
        /// Changing calls among them.
        public var actions: Int
        public var commits: Int
        public var filesWritten: Int

        public init(
            at: WallTime, duration: Double, calls: Int, actions: Int, commits: Int, filesWritten: Int
        ) {
            self.at = at
            self.duration = duration
            self.calls = calls
            self.actions = actions
            self.commits = commits
            self.filesWritten = filesWritten
        }
    }

    public struct StoreFigures: Equatable, Sendable {
        public var bytes: Int64
        public var logFrom: WallTime?
        /// Share of the map in use, 0…1.
        public var mapUsed: Double

        public init(bytes: Int64, logFrom: WallTime?, mapUsed: Double) {
            self.bytes = bytes
            self.logFrom = logFrom
            self.mapUsed = mapUsed
        }
    }

    public var version: String
    public var phases: [Phase: Int]
    /// Share of the requests that are in sync, 0…1; 1 for an empty spool.
    public var converged: Double
    public var holds: [Hold]
    public var problems: [SpoolProblem]
    public var clients: [String: Client]
    public var lastPass: LastPass
    public var store: StoreFigures

    public init(
        version: String, phases: [Phase: Int], converged: Double, holds: [Hold], problems: [SpoolProblem],
        clients: [String: Client], lastPass: LastPass, store: StoreFigures
    ) {
        self.version = version
        self.phases = phases
        self.converged = converged
        self.holds = holds
        self.problems = problems
        self.clients = clients
        self.lastPass = lastPass
        self.store = store
    }
}
