import HTTP
import JSON
public import Metainfo
public import Reconciliation

/// Where a torrent that the server has came from, as far as the server tells.
extension Client {
    /// The `.torrent` of a torrent, as the server writes it: 4.5.2 and 5.1.0 write another file with the same
    /// `info`, 5.3.0 the one that was added (`torrents/export`, from 4.5 on).
    ///
    /// - Returns: `nil` where the server has none: an older version, no metadata yet, or no such torrent.
    public func metainfo(of id: TorrentID) async -> Result<[UInt8]?, ClientTrouble> {
        switch await identify() {
        case .failure(let failure): return .failure(failure.trouble)
        case .success(let server):
            guard server.capabilities.exportsTorrents else { return .success(nil) }
            return await answer("torrents/export", of: id).map { $0?.body }
        }
    }

    /// The addresses of a torrent's trackers, in the server's order, those of DHT, PeX and LSD left out. They
    /// may hold passkeys. Empty where the server has no such torrent.
    public func trackers(of id: TorrentID) async -> Result<[String], ClientTrouble> {
        switch await answer("torrents/trackers", of: id) {
        case .failure(let trouble): return .failure(trouble)
        case .success(nil): return .success([])
        case .success(let response?):
            var addresses: [String] = []
            do {
                try JSONReader.forEachObject(in: response.body, keys: ["url"]) { record in
                    guard let url = try record.string(0), !url.hasPrefix("** [") else { return }
                    addresses.append(url)
                }
            } catch {
                return .failure(
                    ClientTrouble(
                        kind: .notTheWebAPI,
                        message:
                            "\(connection.address.shown) answered torrents/trackers with what is no list "
                            + "of trackers (\(error))."))
            }
            return .success(addresses)
        }
    }

    /// - Returns: `nil` for a torrent that is not there (404), or that has no metadata (409).
    private func answer(_ path: String, of id: TorrentID) async -> Result<HTTPResponse?, ClientTrouble> {
        switch await connection.call(.read(path, [("hash", id.description)])) {
        case .failure(let failure): return .failure(failure.trouble)
        case .success(let response):
            switch response.status {
            case 200: return .success(response)
            case 404, 409: return .success(nil)
            default:
                return .failure(AnswerText.trouble(of: response, to: path, at: connection.address.shown))
            }
        }
    }
}
