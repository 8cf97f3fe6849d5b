/// Decides when to look at a server and how much of it, so that observing takes at most 2 % of its time.
///
/// The share is split evenly: full listings get 1 %, looks at single torrents the other. A server's only
/// thread is busy for as long as its answer takes, measured from its own answers. Owns no timer.
public struct ObservationPacer: Equatable, Sendable {
    /// Looks and listings each take at most one part in this many of the server's time.
    private static let share: Int64 = 100
    /// Between looks while something moves.
    private static let movingMilliseconds: Int64 = 2_000

    private let intervalMilliseconds: Int64
    private var lastListing: (at: Timestamp, cost: Int64)?
    private var lastLook: (at: Timestamp, cost: Int64)?

    /// - Parameter intervalMilliseconds: The longest time without a pass; `interval` of the configuration.
    public init(intervalMilliseconds: Int64) { self.intervalMilliseconds = intervalMilliseconds }

    public mutating func noteListing(at: Timestamp, costMilliseconds: Int64) {
        lastListing = (at, costMilliseconds)
        // A listing shows every torrent: no look is due sooner than after it.
        lastLook = (at, lastLook?.cost ?? 0)
    }

    public mutating func noteLook(at: Timestamp, costMilliseconds: Int64) {
        lastLook = (at, costMilliseconds)
    }

    /// When the next full listing is due; at once when there was none.
    public func nextListing(now: Timestamp) -> Timestamp {
        guard let lastListing else { return now }
        return lastListing.at.advanced(
            byMilliseconds: max(intervalMilliseconds, lastListing.cost * Self.share))
    }

    /// When the torrents in motion are due for a look.
    public func nextLook(now: Timestamp, isMoving: Bool) -> Timestamp {
        guard let lastLook else { return now }
        let pause = isMoving ? min(Self.movingMilliseconds, intervalMilliseconds) : intervalMilliseconds
        return lastLook.at.advanced(byMilliseconds: max(pause, lastLook.cost * Self.share))
    }

    public static func == (left: ObservationPacer, right: ObservationPacer) -> Bool {
        left.intervalMilliseconds == right.intervalMilliseconds
            && left.lastListing?.at == right.lastListing?.at
            && left.lastListing?.cost == right.lastListing?.cost
            && left.lastLook?.at == right.lastLook?.at && left.lastLook?.cost == right.lastLook?.cost
    }
}

/// Failures in a row of one server: 1 s, doubling to 5 min, with jitter.
public struct ServerBackoff: Equatable, Sendable {
    public private(set) var failures = 0
    public private(set) var until: Timestamp?

    public init() {}

    public func allows(_ now: Timestamp) -> Bool { until.map { now.hasReached($0) } ?? true }

    public mutating func succeeded() {
        failures = 0
        until = nil
    }

    public mutating func failed(at now: Timestamp, using random: inout some RandomNumberGenerator) {
        failures += 1
        until = now.advanced(
            byMilliseconds: Backoff.server.delay(afterFailures: failures, using: &random))
    }
}
