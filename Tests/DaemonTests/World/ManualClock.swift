import Daemon
import Glibc
import Reconciliation

/// A clock that moves when the test says so, or when the pass sleeps.
///
/// Where it flows, real time goes by as well: a server that is not ours to slow down or to hurry takes its
/// own. What the test adds to that is remembered, so that the server's times can be told in the clock's.
///
/// Unchecked: a scenario and its pass take turns, each waiting for the other.
final class ManualClock: ClockDoor, @unchecked Sendable {
    private var boot = 1
    private var bootMilliseconds: Int64 = 1_000_000
    private var wallMilliseconds: Int64
    /// When it began to flow; `nil`: it stands still by itself.
    private let began: Int64?
    /// By how much it was advanced, and at which real time.
    private var leaps: [(at: Int64, by: Int64)] = []

    /// - Parameter isFlowing: Else it begins at 2026-11-22T10:00:00Z and stands still.
    init(isFlowing: Bool = false) {
        began = isFlowing ? Self.realMilliseconds() : nil
        wallMilliseconds = began ?? 1_795_341_600_000
    }

    func now() -> Timestamp {
        let flown = began.map { Self.realMilliseconds() - $0 } ?? 0
        return Timestamp(
            bootID: "boot-\(boot)", bootMilliseconds: bootMilliseconds + flown,
            wall: WallTime(milliseconds: wallMilliseconds + flown))
    }

    func sleep(milliseconds: Int64) async {
        if began == nil { return advance(milliseconds: milliseconds) }
        await SystemClock().sleep(milliseconds: milliseconds)
    }

    func advance(milliseconds: Int64) {
        bootMilliseconds += milliseconds
        wallMilliseconds += milliseconds
        if began != nil { leaps.append((Self.realMilliseconds(), milliseconds)) }
    }

    /// The machine starts anew: boot time begins again, under another id.
    func reboot() {
        boot += 1
        bootMilliseconds = 5_000
        wallMilliseconds += 30_000
    }

    /// Somebody sets the wall clock; boot time does not notice.
    func jumpWall(milliseconds: Int64) { wallMilliseconds += milliseconds }

    /// A time that a server told by its own, real clock, as this clock showed it then. Servers tell whole
    /// seconds: what was within that second counts as before it.
    func told(_ time: WallTime) -> WallTime {
        let leapt = leaps.filter { $0.at <= time.milliseconds + 999 }.reduce(0) { $0 + $1.by }
        return WallTime(milliseconds: time.milliseconds + leapt)
    }

    private static func realMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
