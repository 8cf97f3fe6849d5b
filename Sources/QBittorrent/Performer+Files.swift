import HTTP
import JSON
import Metainfo
import Reconciliation

/// Which files of a torrent are downloaded.
extension Performer {
    /// How often a choice is looked at until it shows: 4.2.5 shows the old one for 0.2 s, others never do.
    private static let looks = 20

    /// Chooses the files of each, one torrent after the other. Acknowledged only when the server shows the
    /// choice, because a start may follow.
    mutating func selectFiles(_ members: [Int], _ selection: FileSelection) async {
        let matcher = selection.matcher
        for index in members {
            guard abandonment == nil else { return }
            record([index], await select(id(of: index), selection, matcher))
        }
    }

    /// Looks, takes what is wanted, looks, leaves what is not, and looks: what one call set the next could
    /// undo as long as it does not show (4.2.5 sets all priorities anew in each, from those that it shows).
    /// What is wanted comes first, so that there is never a moment without anything.
    private mutating func select(
        _ id: TorrentID, _ selection: FileSelection, _ matcher: FileSelection.Matcher
    ) async -> Outcome.Result {
        var called: Set<String> = []
        for look in 1...Self.looks {
            let files: FileList
            switch await readFiles(id) {
            case .failure(let result): return result.outcome
            case .success(let list): files = list
            }
            let choice = files.choice(matcher)
            if let objection = Self.objection(to: choice, of: files, selection) { return .failed(objection) }
            if choice.isMade { return .acknowledged }
            let (indexes, priority) = choice.toTake.isEmpty ? (choice.toLeave, "0") : (choice.toTake, "1")
            if called.insert(priority).inserted {
                let result = await prioritise(indexes, of: id, priority)
                guard result == .acknowledged else { return result }
            } else if look < Self.looks {
                await pause()
            }
        }
        return .failed(
            ActionFailure(
                remedy: .retry, code: "not-chosen",
                message: "qBittorrent acknowledged the choice of files and does not show it. "
                    + "It is tried again."))
    }

    private static func objection(
        to choice: FileList.Choice, of files: FileList, _ selection: FileSelection
    ) -> ActionFailure? {
        if files.isEmpty {
            return ActionFailure(
                remedy: .retry, code: "no-metadata",
                message: "qBittorrent does not know the torrent's files yet. It is tried again.")
        }
        guard choice.wanted == 0 else { return nil }
        return ActionFailure(
            remedy: .correctRequest, code: "no-files",
            message: "None of the torrent's \(files.count) files is wanted by “\(selection)”: no choice was "
                + "made, and it is not started")
    }

    private mutating func prioritise(
        _ indexes: [Int], of id: TorrentID, _ priority: String
    ) async -> Outcome.Result {
        let call = APICall.change(
            "torrents/filePrio",
            [
                ("hash", id.description), ("id", indexes.map(String.init).joined(separator: "|")),
                ("priority", priority),
            ])
        let answer = await connection.call(call)
        if case .failure(let failure) = answer, failure.isLasting { abandonment = failure }
        return Self.judge(answer, of: call)
    }

    /// A result in the place of a list.
    struct Unread: Error {
        let outcome: Outcome.Result
    }

    mutating func readFiles(_ id: TorrentID) async -> Result<FileList, Unread> {
        let call = APICall.read("torrents/files", [("hash", id.description)])
        switch await connection.call(call) {
        case .failure(let failure):
            if failure.isLasting { abandonment = failure }
            return .failure(Unread(outcome: failure.result))
        case .success(let response) where response.status == 404:
            return .failure(Unread(outcome: .skipped("the torrent is no longer there")))
        case .success(let response) where response.status != 200:
            return .failure(Unread(outcome: Self.judge(response, of: call)))
        case .success(let response):
            do {
                return .success(
                    try FileList(response.body, hasUnwantedFolder: capabilities.showsUnwantedFolder))
            } catch {
                return .failure(
                    Unread(
                        outcome: .failed(
                            ActionFailure(
                                remedy: .retry, code: "bad-answer",
                                message: "qBittorrent's list of files could not be read (\(error)). "
                                    + "It is tried again."))))
            }
        }
    }
}
