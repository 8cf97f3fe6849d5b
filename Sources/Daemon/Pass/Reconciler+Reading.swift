import Metainfo
import Reconciliation

/// Read: the spool and the orders, into the picture of what is desired.
extension Reconciler {
    func read(_ scope: PassScope, _ work: inout PassWork) throws {
        memory.orders = spool.orders()
        try obeyApprovals(&work)
        for order in memory.orders {
            switch order.kind {
            case .retry(let key), .remove(let key): work.touched.insert(key)
            case .approve: break
            }
        }
        // A person who gave an order expects it to meet the spool as it is.
        let isWhole =
            isFirstPass || !desired.isComplete || !memory.orders.isEmpty || scope.spool == .everything
        if isWhole { return try readAll(&work) }
        if scope.spool != .nothing { try readSpool(scope.spool, &work) }
    }

    /// Reads the whole spool.
    func readAll(_ work: inout PassWork) throws {
        work.hasReadAll = true
        for (key, subject) in memory.subjects where isExpired(subject, at: work.at) {
            work.touched.insert(key)
        }
        try readSpool(.everything, &work)
    }

    private func readSpool(_ scope: SpoolScope, _ work: inout PassWork) throws {
        let delta = spool.read(scope, now: work.at.wall) { [memory] in
            guard let subject = memory.subjects[$0], let acceptance = subject.acceptance else { return false }
            // One that was removed begins anew: with its bytes, as the next generation.
            return acceptance.digest == $1.digest && acceptance.companions == $1.companions
                && acceptance.identity == $2
                && subject.ending?.kind != .removed
        }
        desired.availability = delta.availability
        work.lookAgainAt = delta.lookAgainAt
        guard desired.isComplete else { return }
        if memory.holds[.spoolUnavailable] != nil { work.selection = .all }
        try judgeStore(delta, &work)
        take(delta, &work)
    }

    /// What was removed is remembered for a while, and nothing else brings it to mind.
    private func isExpired(_ subject: SubjectMemory, at now: Timestamp) -> Bool {
        guard let ending = subject.ending, ending.kind == .removed else { return false }
        return now.wall.milliseconds - ending.at.milliseconds >= rules.keepRemovedMilliseconds
    }

    private func take(_ delta: SpoolDelta, _ work: inout PassWork) {
        for arrival in delta.accepted {
            let key = arrival.request.key
            touchRivals(of: key, &work)
            let request = note(arrival)
            forgetElsewhere(key, &work)
            desired.accept(request)
            payloads[key] = arrival.payload(for: request)
            touchRivals(of: key, &work)
        }
        for (said, rejection) in delta.rejected {
            let key = known(said)
            touchRivals(of: key, &work)
            forgetElsewhere(key, &work)
            desired.reject(key, rejection)
        }
        let there = Set(delta.accepted.map(\.request.key.name) + delta.rejected.map(\.key.name))
        for key in delta.gone {
            touchRivals(of: key, &work)
            if !there.contains(key.name) { forgetElsewhere(key, &work) }
            desired.forget(key)
            payloads[key] = nil
            candidates[key] = nil
        }
        inherit(delta.accepted, gone: delta.gone, &work)
        let unreadable = Dictionary(
            delta.unreadable.map { (known($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        let readability = Set(unreadable.keys).symmetricDifference(desired.unreadable.keys)
        work.touched.formUnion(readability)
        if delta.heldFolders != desired.heldFolders { work.selection = .all }
        desired.unreadable = unreadable
        desired.heldFolders = delta.heldFolders
        if desired.problems != delta.problems { work.holdsChanged = true }
        desired.problems = delta.problems
    }

    /// A file that cannot be read or used does not say which client it means: it is still the request of the
    /// one where it was.
    private func known(_ key: SubjectKey) -> SubjectKey {
        if let subject = memory.subjects[key], subject.ending?.kind != .removed { return key }
        let others = memory.clients.sorted().map { SubjectKey(client: $0, name: key.name) }
        return others.first { memory.subjects[$0].map { $0.ending?.kind != .removed } ?? false }
            ?? others.first { memory.subjects[$0] != nil } ?? key
    }

    /// There is one file of a name: what it said for other clients before, it says no more.
    private func forgetElsewhere(_ key: SubjectKey, _ work: inout PassWork) {
        for client in memory.clients where client != key.client {
            let other = SubjectKey(client: client, name: key.name)
            guard desired.requests[other] != nil || desired.rejections[other] != nil else { continue }
            touchRivals(of: other, &work)
            desired.forget(other)
        }
    }

    /// A request that comes, changes or goes concerns all that ask for the same torrent, and whoever follows
    /// it.
    func touchRivals(of key: SubjectKey, _ work: inout PassWork) {
        work.touched.insert(key)
        let subject = memory.subjects[key]
        let identities = [
            desired.requests[key]?.identity, subject?.acceptance?.identity, subject?.following?.identity,
        ]
        for identity in identities.compactMap({ $0 }) {
            work.touched.formUnion(desired.claimants(of: identity, client: key.client))
            if let follower = memory.follower(of: identity, client: key.client) {
                work.touched.insert(follower)
            }
        }
    }

    /// The spool has an identity and the store belongs to none: everything it knew is lost. Nothing is added
    /// and nothing goes until a person confirms.
    private func judgeStore(_ delta: SpoolDelta, _ work: inout PassWork) throws {
        guard let identity = delta.identity else { return }
        if try store.spoolIdentity() != nil {
            // Known, and still held: the process died between the two when a person had confirmed it.
            if memory.holds[.storeLost] != nil { liftStoreLost(&work) }
            return
        }
        if memory.approvals[.storeLost] != nil {
            if !work.isRehearsal { try store.adopt(spoolIdentity: identity) }
            spool.expectedIdentity = identity
            liftStoreLost(&work)
            return
        }
        guard memory.holds[.storeLost] == nil else { return }
        set(
            .storeLost,
            Hold(
                kind: .storeLost, since: work.at.wall,
                message: "the spool is known but the store holds nothing of it: what carries our tag and is "
                    + "asked for is followed; nothing is added and nothing is removed",
                names: [],
                lift: "qspool approve StoreLost, after making sure that this is the right qBittorrent",
                digest: Digest.sha256(Array(identity.utf8))), &work)
    }

    private func liftStoreLost(_ work: inout PassWork) {
        set(.storeLost, nil, &work)
        work.batch.approvals[.storeLost] = .some(nil)
        memory.approvals[.storeLost] = nil
        work.selection = .all
    }

    /// An approval holds for the picture that was held when it was given.
    private func obeyApprovals(_ work: inout PassWork) throws {
        for order in memory.orders {
            guard case .approve(let wanted, let shown) = order.kind else { continue }
            for (kind, hold) in memory.holds.sorted(by: { $0.key < $1.key })
            where kind != .spoolUnavailable && (wanted == nil || wanted == kind)
                && (shown == nil || shown == hold.digest)
            {
                memory.approvals[kind] = hold.digest
                work.batch.approvals[kind] = hold.digest
                work.batch.changes.append(Change(.approved, reason: kind.rawValue, message: hold.message))
                work.selection = .all
            }
        }
    }

    /// Takes away the orders that were obeyed. Called when the pass is durable: an order outlives a crash,
    /// and waits for a spool and a server that can be seen.
    func finishOrders() {
        let done = memory.orders.filter { order in
            switch order.kind {
            case .approve: true
            case .remove: desired.isComplete
            case .retry(let key):
                desired.isComplete && clients[key.client]?.trouble == nil
                    && clients[key.client]?.isAwaited != true
            }
        }
        spool.finish(done)
        memory.orders = []
    }

    /// Raises, renews or lifts a hold, in memory and in the batch.
    func set(_ kind: Hold.Kind, _ hold: Hold?, _ work: inout PassWork) {
        let old = memory.holds[kind]
        guard old != hold else { return }
        memory.holds[kind] = hold
        work.batch.holds[kind] = .some(hold)
        work.holdsChanged = true
        if old == nil, let hold {
            work.batch.changes.append(Change(.holdRaised, reason: kind.rawValue, message: hold.message))
        } else if hold == nil {
            work.batch.changes.append(Change(.holdLifted, reason: kind.rawValue))
        }
    }
}
