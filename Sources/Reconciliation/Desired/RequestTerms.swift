/// When and for how long a request is carried out: its terms, none of which is a field of the torrent.
public struct RequestTerms: Hashable, Sendable {
    /// Nothing is fetched or added before.
    public var notBefore: WallTime?
    /// Not complete this long after its acceptance: given up, the torrent stays as it is. `nil`: never.
    public var giveUpAfterMilliseconds: Int64?
    /// Order of admission when limits hold requests back: higher first. Default 0.
    public var priority: Int64
    /// What a time without progress means; `nil`: nothing.
    public var stall: Stall?
    public var onVanish: OnVanish

    public init(
        notBefore: WallTime? = nil, giveUpAfterMilliseconds: Int64? = nil, priority: Int64 = 0,
        stall: Stall? = nil, onVanish: OnVanish = .auto
    ) {
        self.notBefore = notBefore
        self.giveUpAfterMilliseconds = giveUpAfterMilliseconds
        self.priority = priority
        self.stall = stall
        self.onVanish = onVanish
    }
}

/// What a time without progress means.
public struct Stall: Hashable, Sendable {
    /// The raw value is the request's own word.
    public enum Consequence: String, CaseIterable, Sendable {
        /// The status says so. The default.
        case report
        /// The next source is tried.
        case next
        /// Given up.
        case fail
    }

    public var afterMilliseconds: Int64
    public var then: Consequence

    public init(afterMilliseconds: Int64, then: Consequence = .report) {
        self.afterMilliseconds = afterMilliseconds
        self.then = then
    }
}

/// What it means that somebody else removed the torrent. The raw value is the request's own word.
public enum OnVanish: String, CaseIterable, Sendable {
    /// Completed: done with it; else added again, three times a generation. The default.
    case auto
    /// Added again, also when it had completed; three times a generation.
    case readd
    /// Not added again.
    case accept
}
