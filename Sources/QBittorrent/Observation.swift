import HTTP
import JSON
import Metainfo
import Reconciliation

/// Reads torrents: all of them, or those asked for. `sync/maindata` is not used: it can crash 5.1.0 and 5.3.0
/// when a hybrid's magnet gets its metadata, and in 4.x it costs as much as a full listing.
struct Observation {
    /// How many ids one question names. 20 000 were accepted by every version; this keeps an answer small.
    static let mostIDs = 2_000

    let connection: Connection

    /// What was read, and what it cost the server: the time until the first byte of its answer.
    typealias Reading = (torrents: [Torrent], cost: Duration)

    /// All torrents.
    func listing() async -> Result<Reading, CallFailure> {
        await read(.read("torrents/info"))
    }

    /// The torrents with these ids that the server has.
    func look(at ids: [TorrentID]) async -> Result<Reading, CallFailure> {
        var all: Reading = ([], .zero)
        for part in ids.parts(of: Self.mostIDs) {
            let hashes = HashList(part)
            switch await read(.readByForm("torrents/info", [("hashes", hashes.text)])) {
            case .failure(let failure): return .failure(failure)
            case .success(let reading):
                // A server, or something in front of it, may ignore the filter.
                all.torrents += reading.torrents.filter { hashes.ids.contains($0.id) }
                all.cost += reading.cost
            }
        }
        return .success(all)
    }

    private func read(_ call: APICall) async -> Result<Reading, CallFailure> {
        switch await connection.call(call) {
        case .failure(let failure): return .failure(failure)
        case .success(let response):
            guard response.status == 200 else {
                return .failure(refusal(of: response, to: call))
            }
            do {
                return .success((try Self.decode(response.body), response.timeToFirstByte))
            } catch {
                return .failure(
                    CallFailure(
                        refusal: ClientTrouble(
                            kind: .notTheWebAPI,
                            message:
                                "\(connection.address.shown) answered torrents/info with what is no list of "
                                + "torrents (\(error)). Nothing was concluded from it; it is asked again.")))
            }
        }
    }

    private func refusal(of response: HTTPResponse, to call: APICall) -> CallFailure {
        CallFailure(
            refusal: AnswerText.trouble(of: response, to: call.path, at: connection.address.shown))
    }

    /// - Throws: ``JSONError`` when the text is not one whole list of torrents.
    static func decode(_ body: [UInt8]) throws -> [Torrent] {
        var decoder = TorrentDecoder()
        var torrents: [Torrent] = []
        // The smallest object of any version has some 900 bytes.
        torrents.reserveCapacity(body.count / 900)
        try JSONReader.forEachObject(in: body, keys: TorrentDecoder.keys) { record in
            torrents.append(try decoder.decode(record))
        }
        return torrents
    }
}
