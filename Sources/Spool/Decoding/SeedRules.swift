import JSON
import Metainfo
import Reconciliation

/// The goals of seeding: what `seed` may hold, how other tools write it, and what an indexer demands.
enum SeedRules {
    /// More than servers keep is cut by them, and would look like drift for ever (qBittorrent
    /// `Torrent::MAX_RATIO`).
    static let largestRatio = 9_999.0
    /// A year, for the same reason (qBittorrent `Torrent::MAX_SEEDING_TIME`).
    static let mostMinutes: Int64 = 525_600

    static func ratio(_ place: FieldPlace) throws(Problem) -> SeedGoals.Goal<Double> {
        let number: Double
        switch place.node.value {
        case .null: return .unlimited
        case .integer(let integer): number = Double(integer)
        case .double(let double): number = double
        default: throw place.wrongType("a number, or null for no limit")
        }
        guard (0...largestRatio).contains(number) else {
            throw place.problem(
                "bad-range",
                "\(place.key) is a number from 0 to \(Int64(largestRatio)), or null for no limit.")
        }
        return .at(number)
    }

    static func minutes(_ place: FieldPlace) throws(Problem) -> SeedGoals.Goal<Int64> {
        if place.isNull { return .unlimited }
        if case .integer(let number) = place.node.value, number < 0 {
            throw place.problem(
                "bad-range", "\(place.key) is a duration of 0 or more, or null for no limit.")
        }
        return .at(try DurationText.minutes(place, most: mostMinutes))
    }

    /// What the numbers of servers mean that are no amounts.
    enum Wire: Int64 {
        case unlimited = -1
        /// The server's own setting, which is to say nothing.
        case unsaid = -2

        init?(_ place: FieldPlace) {
            switch place.node.value {
            case .integer(let number): self.init(rawValue: number)
            case .double(let number): self.init(rawValue: Int64(exactly: number) ?? 0)
            default: return nil
            }
        }
    }

    /// - Returns: `nil` for the word that is as if it were not there.
    static func action(_ place: FieldPlace) throws(Problem) -> SeedGoals.Consequence? {
        if case .string("RemoveWithContent") = place.node.value {
            throw place.problem(
                "bad-range",
                "\(place.key): data is never deleted at a goal; Remove takes the torrent and leaves its data."
            )
        }
        if case .string("EnableSuperSeeding") = place.node.value {
            throw place.problem(
                "bad-range",
                "\(place.key): no goal turns super seeding on; superSeeding turns it on from the start.")
        }
        switch try place.word(of: actions) {
        case "Stop": return .stop
        case "Remove": return .remove
        default: return nil
        }
    }

    /// The server's words for what happens at a goal.
    static let actions = ["Stop", "Remove", "Default"]

    /// The goals with the indexer's own duty as a floor.
    ///
    /// Only goals that are set are raised: the first goal that is met counts, so a goal more would end the
    /// seeding sooner. The time without uploading is raised too, because it could end it before its time.
    static func raise(_ goals: SeedGoals, to release: Release) -> SeedGoals {
        var raised = goals
        if case .at(let ratio)? = goals.ratio, let least = release.minimumRatio {
            raised.ratio = .at(max(ratio, min(least, largestRatio)))
        }
        if let seconds = release.minimumSeedSeconds, seconds > 0 {
            let least = min((seconds - 1) / 60 + 1, mostMinutes)
            if case .at(let time)? = goals.time { raised.time = .at(max(time, least)) }
            if case .at(let time)? = goals.inactiveTime { raised.inactiveTime = .at(max(time, least)) }
        }
        return raised
    }
}
