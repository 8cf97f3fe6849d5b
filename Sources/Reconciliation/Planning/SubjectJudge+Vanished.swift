import Metainfo

/// The request is there, and the torrent that it followed is not.
extension SubjectJudge {
    /// What the disappearance of a followed torrent means. `nil`: it is to be added (again).
    mutating func vanished(_ request: Request) -> Judgement? {
        guard let following = memory.following else { return nil }
        guard picture.isFull else {
            needsFullListing.insert(place)
            return judgement(.wait(until: nil, .verifying), nil)
        }
        let policy = request.terms.onVanish
        if following.ownership != .added, policy != .readd {
            return end(
                .finished, "RemovedByUser",
                "the torrent was in qBittorrent before this request and somebody removed it; it is not added "
                    + "again (change the request or run `qspool retry \(key.name)` to add it)", .vanished)
        }
        if isForgotten(following) { return forgotten(following) }
        if following.hasCompleted, policy == .auto {
            return end(
                .finished, "RemovedByUser",
                "completed, and then removed from qBittorrent by somebody; it is not added again", .vanished)
        }
        if policy == .accept {
            return end(
                .finished, "RemovedByUser",
                "removed from qBittorrent by somebody, which the request accepts (onVanish); it is not added "
                    + "again", .vanished)
        }
        guard following.readds < Rules.readdsPerGeneration else {
            return end(
                .failed, "KeepsVanishing",
                "removed from qBittorrent \(following.readds + 1) times; given up "
                    + "until the request changes or `qspool retry \(key.name)`", .vanished)
        }
        // One loss is counted once, however often the add fails that makes it good.
        if memory.intent?.kind != .add, memory.attempt == nil {
            memory.following?.readds += 1
            note(.vanished, reason: "AddedAgain", message: "gone from qBittorrent; added again")
        }
        return nil
    }

    /// Whether the server lost what it had acknowledged moments before, and nobody removed anything: until
    /// two complete looks a minute apart agreed that it is there, and across a restart soon after our call.
    private func isForgotten(_ following: Following) -> Bool {
        let age = age(following.lastCallAt)
        if following.isConfirmed {
            return picture.hasRestarted && (age ?? .max) < Rules.confirmationMilliseconds
        }
        // What was complete meanwhile, and is gone with no sign of a restart, a person may well be done with.
        return !following.hasCompleted || picture.hasRestarted
            || (age ?? 0) < Rules.confirmationMilliseconds
    }

    /// The first loss is made good at once, further ones with growing delay: a server that says yes and
    /// does nothing must not be asked in a tight loop. An add of this moment may still show its effect.
    private mutating func forgotten(_ following: Following) -> Judgement? {
        if let last = following.lastCallAt, let age = age(last), age < Rules.verificationMilliseconds,
            !picture.hasRestarted
        {
            return judgement(
                .wait(until: last.advanced(byMilliseconds: Rules.verificationMilliseconds), .verifying),
                Standing(.adding, message: "acknowledged by qBittorrent and not listed yet"))
        }
        if memory.attempt == nil {
            note(
                .vanished, reason: "ForgottenByServer",
                message: "the server no longer has what it acknowledged")
            memory.following?.seenSince = nil
        }
        return nil
    }
}
