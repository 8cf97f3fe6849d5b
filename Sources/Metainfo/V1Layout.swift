/// The files as the v1 part of `info` lists them (BEP 3), padding (BEP 47) marked.
struct V1Layout {
    let files: [TorrentLayout.File]
    /// Whether the torrent is one file and no folder.
    let isSingle: Bool

    /// - Throws: ``MetainfoError`` `bad-torrent`, also when the number of piece hashes does not fit the
    ///   sizes.
    init(info: BencodeValue, name: String, pieceLength: Int64, pieces: BencodeValue) throws(MetainfoError) {
        switch (info["length"], info["files"]) {
        case (let length?, nil):
            isSingle = true
            files = [TorrentLayout.File(path: name, length: try Self.length(length), isPadding: false)]
        case (nil, let list?):
            isSingle = false
            files = try Self.files(list)
        case (nil, nil):
            throw .badTorrent("The torrent lists no files.", at: info.offset)
        case (_?, _?):
            throw .badTorrent("The torrent says that it is one file and several.", at: info.offset)
        }
        let size = try Self.sum(files, at: info.offset)
        guard let hashes = pieces.string, hashes.count % 20 == 0 else {
            throw .badTorrent("The piece hashes are not a multiple of 20 bytes.", at: pieces.offset)
        }
        let count = size / pieceLength + (size % pieceLength > 0 ? 1 : 0)
        guard Int64(hashes.count / 20) == count else {
            throw .badTorrent("The number of piece hashes does not fit the size.", at: pieces.offset)
        }
    }

    private static func files(_ list: BencodeValue) throws(MetainfoError) -> [TorrentLayout.File] {
        guard let elements = list.elements, !elements.isEmpty else {
            throw .badTorrent("The torrent lists no files.", at: list.offset)
        }
        guard elements.count <= TorrentFile.mostFiles else {
            throw .badTorrent("The torrent has more than \(TorrentFile.mostFiles) files.", at: list.offset)
        }
        var files: [TorrentLayout.File] = []
        files.reserveCapacity(elements.count)
        for element in elements { files.append(try file(element)) }
        return files
    }

    private static func file(_ element: BencodeValue) throws(MetainfoError) -> TorrentLayout.File {
        guard let lengthValue = element["length"], let path = element["path.utf-8"] ?? element["path"] else {
            throw .badTorrent("A file of the torrent has no length or no path.", at: element.offset)
        }
        let attributes = element["attr"]?.string ?? []
        // A link is made by the server, so where it points to obeys the same rules.
        if attributes.contains(UInt8(ascii: "l")), let target = element["symlink path"] {
            _ = try self.path(target)
        }
        return TorrentLayout.File(
            path: try self.path(path), length: try length(lengthValue),
            isPadding: attributes.contains(UInt8(ascii: "p")))
    }

    private static func path(_ value: BencodeValue) throws(MetainfoError) -> String {
        guard let components = value.elements, !components.isEmpty else {
            throw .badTorrent("A path in the torrent is empty.", at: value.offset)
        }
        var names: [String] = []
        for component in components {
            guard let bytes = component.string else {
                throw .badTorrent("A path in the torrent is not made of names.", at: component.offset)
            }
            names.append(try FileName.component(bytes))
        }
        return names.joined(separator: "/")
    }

    private static func length(_ value: BencodeValue) throws(MetainfoError) -> Int64 {
        guard let length = value.integer, length >= 0 else {
            throw .badTorrent("The length of a file is not a size.", at: value.offset)
        }
        return length
    }

    static func sum(_ files: [TorrentLayout.File], at offset: Int) throws(MetainfoError) -> Int64 {
        var size: Int64 = 0
        for file in files {
            let (sum, overflow) = size.addingReportingOverflow(file.length)
            guard !overflow else {
                throw .badTorrent("The sizes of the files add up to too much.", at: offset)
            }
            size = sum
        }
        return size
    }
}
