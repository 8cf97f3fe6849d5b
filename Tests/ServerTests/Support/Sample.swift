import Metainfo

/// Torrents for tests: tiny, distinct, with nobody who seeds them.
struct Sample: Sendable {
    let name: String
    /// The v1 info-hash, 40 digits of hex: the torrent's id in every version of qBittorrent.
    let hash: String
    let metainfo: [UInt8]

    init(_ name: String) {
        self.name = name
        let info =
            "d6:lengthi32e4:name\(name.utf8.count):\(name)12:piece lengthi16384e6:pieces20:"
            + "aaaaaaaaaaaaaaaaaaaae"
        hash = Self.hex(Digest.sha1(Array(info.utf8)))
        metainfo = Array("d4:info\(info)e".utf8)
    }

    var magnet: String { "magnet:?xt=urn:btih:\(hash)&dn=\(name)&tr=http%3A%2F%2F127.0.0.1%3A9%2Fannounce" }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count < 2 ? "0" + text : text
        }.joined()
    }

    static func sha256(_ bytes: [UInt8]) -> String { "sha256:" + hex(Digest.sha256(bytes)) }
}
