import CSys
import Glibc
public import Reconciliation

/// The machine's clocks.
public struct SystemClock: ClockDoor {
    private let bootID: String

    public init() { bootID = Self.readBootID() }

    public func now() -> Timestamp {
        Timestamp(
            bootID: bootID, bootMilliseconds: Self.milliseconds(CLOCK_BOOTTIME),
            wall: WallTime(milliseconds: Self.milliseconds(CLOCK_REALTIME)))
    }

    public func sleep(milliseconds: Int64) async {
        do {
            try await Task.sleep(for: .milliseconds(max(milliseconds, 0)))
        } catch {
            // Cancelled: whoever waits looks at the time again.
            return
        }
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        let code = clock_gettime(clock, &time)
        precondition(code == 0, "this machine has no such clock")
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The kernel's id of this boot. Without /proc every process counts as another boot, which only means
    /// that stamps of earlier processes are not trusted.
    private static func readBootID() -> String {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "process-\(getpid())-\(milliseconds(CLOCK_REALTIME))" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 36)
        let count = read(descriptor, &bytes, bytes.count)
        guard count == bytes.count else { return "process-\(getpid())-\(milliseconds(CLOCK_REALTIME))" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
