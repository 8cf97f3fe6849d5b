import Metainfo

/// The value of a `hashes` parameter: at least one id, nothing but ids.
///
/// The only maker of that parameter. An empty one means *every torrent* to `torrents/info`, the word `all` to
/// every other call; neither can be built here, because a ``TorrentID`` holds 20 bytes.
struct HashList {
    let ids: Set<TorrentID>
    /// Lower-case hex, joined by `|`, in the order of the ids.
    let text: String

    /// - Parameter ids: Not empty; repetitions are dropped.
    init(_ ids: some Collection<TorrentID>) {
        precondition(!ids.isEmpty, "an empty list of hashes means every torrent")
        self.ids = Set(ids)
        text = self.ids.sorted().map(\.description).joined(separator: "|")
    }
}

extension Array {
    /// The array in slices of at most `count` elements. Nothing for an empty one.
    func parts(of count: Int) -> [ArraySlice<Element>] {
        precondition(count > 0, "a part has at least one element")
        return stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
    }
}
