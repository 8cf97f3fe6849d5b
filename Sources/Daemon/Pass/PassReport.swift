public import Reconciliation

/// What a pass did, for the loop, for `once` and for tests.
public struct PassReport: Sendable {
    public var number: UInt64 = 0
    public var plan = Plan()
    public var outcomes: [Outcome] = []
    public var figures = Summary.LastPass(
        at: WallTime(milliseconds: 0), duration: 0, calls: 0, actions: 0, commits: 0, filesWritten: 0)
    /// Holds in force after the pass, those that were approved left out.
    public var holds: [Hold] = []
    public var phases: [Phase: Int] = [:]
    /// What is wrong with the defaults of folders, by path below the spool; the spool's own under `""`.
    public var invalidDefaults: [String: Problem] = [:]
    /// What is wrong with the servers that are out of reach, by client.
    public var troubles: [String: ClientTrouble] = [:]
    /// Servers that have not answered yet: what they say is for a later pass.
    public var awaited: Set<String> = []
    /// How many servers there are.
    public var serverCount = 1
    /// Status files that could not be written: tried again in the next pass.
    public var unwritten = 0
    /// Sources that are being fetched.
    public var fetching = 0
    /// More can be done at once: calls were made whose effect a further pass should look at, or are due.
    public var wantsAnotherPass = false
    /// The earliest instant at which something that waits for verification is due.
    public var verificationDue: Timestamp?
    /// The earliest instant at which anything that waits is due.
    public var nextDue: Timestamp?
    /// When a file that is being written should be looked at again.
    public var lookAgainAt: WallTime?
    /// When the next full listing is due.
    public var nextListing: Timestamp?
    /// When the torrents in motion are due for a look.
    public var nextLook: Timestamp?
    /// While no server can be reached: when one is tried again.
    public var retryServerAt: Timestamp?

    public init() {}

    /// Requests whose source is to be fetched, with what is said about it.
    public var fetches: [(name: RequestName, what: String)] {
        plan.order.compactMap { key in
            guard let judgement = plan.judgements[key], judgement.wantsSource else { return nil }
            let isAlone = judgement.standing?.phase == .resolving
            return (key.name, isAlone ? judgement.standing?.message ?? "" : "fetching the next source")
        }
    }

    /// No server can be reached.
    public var isOutOfReach: Bool { !troubles.isEmpty && troubles.count == serverCount }

    /// The worst of what is wrong: refused credentials need a person, the rest may heal.
    public var trouble: ClientTrouble? {
        let sorted = troubles.sorted { $0.key < $1.key }.map(\.value)
        return sorted.first { $0.kind == .credentials } ?? sorted.first
    }

    /// The troubles in a sentence each. Named by client where there are several.
    public var troubleLines: [String] {
        troubles.sorted { $0.key < $1.key }.map { name, trouble in
            serverCount > 1 ? "\(name): \(trouble.message)" : trouble.message
        }
    }

    /// Nothing was called that changes, committed or written.
    public var isQuiet: Bool { figures.actions == 0 && figures.commits == 0 && figures.filesWritten == 0 }

    /// Names the holds, folders and phases that need a person, in one line each. Empty: nobody is needed.
    public var reasonsForPerson: [String] {
        holds.map { "hold \($0.kind.rawValue): \($0.message); \($0.lift)" }
            + invalidDefaults.sorted { $0.key < $1.key }.map { folder, problem in
                let path = folder.isEmpty ? "_defaults.json" : folder + "/_defaults.json"
                return "\(path): \(problem.code): its folder is held; see `qspool validate`"
            }
            + Phase.allCases.filter { $0.needsPerson && phases[$0, default: 0] > 0 }.map {
                "\(phases[$0, default: 0]) \($0.rawValue): see `qspool list --phase \($0.rawValue)`"
            }
    }
}

/// How much a pass looks at.
public struct PassScope: Equatable, Sendable {
    public enum Observation: Equatable, Sendable {
        /// A full listing.
        case full
        /// The torrents of the selected subjects, and those in motion where asked.
        case selected(moving: Bool)
        /// Full listings where they are due, and a look at what moves elsewhere.
        case due
    }

    public var spool: SpoolScope
    public var observation: Observation

    public init(spool: SpoolScope, observation: Observation) {
        self.spool = spool
        self.observation = observation
    }

    /// What a process begins with, and all that a one-shot does.
    public static let everything = PassScope(spool: .everything, observation: .full)
}
