import Metainfo
import Reconciliation

/// A torrent made for one scenario: small, real, with content that can be put in place.
struct Cargo: Sendable {
    enum Kind: Sendable {
        case single, folder, hybrid, v2
    }

    struct File: Sendable {
        /// Below the save path.
        let path: String
        let content: [UInt8]
    }

    static let pieceBytes = 16_384

    let name: String
    let kind: Kind
    let files: [File]
    let metainfo: [UInt8]
    let identity: TorrentIdentity
    let size: Int64

    init(_ name: String, _ kind: Kind = .single) throws {
        self.name = name
        self.kind = kind
        // Whole pieces, so that no two files share one.
        let parts: [(String, Int)] =
            kind == .folder ? [("film.mkv", 3), ("readme.txt", 1), ("sample.mkv", 1)] : [("", 1)]
        files = parts.map { part, pieces in
            let path = part.isEmpty ? name : name + "/" + part
            return File(path: path, content: Self.content(path, pieces * Self.pieceBytes))
        }
        metainfo = Self.encode(name, kind, files)
        let file = try TorrentFile(bytes: metainfo)
        identity = file.identity
        size = file.totalSize
    }

    /// A link that names all that is known of it.
    var magnet: String {
        let parts =
            [identity.v1.map { "xt=urn:btih:\($0)" }, identity.v2.map { "xt=urn:btmh:1220\($0)" }]
            .compactMap { $0 } + ["dn=\(name)"]
        return "magnet:?" + parts.joined(separator: "&")
    }

    /// As a server lists it that tells v1 only.
    func identity(on release: ServerRelease) -> TorrentIdentity {
        guard !release.knowsV2, let v1 = identity.v1 else { return identity }
        return TorrentIdentity(v1)
    }

    func id(on release: ServerRelease) -> TorrentID { identity(on: release).preferredID }

    // MARK: Making

    private static func content(_ seed: String, _ count: Int) -> [UInt8] {
        let digest = Digest.sha256(Array(seed.utf8))
        return (0..<count).map { digest[$0 % digest.count] ^ UInt8(truncatingIfNeeded: $0 / digest.count) }
    }

    private static func encode(_ name: String, _ kind: Kind, _ files: [File]) -> [UInt8] {
        let content = files.flatMap(\.content)
        let pieces = stride(from: 0, to: content.count, by: pieceBytes).flatMap {
            Digest.sha1(content[$0..<min($0 + pieceBytes, content.count)])
        }
        var info: [UInt8] = Array("d".utf8)
        if kind == .hybrid || kind == .v2 {
            // One piece: the root of its tree is the digest of the piece itself.
            let root = text("pieces root") + bytes(Digest.sha256(content))
            let leaf = text("length") + number(content.count) + root
            info += text("file tree") + tree(text(name) + tree(text("") + tree(leaf)))
        }
        if kind == .folder {
            let list = files.flatMap { file in
                let last = String(file.path.split(separator: "/").last ?? "")
                return Array("d".utf8) + text("length") + number(file.content.count) + text("path")
                    + Array("l".utf8) + text(last) + Array("ee".utf8)
            }
            info += text("files") + Array("l".utf8) + list + Array("e".utf8)
        } else if kind != .v2 {
            info += text("length") + number(content.count)
        }
        if kind == .hybrid || kind == .v2 { info += text("meta version") + number(2) }
        info += text("name") + text(name) + text("piece length") + number(pieceBytes)
        if kind != .v2 { info += text("pieces") + bytes(pieces) }
        info += Array("e".utf8)
        let layers = kind == .hybrid || kind == .v2 ? text("piece layers") + Array("de".utf8) : []
        return Array("d".utf8) + text("info") + info + layers + Array("e".utf8)
    }

    private static func tree(_ content: [UInt8]) -> [UInt8] { Array("d".utf8) + content + Array("e".utf8) }

    private static func text(_ text: String) -> [UInt8] { bytes(Array(text.utf8)) }

    private static func bytes(_ bytes: [UInt8]) -> [UInt8] { Array("\(bytes.count):".utf8) + bytes }

    private static func number(_ number: Int) -> [UInt8] { Array("i\(number)e".utf8) }
}
