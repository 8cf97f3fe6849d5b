import Logging
import Metainfo
import Reconciliation

/// Survey: what lies on the disk where torrents are about to come, before anything is called. What is seen is
/// kept with their intents, and decides later whether data that goes could be anybody else's.
extension Reconciler {
    /// Without `prune.allowData` nothing is looked at: no data ever goes.
    func surveyed(_ plan: Plan) -> Plan {
        var plan = plan
        plan.notePartings()
        guard rules.prune.allowData else { return plan }
        var sights: [ServerPath: DirectorySight?] = [:]
        plan.survey(
            facts: { observed.clients[$0]?.facts }, names: topNames,
            sight: { client, directory in
                let path = ServerPath(client: client, path: directory)
                if let known = sights[path] { return known }
                let found = disk.sight(of: directory, by: rules, on: client)
                sights[path] = .some(found)
                return found
            })
        return plan
    }

    /// What the torrent of an add may put at the top of its directory; a magnet does not tell.
    private func topNames(_ action: Action) -> [String]? {
        guard case .metainfo(let bytes)? = payload(for: action) else { return nil }
        do throws(MetainfoError) {
            return try TorrentFile(bytes: bytes).topNames
        } catch {
            // It was checked when it came; what cannot be read now is looked at like a magnet.
            log.warning("a torrent could not be read for its names", metadata: ["reason": "\(error)"])
            return nil
        }
    }
}

private struct ServerPath: Hashable {
    let client: String
    let path: String
}
