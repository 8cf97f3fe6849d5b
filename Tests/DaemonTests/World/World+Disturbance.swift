import Daemon
import Metainfo
import Reconciliation
import TestSupport

/// Anything that may happen to a world, drawn from a seed.
extension World {
    static let labels = ["aa", "bb", "cc", "dd"]

    /// One thing happens: to the spool, to the server, to a process, to the time.
    func disturb(using random: inout SplitMix64) {
        let label = Self.labels.randomElement(using: &random) ?? "aa"
        switch random.next() % 20 {
        case 0, 1, 2: dropAnything(label, using: &random)
        case 3: withdraw(label)
        case 4: if spool.names.contains(label) { damage(label) }
        case 5: reject(label)
        case 6: spool.isMounted.toggle()
        case 7: if spool.names.contains(label) { spool.rename(label, to: label + "2") }
        case 8, 9: disturbTorrent(label, using: &random)
        case 10: server.restart(forgetting: random.oneIn(2) ? [Self.identity(label).preferredID] : [])
        case 11: severServer()
        case 12: server.faults.lostAnswers = 2
        case 13: server.faults.lostCalls = 1
        case 14: server.faults.forgottenAdds = 1
        case 15: server.faults.refusals[label] = 2
        case 16: server.faults.actionsLeft = Int(random.next() % 3)
        case 17: server.faults = FakeServer.Faults()
        case 18: restart()
        default: disturbTime(using: &random)
        }
    }

    private func dropAnything(_ label: String, using random: inout SplitMix64) {
        let wishes: [[Field: FieldValue]] = [
            [:], [.category: .text("iso")], [.state: .text("absent")], [.tags: .list(["a"])],
            [.state: .text("stopped")],
            [.files: .selection(FileSelection(include: ["*.mkv"]))],
            [.seed: .goals(SeedGoals(ratio: .at(2), then: .stop)), .queue: .text("top")],
            [.seed: .goals(SeedGoals(ratio: .at(2), then: .remove)), .forceStart: .flag(true)],
        ]
        drop(
            random.oneIn(4) ? label + "2" : label, torrent: label,
            wishes.randomElement(using: &random) ?? [:], onDelete: random.oneIn(4) ? .keep : .remove,
            isSuspended: random.oneIn(8))
    }

    private func disturbTorrent(_ label: String, using random: inout SplitMix64) {
        guard has(label) else {
            // Not while one of ours is missing: whoever adds the same torrent by hand within a minute of our
            // call cannot be told from a server that forgot our tag.
            let subjects = store.memory.subjects.values
            let isKnown = subjects.contains {
                $0.acceptance?.identity?.overlaps(Self.identity(label)) == true
            }
            return random.oneIn(2) && !isKnown ? addByHand(label) : ()
        }
        switch random.next() % 9 {
        case 6: if torrent(label)?.state == .metaDL { findMetadata(label) }
        case 7: chooseByHand(["readme.txt"], of: label)
        case 8: seed(label, ratio: 3)
        case 0: removeByHand(label)
        case 1: takeOffTag("qspool", of: label)
        case 2: change(label) { $0.placement.category = "other" }
        case 3: complete(label)
        case 4: progress(label, 0.5)
        default: change(label) { $0.state = .error }
        }
    }

    private func disturbTime(using random: inout SplitMix64) {
        switch random.next() % 8 {
        case 0:
            restart()
            clock.reboot()
        case 1: clock.jumpWall(milliseconds: random.oneIn(2) ? 7_200_000 : -7_200_000)
        default: wait(.seconds(Int64(random.next() % 120)))
        }
    }

    /// A one-shot's pass, or one of a daemon that events told about every file, or none.
    func anyScope(using random: inout SplitMix64) -> PassScope {
        let paths = Set(Self.labels + Self.labels.map { $0 + "2" })
        let spool: [SpoolScope] = [.everything, .everything, .paths(paths), .nothing]
        return PassScope(
            spool: spool.randomElement(using: &random) ?? .everything,
            observation: random.oneIn(2) ? .full : .selected(moving: random.oneIn(2)))
    }

    /// Where a store's commit kills the process, now and then.
    func disturbProcess(using random: inout SplitMix64) {
        let commit = Int(random.next() % 2) + 1
        store.fault =
            random.oneIn(6) ? (random.oneIn(2) ? .before(commit: commit) : .after(commit: commit)) : nil
    }

    /// All trouble ends; what a person was asked is approved.
    func calm() {
        server.faults = FakeServer.Faults()
        store.fault = nil
        spool.isMounted = true
        for name in spool.names { spool.makeReadable(name) }
    }

    /// Whether every usable request has what it asks for, as far as it may.
    var unsettled: [String] {
        spool.names.filter { name in
            guard let wish = spool.wish(name), let status = publication.status(name) else {
                return publication.status(name)?.phase != .rejected
            }
            switch status.phase {
            case .conflict, .failed, .finished, .error: return false
            case .removed: return wish.wishes[.state] != .text("absent")
            case .waiting: return status.reason != "Suspended"
            case .rejected, .removing, .pending, .resolving, .adding: return true
            case .metadata, .queued, .checking, .moving, .downloading, .stalled, .stopped, .completed,
                .seeding:
                return status.torrent?.torrent.identity.overlaps(wish.identity) != true
            }
        }
    }

    /// Requests whose torrent has other files than they ask for, or is still to be started.
    var unchosen: [String] {
        spool.names.filter { name in
            guard let wish = spool.wish(name), case .selection(let selection)? = wish.wishes[.files],
                let status = publication.status(name), let shown = status.torrent?.torrent,
                let torrent = server.torrents[shown.id], torrent.hasMetadata, !wish.isSuspended,
                ![.conflict, .failed, .finished, .removed].contains(status.phase)
            else { return false }
            let wanted = FakeServer.files.keys.filter { selection.wants(path: $0, top: nil) }
            let owesStart = store.subject(name)?.selection?.startsWhenChosen ?? false
            return server.wanted(torrent.id) != wanted.sorted() || owesStart
        }
    }
}
