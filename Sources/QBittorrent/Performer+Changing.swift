import HTTP
import Metainfo
import Reconciliation

/// Changes of torrents that are there.
extension Performer {
    /// One call for all members, some hundred at a time.
    ///
    /// - Parameter ids: What the call calls the list of torrents.
    mutating func change(
        _ members: [Int], _ path: String, _ fields: [(name: String, value: String)] = [],
        mayBeDenied: Bool = false, ids: String = "hashes"
    ) async {
        for part in members.parts(of: Self.mostIDs) {
            guard abandonment == nil else { return }
            let hashes = HashList(part.map { id(of: $0) })
            let call = APICall.change(path, [(ids, hashes.text)] + fields, mayBeDenied: mayBeDenied)
            conclude(part, call, await connection.call(call))
        }
    }

    /// Records what a call came to.
    mutating func conclude(
        _ members: ArraySlice<Int>, _ call: APICall, _ answer: Result<HTTPResponse, CallFailure>
    ) {
        switch answer {
        case .failure(let failure): record(members, lost: failure)
        case .success(let response): record(members, Self.judge(response, of: call))
        }
    }

    mutating func tag(_ members: [Int], _ path: String, _ tags: [String]) async {
        // Without tags `removeTags` takes off all of them; with a comma in one it is two.
        guard !tags.isEmpty else { return record(members, .skipped("there are no tags to change")) }
        guard tags.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: ",")) }) else {
            return record(
                members,
                .failed(
                    ActionFailure(
                        remedy: .correctRequest, code: "bad-tag",
                        message: "A tag is empty or has a comma in it, which qBittorrent reads as two tags."))
            )
        }
        await change(members, path, [("tags", tags.joined(separator: ","))])
    }

    mutating func rename(_ members: [Int], _ name: String) async {
        for index in members {
            guard abandonment == nil else { return }
            let call = APICall.change(
                "torrents/rename", [("hash", id(of: index).description), ("name", name)])
            switch await connection.call(call) {
            case .success(let response) where response.status == 404:
                record([index], .skipped("the torrent is no longer there"))
            case let answer:
                conclude([index], call, answer)
            }
        }
    }

    /// Looks first and toggles only those that differ: the server knows no other way, and repeating a toggle
    /// undoes it.
    mutating func toggle(
        _ members: [Int], _ path: String, to wanted: Bool, _ current: (Torrent) -> Bool
    ) async {
        guard let torrents = await lastLook(at: members) else { return }
        var differing: [Int] = []
        for index in members {
            guard let torrent = torrents[id(of: index)] else {
                record([index], .skipped("the torrent is no longer there"))
                continue
            }
            if current(torrent) == wanted {
                record([index], .skipped("it is so already"))
            } else {
                differing.append(index)
            }
        }
        await change(differing, path)
    }

    /// Removes torrents and never their data, after a last look at each: the same torrent as was judged, and
    /// still carrying the tag.
    mutating func prune(_ members: [Int], ifTagged tag: String) async {
        for part in members.parts(of: Self.mostIDs) {
            guard abandonment == nil, let torrents = await lastLook(at: Array(part)) else { return }
            var confirmed: [Int] = []
            for index in part {
                let torrent = torrents[id(of: index)]
                if let reason = Self.objection(to: actions[index], torrent, tag: tag) {
                    record([index], .skipped(reason))
                } else {
                    confirmed.append(index)
                }
            }
            // A constant: data goes by a permit alone.
            await change(confirmed, "torrents/delete", [("deleteFiles", "false")])
        }
    }

    /// Why a torrent is not to be removed after all.
    static func objection(to action: Action, _ torrent: Torrent?, tag: String) -> String? {
        guard let torrent else { return "the torrent is no longer there" }
        guard torrent.identity.overlaps(action.identity) else {
            return "another torrent is listed under its id"
        }
        guard torrent.placement.tags.contains(where: { $0.utf8.elementsEqual(tag.utf8) }) else {
            return "it no longer carries the tag \(tag)"
        }
        return nil
    }

    /// The members' torrents as they are right now. Records the failure of the look, if any.
    mutating func lastLook(at members: [Int]) async -> [TorrentID: Torrent]? {
        let ids = members.map { id(of: $0) }
        switch await Observation(connection: connection).look(at: ids) {
        case .failure(let failure):
            record(members, lost: failure)
            return nil
        case .success(let reading):
            return Dictionary(reading.torrents.map { ($0.id, $0) }) { first, _ in first }
        }
    }
}
