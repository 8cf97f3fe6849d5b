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
        guard scope.spool != .nothing || isFirstPass || !desired.isComplete else { return }
        let isWhole = isFirstPass || !desired.isComplete
        let delta = spool.read(isWhole ? .everything : scope.spool, now: work.at.wall) { [memory] in
            let acceptance = memory.subjects[$0]?.acceptance
            return acceptance?.digest == $1.digest && acceptance?.identity == $2
        }
        desired.availability = delta.availability
        work.lookAgainAt = delta.lookAgainAt
        guard desired.isComplete else { return }
        if memory.holds[.spoolUnavailable] != nil { work.selection = .all }
        try judgeStore(delta, &work)
        take(delta, &work)
    }

    private func take(_ delta: SpoolDelta, _ work: inout PassWork) {
        for (request, payload) in delta.accepted {
            touchRivals(of: request.key, &work)
            desired.accept(request)
            payloads[request.key] = payload
            touchRivals(of: request.key, &work)
        }
        for (key, rejection) in delta.rejected {
            touchRivals(of: key, &work)
            desired.reject(key, rejection)
        }
        for key in delta.gone {
            touchRivals(of: key, &work)
            desired.forget(key)
            payloads[key] = nil
        }
        let readability = Set(delta.unreadable.keys).symmetricDifference(desired.unreadable.keys)
        work.touched.formUnion(readability)
        if delta.heldFolders != desired.heldFolders { work.selection = .all }
        desired.unreadable = delta.unreadable
        desired.heldFolders = delta.heldFolders
        if desired.problems != delta.problems { work.holdsChanged = true }
        desired.problems = delta.problems
    }

    /// A request that comes, changes or goes concerns all that ask for the same torrent, and whoever follows
    /// it.
    private func touchRivals(of key: SubjectKey, _ work: inout PassWork) {
        work.touched.insert(key)
        let identities = [desired.requests[key]?.identity, memory.subjects[key]?.acceptance?.identity]
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
        guard try store.spoolIdentity() == nil, let identity = delta.identity else { return }
        if memory.approvals[.storeLost] != nil {
            try store.adopt(spoolIdentity: identity)
            spool.expectedIdentity = identity
            set(.storeLost, nil, &work)
            work.batch.approvals[.storeLost] = .some(nil)
            memory.approvals[.storeLost] = nil
            work.selection = .all
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

    /// An approval holds for the picture that was held when it was given.
    private func obeyApprovals(_ work: inout PassWork) throws {
        for order in memory.orders {
            guard case .approve(let wanted) = order.kind else { continue }
            for (kind, hold) in memory.holds.sorted(by: { $0.key < $1.key })
            where kind != .spoolUnavailable && (wanted == nil || wanted == kind) {
                memory.approvals[kind] = hold.digest
                work.batch.approvals[kind] = hold.digest
                work.batch.changes.append(Change(.approved, reason: kind.rawValue, message: hold.message))
                work.selection = .all
            }
        }
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
