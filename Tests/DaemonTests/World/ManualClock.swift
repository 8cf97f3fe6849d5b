import Daemon
import Reconciliation

/// A clock that moves when the test says so, or when the pass sleeps.
///
/// Unchecked: a scenario and its pass take turns, each waiting for the other.
final class ManualClock: ClockDoor, @unchecked Sendable {
    private var boot = 1
    private var bootMilliseconds: Int64 = 1_000_000
    /// 2026-11-22T10:00:00Z.
    private var wallMilliseconds: Int64 = 1_795_341_600_000

    func now() -> Timestamp {
        Timestamp(
            bootID: "boot-\(boot)", bootMilliseconds: bootMilliseconds,
            wall: WallTime(milliseconds: wallMilliseconds))
    }

    func sleep(milliseconds: Int64) async { advance(milliseconds: milliseconds) }

    func advance(milliseconds: Int64) {
        bootMilliseconds += milliseconds
        wallMilliseconds += milliseconds
    }

    /// The machine starts anew: boot time begins again, under another id.
    func reboot() {
        boot += 1
        bootMilliseconds = 5_000
        wallMilliseconds += 30_000
    }

    /// Somebody sets the wall clock; boot time does not notice.
    func jumpWall(milliseconds: Int64) { wallMilliseconds += milliseconds }
}
