import CSys
import Glibc

/// Small files that only their owner may read: kept sessions, the login gate. Losing one costs a login.
struct PrivateFile: Sendable {
    private static let largest = 8_192
    let path: String

    /// `nil` when there is none, or when others can read it: then it is not to be trusted.
    func read() -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & 0o077 == 0, facts.st_uid == geteuid() else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Self.largest)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// Replaces the content in one step, mode 0600. Empty content removes the file.
    ///
    /// - Returns: Whether it is on the disk; nothing else depends on it.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return unlink(path) == 0 || errno == ENOENT }
        let temporary = path + ".tmp-\(getpid())"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        let isWritten =
            fchmod(descriptor, 0o600) == 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count
            && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }
}
