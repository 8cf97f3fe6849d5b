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
        switch random.next() % 32 {
        case 0, 1, 2: dropAnything(label, using: &random)
        case 3: if let name = spool.names.randomElement(using: &random) { withdraw(name) }
        case 4: if let name = spool.names.randomElement(using: &random) { damage(name) }
        case 5: reject(label)
        case 6: spool.isMounted.toggle()
        case 7: renameAnything(using: &random)
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
        case 19, 20, 21: dropFromSources(label, using: &random)
        case 22, 23, 24: answerSome(using: &random)
        case 25: swapAnything(using: &random)
        case 26: disturbFolder(using: &random)
        case 27: giveOrder(using: &random)
        case 28,
            29 where !others.isEmpty:
            disturbOther(label, using: &random)
        default: disturbTime(using: &random)
        }
    }

    private func disturbTorrent(_ label: String, using random: inout SplitMix64) {
        guard has(label) else {
            // Not while one of ours is missing: whoever adds the same torrent by hand within a minute of our
            // call cannot be told from a server that forgot our tag.
            let subjects = store.memory.subjects.values
            let isKnown = subjects.contains { subject in
                let known = subject.leaving + [subject.following].compactMap { $0 }
                return ([subject.acceptance?.identity] + known.map(\.identity)).contains {
                    $0?.overlaps(Self.identity(label)) == true
                }
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

    /// Something happens to the second server, or a request moves to it or from it.
    private func disturbOther(_ label: String, using random: inout SplitMix64) {
        guard let nas = others["nas"] else { return }
        switch random.next() % 10 {
        case 0: nas.faults.trouble = ClientTrouble(kind: .unreachable, message: "connection refused")
        case 1: nas.faults.isSlow = true
        case 2: nas.faults.lostAnswers = 1
        case 3: nas.restart(forgetting: random.oneIn(2) ? [Self.identity(label).preferredID] : [])
        case 4, 5: nas.faults = FakeServer.Faults()
        default:
            guard let name = spool.names.randomElement(using: &random), var wish = spool.wish(name) else {
                return
            }
            wish.client = wish.client == "nas" ? "default" : "nas"
            spool.write(name, wish)
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
        let paths = Set(Self.names)
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
}
