@testable import Metainfo

/// What holds for every text that is offered as a magnet link, an info-hash or the `source` of a request,
/// whatever it is. Used by the tests and by the fuzzer (`tools/fuzz`).
enum MagnetProperties {
    /// - Returns: One sentence about the first property that does not hold.
    static func violation(_ text: String) -> String? {
        magnet(text) ?? infoHash(text) ?? source(text)
    }

    private static func magnet(_ text: String) -> String? {
        do throws(MetainfoError) {
            let magnet = try Magnet(text: text)
            return fixedPoint(magnet) ?? shown(magnet)
        } catch {
            let isKnown = ["bad-magnet", "bad-infohash"].contains(error.code) && !error.message.isEmpty
            return isKnown ? nil : "an error without a known code or without words: \(error)"
        }
    }

    /// The link that servers get says the same as what came in, and saying it again changes nothing.
    private static func fixedPoint(_ magnet: Magnet) -> String? {
        let link = magnet.link()
        guard link.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "the link is not plain ASCII" }
        // Encoding may take a link that is nearly too long over the limit; servers have none.
        guard link.utf8.count <= Magnet.Limits.size else { return nil }
        do throws(MetainfoError) {
            let again = try Magnet(text: link)
            guard again.removed.isEmpty else { return "the link holds what was removed: \(again.removed)" }
            guard again.identity == magnet.identity, again.exactLength == magnet.exactLength,
                same([again.displayName], [magnet.displayName]), same(again.trackers, magnet.trackers),
                same(again.webSeeds, magnet.webSeeds), same(again.peers, magnet.peers),
                same([again.selectOnly], [magnet.selectOnly])
            else { return "the link says something else: \(link)" }
            return again.link() == link ? nil : "the link is no fixed point: \(link)"
        } catch {
            return "our own link was refused: \(error)"
        }
    }

    /// The link for people differs in its addresses only, and no address tells more than its host.
    private static func shown(_ magnet: Magnet) -> String? {
        let parts = magnet.link().utf8.split(separator: UInt8(ascii: "&"))
        for address in magnet.trackers + magnet.webSeeds {
            let masked = MaskedURL.text(address)
            guard masked == MaskedURL.text(masked), masked.utf8.count <= address.utf8.count + 4 else {
                return "\(masked) can be masked further"
            }
            guard !masked.utf8.contains(UInt8(ascii: "?")), !masked.utf8.contains(UInt8(ascii: "@")) else {
                return "\(masked) tells more than a host"
            }
        }
        guard magnet.removed.count == Set(magnet.removed).count else { return "a name is removed twice" }
        return parts.count >= 1 && magnet.maskedLink.hasPrefix("magnet:?xt=") ? nil : "no link for people"
    }

    private static func infoHash(_ text: String) -> String? {
        guard let hash = InfoHash(text: text) else { return nil }
        let digits = hash.description
        guard digits.utf8.count == hash.bytes.count * 2, InfoHash(text: digits) == hash else {
            return "\(digits) does not read back"
        }
        return fixedPoint(Magnet(infoHash: hash))
    }

    private static func source(_ text: String) -> String? {
        do throws(MetainfoError) {
            switch try SourceText(text) {
            case .magnet(let magnet):
                return magnet == (try Magnet(text: text)) ? nil : "a source is another magnet link"
            case .infoHash(let hash):
                return hash == InfoHash(text: text) ? nil : "a source is another info-hash"
            case .torrent(let torrent): return TorrentProperties.violation(torrent.bytes)
            case .file(let name), .url(let name):
                let isClean = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
                return isClean && same([name], [text]) ? nil : "a source is not what was written"
            }
        } catch {
            return codes.contains(error.code) && !error.message.isEmpty ? nil : "an unknown error: \(error)"
        }
    }

    private static let codes: Set = [
        "missing-field", "url-not-allowed", "bad-path", "bad-infohash", "bad-magnet", "bad-torrent", "empty",
        "too-large",
    ]

    /// Byte by byte: texts are equal to Swift when they are to Unicode.
    private static func same(_ left: [String?], _ right: [String?]) -> Bool {
        left.map { $0.map { Array($0.utf8) } } == right.map { $0.map { Array($0.utf8) } }
    }
}
