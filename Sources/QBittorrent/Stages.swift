import Metainfo
import Reconciliation

/// Which actions share a call, and in which order the calls are made.
///
/// The actions on one torrent, and those of one subject, keep their order; beyond that equal calls are
/// brought together. The n-th action of a torrent belongs to stage n, and a stage is one call for each
/// different ``Call`` in it.
enum Stages {
    struct Group: Equatable {
        let call: Call
        /// Positions in the list of actions, rising. No torrent twice.
        var members: [Int]
    }

    static func groups(of actions: [Action]) -> [Group] {
        var stages: [[Group]] = []
        // Where a call's group is within its stage.
        var positions: [[Call: Int]] = []
        var lastOfSubject: [SubjectKey: Int] = [:]
        var lastOfTorrent: [TorrentID: Int] = [:]
        for (index, action) in actions.enumerated() {
            let ids = action.identity.ids + [action.id].compactMap { $0 }
            let last = (ids.map { lastOfTorrent[$0] } + [lastOfSubject[action.subject]]).compactMap { $0 }
                .max()
            let stage = last.map { $0 + 1 } ?? 0
            lastOfSubject[action.subject] = stage
            for id in ids { lastOfTorrent[id] = stage }
            if stage == stages.count {
                stages.append([])
                positions.append([:])
            }
            if let position = positions[stage][action.call] {
                stages[stage][position].members.append(index)
            } else {
                positions[stage][action.call] = stages[stage].count
                stages[stage].append(Group(call: action.call, members: [index]))
            }
        }
        return stages.flatMap { $0 }
    }
}
