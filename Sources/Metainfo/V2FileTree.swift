/// The files as the v2 part of `info` lists them (BEP 52): a tree of dictionaries whose leaves carry an
/// empty key.
struct V2FileTree {
    /// In the order of the tree.
    private(set) var files: [TorrentLayout.File] = []
    /// Whether the torrent is one file and no folder: the tree is nothing but a file of the torrent's name.
    let isSingle: Bool
    /// The root of each file's hash tree and the file's length, for the check of the layers.
    private var roots: [(root: ArraySlice<UInt8>, length: Int64)] = []

    /// - Throws: ``MetainfoError`` `bad-torrent`.
    init(info: BencodeValue, name: String) throws(MetainfoError) {
        guard let tree = info["file tree"], let top = tree.members, !top.isEmpty else {
            throw .badTorrent("The torrent is of version 2 but has no file tree.", at: info.offset)
        }
        isSingle = top.count == 1 && top[0].key.elementsEqual(name.utf8) && Self.isFile(top[0].value)
        try walk(tree)
        _ = try V1Layout.sum(files, at: tree.offset)
    }

    /// Each file larger than a piece needs one hash a piece; smaller ones are hashed by their root alone.
    ///
    /// - Throws: ``MetainfoError`` `bad-torrent`.
    func check(layers: BencodeValue?, pieceLength: Int64) throws(MetainfoError) {
        var sizes: [ArraySlice<UInt8>: Int] = [:]
        for (root, layer) in layers?.members ?? [] { sizes[root] = layer.string?.count }
        for (root, length) in roots where length > pieceLength {
            let pieces = length / pieceLength + (length % pieceLength > 0 ? 1 : 0)
            // Counted in pieces: 32 times a hostile length could overflow.
            guard let size = sizes[root], size % 32 == 0, Int64(size / 32) == pieces else {
                throw .badTorrent(
                    "The torrent lacks hashes of its pieces (piece layers).", at: root.startIndex)
            }
        }
    }

    /// Depth first without recursion; the bencode limit bounds the stack.
    private mutating func walk(_ tree: BencodeValue) throws(MetainfoError) {
        var folders: [(members: [(key: ArraySlice<UInt8>, value: BencodeValue)], next: Int)] = []
        var path: [String] = []
        folders.append((try Self.members(tree), 0))
        while let folder = folders.last {
            guard folder.next < folder.members.count else {
                folders.removeLast()
                _ = path.popLast()
                continue
            }
            folders[folders.count - 1].next += 1
            let (key, value) = folder.members[folder.next]
            let name = try FileName.component(key)
            guard String(validating: key, as: UTF8.self) != nil else {
                throw .badTorrent("A file name in the torrent is not UTF-8.", at: key.startIndex)
            }
            if Self.isFile(value) {
                try take(value, path: (path + [name]).joined(separator: "/"))
            } else {
                folders.append((try Self.members(value), 0))
                path.append(name)
            }
        }
    }

    private mutating func take(_ leaf: BencodeValue, path: String) throws(MetainfoError) {
        guard let members = leaf.members, members.count == 1, members[0].value.kind == .dictionary else {
            throw .badTorrent("An entry of the file tree is a file and a folder.", at: leaf.offset)
        }
        let file = members[0].value
        guard let length = file["length"]?.integer, length >= 0 else {
            throw .badTorrent("The length of a file is not a size.", at: file.offset)
        }
        if length > 0 {
            guard let root = file["pieces root"]?.string, root.count == 32 else {
                throw .badTorrent("A file of the torrent has no hash (pieces root).", at: file.offset)
            }
            roots.append((root, length))
        }
        guard files.count < TorrentFile.mostFiles else {
            throw .badTorrent("The torrent has more than \(TorrentFile.mostFiles) files.", at: leaf.offset)
        }
        files.append(TorrentLayout.File(path: path, length: length, isPadding: false))
    }

    private static func isFile(_ value: BencodeValue) -> Bool {
        value[""] != nil
    }

    private static func members(
        _ value: BencodeValue
    ) throws(MetainfoError) -> [(key: ArraySlice<UInt8>, value: BencodeValue)] {
        guard let members = value.members, !members.isEmpty else {
            throw .badTorrent("A folder of the file tree is empty or no folder.", at: value.offset)
        }
        return members
    }
}
