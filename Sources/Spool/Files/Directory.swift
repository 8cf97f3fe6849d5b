import CSys
import Glibc

/// An open directory. Whatever is done below it is done relative to this descriptor, so that nobody can put
/// another directory in its place between a check and the act.
///
/// The one type of this target that calls the file system; every call ends in a value or a ``SystemFailure``.
final class Directory {
    let descriptor: Int32

    private init(taking descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Opens the directory at `path`. Its last component must not be a link; its parents may be.
    convenience init(path: String) throws(SystemFailure) {
        self.init(taking: try Self.open(AT_FDCWD, path, Self.folderFlags))
    }

    /// Opens a folder in it; `ELOOP` or `ENOTDIR` when the name is a link or another kind of file.
    func folder(_ name: String) throws(SystemFailure) -> Directory {
        Directory(taking: try Self.open(descriptor, name, Self.folderFlags))
    }

    /// Opens a folder in it, made first where it is not there.
    ///
    /// - Parameter isExact: Whether a new folder has the mode whatever the umask says.
    func folder(
        _ name: String, creatingWithMode mode: UInt32, isExact: Bool
    ) throws(SystemFailure) -> Directory {
        do throws(SystemFailure) {
            return try folder(name)
        } catch {
            guard error.isMissing else { throw error }
        }
        guard mkdirat(descriptor, name, mode) == 0 else {
            let failure = SystemFailure.last
            guard failure.code == EEXIST else { throw failure }
            return try folder(name)
        }
        let made = try folder(name)
        if isExact { try made.changeMode(mode) }
        return made
    }

    /// Opens a file in it for reading: never through a link, never waiting for the other end of a FIFO.
    func file(_ name: String) throws(SystemFailure) -> OpenFile {
        OpenFile(
            taking: try Self.open(
                descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY))
    }

    /// Makes a file that is not there yet, for writing. The mode is subject to the process's umask.
    func newFile(_ name: String, mode: UInt32) throws(SystemFailure) -> OpenFile {
        OpenFile(
            taking: try Self.open(
                descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode))
    }

    /// The names in it but `.` and `..`, in the order of the file system.
    ///
    /// - Throws: The first error of the listing. A listing that ended early is never returned as a whole one.
    func names() throws(SystemFailure) -> [[UInt8]] {
        // A descriptor of its own: the listing moves the offset of whatever it is made through.
        let own = try Self.open(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard let stream = fdopendir(own) else {
            let failure = SystemFailure.last
            close(own)
            throw failure
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                let failure = SystemFailure.last
                guard failure.code == 0 else { throw failure }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let text = UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
            }
            if name != [0x2E] && name != [0x2E, 0x2E] { names.append(name) }
        }
    }

    /// What a name in it stands for, links not followed.
    func facts(_ name: String) throws(SystemFailure) -> FileFacts {
        try Self.facts(descriptor, name, flags: AT_SYMLINK_NOFOLLOW)
    }

    /// The same for a name that may not be UTF-8.
    func facts(_ name: [UInt8]) throws(SystemFailure) -> FileFacts {
        var status = stat()
        let terminated = name.map { CChar(bitPattern: $0) } + [0]
        guard fstatat(descriptor, terminated, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last }
        return FileFacts(status)
    }

    /// What a name in it stands for in the end.
    func factsFollowingLinks(_ name: String) throws(SystemFailure) -> FileFacts {
        try Self.facts(descriptor, name, flags: 0)
    }

    /// Of the directory itself.
    func facts() throws(SystemFailure) -> FileFacts {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        return FileFacts(status)
    }

    /// Of whatever is at `path` now.
    static func facts(atPath path: String) throws(SystemFailure) -> FileFacts {
        try facts(AT_FDCWD, path, flags: AT_SYMLINK_NOFOLLOW)
    }

    /// Puts one name in another's place, which is replaced whatever it is.
    func rename(_ name: String, to other: String) throws(SystemFailure) {
        guard renameat(descriptor, name, descriptor, other) == 0 else { throw .last }
    }

    /// Gives a file its final name, unless that one is taken (`EEXIST`).
    func renameExclusively(_ name: String, to other: String) throws(SystemFailure) {
        if linkat(descriptor, name, descriptor, other, 0) == 0 {
            try remove(name)
            return
        }
        let failure = SystemFailure.last
        // Not every file system has hard links (exFAT, some shares); those know the exclusive rename.
        guard failure.code != EEXIST else { throw failure }
        guard qs_rename_exclusively(descriptor, name, other) == 0 else { throw .last }
    }

    func remove(_ name: String) throws(SystemFailure) {
        guard unlinkat(descriptor, name, 0) == 0 else { throw .last }
    }

    /// Removes a folder in it. `ENOTEMPTY` when something is in there.
    func removeFolder(_ name: String) throws(SystemFailure) {
        guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 else { throw .last }
    }

    /// Makes names that were added or taken away survive a power cut.
    func sync() throws(SystemFailure) {
        guard fsync(descriptor) == 0 else { throw .last }
    }

    func changeMode(_ mode: UInt32) throws(SystemFailure) {
        guard fchmod(descriptor, mode) == 0 else { throw .last }
    }

    func changeOwner(_ owner: UInt32, group: UInt32) throws(SystemFailure) {
        guard fchown(descriptor, owner, group) == 0 else { throw .last }
    }

    private static let folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    private static func open(
        _ directory: Int32, _ name: String, _ flags: Int32, _ mode: UInt32 = 0
    ) throws(SystemFailure) -> Int32 {
        while true {
            let descriptor = openat(directory, name, flags, mode)
            if descriptor >= 0 { return descriptor }
            let failure = SystemFailure.last
            if failure.code != EINTR { throw failure }
        }
    }

    private static func facts(
        _ directory: Int32, _ name: String, flags: Int32
    ) throws(SystemFailure) -> FileFacts {
        var status = stat()
        guard fstatat(directory, name, &status, flags) == 0 else { throw .last }
        return FileFacts(status)
    }
}
