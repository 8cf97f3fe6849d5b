/// How long to wait after failures in a row: doubling from a first delay to a ceiling, with full jitter, so
/// that a thousand requests that failed together do not come back together.
public struct Backoff: Hashable, Sendable {
    /// Milliseconds after the first failure, before jitter. Default 5 s.
    public let firstMilliseconds: Int64
    /// Milliseconds that no delay exceeds. Default 1 h.
    public let ceilingMilliseconds: Int64
    /// Jitter never shortens a delay below this, so that no failure is answered by a tight loop. 1 s.
    public static let floorMilliseconds: Int64 = 1_000

    public init(firstMilliseconds: Int64 = 5_000, ceilingMilliseconds: Int64 = 3_600_000) {
        self.firstMilliseconds = firstMilliseconds
        self.ceilingMilliseconds = ceilingMilliseconds
    }

    /// A request's backoff: 5 s, doubling to 1 h.
    public static let request = Backoff()
    /// A server's backoff: 1 s, doubling to 5 min.
    public static let server = Backoff(firstMilliseconds: 1_000, ceilingMilliseconds: 300_000)

    /// The longest delay after `failures` in a row (1 or more).
    public func limit(afterFailures failures: Int) -> Int64 {
        let doublings = min(max(failures - 1, 0), 30)
        return min(firstMilliseconds << Int64(doublings), ceilingMilliseconds)
    }

    /// A delay drawn evenly between the floor and the limit.
    public func delay(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> Int64 {
        let limit = limit(afterFailures: failures)
        return limit <= Self.floorMilliseconds
            ? limit : Int64.random(in: Self.floorMilliseconds...limit, using: &random)
    }
}
