import Metainfo

/// Which torrent the request means, while that is still to be found out.
extension SubjectJudge {
    /// Every source was tried and given up.
    func isExhausted(_ request: Request) -> Bool {
        guard let progress = memory.sources, !request.sources.isEmpty else { return false }
        return progress.index >= request.sources.count
    }

    /// A new generation that names the same sources goes on where it was; others begin at the first.
    mutating func reviseSources(_ request: Request) {
        guard memory.sources?.digest == request.sourcesDigest, !isExhausted(request) else {
            memory.sources = nil
            return
        }
        memory.sources?.attempt = nil
    }

    // MARK: Not known yet

    /// Nothing is followed, and what is to be added must be fetched first.
    mutating func unresolved(_ request: Request) -> Judgement {
        if isExhausted(request) { return exhausted() }
        if request.isSuspended { return suspended(torrent: nil) }
        if isStoreLost { return held(.storeLost) }
        leaveForUnknown()
        if request.wantedState == .absent { return absentUnresolved() }
        if let over = overdue(request) { return over }
        if let waiting = beforeItsTime(request) { return waiting }
        if let attempt = memory.sources?.attempt, !now.hasReached(attempt.nextAt) {
            return judgement(
                .wait(until: attempt.nextAt, .backoff),
                Standing(
                    .waiting, reason: WaitReason.backoff.rawValue, message: attempt.error.message,
                    nextAt: attempt.nextAt.wall)
            ).named(.sourceBackoff)
        }
        var judgement = judgement(
            .wait(until: nil, .resolving),
            Standing(.resolving, message: "fetching " + sourceLabel(request))
        ).named(.resolving)
        judgement.wantsSource = true
        return judgement
    }

    /// What was never fetched was never added: there is nothing of ours but what the request meant before.
    private mutating func absentUnresolved() -> Judgement {
        if case .unknown(let trouble) = picture.coverage { return blind(trouble) }
        let actions = dismissals()
        guard actions.isEmpty, memory.leaving.isEmpty else { return dismissingAlone(actions) }
        return end(.removed, "Absent", "its source was never fetched, so nothing had been added", .removed)
            .named(.absentUnresolved)
    }

    // MARK: The next source beside a torrent that stalled

    /// The torrent that is followed came from a source of this very request, which was given up for another.
    var followsOwnSource: Bool {
        memory.sources?.abandoned.contains { $0.code == Self.stalledCode } ?? false
    }

    /// The code of a source that was given up because its torrent made no progress.
    static let stalledCode = "stalled"

    /// It came to its end after all, while another source was still being looked for.
    mutating func returnToStalled() {
        guard let following = memory.following, followsOwnSource else { return }
        guard memory.sources?.returnTo(code: Self.stalledCode, found: following.identity) == true else {
            return
        }
        note(.changed, field: "source", message: "complete after all: no other source is looked for")
    }

    /// While an older torrent is followed, the next source is fetched beside it.
    func wantsSource(_ request: Request) -> Bool {
        guard request.identity == nil, !isExhausted(request), !request.isSuspended, !isStoreLost,
            request.terms.notBefore.map({ $0 <= now.wall }) ?? true
        else { return false }
        return memory.sources?.attempt.map { now.hasReached($0.nextAt) } ?? true
    }

    private func sourceLabel(_ request: Request) -> String {
        let index = memory.sources?.index ?? 0
        guard request.sources.indices.contains(index) else { return "its source" }
        let count = request.sources.count
        return request.sources[index] + (count > 1 ? " (source \(index + 1) of \(count))" : "")
    }

    /// What is gone from where it was may come back as another; what never was right is the request's fault.
    private mutating func exhausted() -> Judgement {
        guard let last = memory.sources?.abandoned.last else {
            preconditionFailure("sources are exhausted by being given up")
        }
        let advice = "; nothing more is tried until the request changes or `qspool retry \(key.name)`"
        let phase: Phase = last.isGone ? .failed : .rejected
        let reason = last.isGone ? "SourceGone" : Problem(code: last.code, message: "").reason
        if before?.published?.phase != phase || before?.published?.reason != reason {
            note(phase == .failed ? .ended : .rejected, reason: last.code, message: last.message)
        }
        // What an earlier generation brought stays as it was.
        if memory.following == nil { takeBack() }
        // A rejected request shows no torrent, whatever it was rejected for.
        let followed = memory.following.flatMap { picture.torrent(matching: $0.identity) }
        let torrent = phase == .rejected ? nil : followed
        let message = last.message.hasSuffix(".") ? String(last.message.dropLast()) : last.message
        return judgement(
            .ignore, Standing(phase, reason: reason, message: message + advice), torrent: torrent
        ).named(last.isGone ? .sourcesGone : .sourcesBad)
    }

    // MARK: Terms

    /// Waits for `notBefore`; `nil` when it has come or was not set.
    mutating func beforeItsTime(_ request: Request) -> Judgement? {
        guard let start = request.terms.notBefore, now.wall < start else { return nil }
        let left = start.milliseconds - now.wall.milliseconds
        return judgement(
            .wait(until: now.advanced(byMilliseconds: left), .notBefore),
            Standing(
                .waiting, reason: WaitReason.notBefore.rawValue, message: "not before \(start)",
                nextAt: start)
        ).named(.notBefore)
    }

    /// Ends a request that took longer than `giveUpAfter`; its torrent stays as it is.
    mutating func overdue(_ request: Request) -> Judgement? {
        guard let limit = request.terms.giveUpAfterMilliseconds, memory.ending == nil,
            memory.following?.hasCompleted != true, let left = timeLeft(request), left <= 0
        else { return nil }
        // With nothing left to try it was given up before, for a reason that tells more.
        if isExhausted(request), memory.following == nil { return nil }
        return end(
            .failed, "GaveUp",
            "not complete \(Display.duration(seconds: limit / 1_000)) after it was accepted (giveUpAfter); "
                + "the torrent stays as it is; change the request or run `qspool retry \(key.name)` to go on",
            .ended
        ).named(.gaveUp)
    }

    /// Milliseconds until the request is given up; `nil` when it never is.
    func timeLeft(_ request: Request) -> Int64? {
        guard let limit = request.terms.giveUpAfterMilliseconds, let since = memory.acceptedAt else {
            return nil
        }
        // Across boots only the wall clock tells.
        let age = now.milliseconds(since: since) ?? now.wall.milliseconds - since.wall.milliseconds
        return limit - max(age, 0)
    }
}
