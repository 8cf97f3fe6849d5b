import CSys
import Glibc

/// The single-instance lock of a root: an exclusive `flock` on `lock`, held for life.
///
/// The file is never removed: removing it would let two processes lock two different files of one name.
public final class InstanceLock {
    private let descriptor: Int32
    private let path: String

    /// - Throws: ``Failure`` with ``ExitCode/busy`` when another process holds it: at once, without waiting.
    public init(path: String) throws(Failure) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.trouble, "cannot open the lock file \(path): \(Errno.text())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw Failure(.trouble, "cannot lock \(path): \(Errno.text(code))")
            }
            throw Failure(
                .busy,
                "another qspool works on this root (it holds \(path)); commands that only read, and add, "
                    + "remove, retry and approve, work beside it")
        }
    }

    /// Whether the path still leads to the locked file. It does not after somebody removed the file: then
    /// another process may hold a lock of its own, and this one must stop.
    public var isIntact: Bool {
        var here = stat()
        var there = stat()
        guard fstat(descriptor, &here) == 0, lstat(path, &there) == 0 else { return false }
        return here.st_dev == there.st_dev && here.st_ino == there.st_ino
    }

    deinit { close(descriptor) }
}

/// The C library's words for an error.
enum Errno {
    static func text(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
}
