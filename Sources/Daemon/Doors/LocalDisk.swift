import CSys
import Glibc
public import Reconciliation

/// The file system of this machine.
public struct LocalDisk: DiskDoor {
    public init() {}

    public func sight(of directory: String, root: String) -> DirectorySight? {
        guard let ground = ground(of: directory, root: root) else { return nil }
        switch names(in: directory) {
        case .success(let names): return DirectorySight(ground: ground, names: names)
        // Not there is empty; anything else cannot be seen.
        case .failure(let failure):
            return failure.code == ENOENT ? DirectorySight(ground: ground, names: []) : nil
        }
    }

    public func files(_ paths: [String], in directory: String, root: String) -> DataSight? {
        guard let ground = ground(of: directory, root: root) else { return nil }
        let seen = paths.filter { path in
            // A file that is not complete may carry the server's mark for it.
            [path, path + ".!qB"].contains { exists(directory + "/" + $0) }
        }
        return DataSight(ground: ground, seen: Set(seen))
    }

    public func isBare(_ directory: String) -> Bool {
        switch names(in: directory) {
        case .success(let names): names.isEmpty
        case .failure(let failure): failure.code == ENOENT || failure.code == ENOTDIR
        }
    }

    private struct Unseen: Error {
        let code: Int32
    }

    /// A listing that breaks off is none: it says nothing about what it left out.
    private func names(in directory: String) -> Result<[String], Unseen> {
        guard let stream = opendir(directory) else { return .failure(Unseen(code: errno)) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                return errno == 0 ? .success(names) : .failure(Unseen(code: errno))
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// What tells one disk from another where they come and go: the inode of the mapping's root, and whether
    /// the directory, or the nearest above it that is there, lies on the root's own file system. With a disk
    /// mounted between the two it does not, and without that disk it does. (Numbers of devices change from
    /// boot to boot, so that they cannot be compared themselves.)
    private func ground(of directory: String, root: String) -> UInt64? {
        guard let rootFacts = facts(root), rootFacts.st_mode & S_IFMT == S_IFDIR else { return nil }
        var path = Substring(directory)
        while path.utf8.count > root.utf8.count {
            if let here = facts(String(path)) {
                let isSame = here.st_dev == rootFacts.st_dev
                return isSame ? UInt64(rootFacts.st_ino) : UInt64(rootFacts.st_ino) | 1 << 63
            }
            guard let slash = path.lastIndex(of: "/") else { break }
            path = path[..<slash]
        }
        return UInt64(rootFacts.st_ino)
    }

    private func facts(_ path: String) -> stat? {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts : nil
    }

    private func exists(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }
}
