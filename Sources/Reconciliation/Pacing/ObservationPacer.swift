/// Decides when to look at a server and how much of it, so that observing takes at most 2 % of its time.
///
/// The share is split evenly: full listings get 1 %, looks at single torrents the other. A server's only
/// thread is busy for as long as its answer takes, measured from its own answers. What cannot wait (the
/// listing before a removal, the look after a change) is paid for like the rest: what is due next waits until
/// everything before it is. Owns no timer.
public struct ObservationPacer: Equatable, Sendable {
    /// Looks and listings each take at most one part in this many of the server's time.
    private static let share: Int64 = 100
    /// Between looks while something moves.
    private static let movingMilliseconds: Int64 = 2_000

    /// What one kind of observation took, and when it is paid for.
    private struct Account: Equatable {
        var lastAt: Timestamp?
        var paidAt: Timestamp?
        var spentMilliseconds: Int64 = 0

        mutating func note(_ at: Timestamp, _ cost: Int64) {
            let start = paidAt.flatMap { at.hasReached($0) ? nil : $0 } ?? at
            paidAt = start.advanced(byMilliseconds: cost * ObservationPacer.share)
            lastAt = at
            spentMilliseconds += cost
        }

        /// After a pause since the last one, and once everything is paid for.
        func next(after pause: Int64) -> Timestamp? {
            guard let lastAt else { return nil }
            let rested = lastAt.advanced(byMilliseconds: pause)
            guard let paidAt, !rested.hasReached(paidAt) else { return rested }
            return paidAt
        }
    }

    private let intervalMilliseconds: Int64
    private var began: Timestamp?
    private var listings = Account()
    private var looks = Account()

    /// - Parameter intervalMilliseconds: The longest time without a pass; `interval` of the configuration.
    public init(intervalMilliseconds: Int64) { self.intervalMilliseconds = intervalMilliseconds }

    /// A full listing was answered, after the server was busy with it for so long.
    public mutating func noteListing(at: Timestamp, costMilliseconds: Int64) {
        began = began ?? at
        listings.note(at, costMilliseconds)
        // A listing shows every torrent: no look is due sooner than after it.
        looks.note(at, 0)
    }

    /// A look at single torrents was answered.
    public mutating func noteLook(at: Timestamp, costMilliseconds: Int64) {
        began = began ?? at
        looks.note(at, costMilliseconds)
    }

    /// When the next full listing is due; at once when there was none.
    public func nextListing(now: Timestamp) -> Timestamp {
        listings.next(after: intervalMilliseconds) ?? now
    }

    /// When the torrents in motion are due for a look.
    public func nextLook(now: Timestamp, isMoving: Bool) -> Timestamp {
        let pause = isMoving ? min(Self.movingMilliseconds, intervalMilliseconds) : intervalMilliseconds
        return looks.next(after: pause) ?? now
    }

    /// The share of the server's time that observing took since the first of all, 0…1; `nil` before there is
    /// a second to tell.
    public func measuredShare(now: Timestamp) -> Double? {
        guard let began, let life = now.milliseconds(since: began), life > 0 else { return nil }
        return Double(listings.spentMilliseconds + looks.spentMilliseconds) / Double(life)
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
