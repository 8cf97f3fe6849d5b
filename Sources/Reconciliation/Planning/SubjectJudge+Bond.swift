import Metainfo

/// What ties a subject to the torrent that it follows, and what each look makes of it.
extension SubjectJudge {
    /// Another request of ours added it, or may have when a process died, and does not ask for it any more.
    func isHandedOver(_ torrent: Torrent) -> Bool {
        if let giver = context.memory.follower(of: torrent.identity, client: key.client), giver != key {
            return context.memory.subjects[giver]?.following?.ownership == .added
        }
        return context.memory.index.givers.contains { giver in
            guard giver != key, let subject = context.memory.subjects[giver] else { return false }
            return hasGiven(giver, subject, torrent.identity)
        }
    }

    private func hasGiven(
        _ giver: SubjectKey, _ subject: SubjectMemory, _ identity: TorrentIdentity
    ) -> Bool {
        if subject.following == nil, subject.intent?.kind == .add, giver.client == key.client {
            return subject.acceptance?.identity?.overlaps(identity) ?? false
        }
        return (subject.leaving + subject.departed).contains {
            $0.place(of: giver) == key.client && $0.ownership == .added
                && $0.identity.overlaps(identity)
        }
    }

    /// A server that ignores tags in the add leaves ours without one; the intent bridges the gap, and the
    /// time of adding tells ours from one that somebody else added before.
    func isUntaggedAdd(_ torrent: Torrent) -> Bool {
        guard picture.facts?.ignoresTagsInAdd == true, let intent = memory.intent, let added = torrent.addedAt
        else { return false }
        // The server counts whole seconds.
        return added.milliseconds + 1_000 >= intent.at.wall.milliseconds
    }

    mutating func follow(_ torrent: Torrent, as ownership: Ownership) {
        memory.following = Following(ownership: ownership, id: torrent.id, identity: torrent.identity)
    }

    /// Brings what is known of the bond up to date with the observation. Returns calls that restore our tag.
    mutating func refresh(_ torrent: Torrent) -> [Action] {
        guard var following = memory.following else { return [] }
        let isTagged = torrent.placement.tags.contains(rules.tag)
        if following.id != torrent.id { doubtCalls(to: following) }
        following.id = torrent.id
        following.identity = following.identity.merging(torrent.identity)
        if isTagged { following.wasTagged = true }
        refreshConfirmation(&following)
        refreshCompletion(&following, torrent)
        let isFresh = isTooEarlyForData(following)
        following.data.trace?.refresh(torrent, wanted: appliedDirectories, isFresh: isFresh)
        memory.following = following
        // Seen again: whatever was tried for its absence has worked.
        if memory.intent?.kind == .add { memory.intent = nil }
        if memory.attempt?.error.code == "not-listed" { memory.attempt = nil }
        if following.ownership == .adopted { return retagging(following, torrent) }
        guard following.ownership == .added, !isTagged else { return [] }
        // Not taken off by a person: forgotten by the server, or taken off by us before the request came
        // back.
        let isMissing =
            !following.wasTagged || picture.hasRestarted || isRecent(following)
            || memory.intent?.kind == .release
        if isMissing {
            // A server that left our tag out of the add left the request's tags out too.
            if !following.wasTagged { memory.applied[.tags] = nil }
            return [
                Action(
                    subject: key, client: place, identity: following.identity, id: torrent.id,
                    call: .addTags([rules.tag]),
                    reason: "ours, and the server does not show our tag")
            ]
        }
        memory.following?.ownership = .disowned
        note(
            .released, reason: "TagTakenOff",
            message: "somebody took our tag off; it is followed, and never removed by us")
        return []
    }

    /// Where it was asked to lie: a move takes its time.
    private var appliedDirectories: [String] {
        [Field.savePath, .downloadPath].compactMap { field in
            guard case .text(let path)? = memory.applied[field] else { return nil }
            return path
        }
    }

    /// The mark of an adopted torrent, where the server forgot it. A person may take it off.
    private func retagging(_ following: Following, _ torrent: Torrent) -> [Action] {
        guard isProvisional(following), !torrent.placement.tags.contains(rules.adoptedTag) else { return [] }
        return [
            Action(
                subject: key, identity: following.identity, id: torrent.id,
                call: .addTags([rules.adoptedTag]),
                reason: "adopted, and the server forgot our tag")
        ]
    }

    /// The server was started anew, and no complete look before that had shown our last call to be lasting.
    func isProvisional(_ following: Following) -> Bool {
        guard picture.hasRestarted else { return false }
        return (age(following.seenSince) ?? 0) < Rules.confirmationMilliseconds
    }

    private func isRecent(_ following: Following) -> Bool {
        guard !following.isConfirmed, let last = following.lastCallAt, let age = now.milliseconds(since: last)
        else { return false }
        return age < Rules.confirmationMilliseconds
    }

    private mutating func refreshConfirmation(_ following: inout Following) {
        guard picture.isFull else { return }
        guard let since = following.seenSince, let age = now.milliseconds(since: since) else {
            // (Of another boot: a look tells as much as before, and is not worth a write.)
            if following.seenSince == nil || !following.isConfirmed { following.seenSince = now }
            return
        }
        if age >= Rules.confirmationMilliseconds {
            following.isConfirmed = true
            memory.untagged = []
        }
    }

    private mutating func refreshCompletion(_ following: inout Following, _ torrent: Torrent) {
        following.completeLooks = torrent.looksComplete ? min(following.completeLooks + 1, 2) : 0
        if following.completeLooks == 2, !following.hasCompleted {
            following.hasCompleted = true
            note(.completed, message: "all wanted data is there")
        }
    }
}
