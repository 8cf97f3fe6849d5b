import Metainfo

/// How long a torrent has made no progress, and what the request says about that.
extension SubjectJudge {
    /// What a time without progress led to.
    enum Impatience: Equatable {
        case none
        /// Without progress for this many milliseconds: to be said.
        case reported(Int64)
        /// The next source is being tried.
        case next
    }

    /// Counts the time without progress, which runs only while the torrent is meant to run and could.
    mutating func losePatience(_ request: Request, _ torrent: Torrent) -> Impatience {
        guard let stall = request.terms.stall, let following = memory.following, !following.hasCompleted,
            !torrent.looksComplete
        else {
            memory.patience = nil
            return .none
        }
        let runs = isTrying(torrent) && !request.isSuspended && !isHandsOff(torrent)
        let idle = count(torrent, step: Self.step(stall), limit: stall.afterMilliseconds, runs: runs)
        guard runs, idle >= stall.afterMilliseconds else { return .none }
        guard stall.then == .next, hasNextSource(request), request.identity != nil else {
            return .reported(idle)
        }
        abandonSource(
            request, code: Self.stalledCode,
            message: "no progress for \(Display.duration(seconds: idle / 1_000))", isGone: false)
        memory.patience = nil
        return .next
    }

    /// When the counting is worth another look.
    func patienceDue(_ request: Request) -> Timestamp? {
        guard let stall = request.terms.stall, let patience = memory.patience, patience.countedAt != nil
        else {
            return nil
        }
        let left = stall.afterMilliseconds - patience.idleMilliseconds
        return now.advanced(byMilliseconds: left > 0 ? min(left, Self.step(stall)) : Self.step(stall))
    }

    /// Progress is remembered this often at most: counters alone are no reason to write.
    private static func step(_ stall: Stall) -> Int64 { max(stall.afterMilliseconds / 10, 1_000) }

    private func isTrying(_ torrent: Torrent) -> Bool {
        switch torrent.state {
        case .downloading, .stalledDL, .metaDL, .forcedDL, .forcedMetaDL: true
        default: false
        }
    }

    private mutating func count(_ torrent: Torrent, step: Int64, limit: Int64, runs: Bool) -> Int64 {
        let left = torrent.counters.size > 0 ? torrent.counters.amountLeft : -1
        var patience = memory.patience ?? Patience(amountLeft: left, countedAt: runs ? now : nil)
        // Time of another boot is time in which nobody looked.
        let passed = patience.countedAt.flatMap { now.milliseconds(since: $0) } ?? 0
        if left != patience.amountLeft {
            if patience.idleMilliseconds > 0 || patience.countedAt == nil || passed >= step {
                patience = Patience(amountLeft: left, countedAt: runs ? now : nil)
            }
            memory.patience = patience
            return 0
        }
        if !runs {
            patience.idleMilliseconds += passed
            patience.countedAt = nil
        } else if patience.countedAt == nil {
            patience.countedAt = now
        } else if patience.idleMilliseconds < limit,
            passed >= step || patience.idleMilliseconds + passed >= limit
        {
            patience.idleMilliseconds += passed
            patience.countedAt = now
        }
        memory.patience = patience
        guard patience.idleMilliseconds >= limit, let since = patience.countedAt else {
            return patience.idleMilliseconds
        }
        // Once it is too long, how long tells a person something, and is no reason to write.
        return patience.idleMilliseconds + (now.milliseconds(since: since) ?? 0)
    }

    func hasNextSource(_ request: Request) -> Bool {
        (memory.sources?.index ?? 0) + 1 < request.sources.count
    }

    /// Gives the source in use up and turns to the next.
    mutating func abandonSource(_ request: Request, code: String, message: String, isGone: Bool) {
        var progress = memory.sources ?? SourceProgress(digest: request.sourcesDigest)
        progress.abandon(code: code, message: message, isGone: isGone, at: now.wall)
        memory.sources = progress
        note(.failed, field: "source", reason: code, message: message)
    }
}
