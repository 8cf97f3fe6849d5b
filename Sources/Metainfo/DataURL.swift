/// A torrent written into a request: `data:application/x-bittorrent;base64,…` (RFC 2397).
public enum DataURL {
    private static let prefix = "data:application/x-bittorrent;base64,"

    /// The bytes of the torrent, not yet checked.
    ///
    /// Scheme, type and the word `base64` may be in any case; other types, other parameters and text that is
    /// not in base64 are refused.
    ///
    /// - Throws: ``MetainfoError`` `bad-torrent`, or `too-large` when the bytes would be over 10 MiB.
    public static func decode(_ text: String) throws(MetainfoError) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard ASCII.hasPrefix(bytes, prefix) else {
            throw .badTorrent("A data: URL must begin with \(prefix).")
        }
        let payload = bytes[prefix.utf8.count...]
        guard payload.count <= (Bencode.Limits.bytes + 2) / 3 * 4 else {
            throw MetainfoError(code: "too-large", message: "The torrent is larger than 10 MiB.")
        }
        guard let torrent = Base64.decode(payload) else {
            throw .badTorrent("The data: URL is not plain base64 with padding.")
        }
        return torrent
    }
}
