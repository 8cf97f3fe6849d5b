import Glibc

/// Files by path, for tests.
enum Files {
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Unusable("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            guard count > 0 else { return bytes }
            bytes += block[..<count]
        }
    }

    /// Writes beside and renames, as a careful writer does.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws {
        var parts = path.split(separator: "/").map(String.init)
        let name = parts.removeLast()
        let folder = "/" + parts.joined(separator: "/")
        try makeFolder(folder)
        let temporary = folder + "/." + name + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw Unusable("cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let count = Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
        guard count == bytes.count, rename(temporary, path) == 0 else {
            throw Unusable("cannot write \(path) whole")
        }
    }

    static func makeFolder(_ path: String) throws {
        guard access(path, F_OK) != 0 else { return }
        let parts = path.split(separator: "/")
        if parts.count > 1 { try makeFolder("/" + parts.dropLast().joined(separator: "/")) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw Unusable("cannot make \(path): \(String(cString: strerror(errno)))")
        }
    }

    static func delete(_ path: String) throws {
        guard unlink(path) == 0 else {
            throw Unusable("cannot delete \(path): \(String(cString: strerror(errno)))")
        }
    }

    static func move(_ old: String, to new: String) throws {
        guard rename(old, new) == 0 else {
            throw Unusable("cannot move \(old): \(String(cString: strerror(errno)))")
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func mode(_ path: String) -> mode_t {
        var facts = stat()
        return lstat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
    }

    /// What changes when a file is written or replaced: inode, size, time to the nanosecond.
    static func stamp(_ path: String) -> String {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return "-" }
        return "\(facts.st_ino) \(facts.st_size) \(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec)"
    }

    static func size(_ path: String) -> Int {
        var facts = stat()
        return lstat(path, &facts) == 0 ? Int(facts.st_size) : -1
    }

    /// What lies in a folder, in no order.
    static func names(_ folder: String) throws -> [String] {
        guard let handle = opendir(folder) else {
            throw Unusable("cannot list \(folder): \(String(cString: strerror(errno)))")
        }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found.append(name) }
        }
        return found
    }

    /// All files below a folder, relative, sorted; hidden ones included.
    static func below(_ folder: String, _ inner: String = "") -> [String] {
        guard let names = try? names(folder + "/" + inner) else { return [] }
        var found: [String] = []
        for name in names {
            let path = inner.isEmpty ? name : inner + "/" + name
            var facts = stat()
            guard lstat(folder + "/" + path, &facts) == 0 else { continue }
            found += facts.st_mode & S_IFMT == S_IFDIR ? below(folder, path) : [path]
        }
        return found.sorted()
    }

    /// Stamps of all files below a folder, by relative path.
    static func stamps(below folder: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: below(folder).map { ($0, stamp(folder + "/" + $0)) })
    }
}
