import Metainfo

/// Decides in which order requests are let in, and which have to wait: for their turn, for a free place among
/// the active downloads, or for room on the server's disk.
///
/// The line is in the order of `priority`, then of acceptance. A request that needs more room than there is
/// does not hold up those behind it that fit.
struct Admission {
    let rules: Rules
    let desired: DesiredState
    let observed: ObservedState
    let memory: Memory
    let now: Timestamp

    /// Why a request waits, in the words of its status.
    private struct Wait {
        let reason: WaitReason
        let message: String
        /// Worth another pass at once.
        var isDueNow = false
    }

    /// Places and room that are left on one client.
    private struct Room {
        /// `nil`: no limit.
        var active: Int?
        /// Bytes; `nil`: no limit.
        var bytes: Int64?
        /// Nobody knows how much room there is.
        var isUnknown = false
        var free: Int64 = 0
        var reserved: Int64 = 0
        var adds: Int
    }

    func apply(to plan: inout Plan) {
        let line = plan.order.filter { Self.adds(plan.judgements[$0]) }
        guard !line.isEmpty else { return }
        for (client, keys) in Dictionary(grouping: line, by: \.client) {
            var room = room(on: client)
            // Ranked first: what a place is worth must not be looked up in every comparison.
            let ranked = keys.map { (rank($0, plan), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
            var place = 0
            for key in ranked {
                guard let judgement = plan.judgements[key] else { continue }
                guard let wait = admit(key, judgement, &room, place: place + 1) else { continue }
                place += 1
                withhold(key, judgement, wait, in: &plan)
            }
        }
    }

    static func adds(_ judgement: Judgement?) -> Bool {
        guard case .act(let actions)? = judgement?.verdict else { return false }
        return actions.contains { if case .add = $0.call { true } else { false } }
    }

    /// Puts a request back into the line: nothing is tried for it in this pass.
    func withhold(
        _ key: SubjectKey, reason: WaitReason, message: String, in plan: inout Plan
    ) {
        guard let judgement = plan.judgements[key] else { return }
        withhold(key, judgement, Wait(reason: reason, message: message), in: &plan)
    }

    private func rank(_ key: SubjectKey, _ plan: Plan) -> (Int64, Int64, SubjectKey) {
        let priority = desired.requests[key]?.terms.priority ?? 0
        let order = plan.judgements[key]?.memory?.acceptance?.order ?? .max
        return (-priority, order, key)
    }

    /// Takes what the request needs from the room, or says what it waits for.
    private func admit(
        _ key: SubjectKey, _ judgement: Judgement, _ room: inout Room, place: Int
    ) -> Wait? {
        let request = desired.requests[key]
        let isStopped = request?.wantedState == .stopped
        let inLine = "number \(place) in line: "
        if let active = room.active, active <= 0, !isStopped {
            let limit = rules.limits.active ?? 0
            return Wait(
                reason: .admission,
                message: inLine + "at most \(limit) downloads are active at once (limits.active)")
        }
        if let missing = missingRoom(for: request?.size, room) {
            return Wait(reason: .diskSpace, message: inLine + missing)
        }
        guard room.adds > 0 else {
            return Wait(
                reason: .admission,
                message: inLine + "at most \(rules.addsPerPass) are added in a pass", isDueNow: true)
        }
        room.adds -= 1
        if !isStopped { room.active = room.active.map { $0 - 1 } }
        room.bytes = room.bytes.map { $0.saturatingSubtract(request?.size ?? 0) }
        room.reserved = room.reserved.saturatingAdd(request?.size ?? 0)
        return nil
    }

    private func missingRoom(for size: Int64?, _ room: Room) -> String? {
        guard let bytes = room.bytes, let least = rules.limits.minFreeSpace else { return nil }
        let stays = "\(Display.bytes(least)) stay free (limits.minFreeSpace)"
        if room.isUnknown {
            return
                "qBittorrent does not tell how much room it has, and \(stays); a pathMap for its save path "
                + "lets qspool look for itself"
        }
        guard bytes < (size ?? 0) || bytes <= 0 else { return nil }
        let needed = size.map { "needs \(Display.bytes($0)); " } ?? ""
        let reserved =
            room.reserved > 0
            ? ", \(Display.bytes(room.reserved)) of them for what is still to come" : ""
        return needed + "\(Display.bytes(room.free)) are free\(reserved), and \(stays)"
    }

    private func withhold(
        _ key: SubjectKey, _ judgement: Judgement, _ wait: Wait, in plan: inout Plan
    ) {
        var judgement = judgement
        let before = memory.subjects[judgement.continues ?? key]
        judgement.verdict = .wait(until: wait.isDueNow ? now : nil, wait.reason)
        // What is known of its torrent stays as it was.
        judgement.memory?.intent = before?.intent
        judgement.memory?.selection = before?.selection
        if before?.following != nil, judgement.memory?.following != nil {
            judgement.memory?.following = before?.following
        }
        judgement.changes.removeAll { $0.kind == .vanished }
        judgement.standing = Standing(.waiting, reason: wait.reason.rawValue, message: wait.message)
        plan.restrict(key, to: judgement)
    }

    // MARK: What there is

    private func room(on client: String) -> Room {
        var room = Room(adds: rules.addsPerPass)
        let limits = rules.limits
        guard limits.active != nil || limits.minFreeSpace != nil else { return room }
        let (active, toCome) = load(of: client)
        room.active = limits.active.map { $0 - active }
        if let least = limits.minFreeSpace {
            let free = observed.clients[client]?.facts?.freeSpace
            room.isUnknown = free == nil
            room.free = free ?? 0
            room.reserved = toCome
            room.bytes = free.map { $0.saturatingSubtract(toCome).saturatingSubtract(least) } ?? -1
        }
        return room
    }

    /// How many torrents of ours are downloading, or would if they were let, and how much is still to come of
    /// those that were admitted.
    private func load(of client: String) -> (active: Int, toCome: Int64) {
        var load = Load()
        for (key, subject) in memory.subjects {
            let size = desired.requests[key]?.size ?? 0
            if let following = subject.following, following.place(of: key) == client,
                !following.hasCompleted, subject.ending == nil
            {
                count(following, subject, size: size, client, &load)
            }
            // What is still to go runs on until it does.
            for old in subject.leaving where !old.hasCompleted && old.place(of: key) == client {
                guard let torrent = observed.clients[client]?.torrent(matching: old.identity) else {
                    continue
                }
                count(torrent, isStarting: false, size: 0, &load)
            }
        }
        return (load.active, load.toCome)
    }

    private struct Load {
        var active = 0
        var toCome: Int64 = 0
    }

    private func count(
        _ following: Following, _ subject: SubjectMemory, size: Int64, _ client: String, _ load: inout Load
    ) {
        if let torrent = observed.clients[client]?.torrent(matching: following.identity) {
            let isStarting = subject.selection?.startsWhenChosen ?? false
            return count(torrent, isStarting: isStarting, size: size, &load)
        }
        // Acknowledged and not listed yet.
        guard subject.intent?.kind == .add else { return }
        load.active += 1
        load.toCome = load.toCome.saturatingAdd(size)
    }

    /// - Parameter isStarting: It is stopped only until its files are chosen.
    private func count(_ torrent: Torrent, isStarting: Bool, size: Int64, _ load: inout Load) {
        guard !torrent.looksComplete else { return }
        let isRunning =
            !torrent.state.isStopped && torrent.state != .error && torrent.state != .missingFiles
        if isRunning || isStarting { load.active += 1 }
        let left = torrent.counters.size > 0 ? max(torrent.counters.amountLeft, 0) : max(size, 0)
        load.toCome = load.toCome.saturatingAdd(left)
    }
}

extension Int64 {
    /// Sizes come from outside: their sum is never more than can be said.
    fileprivate func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    fileprivate func saturatingSubtract(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
