import CSys
import Glibc
public import Reconciliation

/// The file system of this machine.
public struct LocalDisk: DiskDoor {
    public init() {}

    public func sight(of directory: String, root: String) -> DirectorySight? {
        guard let ground = ground(root) else { return nil }
        guard let stream = opendir(directory) else {
            // Not there is empty; anything else cannot be seen.
            return errno == ENOENT ? DirectorySight(ground: ground, names: []) : nil
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                // A listing that breaks off says nothing about what it left out.
                return errno == 0 ? DirectorySight(ground: ground, names: names) : nil
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    public func files(_ paths: [String], in directory: String, root: String) -> DataSight? {
        guard let ground = ground(root) else { return nil }
        let seen = paths.filter { path in
            // A file that is not complete may carry the server's mark for it.
            [path, path + ".!qB"].contains { exists(directory + "/" + $0) }
        }
        return DataSight(ground: ground, seen: Set(seen))
    }

    /// The inode of a directory: another one when what is mounted there is not there.
    private func ground(_ root: String) -> UInt64? {
        var facts = stat()
        guard stat(root, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return nil }
        return UInt64(facts.st_ino)
    }

    private func exists(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }
}
