/// The rules for names that a torrent brings along. A server makes files of them.
enum FileName {
    /// The longest component most file systems take.
    static let mostBytes = 255

    /// - Returns: The name; bytes that are not UTF-8 are replaced (U+FFFD), as servers do.
    /// - Throws: ``MetainfoError`` `bad-torrent` for an empty name, `.`, `..`, a name with `/` or NUL (an
    ///   absolute one has a `/`), and one over 255 bytes.
    static func component(_ bytes: ArraySlice<UInt8>) throws(MetainfoError) -> String {
        guard !bytes.isEmpty else { throw fault("is empty", bytes) }
        guard bytes.count <= mostBytes else { throw fault("is longer than 255 bytes", bytes) }
        guard !bytes.contains(0) else { throw fault("holds the character NUL", bytes) }
        guard !bytes.contains(UInt8(ascii: "/")) else { throw fault("holds a slash", bytes) }
        guard !bytes.elementsEqual(".".utf8), !bytes.elementsEqual("..".utf8) else {
            throw fault("would leave its folder", bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func fault(_ reason: String, _ bytes: ArraySlice<UInt8>) -> MetainfoError {
        .badTorrent("A file name in the torrent \(reason).", at: bytes.startIndex)
    }
}
