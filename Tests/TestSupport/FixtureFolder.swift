import Glibc

/// A folder below `fixtures/` with the files directly in it.
public struct FixtureFolder: Sendable {
    public struct File: Sendable, CustomStringConvertible {
        /// Without its folder.
        public let name: String
        public let bytes: [UInt8]

        public var description: String { name }
    }

    /// Sorted by name, without names that begin with a dot; empty when there is no such folder.
    public let files: [File]

    /// - Parameter path: Relative to `fixtures/`: `fuzz/torrent`.
    public init(_ path: String) {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let folder = "\(root)/fixtures/\(path)"
        files = Self.names(in: folder).map { File(name: $0, bytes: Self.content(of: "\(folder)/\($0)")) }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func content(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(descriptor, &block, block.count), count > 0 { bytes += block[..<count] }
        return bytes
    }
}
