import Metainfo
import Reconciliation
import TestSupport

/// A world drawn from a seed: several clients, requests and torrents of every kind, and anything at all
/// remembered of them. The same seed gives the same world.
struct AnyWorld {
    let seed: UInt64
    var desired = DesiredState()
    var memory = Memory()
    var observed = ObservedState()
    var rules = Rules()
    var now = Scene.now

    static let clients = ["default", "second"]
    static let names = (0..<4).map { RequestName("n\($0)") }
    /// Torrents by their v1 hash, as hybrids, and by their v2 hash: of each world some form of each.
    private static let forms: [[TorrentIdentity]] = (0..<5).map { number in
        ["plain", "hybrid", "v2"].map { form in
            let label = "torrent \(number)"
            switch form {
            case "plain": return Scene.identity(label)
            case "hybrid": return Scene.hybrid(label)
            default: return Scene.v2(label)
            }
        }
    }

    /// The worlds of the default run, and the plan of each: drawn once for all tests.
    static let sample: [(world: AnyWorld, plan: Plan)] = (UInt64(1)...2_000).map { seed in
        let world = AnyWorld(seed: seed)
        return (world, world.plan())
    }

    init(seed: UInt64) {
        self.seed = seed
        var draw = WorldDraw(SplitMix64(seed: seed))
        rules = draw.rules()
        for client in Self.clients {
            observed.clients[client] = draw.picture(Self.forms)
        }
        // Each torrent has one follower at most.
        var free = Dictionary(
            uniqueKeysWithValues: Self.clients.map { ($0, Self.forms.indices.shuffled(using: &draw.random)) })
        for name in Self.names {
            let key = SubjectKey(client: draw.random.oneIn(3) ? "second" : "default", name: name)
            let own = free[key.client]?.popLast() ?? 0
            if let subject = draw.subject(Self.forms[own], others: Self.forms, order: memory.nextOrder) {
                memory.remember(subject, for: key)
                memory.nextOrder += 1
            }
            draw.request(key, Self.forms[own], others: Self.forms, memory.subjects[key], in: &desired)
        }
        draw.holds(of: Self.names, in: &memory)
        draw.orders(of: Array(memory.subjects.keys.sorted()), in: &memory)
        if draw.random.oneIn(20) { desired.availability = .unavailable("no identity") }
    }

    func plan(_ selection: Selection = .all) -> Plan {
        let plan = Planner.plan(
            desired: desired, observed: observed, memory: memory, rules: rules, now: now,
            selection: selection)
        return Policy.permit(
            plan, desired: desired, observed: observed, memory: memory, rules: rules, now: now)
    }

    /// The same world, put together in another order.
    func shuffled() -> AnyWorld {
        var random = SplitMix64(seed: seed &* 31 &+ 7)
        var copy = self
        copy.desired = DesiredState(availability: desired.availability)
        copy.desired.unreadable = desired.unreadable
        copy.desired.heldFolders = desired.heldFolders
        for request in desired.requests.values.shuffled(using: &random) { copy.desired.accept(request) }
        for (key, rejection) in desired.rejections.shuffled(using: &random) {
            copy.desired.reject(key, rejection)
        }
        copy.memory = Memory()
        copy.memory.holds = memory.holds
        copy.memory.approvals = memory.approvals
        copy.memory.orders = memory.orders
        copy.memory.nextOrder = memory.nextOrder
        for (key, subject) in memory.subjects.shuffled(using: &random) {
            copy.memory.remember(subject, for: key)
        }
        for (client, old) in observed.clients {
            var picture = ClientPicture(
                coverage: old.coverage, torrents: old.torrents.values.shuffled(using: &random))
            picture.asked = old.asked
            picture.hasRestarted = old.hasRestarted
            picture.facts = old.facts
            picture.roots = old.roots
            copy.observed.clients[client] = picture
        }
        return copy
    }

    /// How many torrents of ours are followed on a client, counted one by one.
    func ours(on client: String) -> Int {
        memory.subjects.filter { key, subject in
            guard let following = subject.following else { return false }
            return following.ownership == .added && following.place(of: key) == client
        }.count
    }
}
