/// One row of the planner's decision table: everything that can happen between a request and a torrent.
///
/// Every judgement names the row that it took (``Judgement/row``), so the table cannot drift from the code.
/// What each row means stands in ``row``; the raw value is its stable id, which `plan --json` prints.
public enum PlannerCase: String, CaseIterable, Sendable {
    // MARK: The request by itself

    case spoolUnavailable = "spool-unavailable"
    case foreign
    case defaultsInvalid = "defaults-invalid"
    case unreadable
    case rejected
    case rejectedLater = "rejected-later"
    case neverAccepted = "never-accepted"
    case conflict
    case renamed, moved
    case ended
    case storeLost = "store-lost"
    case suspended

    // MARK: Its source and its time

    case notBefore = "not-before"
    case gaveUp = "gave-up"
    case resolving
    case sourceBackoff = "source-backoff"
    case sourcesGone = "sources-gone"
    case sourcesBad = "sources-bad"
    case absentUnresolved = "absent-unresolved"

    // MARK: The picture of the server

    case clientUnreachable = "client-unreachable"
    case credentialsRefused = "credentials-refused"
    case needsListing = "needs-listing"

    // MARK: Asked for, and not there

    case add
    case backoff
    case admission
    case diskSpace = "disk-space"
    case addsPerPass = "adds-per-pass"
    case storeFull = "store-full"
    case exchange
    case absentReached = "absent-reached"

    // MARK: Asked for, was there, and is gone

    case notListedYet = "not-listed-yet"
    case forgotten
    case massVanish = "mass-vanish"
    case completedVanished = "completed-vanished"
    case adoptedVanished = "adopted-vanished"
    case vanishAccepted = "vanish-accepted"
    case readd
    case keepsVanishing = "keeps-vanishing"
    case goalRemoved = "goal-removed"

    // MARK: Asked for, there, and not followed so far

    case found
    case handedOver = "handed-over"
    case adoptedBefore = "adopted-before"
    case adopt
    case absentForeign = "absent-foreign"

    // MARK: Asked for, there, and followed

    case handsOff = "hands-off"
    case inTransit = "in-transit"
    case saveRootMissing = "save-root-missing"
    case change
    case verifying
    case drift
    case driftReported = "drift-reported"
    case contested
    case tagRestored = "tag-restored"
    case tagTakenOff = "tag-taken-off"
    case choosingFiles = "choosing-files"
    case unsupported
    case atAddOnly = "at-add-only"
    case inError = "in-error"
    case retried
    case stallReported = "stall-reported"
    case stallNext = "stall-next"
    case stallFailed = "stall-failed"
    case completing
    case settled
    case returned

    // MARK: The goal of seeding

    case goalKept = "goal-kept"
    case goalStop = "goal-stop"
    case goalStopped = "goal-stopped"
    case goalRemove = "goal-remove"
    case goalNotOurs = "goal-not-ours"
    case goalClaimed = "goal-claimed"

    // MARK: The torrents that a request meant before

    case leavingGoes = "leaving-goes"
    case leavingStays = "leaving-stays"

    // MARK: Asked to be absent, or no longer asked for

    case absentPrune = "absent-prune"
    case absentClaimed = "absent-claimed"
    case grace
    case withdrawnPrune = "withdrawn-prune"
    case pruneBudget = "prune-budget"
    case removalTagFirst = "removal-tag-first"
    case removalVerifying = "removal-verifying"
    case removalFirstCheck = "removal-first-check"
    case removalBackoff = "removal-backoff"
    case removalRelease = "removal-release"
    case removalKeep = "removal-keep"
    case removalDisowned = "removal-disowned"
    case released
    case removed
    case withdrawnGone = "withdrawn-gone"
    case withdrawnNothing = "withdrawn-nothing"
    case withdrawnEnded = "withdrawn-ended"
    case withdrawnAdding = "withdrawn-adding"
    case withdrawnForeign = "withdrawn-foreign"
    case withdrawnTaken = "withdrawn-taken"
    case withdrawnClaimed = "withdrawn-claimed"
    case withdrawnHandsOff = "withdrawn-hands-off"
    case withdrawnNext = "withdrawn-next"
    case removedKept = "removed-kept"
    case removedExpired = "removed-expired"

    init(hold kind: Hold.Kind) {
        self =
            switch kind {
            case .pruneBudget: .pruneBudget
            case .spoolUnavailable: .spoolUnavailable
            case .massVanish: .massVanish
            case .storeLost: .storeLost
            case .saveRootMissing: .saveRootMissing
            }
    }

    /// What the row says. Every case has exactly one.
    public var row: PlannerRow {
        guard let row = Self.rows[self] else { preconditionFailure("\(rawValue) has no row") }
        return row
    }

    private static let rows = Dictionary(
        (PlannerRow.requestRows + PlannerRow.absenceRows + PlannerRow.presenceRows + PlannerRow.goneRows)
            .map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in preconditionFailure("\(first.id.rawValue) has two rows") })
}

/// What one row of the decision table says, in words.
public struct PlannerRow: Equatable, Sendable {
    public let id: PlannerCase
    /// What the request files say.
    public let spool: String
    /// What qBittorrent shows.
    public let server: String
    /// What earlier passes recorded.
    public let memory: String
    /// What is decided.
    public let verdict: String

    init(_ id: PlannerCase, _ spool: String, _ server: String, _ memory: String, _ verdict: String) {
        self.id = id
        self.spool = spool
        self.server = server
        self.memory = memory
        self.verdict = verdict
    }

    /// The whole table as Markdown, one row a line, in the order of the cases.
    public static var markdown: String {
        let head = [
            "| row | the spool | qBittorrent | remembered | decision |", "|---|---|---|---|---|",
        ]
        let rows = PlannerCase.allCases.map(\.row).map {
            "| `\($0.id.rawValue)` | \($0.spool) | \($0.server) | \($0.memory) | \($0.verdict) |"
        }
        return (head + rows).joined(separator: "\n")
    }
}
