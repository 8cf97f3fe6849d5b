import Metainfo

/// One of the files that a request consists of.
public struct RequestFile: Hashable, Sendable {
    /// Within its folder, with its suffix as it is spelled.
    public let name: String
    public let bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// SHA-256 over the names and contents of several; empty for none.
    public static func digest(of files: [RequestFile]) -> [UInt8] {
        guard !files.isEmpty else { return [] }
        // Names hold no zero byte, and a digest has its length: nothing can run into its neighbour.
        return Digest.sha256(files.flatMap { Array($0.name.utf8) + [0] + Digest.sha256($0.bytes) })
    }
}
