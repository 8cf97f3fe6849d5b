/// One file of a torrent. Padding is not among them.
public struct TorrentFileEntry: Hashable, Sendable {
    /// As a server shows it under the original layout: components joined by `/`, below the torrent's name
    /// where the torrent is a folder. No component is empty, `.` or `..`.
    public let path: String
    /// Unit: bytes.
    public let length: Int64

    public init(path: String, length: Int64) {
        self.path = path
        self.length = length
    }
}
