import HTTP
import Metainfo
import Reconciliation

/// Adds: as many as fit in a call, and a look wherever the answer is not a plain yes.
extension Performer {
    mutating func add(_ members: [Int], _ addition: Addition) async {
        if let category = addition.category, !category.isEmpty, let path = addition.categoryPath {
            // The add would create it too, but without the path.
            if let result = await ensure(category, path: path) { return record(members, result) }
        }
        var magnets = AddBatch(addition, capabilities)
        var files = AddBatch(addition, capabilities)
        for index in members {
            guard abandonment == nil else { return }
            guard let entry = entry(for: index) else { continue }
            if entry.isFile {
                await send(&files, ifFullFor: entry)
            } else {
                await send(&magnets, ifFullFor: entry)
            }
        }
        await send(magnets)
        await send(files)
    }

    /// The action with what is to be sent for it. Records why there is nothing, if so.
    private mutating func entry(for index: Int) -> AddBatch.Entry? {
        let identity = actions[index].identity
        let source: SourcePayload?
        var reason = "the store does not have it"
        do {
            source = try payload(identity)
        } catch {
            source = nil
            reason = "\(error)"
        }
        guard let source else {
            let failure = ActionFailure(
                remedy: .retry, code: "no-payload",
                message:
                    "The magnet link or the .torrent to send could not be read: \(reason). It is tried again."
            )
            record([index], .failed(failure))
            return nil
        }
        let entry = AddBatch.Entry(index: index, identity: identity, payload: source)
        if let objection = entry.objection {
            record([index], .failed(objection))
            return nil
        }
        return entry
    }

    /// Puts the entry into the batch, sending the batch before when it has no room.
    private mutating func send(_ batch: inout AddBatch, ifFullFor entry: AddBatch.Entry) async {
        if !batch.fits(entry) {
            await send(batch)
            batch = AddBatch(batch.addition, capabilities)
        }
        batch.append(entry)
    }

    private mutating func send(_ batch: AddBatch) async {
        guard abandonment == nil, !batch.entries.isEmpty else { return }
        switch await connection.call(batch.call) {
        case .failure(let failure): record(batch.members, lost: failure)
        case .success(let response):
            switch AddAnswer(response, sent: batch.entries.count) {
            case .accepted: record(batch.members, .acknowledged)
            case .refusedSome(let failure):
                await settle(batch, failure, retryingSingly: batch.entries.count > 1)
            case .refusedCall(let failure): await settle(batch, failure, retryingSingly: false)
            }
        }
    }

    /// Judges each torrent of an unclear answer by looking: what is there was added, what is not is tried
    /// alone, so that the one at fault is found and the others do not suffer for it.
    private mutating func settle(_ batch: AddBatch, _ failure: ActionFailure, retryingSingly: Bool) async {
        let ids = batch.entries.flatMap(\.identity.ids)
        var missing: [AddBatch.Entry] = []
        switch await Observation(connection: connection).look(at: ids) {
        case .failure(let lookFailure):
            let unknown = ActionFailure(
                remedy: .retry, code: failure.code,
                message:
                    "\(failure.message) Its effect could not be seen: \(lookFailure.trouble.message)"
            )
            record(batch.members, .unknown(unknown))
            if lookFailure.isLasting { abandonment = lookFailure }
            return
        case .success(let reading):
            for entry in batch.entries {
                if let torrent = reading.torrents.first(where: { $0.identity.overlaps(entry.identity) }) {
                    record([entry.index], found(torrent, batch.addition))
                } else if retryingSingly {
                    missing.append(entry)
                } else {
                    record([entry.index], .failed(failure))
                }
            }
        }
        for entry in missing {
            var alone = AddBatch(batch.addition, capabilities)
            alone.append(entry)
            await send(alone)
        }
    }

    /// A torrent that is there after an unclear answer. An add gives its tag to what it adds and to nothing
    /// else; without the tag somebody else added it meanwhile, and it is not ours.
    private func found(_ torrent: Torrent, _ addition: Addition) -> Outcome.Result {
        let isTagged = torrent.placement.tags.contains { $0.utf8.elementsEqual(addition.ownershipTag.utf8) }
        if isTagged || !capabilities.tagsTravelWithAdd { return .acknowledged }
        return .failed(
            ActionFailure(
                remedy: .retry, code: "conflict",
                message: "The torrent is in qBittorrent already and was not added by qspool. "
                    + "It is looked at again and then followed as it is."))
    }
}
