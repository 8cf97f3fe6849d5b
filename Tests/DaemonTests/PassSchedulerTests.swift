import Reconciliation
import Testing

@testable import Daemon

/// When the daemon's next pass is due.
@Suite("Pass scheduler")
struct PassSchedulerTests {
    private let start = Timestamp(bootID: "boot", bootMilliseconds: 1_000_000, wall: WallTime(seconds: 0))

    private func begun() -> PassScheduler {
        var scheduler = PassScheduler(intervalMilliseconds: 30_000, fullScanMilliseconds: 300_000)
        #expect(scheduler.begin(at: start) == PassScope(spool: .everything, observation: .due))
        return scheduler
    }

    private func at(_ milliseconds: Int64) -> Timestamp { start.advanced(byMilliseconds: milliseconds) }

    @Test("A server out of reach is waited for: no pass follows the other in a tight loop")
    func unreachable() {
        var scheduler = begun()
        var now = start
        var passes = 0
        // The look and the listing are long overdue: there never was one.
        while (now.milliseconds(since: start) ?? 0) < 10_000 {
            if scheduler.begin(at: now) != nil { passes += 1 }
            var report = PassReport()
            report.nextListing = start
            report.nextLook = start
            report.retryServerAt = now.advanced(byMilliseconds: 1_000)
            scheduler.ended(report, at: now)
            now = scheduler.wake(from: now)
        }
        #expect((5...12).contains(passes))
    }

    @Test("Whatever is overdue, a pass is followed by a breath")
    func breath() {
        var scheduler = begun()
        var report = PassReport()
        report.nextLook = start
        scheduler.ended(report, at: at(1))
        #expect(scheduler.begin(at: at(1)) == nil)
        #expect((scheduler.wake(from: at(1)).milliseconds(since: start) ?? 0) >= 20)
    }

    @Test("A burst of files is one pass, and soon")
    func burst() {
        var scheduler = begun()
        var report = PassReport()
        report.nextListing = at(30_000)
        report.nextLook = at(30_000)
        scheduler.ended(report, at: at(1))
        scheduler.spoolChanged(["a.json"], at: at(5_000))
        scheduler.spoolChanged(["b.json"], at: at(5_010))
        #expect(scheduler.begin(at: at(5_010)) == nil)
        let scope = scheduler.begin(at: at(5_020))
        #expect(
            scope == PassScope(spool: .paths(["a.json", "b.json"]), observation: .selected(moving: false)))
    }

    @Test("A file that is being written is looked at again, and not the whole spool")
    func beingWritten() {
        var scheduler = begun()
        var report = PassReport()
        report.nextListing = at(30_000)
        report.nextLook = at(30_000)
        report.lookAgainAt = WallTime(milliseconds: start.wall.milliseconds + 2_000)
        scheduler.ended(report, at: start)
        #expect(scheduler.begin(at: at(1_000)) == nil)
        #expect(
            scheduler.begin(at: at(2_000))
                == PassScope(spool: .paths([]), observation: .selected(moving: false)))
    }

    @Test("What can be done at once is done at once, but not for ever")
    func again() {
        var scheduler = begun()
        var report = PassReport()
        report.nextListing = at(30_000)
        report.nextLook = at(30_000)
        report.wantsAnotherPass = true
        var now = at(1)
        for _ in 1...10 {
            scheduler.ended(report, at: now)
            #expect(scheduler.begin(at: now) != nil)
            now = now.advanced(byMilliseconds: 1)
        }
        scheduler.ended(report, at: now)
        #expect(scheduler.begin(at: now) == nil)
        #expect(scheduler.begin(at: now.advanced(byMilliseconds: 1_000)) != nil)
    }
}
