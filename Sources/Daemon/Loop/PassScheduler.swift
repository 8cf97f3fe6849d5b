import Reconciliation

/// Decides when the daemon's next pass begins and how much it looks at. Events go in; it owns no timer.
///
/// A pass is due when the spool changed (after a short settling, so that a burst is one pass), when something
/// in the last plan comes due, when an observation is due, at the full-scan interval, and at least every
/// `interval`.
struct PassScheduler {
    /// A burst of files becomes one pass, and a drop is to be visible in 50 ms.
    private static let settlingMilliseconds: Int64 = 20
    /// Passes that follow each other at once; further ones pause, so that a defect is no tight loop.
    private static let passesAtOnce = 10
    private static let pauseMilliseconds: Int64 = 1_000

    private let intervalMilliseconds: Int64
    private let fullScanMilliseconds: Int64
    private var changedPaths: Set<String> = []
    private var wantsWholeSpool = true
    /// Files that are being written are to be looked at again; the reader knows which.
    private var wantsRestless = false
    private var settlesAt: Timestamp?
    private var lastPass: Timestamp?
    private var lastFullScan: Timestamp?
    private var nextListing: Timestamp?
    private var nextLook: Timestamp?
    private var timer: Timestamp?
    private var passesInARow = 0

    init(intervalMilliseconds: Int64, fullScanMilliseconds: Int64) {
        self.intervalMilliseconds = intervalMilliseconds
        self.fullScanMilliseconds = fullScanMilliseconds
    }

    /// - Parameter paths: As events named them; `nil` when anything may have changed.
    mutating func spoolChanged(_ paths: Set<String>?, at now: Timestamp) {
        if let paths { changedPaths.formUnion(paths) } else { wantsWholeSpool = true }
        settlesAt = settlesAt ?? now.advanced(byMilliseconds: Self.settlingMilliseconds)
    }

    /// An order was written: whatever it is, the next pass is due at once.
    mutating func ordersChanged(at now: Timestamp) { settlesAt = settlesAt ?? now }

    /// A source answered. Others may follow: a burst is one pass.
    mutating func sourceAnswered(at now: Timestamp) {
        settlesAt = settlesAt ?? now.advanced(byMilliseconds: Self.settlingMilliseconds)
    }

    /// - Returns: What the pass that begins now covers, or `nil` while none is due.
    mutating func begin(at now: Timestamp) -> PassScope? {
        guard now.hasReached(wake(from: now)) else { return nil }
        let isScanDue =
            lastFullScan.map { now.hasReached($0.advanced(byMilliseconds: fullScanMilliseconds)) } ?? true
        let spool: SpoolScope
        if wantsWholeSpool || isScanDue {
            spool = .everything
            lastFullScan = now
        } else {
            spool = changedPaths.isEmpty && !wantsRestless ? .nothing : .paths(changedPaths)
        }
        let isListingDue = nextListing.map(now.hasReached) ?? true
        let isLookDue = nextLook.map(now.hasReached) ?? true
        changedPaths = []
        wantsWholeSpool = false
        wantsRestless = false
        settlesAt = nil
        timer = nil
        lastPass = now
        return PassScope(spool: spool, observation: isListingDue ? .due : .selected(moving: isLookDue))
    }

    mutating func ended(_ report: PassReport, at now: Timestamp) {
        nextListing = report.nextListing
        nextLook = report.nextLook
        // A server that is out of reach is looked at again when its backoff is over, and not sooner.
        if let retry = report.retryServerAt {
            nextListing = retry
            nextLook = retry
        }
        var due = [report.nextDue, report.retryServerAt].compactMap { $0 }
        if let again = report.lookAgainAt {
            let pause = max(again.milliseconds - now.wall.milliseconds, Self.settlingMilliseconds)
            due.append(now.advanced(byMilliseconds: pause))
            wantsRestless = true
        }
        passesInARow = report.wantsAnotherPass ? passesInARow + 1 : 0
        if report.wantsAnotherPass {
            let pause = passesInARow > Self.passesAtOnce ? Self.pauseMilliseconds : 0
            due.append(now.advanced(byMilliseconds: pause))
        }
        // What has been due for long (a hold, an admission) is looked at with the next regular pass.
        timer = due.filter { !now.hasReached($0) || report.wantsAnotherPass }.min {
            $0.bootMilliseconds < $1.bootMilliseconds
        }
    }

    /// When the next pass is due; now, when it is already.
    func wake(from now: Timestamp) -> Timestamp {
        guard let lastPass else { return now }
        var due = [lastPass.advanced(byMilliseconds: intervalMilliseconds)]
        due += [settlesAt, timer, nextLook].compactMap { $0 }
        if let lastFullScan {
            due.append(lastFullScan.advanced(byMilliseconds: fullScanMilliseconds))
        }
        let first = due.min { $0.bootMilliseconds < $1.bootMilliseconds } ?? now
        // Whatever is overdue: passes never follow each other without a breath, unless more is known to be
        // done.
        let breath = lastPass.advanced(byMilliseconds: Self.settlingMilliseconds)
        return first.bootMilliseconds < breath.bootMilliseconds && passesInARow == 0 ? breath : first
    }
}
