import Daemon
import Metainfo
import Reconciliation
import TestSupport

/// What producers may do to their requests, drawn from a seed.
extension World {
    /// Every name that a request of a storm may have.
    static let names = labels.flatMap { [$0, $0 + "2", folder + "/" + $0] }
    static let folder = "f"

    private func anyName(_ label: String, using random: inout SplitMix64) -> String {
        switch random.next() % 6 {
        case 0, 1: label + "2"
        case 2: Self.folder + "/" + label
        default: label
        }
    }

    /// A request as any producer may write it; now and then one that meant another torrent before.
    func dropAnything(_ label: String, using random: inout SplitMix64) {
        let wishes: [[Field: FieldValue]] = [
            [:], [.category: .text("iso")], [.state: .text("absent")], [.tags: .list(["a"])],
            [.state: .text("stopped")],
            [.files: .selection(FileSelection(include: ["*.mkv"]))],
            [.seed: .goals(SeedGoals(ratio: .at(2), then: .stop)), .queue: .text("top")],
            [.seed: .goals(SeedGoals(ratio: .at(2), then: .remove)), .forceStart: .flag(true)],
        ]
        let torrent = random.oneIn(5) ? Self.labels.randomElement(using: &random) ?? label : label
        var wish = MemorySpool.Wish(
            identity: Self.identity(torrent), wishes: wishes.randomElement(using: &random) ?? [:],
            onDelete: random.oneIn(2) ? .removeData : random.oneIn(2) ? .keep : .remove,
            isSuspended: random.oneIn(8))
        if random.oneIn(4) { wish.terms = anyTerms(using: &random) }
        if !others.isEmpty, random.oneIn(3) { wish.client = "nas" }
        spool.write(anyName(label, using: &random), wish)
    }

    /// A request with one to three sources, some of which have to be fetched.
    func dropFromSources(_ label: String, using random: inout SplitMix64) {
        let places = (0...random.next() % 3).map { _ -> Place in
            let label = random.oneIn(3) ? Self.labels.randomElement(using: &random) ?? label : label
            return switch random.next() % 4 {
            case 0: .torrent(label)
            case 1: .address("http://two/" + label)
            default: .address("http://one/" + label)
            }
        }
        drop(anyName(label, using: &random), from: places, anyTerms(using: &random))
    }

    private func anyTerms(using random: inout SplitMix64) -> RequestTerms {
        var terms = RequestTerms(priority: Int64(random.next() % 3))
        if random.oneIn(4) {
            let milliseconds = Int64(random.next() % 300_000)
            terms.notBefore = WallTime(milliseconds: clock.now().wall.milliseconds + milliseconds)
        }
        if random.oneIn(8) { terms.giveUpAfterMilliseconds = Int64(random.next() % 600_000) + 60_000 }
        switch random.next() % 6 {
        case 0, 1, 2: terms.stall = Stall(afterMilliseconds: 60_000, then: .next)
        case 3: terms.stall = Stall(afterMilliseconds: 60_000, then: random.oneIn(2) ? .report : .fail)
        default: break
        }
        return terms
    }

    /// A file gets another name, which may be one that was there before.
    func renameAnything(using random: inout SplitMix64) {
        guard let old = spool.names.randomElement(using: &random),
            let new = Self.names.randomElement(using: &random), !spool.names.contains(new)
        else { return }
        spool.rename(old, to: new)
    }

    /// Two files exchange what they say.
    func swapAnything(using random: inout SplitMix64) {
        guard let one = spool.names.randomElement(using: &random),
            let other = spool.names.randomElement(using: &random),
            let first = spool.wish(one), let second = spool.wish(other)
        else { return }
        spool.write(one, second)
        spool.write(other, first)
    }

    /// The folder's defaults break, its content cannot be told, or all is well again.
    func disturbFolder(using random: inout SplitMix64) {
        let problem = Problem(code: "bad-json", message: "it is no JSON", line: 1, column: 1)
        switch random.next() % 4 {
        case 0: spool.heldFolders[Self.folder] = HeldFolder(reason: "is a symbolic link")
        case 1: spool.heldFolders[Self.folder] = HeldFolder(reason: "is invalid", problem: problem)
        default: spool.heldFolders = [:]
        }
    }

    /// A person asks for another try, or removes a request.
    func giveOrder(using random: inout SplitMix64) {
        guard let name = spool.names.randomElement(using: &random) else { return }
        let key = SubjectKey(client: spool.wish(name)?.client ?? "default", name: RequestName(name))
        if random.oneIn(3) {
            withdraw(name)
            spool.order(.remove(key))
        } else {
            spool.order(.retry(key))
        }
    }

    /// The torrent that an address of a storm leads to.
    static func label(at address: String) -> String {
        String(address.split(separator: "/").last ?? "")
    }

    /// Some of what is asked for is answered.
    func answerSome(using random: inout SplitMix64) {
        for quest in sources.open.values.sorted(by: { $0.key < $1.key }) {
            guard case .address(let address) = quest.candidate.content else { continue }
            switch random.next() % 8 {
            case 0: sources.fail(address, .retry(notBeforeMilliseconds: random.oneIn(2) ? 90_000 : nil))
            case 1: sources.fail(address, .gone, code: "http-404")
            case 2: sources.fail(address, .correctRequest, code: "bad-torrent")
            case 3: break
            default:
                // Two addresses may come to lead to the same torrent.
                let label = Self.label(at: address)
                sources.find(address, random.oneIn(6) ? Self.labels.randomElement(using: &random)! : label)
            }
        }
    }
}
