import Metainfo

/// The request is there and usable.
extension SubjectJudge {
    mutating func wanted(_ request: Request) -> Judgement {
        accept(request)
        yield(for: request.identity)
        let owner = context.owner(of: request)
        guard owner == key else { return conflict(with: owner) }
        if isToBeRetried { startOver(request) }
        // A side file that came or went makes other sources of an unchanged document.
        if memory.sources?.digest != request.sourcesDigest { memory.sources = nil }
        if let ending = memory.ending { return endedWithLeaving(ending) }
        var judgement: Judgement
        if let identity = request.identity {
            exchange(for: identity)
            judgement = judged(request, by: identity)
        } else if let following = memory.following, followsOwnSource {
            // While the next source is fetched, the torrent of the one that stalled is what there is.
            judgement = judged(request, by: following.identity)
            judgement.wantsSource = wantsSource(request)
            if !judgement.wantsSource { judgement.standing?.nextAt = memory.sources?.attempt?.nextAt.wall }
        } else {
            judgement = unresolved(request)
        }
        judgement.recheckAt = recheckAt(request, judgement)
        // Given up just now: what becomes of the torrents of before is judged as soon as possible.
        if memory.ending?.kind == .failed || memory.ending?.kind == .finished, !memory.leaving.isEmpty {
            judgement.recheckAt = now
        }
        return judgement
    }

    /// An ending is of the torrent that is followed; those that are to go do so all the same. Where the one
    /// that should have taken its place never came, the old one stays ours.
    private mutating func endedWithLeaving(_ ending: Ending) -> Judgement {
        guard ending.kind != .removed, !memory.leaving.isEmpty else { return ended(ending) }
        if memory.following == nil { takeBack() }
        return dismissing(ended(ending))
    }

    /// When it must be judged again although nothing about it changed.
    private func recheckAt(_ request: Request, _ judgement: Judgement) -> Timestamp? {
        guard judgement.memory?.following?.hasCompleted != true, judgement.memory?.ending == nil else {
            return judgement.recheckAt
        }
        let backoff = judgement.wantsSource ? nil : memory.sources?.attempt?.nextAt
        let givenUp = timeLeft(request).map { now.advanced(byMilliseconds: $0) }
        return [judgement.recheckAt, givenUp, patienceDue(request), backoff].compactMap { $0 }.min {
            $0.bootMilliseconds < $1.bootMilliseconds
        }
    }

    /// The request's torrent is known, and this client is the place for it.
    private mutating func judged(_ request: Request, by asked: TorrentIdentity) -> Judgement {
        if case .unknown(let trouble) = picture.coverage {
            memory.patience?.countedAt = nil
            return blind(trouble)
        }
        let identity = memory.following.map { $0.identity.merging(asked) } ?? asked
        guard let torrent = picture.torrent(matching: identity) else {
            guard picture.settlesAbsence(of: identity) else {
                needsFullListing.insert(place)
                return judgement(.wait(until: nil, .verifying), nil)
            }
            return overdue(request) ?? absent(request, asked)
        }
        if torrent.looksComplete { returnToStalled() } else if let over = overdue(request) { return over }
        let impatience = losePatience(request, torrent)
        if case .reported(let idle) = impatience, request.terms.stall?.then == .fail {
            return end(
                .failed, "Stalled",
                "no progress for \(Display.duration(seconds: idle / 1_000)) (stall); the torrent stays as it "
                    + "is; change the request or run `qspool retry \(key.name)` to go on", .ended)
        }
        var judgement = dismissing(present(request, torrent))
        if case .reported(let idle) = impatience { judgement.complain(ofIdle: idle, request) }
        return judgement
    }

    // MARK: Accepting

    private mutating func accept(_ request: Request) {
        let old = memory.acceptance
        endWithdrawal()
        leaveUnrecorded(for: request.identity)
        // A request that comes back after its torrent was removed for its absence starts anew. One that asks
        // for the absence has what it asks for.
        let startsAnew = memory.ending?.kind == .removed && request.wantedState != .absent
        guard old == nil || old?.digest != request.version.digest || startsAnew else {
            // The generation is the JSON's; a side file may have come to name more of the identity.
            memory.acceptance?.identity = request.identity
            return
        }
        if old == nil { nextOrder += 1 }
        memory.acceptance = Acceptance(
            generation: (old?.generation ?? 0) + 1, digest: request.version.digest,
            order: old?.order ?? nextOrder - 1, at: now.wall, identity: request.identity,
            onDelete: request.onDelete, labels: request.labels)
        reviseSources(request)
        memory.acceptedAt = now
        memory.patience = nil
        startAnew()
        let isComplete = (memory.following?.completeLooks ?? 0) >= 2
        memory.following?.hasCompleted = isComplete
        note(
            .accepted, to: String(memory.acceptance?.generation ?? 1),
            message: "accepted as generation \(memory.acceptance?.generation ?? 1)")
    }

    private mutating func conflict(with owner: SubjectKey) -> Judgement {
        if before?.published?.phase != .conflict {
            note(
                .ended, reason: "Conflict", message: "\(owner.name) asks for the same torrent and came first")
        }
        return judgement(
            .ignore,
            Standing(
                .conflict, reason: "Conflict",
                message: "the request “\(owner.name)” asks for the same torrent and was accepted first; this "
                    + "one takes over when that one goes"))
    }

    /// A person ran `qspool retry`.
    var isToBeRetried: Bool { context.memory.orders.contains { $0.kind == .retry(key) } }

    /// A person wants it tried from the start.
    private mutating func startOver(_ request: Request) {
        startAnew()
        memory.acceptedAt = now
        memory.patience = nil
        if isExhausted(request) { memory.sources = nil } else { memory.sources?.attempt = nil }
    }

    private mutating func startAnew() {
        if memory.ending?.lostItsTorrent == true { loseTorrent() }
        memory.ending = nil
        memory.attempt = nil
        memory.corrections = [:]
        memory.following?.readds = 0
    }

    func ended(_ ending: Ending) -> Judgement {
        let phase: Phase =
            switch ending.kind {
            case .finished: .finished
            case .removed: .removed
            case .failed: .failed
            }
        let torrent = memory.following.flatMap { picture.torrent(matching: $0.identity) }
        return judgement(
            .settled, Standing(phase, reason: ending.reason, message: ending.message), torrent: torrent)
    }

    mutating func end(_ kind: Ending.Kind, _ reason: String, _ message: String, _ change: Change.Kind)
        -> Judgement
    {
        note(change, reason: reason, message: message)
        let ending = Ending(kind: kind, reason: reason, message: message, at: now.wall)
        memory.ending = ending
        memory.intent = nil
        memory.attempt = nil
        memory.withdrawal = nil
        if kind == .removed { loseTorrent() }
        return ended(ending)
    }

    // MARK: Not in qBittorrent

    private mutating func absent(_ request: Request, _ identity: TorrentIdentity) -> Judgement {
        if request.wantedState == .absent {
            let actions = dismissals()
            guard actions.isEmpty, memory.leaving.isEmpty else { return dismissingAlone(actions) }
            return end(.removed, "Absent", "the torrent is not in qBittorrent, as asked", .removed)
        }
        if memory.intent?.kind == .finish { return finishedByRemoval(request) }
        if request.isSuspended { return suspended(torrent: nil) }
        if isStoreLost { return held(.storeLost) }
        if memory.intent?.kind == .prune {
            // We took it out ourselves to add it afresh.
            loseTorrent()
            memory.intent = nil
        }
        if context.vanished.contains(key.client) { return held(.massVanish) }
        if memory.following != nil, let judgement = vanished(request) { return judgement }
        return add(request, identity)
    }

    /// Nothing is wanted, and what was wanted before is still there.
    mutating func dismissingAlone(_ actions: [Action]) -> Judgement {
        let standing = Standing(
            .removing, reason: "Absent", message: "the torrent asked for before is being removed; data stays")
        return actions.isEmpty
            ? judgement(.wait(until: nil, .verifying), standing) : judgement(.act(actions), standing)
    }

    // MARK: Waiting

    mutating func suspended(torrent: Torrent?) -> Judgement {
        let standing =
            torrent.map {
                PhaseDerivation.standing($0, hasCompleted: memory.following?.hasCompleted ?? false)
            }
            ?? Standing(
                .waiting, reason: WaitReason.suspended.rawValue, message: "suspended: nothing is changed")
        return judgement(.wait(until: nil, .suspended), standing, torrent: torrent)
    }

    func held(_ kind: Hold.Kind) -> Judgement {
        judgement(
            .hold(kind),
            Standing(.waiting, reason: "Hold", message: "held: \(kind.rawValue), see summary.json"))
    }

    /// A judgement that waits out the backoff, or `nil` when none runs.
    mutating func backingOff(torrent: Torrent?) -> Judgement? {
        guard let attempt = memory.attempt, !now.hasReached(attempt.nextAt) else { return nil }
        let standing =
            torrent.map {
                PhaseDerivation.standing($0, hasCompleted: memory.following?.hasCompleted ?? false)
            }
            ?? Standing(.waiting, reason: WaitReason.backoff.rawValue, message: attempt.error.message)
        var dated = standing
        dated.nextAt = attempt.nextAt.wall
        return judgement(.wait(until: attempt.nextAt, .backoff), dated, torrent: torrent)
    }
}
