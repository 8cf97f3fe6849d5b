import HTTP
import JSON
import Metainfo
import Reconciliation

/// Which files of a torrent are downloaded.
extension Performer {
    /// How often a choice is looked at until it shows: 4.2.5 shows the old one for 0.2 s, others never.
    private static let looks = 20

    /// Chooses the files of each, one torrent after the other. Acknowledged only when the server shows the
    /// choice, because a start may follow.
    mutating func selectFiles(_ members: [Int], _ selection: FileSelection) async {
        let matcher = selection.matcher
        for index in members {
            guard abandonment == nil else { return }
            if let result = await select(id(of: index), selection, matcher) { record([index], result) }
        }
    }

    /// - Returns: What it came to.
    private mutating func select(
        _ id: TorrentID, _ selection: FileSelection, _ matcher: FileSelection.Matcher
    ) async -> Outcome.Result? {
        let files: FileList
        switch await readFiles(id) {
        case .failure(let result): return result.outcome
        case .success(let list): files = list
        }
        guard !files.isEmpty else {
            return .failed(
                ActionFailure(
                    remedy: .retry, code: "no-metadata",
                    message: "qBittorrent does not know the torrent's files yet. It is tried again."))
        }
        let choice = files.choice(matcher)
        guard choice.wanted > 0 else {
            return .failed(
                ActionFailure(
                    remedy: .correctRequest, code: "no-files",
                    message:
                        "None of the torrent's \(files.count) files is wanted by \(selection): nothing was "
                        + "changed, and nothing is downloaded"))
        }
        // What is wanted first, so that there is never a moment without any.
        for (indexes, priority) in [(choice.toTake, "1"), (choice.toLeave, "0")] where !indexes.isEmpty {
            let call = APICall.change(
                "torrents/filePrio",
                [
                    ("hash", id.description), ("id", indexes.map(String.init).joined(separator: "|")),
                    ("priority", priority),
                ])
            let answer = await connection.call(call)
            if case .failure(let failure) = answer, failure.isLasting { abandonment = failure }
            let result = Self.judge(answer, of: call)
            guard result == .acknowledged else { return result }
        }
        return choice.isMade ? .acknowledged : await seeChosen(id, matcher)
    }

    private mutating func seeChosen(
        _ id: TorrentID, _ matcher: FileSelection.Matcher
    ) async -> Outcome.Result {
        for look in 1...Self.looks {
            switch await readFiles(id) {
            case .failure(let result): return result.outcome
            case .success(let files):
                if files.choice(matcher).isMade { return .acknowledged }
            }
            if look < Self.looks { await pause() }
        }
        return .failed(
            ActionFailure(
                remedy: .retry, code: "not-chosen",
                message:
                    "qBittorrent acknowledged the choice of files and does not show it. It is tried again."
            ))
    }

    /// A result in the place of a list.
    private struct Unread: Error {
        let outcome: Outcome.Result
    }

    private mutating func readFiles(_ id: TorrentID) async -> Result<FileList, Unread> {
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
