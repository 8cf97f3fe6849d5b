import Metainfo
import Reconciliation
import Spool

/// Gives every torrent a name for its request that no other has.
struct ImportNames {
    private static let shortMark = 8

    let folder: String
    let writer: RequestWriter
    /// In lower case: some file systems do not tell `a` from `A`.
    private var taken: Set<String> = []

    init(folder: String, writer: RequestWriter) {
        var folder = folder
        while folder.hasSuffix("/") { folder.removeLast() }
        self.folder = folder
        self.writer = writer
    }

    /// - Throws: What the spool says about a folder that cannot be one.
    mutating func take(for torrent: Torrent) throws -> RequestName {
        let id = torrent.id.description
        let plain = RequestNaming.component(torrent.name) ?? id
        let marks = [String(id.prefix(Self.shortMark)), id]
        for name in [plain] + marks.map({ RequestNaming.component(plain, marked: $0) }) {
            let full = RequestName(folder.isEmpty ? name : folder + "/" + name)
            if try !writer.exists(full), taken.insert(full.text.lowercased()).inserted { return full }
        }
        throw Failure(
            .usage, "there is a request under every name that the torrent \(id) could have; move one away")
    }
}
