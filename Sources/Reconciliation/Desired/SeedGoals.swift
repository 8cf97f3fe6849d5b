/// How long a complete torrent is to be seeded, and what happens then.
public struct SeedGoals: Hashable, Sendable, CustomStringConvertible {
    /// One goal of the three.
    public enum Goal<Value: Hashable & Sendable>: Hashable, Sendable {
        /// There must be none.
        case unlimited
        case at(Value)
    }

    /// The raw value is the request's own word.
    public enum Consequence: String, CaseIterable, Sendable {
        /// Nothing happens at the goal. The default.
        case keep
        case stop
        /// The torrent goes, its data stays.
        case remove
    }

    /// Uploaded by downloaded; `nil`: not managed.
    public var ratio: Goal<Double>?
    /// Minutes of seeding; `nil`: not managed.
    public var time: Goal<Int64>?
    /// Minutes without uploading anything; `nil`: not managed.
    public var inactiveTime: Goal<Int64>?
    /// `nil`: not said, which means ``Consequence/keep``.
    public var then: Consequence?

    public init(
        ratio: Goal<Double>? = nil, time: Goal<Int64>? = nil, inactiveTime: Goal<Int64>? = nil,
        then: Consequence? = nil
    ) {
        self.ratio = ratio
        self.time = time
        self.inactiveTime = inactiveTime
        self.then = then
    }

    /// For status files and the change log: `ratio 2.0, time 10080 min, then stop`.
    public var description: String {
        var parts: [String] = []
        if let ratio { parts.append("ratio " + Self.text(ratio)) }
        if let time { parts.append("time " + Self.text(time) + " min") }
        if let inactiveTime { parts.append("inactiveTime " + Self.text(inactiveTime) + " min") }
        if let then { parts.append("then " + then.rawValue) }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    private static func text<Value: Hashable & Sendable & CustomStringConvertible>(
        _ goal: Goal<Value>
    ) -> String {
        switch goal {
        case .unlimited: "unlimited"
        case .at(let value): value.description
        }
    }
}
