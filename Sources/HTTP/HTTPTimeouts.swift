/// How long the steps of one request may take. All of them end it with ``HTTPError/Kind-swift.enum/timeout``.
public struct HTTPTimeouts: Equatable, Sendable {
    /// Until the connection stands: name, TCP and TLS. Default 10 s.
    public var connect: Duration
    /// From the start of the transfer to the last byte. Default 30 s.
    public var whole: Duration
    /// The speed below which a transfer counts as stuck, in bytes a second. Default 100.
    public var lowSpeedBytesPerSecond: Int
    /// For how long it may be that slow, waiting for the first byte included. Default 15 s; whole seconds.
    public var lowSpeed: Duration

    /// - Parameters: As the properties of the same names. Durations below a millisecond count as one; that
    ///   of `lowSpeed` is rounded up to whole seconds.
    public init(
        connect: Duration = .seconds(10), whole: Duration = .seconds(30), lowSpeedBytesPerSecond: Int = 100,
        lowSpeed: Duration = .seconds(15)
    ) {
        self.connect = connect
        self.whole = whole
        self.lowSpeedBytesPerSecond = lowSpeedBytesPerSecond
        self.lowSpeed = lowSpeed
    }
}

extension Duration {
    /// Whole milliseconds for libcurl, at least 1 (0 would mean "no limit") and at most what 32 bits hold.
    var limitMilliseconds: Int {
        let (seconds, attoseconds) = components
        let bounded = min(max(seconds, 0), 2_000_000)
        let milliseconds = Int(bounded) * 1_000 + Int(max(attoseconds, 0) / 1_000_000_000_000_000)
        return max(milliseconds, 1)
    }

    /// Whole seconds for libcurl, rounded up, at least 1.
    var limitSeconds: Int { (limitMilliseconds + 999) / 1_000 }
}
