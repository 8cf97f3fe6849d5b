import Glibc

/// The files of this repository as they lie on disk, without what a build or git puts beside them.
struct Tree: Sendable {
    struct File: Sendable {
        /// Relative to the root: `Sources/HTTP/Transport.swift`.
        let path: String
        let isExecutable: Bool
        let bytes: [UInt8]

        /// `nil` for what is no text: bad UTF-8, or a NUL in it.
        var text: String? {
            guard !bytes.contains(0) else { return nil }
            return String(validating: bytes, as: UTF8.self)
        }

        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        var lines: [Substring] { (text ?? "").split(separator: "\n", omittingEmptySubsequences: false) }
        var isSwift: Bool { path.hasSuffix(".swift") }

        /// The first line, where it says who interprets the file.
        var interpreter: Substring? { lines.first.flatMap { $0.hasPrefix("#!") ? $0 : nil } }
    }

    /// Absolute.
    let root: String
    /// Names directly below the root, of files and folders alike.
    let topLevel: [String]
    /// Sorted by path.
    let files: [File]

    /// The tree this file belongs to.
    static let own = Tree(root: rootOfThisFile())

    init(root: String) {
        self.root = root
        topLevel = Self.names(in: root)
        files = Self.files(below: root, "").sorted { $0.path < $1.path }
    }

    func files(in folders: String...) -> [File] {
        files.filter { file in folders.contains { file.path.hasPrefix($0 + "/") } }
    }

    private static func rootOfThisFile(_ path: String = #filePath) -> String {
        "/" + path.split(separator: "/").dropLast(3).joined(separator: "/")
    }

    private static func files(below root: String, _ folder: String) -> [File] {
        var found: [File] = []
        for name in names(in: root + "/" + folder) where !isByproduct(name) {
            let path = folder.isEmpty ? name : folder + "/" + name
            var facts = stat()
            guard lstat(root + "/" + path, &facts) == 0 else { continue }
            switch facts.st_mode & S_IFMT {
            case S_IFDIR: found += files(below: root, path)
            case S_IFREG:
                found.append(
                    File(
                        path: path, isExecutable: facts.st_mode & S_IXUSR != 0,
                        bytes: contents(root + "/" + path)))
            default: continue
            }
        }
        return found
    }

    /// What git ignores, and git's own.
    private static func isByproduct(_ name: String) -> Bool {
        name == ".git" || name == ".build" || name.hasPrefix(".build-") || name == ".swiftpm"
            || name == "__pycache__"
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func contents(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(descriptor, &block, block.count), count > 0 { bytes += block[..<count] }
        return bytes
    }
}
