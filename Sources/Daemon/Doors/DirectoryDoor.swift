import Glibc

/// The directories of this machine that are the server's too (`pathMap`): whether they are mounted.
public protocol DirectoryDoor: Sendable {
    /// Whether nothing is there: no such directory, or an empty one. A directory that cannot be read tells
    /// nothing and does not count.
    func isBare(_ path: String) -> Bool
}

/// This machine's file system.
public struct DiskDirectories: DirectoryDoor {
    public init() {}

    public func isBare(_ path: String) -> Bool {
        guard let directory = opendir(path) else { return errno == ENOENT || errno == ENOTDIR }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 }.map { $0 } }
            let dot = UInt8(ascii: ".")
            if name != [dot], name != [dot, dot] { return false }
        }
        return true
    }
}
