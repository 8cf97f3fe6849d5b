@testable import Metainfo

/// What holds for every text that is offered as a `.torrent`, whatever it is. Used by the tests and by the
/// fuzzer (`tools/fuzz`).
enum TorrentProperties {
    /// - Returns: One sentence about the first property that does not hold.
    static func violation(_ bytes: [UInt8]) -> String? {
        strictness(bytes) ?? torrent(bytes)
    }

    /// The parser takes the one allowed form and nothing else.
    private static func strictness(_ bytes: [UInt8]) -> String? {
        let reference = ReferenceBencode(lenient: bytes, depth: Bencode.Limits.depth)
        let isCanonical = reference?.canonical == bytes
        do throws(MetainfoError) {
            let root = try Bencode(bytes: bytes).root
            guard isCanonical else { return "a text that is not canonical was taken" }
            return root.raw.elementsEqual(bytes) ? nil : "the root is not the whole text"
        } catch {
            return isCanonical ? "a canonical text was refused: \(error)" : nil
        }
    }

    private static func torrent(_ bytes: [UInt8]) -> String? {
        do throws(MetainfoError) {
            let torrent = try TorrentFile(bytes: bytes)
            return identity(of: torrent, bytes) ?? content(of: torrent) ?? repetition(of: torrent)
        } catch {
            guard ["empty", "too-large", "bad-torrent"].contains(error.code), !error.message.isEmpty else {
                return "an error without a known code or without words: \(error)"
            }
            return (0...bytes.count).contains(error.offset ?? 0) ? nil : "an offset outside: \(error)"
        }
    }

    /// The hashes are those of the raw `info`, found by other means.
    private static func identity(of torrent: TorrentFile, _ bytes: [UInt8]) -> String? {
        guard torrent.bytes == bytes else { return "the bytes are not those that came" }
        guard let info = ReferenceBencode(lenient: bytes)?["info"] else { return "there is no info" }
        let raw = info.canonical
        let isV2 = if case .integer(2)? = info["meta version"] { true } else { false }
        let v1 = info["pieces"] == nil ? nil : Digest.sha1(raw)
        guard torrent.identity.v1?.bytes == v1 else { return "the v1 hash is not that of info" }
        guard torrent.identity.v2?.bytes == (isV2 ? Digest.sha256(raw) : nil) else {
            return "the v2 hash is not that of info"
        }
        return nil
    }

    /// What a server makes files of stays below the torrent's folder, and the sum is the sum.
    private static func content(of torrent: TorrentFile) -> String? {
        guard !torrent.files.isEmpty, torrent.totalSize > 0 else { return "a torrent without content" }
        guard torrent.files.allSatisfy({ $0.length >= 0 }),
            torrent.files.reduce(0, { $0 + $1.length }) == torrent.totalSize
        else { return "the size is not the sum of the files" }
        for text in torrent.files.map(\.path) + [torrent.name] {
            let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            let isSafe = parts.allSatisfy {
                !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) && !$0.contains(0)
            }
            guard isSafe else { return "the path \(text.debugDescription) leaves its folder" }
        }
        guard !torrent.name.utf8.contains(UInt8(ascii: "/")) else { return "the name holds a slash" }
        guard torrent.trackers.allSatisfy({ !$0.isEmpty }) else { return "an empty tracker" }
        return Set(torrent.trackers).count == torrent.trackers.count ? nil : "a tracker comes twice"
    }

    /// The same torrent comes out of a second look, and out of a `data:` URL.
    private static func repetition(of torrent: TorrentFile) -> String? {
        let url = "data:application/x-bittorrent;base64," + Base64.encode(torrent.bytes)
        do throws(MetainfoError) {
            guard case .torrent(let again) = try SourceText(url) else { return "a data: URL is no torrent" }
            let isSame =
                again == torrent && again.identity == torrent.identity && again.files == torrent.files
                && again.name == torrent.name && again.trackers == torrent.trackers
                && again.isPrivate == torrent.isPrivate
            return isSame ? nil : "a second look says something else"
        } catch {
            return "a data: URL of it was refused: \(error)"
        }
    }
}
