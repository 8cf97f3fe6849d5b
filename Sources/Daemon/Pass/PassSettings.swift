/// Figures of the configuration that bear on a pass but on no decision.
public struct PassSettings: Equatable, Sendable {
    public var version: String
    /// Milliseconds between passes when nothing happens. Default 30 s.
    public var intervalMilliseconds: Int64
    /// Milliseconds between writes of a status whose counters alone changed, while downloading. Default 5 s.
    public var statusMilliseconds: Int64
    /// The same while only seeding. Default 15 min.
    public var seedingStatusMilliseconds: Int64
    /// Milliseconds between snapshots while the log moves. Default 1 h.
    public var snapshotMilliseconds: Int64
    /// Milliseconds that the change log reaches back. Default 90 days.
    public var logKeepMilliseconds: Int64

    public init(
        version: String, intervalMilliseconds: Int64 = 30_000,
        statusMilliseconds: Int64 = 5_000, seedingStatusMilliseconds: Int64 = 900_000,
        snapshotMilliseconds: Int64 = 3_600_000, logKeepMilliseconds: Int64 = 7_776_000_000
    ) {
        self.snapshotMilliseconds = snapshotMilliseconds
        self.logKeepMilliseconds = logKeepMilliseconds
        self.version = version
        self.intervalMilliseconds = intervalMilliseconds
        self.statusMilliseconds = statusMilliseconds
        self.seedingStatusMilliseconds = seedingStatusMilliseconds
    }
}
