import Metainfo

/// Judges one subject: the branch over what the spool says about it. What each branch asks further stands in
/// the extensions beside this file.
struct SubjectJudge {
    let key: SubjectKey
    let context: PlanContext
    /// What is to be remembered; starts as what is remembered.
    var memory: SubjectMemory
    /// What was remembered when the pass began.
    let before: SubjectMemory?
    var changes: [Change] = []
    var nextOrder: Int64
    /// Clients that must be listed in full to tell.
    var needsFullListing: Set<String> = []

    init(key: SubjectKey, context: PlanContext, memory: SubjectMemory?, nextOrder: Int64) {
        self.key = key
        self.context = context
        self.memory = memory ?? SubjectMemory()
        before = memory
        self.nextOrder = nextOrder
    }

    var rules: Rules { context.rules }
    var now: Timestamp { context.now }
    var isStoreLost: Bool { context.memory.holds[.storeLost] != nil }

    mutating func judge() -> Judgement {
        if let problem = context.desired.heldFolder(key.name)?.problem { return withoutDefaults(problem) }
        if let reason = context.desired.heldReason(key) { return unreadable(reason) }
        if let rejection = context.desired.rejections[key] { return rejected(rejection) }
        if let request = context.desired.requests[key] { return wanted(request) }
        return gone()
    }

    /// Ends a judgement: everything that was noted on the way goes with it.
    func judgement(
        _ verdict: Verdict, _ standing: Standing?, torrent: Torrent? = nil, drift: [Drift] = []
    ) -> Judgement {
        var judgement = Judgement(verdict, memory: memory, standing: standing, torrent: torrent)
        judgement.drift = drift
        judgement.changes = changes
        return judgement
    }

    mutating func note(
        _ kind: Change.Kind, field: String? = nil, from: String? = nil, to: String? = nil,
        reason: String = "",
        message: String = ""
    ) {
        changes.append(
            Change(
                kind, subject: key, torrent: memory.following?.id, field: field, from: from, to: to,
                reason: reason, message: message))
    }

    /// The client that has what is followed: the subject's own, but for a torrent that is to go from where
    /// the request was before.
    var place: String { memory.following?.client ?? key.client }

    /// The picture of the client that has what is followed.
    var picture: ClientPicture { picture(of: place) }

    /// A client that nobody observed is unknown.
    func picture(of client: String) -> ClientPicture {
        context.observed.clients[client]
            ?? ClientPicture(
                coverage: .unknown(
                    ClientTrouble(
                        kind: .unreachable, message: "no client is configured under the name \(client)")))
    }

    private mutating func unreadable(_ reason: String) -> Judgement {
        // Neither wanted nor gone. What is followed stays followed and keeps its last status.
        endWithdrawal()
        guard memory.following == nil, memory.ending == nil else {
            return judgement(.wait(until: nil, .unreadable), nil)
        }
        return judgement(
            .wait(until: nil, .unreadable),
            Standing(.waiting, reason: WaitReason.unreadable.rawValue, message: reason))
    }

    /// The defaults of its folder are at fault: nothing about it is changed, and what is there is followed
    /// on.
    private mutating func withoutDefaults(_ problem: Problem) -> Judgement {
        endWithdrawal()
        let message = "the defaults of its folder cannot be used (\(problem.code)): \(problem.message)"
        guard let following = memory.following else {
            guard memory.ending == nil else { return judgement(.wait(until: nil, .unreadable), nil) }
            return judgement(
                .wait(until: nil, .unreadable),
                Standing(.waiting, reason: WaitReason.unreadable.rawValue, message: message))
        }
        guard picture.isKnown, let torrent = picture.torrent(matching: following.identity) else {
            return judgement(.wait(until: nil, .unreadable), nil)
        }
        // What it calls for is not done; that it was seen is remembered.
        _ = refresh(torrent)
        let standing = PhaseDerivation.standing(
            torrent, hasCompleted: memory.following?.hasCompleted ?? false)
        return judgement(.wait(until: nil, .unreadable), standing, torrent: torrent)
    }

    private mutating func rejected(_ rejection: Rejection) -> Judgement {
        let problem = rejection.problem
        if before?.published?.phase != .rejected || before?.published?.reason != problem.reason {
            note(.rejected, reason: problem.code, message: problem.message)
        }
        endWithdrawal()
        return judgement(
            .ignore, Standing(.rejected, reason: problem.reason, message: problem.message))
    }

    /// The file is there, if unusable: nobody wants the torrent removed, and a grace begins anew.
    mutating func endWithdrawal() {
        guard memory.withdrawal != nil else { return }
        memory.withdrawal = nil
        note(.returned, message: "the request's file is back")
    }

    /// Milliseconds since an instant of this boot; `nil` when there was none or it was in another boot.
    func age(_ instant: Timestamp?) -> Int64? { instant.flatMap { now.milliseconds(since: $0) } }

    /// The torrent is no longer there, and what is known of it with it.
    mutating func loseTorrent() {
        memory.following = nil
        memory.applied = [:]
        memory.selection = nil
    }

    /// A client that cannot be seen: nothing is planned, and what was said last stays.
    mutating func blind(_ trouble: ClientTrouble) -> Judgement {
        let reason: WaitReason = trouble.kind == .credentials ? .credentialsRefused : .clientUnreachable
        let isFollowed = memory.following != nil && before?.published != nil
        let standing =
            isFollowed ? nil : Standing(.waiting, reason: reason.rawValue, message: trouble.message)
        return judgement(.wait(until: nil, reason), standing)
    }
}
