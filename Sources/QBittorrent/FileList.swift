import JSON
import Reconciliation

/// The files of a torrent as `torrents/files` lists them.
struct FileList {
    private struct File {
        /// Within the torrent.
        let path: String
        let isWanted: Bool
        /// As the server shows it, which is where it lies.
        let data: DataFile
    }

    /// What a selection means for these files.
    struct Choice: Equatable {
        /// How many are wanted.
        var wanted = 0
        /// Positions of those that are wanted and would not be downloaded.
        var toTake: [Int] = []
        /// Positions of those that are not wanted and would be.
        var toLeave: [Int] = []

        /// The server has it so already.
        var isMade: Bool { toTake.isEmpty && toLeave.isEmpty }
    }

    private let files: [File]
    /// The folder that all files lie in.
    let top: String?

    /// The position in the list is the file's index: 4.2.5 gives no other.
    ///
    /// - Parameters:
    ///   - body: A list of objects with `name`, `priority` and `progress`.
    ///   - hasUnwantedFolder: What is not wanted is shown where this version puts it, and is meant where it
    ///     belongs: `a/.unwanted/b` is `a/b`; of a file at the top, 4.2.5 makes `b/.unwanted/b`.
    /// - Throws: ``JSONError`` when it is no such list.
    init(_ body: [UInt8], hasUnwantedFolder: Bool) throws {
        var files: [File] = []
        try JSONReader.forEachObject(in: body, keys: ["name", "priority", "progress"]) { record in
            let name = try record.string(0) ?? ""
            files.append(
                File(
                    path: hasUnwantedFolder ? Self.meant(name) : name, isWanted: try record.int(1) ?? 1 > 0,
                    data: DataFile(path: name, progress: try record.double(2) ?? 0)))
        }
        self.files = files
        let tops = Set(files.map { $0.path.split(separator: "/", maxSplits: 1).first.map(String.init) ?? "" })
        let isFolder = files.allSatisfy { $0.path.utf8.contains(UInt8(ascii: "/")) }
        top = isFolder && tops.count == 1 ? tops.first : nil
    }

    /// Where the files lie, and how much of each is there.
    var data: [DataFile] { files.map(\.data) }

    var isEmpty: Bool { files.isEmpty }
    var count: Int { files.count }

    func choice(_ matcher: FileSelection.Matcher) -> Choice {
        var choice = Choice()
        for (index, file) in files.enumerated() {
            let isWanted = matcher.wants(path: file.path, top: top)
            if isWanted { choice.wanted += 1 }
            if isWanted, !file.isWanted { choice.toTake.append(index) }
            if !isWanted, file.isWanted { choice.toLeave.append(index) }
        }
        return choice
    }

    private static func meant(_ path: String) -> String {
        var components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard components.count >= 2, components[components.count - 2] == ".unwanted" else { return path }
        components.remove(at: components.count - 2)
        if components.count == 2, components[0] == components[1] { components.removeFirst() }
        return components.joined(separator: "/")
    }
}
