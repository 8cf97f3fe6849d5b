/// What `info` says about the content: names, sizes, and which generations of the protocol describe it.
struct TorrentLayout {
    /// A file as one of the two descriptions lists it.
    struct File {
        /// Components below the torrent's folder, joined by `/`; the name itself in a torrent of one file.
        let path: String
        let length: Int64
        let isPadding: Bool
    }

    let name: String
    let files: [TorrentFileEntry]
    let totalSize: Int64
    let isV1: Bool
    let isV2: Bool

    /// - Parameters:
    ///   - info: The `info` dictionary.
    ///   - layers: The value of `piece layers` outside of it, when there is one.
    /// - Throws: ``MetainfoError`` `bad-torrent`.
    init(info: BencodeValue, layers: BencodeValue?) throws(MetainfoError) {
        let version = try Self.version(of: info)
        let pieces = info["pieces"]
        let pieceLength = try Self.pieceLength(of: info, version: version)
        guard let nameBytes = (info["name.utf-8"] ?? info["name"])?.string else {
            throw .badTorrent("The torrent has no name.", at: info.offset)
        }
        name = try FileName.component(nameBytes)

        var first: V1Layout?
        if let pieces {
            first = try V1Layout(info: info, name: name, pieceLength: pieceLength, pieces: pieces)
        }
        var second: V2FileTree?
        if version == 2 {
            second = try V2FileTree(info: info, name: name)
            try second?.check(layers: layers, pieceLength: pieceLength)
        }
        isV1 = first != nil
        isV2 = second != nil

        let isSingle: Bool
        let listed: [File]
        switch (first, second) {
        case (let first?, let second?):
            listed = first.files.filter { !$0.isPadding }
            guard Self.agree(listed, second.files) else {
                throw .badTorrent("The torrent's v1 and v2 parts name different files.", at: info.offset)
            }
            isSingle = first.isSingle
        case (let first?, nil):
            listed = first.files.filter { !$0.isPadding }
            isSingle = first.isSingle
        case (nil, let second?):
            listed = second.files
            isSingle = second.isSingle
        case (nil, nil):
            throw .badTorrent("The torrent has no piece hashes.", at: info.offset)
        }
        // Sums were checked while reading, so this one cannot overflow.
        totalSize = listed.reduce(0) { $0 + $1.length }
        guard totalSize > 0 else { throw .badTorrent("The torrent holds no data.", at: info.offset) }
        let folder = isSingle ? "" : name + "/"
        files = listed.map { TorrentFileEntry(path: folder + $0.path, length: $0.length) }
    }

    /// 1 without `meta version`. A later generation would have another info-hash than the ones we know.
    private static func version(of info: BencodeValue) throws(MetainfoError) -> Int {
        guard let value = info["meta version"] else {
            guard info["file tree"] == nil else {
                throw .badTorrent("The torrent has a v2 file tree but does not say so.", at: info.offset)
            }
            return 1
        }
        guard let version = value.integer, (1...2).contains(version) else {
            throw .badTorrent("The torrent is of a version that is not known.", at: value.offset)
        }
        return Int(version)
    }

    private static func pieceLength(of info: BencodeValue, version: Int) throws(MetainfoError) -> Int64 {
        guard let value = info["piece length"], let length = value.integer, length > 0 else {
            throw .badTorrent("The torrent has no usable piece length.", at: info.offset)
        }
        // BEP 52: a power of two, 16 KiB at least.
        guard version == 1 || (length >= 16_384 && length & (length - 1) == 0) else {
            throw .badTorrent("The piece length is not a power of two from 16 KiB.", at: value.offset)
        }
        return length
    }

    /// Paths are compared as bytes: two spellings of a character are two files.
    private static func agree(_ left: [File], _ right: [File]) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { one, other in
                one.length == other.length && one.path.utf8.elementsEqual(other.path.utf8)
            }
    }
}
