import Metainfo

/// The goals of `seed`: judged here, whatever the server does at its own limits.
extension SubjectJudge {
    /// What a goal that is met means for the torrent; `nil`: nothing, its fields are compared as ever.
    ///
    /// It wins over a written `state: running`. Complete means in two looks, as for the phase.
    mutating func goal(_ request: Request, _ torrent: Torrent, tagging: [Action]) -> Judgement? {
        guard let figures = metGoal(request, torrent) else { return nil }
        switch request.seedGoals?.then ?? .keep {
        case .keep: return nil
        case .stop: return stopAtGoal(torrent, figures, tagging: tagging)
        case .remove: return removeAtGoal(torrent, figures, tagging: tagging)
        }
    }

    /// The figures of a goal that is met, in words.
    func metGoal(_ request: Request, _ torrent: Torrent) -> String? {
        guard memory.following?.hasCompleted == true, memory.following?.completeLooks == 2,
            let goals = request.seedGoals
        else { return nil }
        let reached = goals.reached(by: torrent, at: now.wall)
        return reached.isEmpty ? nil : reached.joined(separator: ", ")
    }

    private mutating func stopAtGoal(
        _ torrent: Torrent, _ figures: String, tagging: [Action]
    ) -> Judgement {
        if torrent.state.isStopped { return finish("stopped at its goal: \(figures)", torrent) }
        if let waiting = backingOff(torrent: torrent) { return waiting }
        var standing = PhaseDerivation.standing(torrent, hasCompleted: true)
        standing.reason = Self.goalMet
        standing.message = "its goal is met and it is being stopped: \(figures)"
        if memory.applied[.state] == .text(WantedState.stopped.rawValue),
            let last = memory.following?.lastCallAt,
            let age = age(last), age < Rules.verificationMilliseconds
        {
            let due = last.advanced(byMilliseconds: Rules.verificationMilliseconds)
            return judgement(.wait(until: due, .verifying), standing, torrent: torrent)
        }
        memory.intent = Intent(kind: .change, at: now)
        memory.applied[.state] = nil
        let action = Action(
            subject: key, identity: torrent.identity, id: torrent.id, call: .stop,
            reason: "goal of seed met: \(figures)", observed: WantedState.running.rawValue)
        return judgement(.act(tagging + [action]), standing, torrent: torrent)
    }

    private mutating func removeAtGoal(
        _ torrent: Torrent, _ figures: String, tagging: [Action]
    ) -> Judgement {
        if isStoreLost { return held(.storeLost) }
        guard memory.following?.ownership == .added else {
            return finish("its goal is met: \(figures); it is not ours to remove and stays", torrent)
        }
        if let other = context.claimant(of: torrent.identity, at: place, besides: key) {
            return finish(
                "its goal is met: \(figures); it stays, because “\(other.name)” asks for it", torrent)
        }
        if let waiting = backingOff(torrent: torrent) { return waiting }
        if let waiting = awaitingPrune(torrent, reason: Self.goalMet, kind: .finish) { return waiting }
        guard tagging.isEmpty else {
            memory.intent = Intent(kind: .change, at: now)
            return judgement(
                .act(tagging),
                Standing(
                    .removing, reason: Self.goalMet, message: "our tag is put back, then it is removed"),
                torrent: torrent)
        }
        var judgement = prune(torrent, reason: Self.goalMet, kind: .finish)
        if judgement.standing != nil {
            judgement.standing?.message = "its goal is met and it is being removed: \(figures)"
        }
        return judgement
    }

    private static let goalMet = "GoalMet"

    private mutating func finish(_ message: String, _ torrent: Torrent) -> Judgement {
        var judgement = end(.finished, Self.goalMet, message, .ended)
        judgement.torrent = torrent
        return judgement
    }

    /// The torrent is gone, and we were about to remove it at its goal: done, and never added again for this
    /// generation of the request.
    mutating func finishedByRemoval(_ request: Request) -> Judgement {
        let goals = request.seedGoals.map { " (\($0))" } ?? ""
        let judgement = end(
            .finished, Self.goalMet,
            "its goal was met\(goals), and it was removed from qBittorrent; its data was kept", .ended)
        loseTorrent()
        var copy = judgement
        copy.memory = memory
        return copy
    }
}
