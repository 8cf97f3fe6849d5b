import Metainfo
import Reconciliation
import Sourcing
import Spool
import Store

/// Which torrents of a client requests ask for already, or still follow.
struct AskedFor {
    private var names: [TorrentID: RequestName] = [:]

    /// Reads the spool by the rules of a pass, and what the store knows of requests that do not tell by
    /// themselves which torrent they mean.
    ///
    /// - Throws: ``Failure`` with ``ExitCode/personNeeded`` when the spool cannot be seen whole, or the store
    ///   was lost: what is asked for is not known then.
    init(_ installation: Installation, _ store: Store, client: String) throws {
        let memory = try store.recall().memory
        if let hold = memory.holds[.storeLost] {
            throw Failure(.personNeeded, "nothing is imported while StoreLost is held: \(hold.lift)")
        }
        for (key, subject) in memory.subjects where subject.ending?.kind != .removed {
            // Also what a request left behind when it was moved to another client, until that goes.
            for following in [subject.following].compactMap({ $0 }) + subject.leaving
            where following.place(of: key) == client {
                take([following.identity], key.name)
            }
            guard key.client == client else { continue }
            take([subject.sources?.found, subject.acceptance?.identity].compactMap { $0 }, key.name)
        }
        let reader = try SpoolReader(settings: installation.spoolSettings)
        reader.expectedIdentity = try store.spoolIdentity
        let now = SystemClock().now().wall
        var before = Int.max
        while true {
            let reading = reader.scan(now: now)
            if case .unavailable(let reason) = reading.availability {
                throw Failure(.personNeeded, "the spool is not available, so nothing is imported: \(reason)")
            }
            for draft in reading.changedDrafts where draft.key.client == client {
                take(Self.identities(draft), draft.key.name)
            }
            guard reading.postponed > 0, reading.postponed < before else { break }
            before = reading.postponed
        }
    }

    /// The request that asks for a torrent, or for any part of it.
    func request(for identity: TorrentIdentity) -> RequestName? {
        identity.ids.lazy.compactMap { names[$0] }.first
    }

    private mutating func take(_ identities: [TorrentIdentity], _ name: RequestName) {
        for id in identities.flatMap(\.ids) { names[id] = name }
    }

    /// Of every source that is known without asking anybody: an alternative may become the one in use.
    private static func identities(_ draft: RequestDraft) -> [TorrentIdentity] {
        // Whether a search result can be resolved does not matter here.
        guard case .success(let resolved) = SourceResolver.resolve(draft, hasProwlarr: true) else {
            return []
        }
        return resolved.candidates.compactMap { $0.found?.identity }
    }
}
