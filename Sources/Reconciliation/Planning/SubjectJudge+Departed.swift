import Metainfo

/// What was taken out on purpose, and may come back: a server that is killed within moments of its answer
/// has the torrent, or our mark on it, again as before.
extension SubjectJudge {
    /// The torrent that is followed went as we wanted: it is watched for a while.
    mutating func depart() {
        guard let following = memory.following else { return }
        depart(following)
    }

    /// - Parameter following: One that the last look showed to be gone, or without our mark.
    mutating func depart(_ following: Following) {
        guard following.ownership != .disowned else { return }
        var old = following
        old.seenSince = picture(of: old.place(of: key)).isFull ? now : nil
        memory.departed.removeAll { $0.client == old.client && $0.identity.overlaps(old.identity) }
        memory.departed.append(old)
    }

    /// Takes up again what came back with our mark, so that the removal that was right then is made once
    /// more by the same rules; lets go of what two complete looks a minute apart agree to be gone.
    ///
    /// - Parameter request: What the subject asks for now; `nil` when its request is gone.
    mutating func watchDeparted(asking request: Request?) {
        guard !memory.departed.isEmpty, !isStoreLost else { return }
        let all = memory.departed
        memory.departed = []
        for old in all {
            // A server that is configured no longer is out of our hands.
            guard let picture = context.observed.clients[old.place(of: key)] else { continue }
            if !picture.isFull {
                memory.departed.append(old)
            } else if isFollowedAgain(old, request) {
                continue
            } else if isBack(old, in: picture) {
                takeUp(old, asking: request)
            } else if let still = stillWatched(old) {
                memory.departed.append(still)
            }
        }
    }

    /// The server calls it by another id now: it says yes to calls by the old one, and does nothing. What was
    /// called lately is not known to be there, and its absence is nobody's doing.
    mutating func doubtCalls(to following: Following) {
        let wasSeen = following.wasTagged || following.ownership == .adopted
        guard wasSeen, (age(following.lastCallAt) ?? .max) < Rules.confirmationMilliseconds else { return }
        if memory.intent?.kind ?? .change == .change { memory.intent = Intent(kind: .change, at: now) }
        memory.applied = memory.applied.filter { field, _ in
            field.isAtAddOnly || field == .files || field == .tags
        }
    }

    /// It has a new bond, ours or another request's, or is about to: then that one decides.
    private func isFollowedAgain(_ old: Following, _ request: Request?) -> Bool {
        let bonds = memory.leaving + [memory.following].compactMap { $0 }
        if bonds.contains(where: { $0.client == old.client && $0.identity.overlaps(old.identity) }) {
            return true
        }
        if old.client == nil, memory.intent?.kind == .add,
            (request?.identity ?? memory.acceptance?.identity)?.overlaps(old.identity) ?? false
        {
            return true
        }
        let follower = context.memory.follower(of: old.identity, client: old.place(of: key))
        return follower.map { $0 != key } ?? false
    }

    /// Two witnesses, as for every removal: our record of it, and our mark.
    private func isBack(_ old: Following, in picture: ClientPicture) -> Bool {
        guard let torrent = picture.torrent(matching: old.identity) else { return false }
        let mark = old.ownership == .added ? rules.tag : rules.adoptedTag
        let claimants = context.desired.claimants(of: old.identity, client: old.place(of: key))
        return torrent.placement.tags.contains(mark) && claimants.allSatisfy { $0 == key }
    }

    /// `nil`: gone for good.
    private func stillWatched(_ old: Following) -> Following? {
        var old = old
        guard let age = age(old.seenSince) else {
            old.seenSince = now
            return old
        }
        return age < Rules.confirmationMilliseconds ? old : nil
    }

    private mutating func takeUp(_ old: Following, asking request: Request?) {
        var old = old
        old.seenSince = nil
        changes.append(
            Change(
                .returned, subject: key, torrent: old.id, reason: "BroughtBack",
                message: "the server forgot that it was removed, or released, and has it as before"))
        let isMeant =
            request.map { old.client == nil && $0.identity?.overlaps(old.identity) ?? false } ?? true
        guard isMeant, memory.following == nil else {
            memory.leaving.append(old)
            return
        }
        memory.following = old
        memory.ending = nil
        memory.intent = nil
        memory.attempt = nil
        // The time of grace is over since then.
        if request == nil { memory.withdrawal = Withdrawal(since: now, isSaidByPerson: true) }
    }
}
