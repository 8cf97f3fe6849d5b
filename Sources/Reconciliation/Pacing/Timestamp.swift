/// An instant on both clocks: boot time for whatever waits, wall time for display and `notBefore`.
///
/// Boot time (CLOCK_BOOTTIME) never jumps but starts anew with each boot, so it carries the boot's identity;
/// stamps of different boots cannot be subtracted.
public struct Timestamp: Hashable, Sendable {
    /// Which boot `bootMilliseconds` counts from: the text of the kernel's `random/boot_id`.
    public let bootID: String
    /// Milliseconds since that boot, suspended time included.
    public let bootMilliseconds: Int64
    /// The wall clock at the same instant.
    public let wall: WallTime

    public init(bootID: String, bootMilliseconds: Int64, wall: WallTime) {
        self.bootID = bootID
        self.bootMilliseconds = bootMilliseconds
        self.wall = wall
    }

    /// Milliseconds from `earlier` to here, or `nil` when `earlier` belongs to another boot.
    public func milliseconds(since earlier: Timestamp) -> Int64? {
        guard bootID == earlier.bootID else { return nil }
        return bootMilliseconds - earlier.bootMilliseconds
    }

    /// The instant `milliseconds` later, on both clocks.
    public func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
        Timestamp(
            bootID: bootID, bootMilliseconds: bootMilliseconds + milliseconds,
            wall: WallTime(milliseconds: wall.milliseconds + milliseconds))
    }

    /// Whether `deadline` has come. A deadline of another boot has: whoever set it is gone, and one early
    /// attempt after a boot costs less than waiting on a clock that no longer runs.
    public func hasReached(_ deadline: Timestamp) -> Bool {
        milliseconds(since: deadline).map { $0 >= 0 } ?? true
    }
}
