extension SeedGoals {
    /// What the goals that a torrent has reached came to, each in numbers: `ratio 2.13 of 2.0`. Any of the
    /// goals suffices. Empty: none, or it is not complete.
    ///
    /// Ratio and seeding time are the server's own figures. Inactivity is the time since the server last saw
    /// data go in or out (`last_activity`) or, if that was later, since the torrent was complete; that is the
    /// server's clock held against ours, so it counts for no more than the seconds that the torrent was
    /// seeded at all: a clock that is wrong or was set does not let a goal be reached by itself. Servers that
    /// do not count seconds of seeding (4.2) leave the goals `time` and `inactiveTime` to their own limits.
    ///
    /// - Parameter now: The wall clock.
    public func reached(by torrent: Torrent, at now: WallTime) -> [String] {
        guard torrent.looksComplete else { return [] }
        var reached: [String] = []
        if case .at(let goal)? = ratio {
            // The server shows −1 for one that is too large to show.
            let isEndless = torrent.counters.ratio < 0
            if isEndless || torrent.counters.ratio >= goal {
                let shown = isEndless ? "more than 9999" : Display.decimal(torrent.counters.ratio, places: 2)
                reached.append("ratio \(shown) of \(goal)")
            }
        }
        guard let seeded = torrent.counters.seedingSeconds else { return reached }
        if case .at(let goal)? = time, seeded / 60 >= goal {
            reached.append("seeded for \(seeded / 60) of \(goal) minutes")
        }
        if case .at(let goal)? = inactiveTime, let idle = Self.idleMinutes(torrent, seeded, now), idle >= goal
        {
            reached.append("inactive for \(idle) of \(goal) minutes")
        }
        return reached
    }

    /// How far a torrent is from each of the goals, in numbers: `ratio 1.20 of 2.0`. Empty: there are none,
    /// or nothing is told.
    func outlook(of torrent: Torrent, at now: WallTime) -> String {
        var parts: [String] = []
        if case .at(let goal)? = ratio, torrent.counters.ratio >= 0 {
            parts.append("ratio \(Display.decimal(torrent.counters.ratio, places: 2)) of \(goal)")
        }
        if let seeded = torrent.counters.seedingSeconds {
            if case .at(let goal)? = time { parts.append("seeded for \(seeded / 60) of \(goal) minutes") }
            if case .at(let goal)? = inactiveTime {
                let idle = Self.idleMinutes(torrent, seeded, now) ?? 0
                parts.append("inactive for \(idle) of \(goal) minutes")
            }
        }
        return parts.joined(separator: ", ")
    }

    /// Whether any of the goals is reached.
    public func isMet(by torrent: Torrent, at now: WallTime) -> Bool {
        !reached(by: torrent, at: now).isEmpty
    }

    private static func idleMinutes(_ torrent: Torrent, _ seeded: Int64, _ now: WallTime) -> Int64? {
        guard let activity = torrent.counters.lastActivityAt else { return nil }
        let since = max(activity.milliseconds, torrent.completedAt?.milliseconds ?? 0)
        return min(seeded, max(0, (now.milliseconds - since) / 1_000)) / 60
    }
}

extension Request {
    /// The goals of `seed`, if any.
    public var seedGoals: SeedGoals? {
        guard case .goals(let goals)? = wishes[.seed] else { return nil }
        return goals
    }

    /// The written `files`, if any.
    var selection: FileSelection? {
        guard case .selection(let selection)? = wishes[.files] else { return nil }
        return selection
    }
}

extension SeedGoals {
    /// The largest figures that every version takes: 4.x cuts off what is above.
    private static let most = (ratio: 9_999.0, minutes: Int64(525_600))
    /// Ratios that are as near as this are the same: servers keep them as floating-point numbers.
    private static let ratioTolerance = 0.005

    /// The limits as every server can show them. The goals themselves are judged as they are written.
    public var asLimits: SeedGoals {
        func cut<Value: Comparable>(_ goal: Goal<Value>?, _ most: Value) -> Goal<Value>? {
            guard case .at(let value)? = goal else { return goal }
            return .at(min(value, most))
        }
        return SeedGoals(
            ratio: cut(ratio, Self.most.ratio), time: cut(time, Self.most.minutes),
            inactiveTime: cut(inactiveTime, Self.most.minutes))
    }

    /// Whether a torrent's own limits are these, in the parts that are set here and that its server knows.
    func areShown(by options: Torrent.Options) -> Bool {
        let wanted = asLimits
        let isRatio: Bool =
            switch wanted.ratio {
            case nil: true
            case .unlimited?: options.ratioLimit < 0 && options.ratioLimit > -1.5
            case .at(let ratio)?: abs(options.ratioLimit - ratio) < Self.ratioTolerance
            }
        return isRatio && Self.isShown(wanted.time, by: options.seedingTimeLimit)
            && Self.isShown(wanted.inactiveTime, by: options.inactiveSeedingTimeLimit)
    }

    private static func isShown(_ goal: Goal<Int64>?, by limit: Int64?) -> Bool {
        guard let limit else { return true }
        switch goal {
        case nil: return true
        case .unlimited?: return limit == -1
        case .at(let minutes)?: return limit == minutes
        }
    }
}
