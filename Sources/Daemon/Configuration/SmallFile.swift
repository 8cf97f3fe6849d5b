import CSys
import Glibc

/// A small regular file, read whole through one descriptor, so that what was checked is what was read.
struct SmallFile {
    let bytes: [UInt8]
    /// The permission bits.
    let mode: UInt32

    enum Failure: Error, Equatable {
        case system(code: Int32)
        case notRegular
        case tooLarge

        /// To follow the file's name.
        var sentence: String {
            switch self {
            case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
            case .notRegular: "is not a regular file"
            case .tooLarge: "is too large"
            }
        }
    }

    /// Opens without waiting (a FIFO must not hang us) and counts while reading (a file may grow).
    ///
    /// - Throws: ``Failure``.
    static func read(_ path: String, maximumBytes: Int) throws(Failure) -> SmallFile {
        guard !path.utf8.contains(0) else { throw .system(code: ENOENT) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .system(code: errno) }
        defer { _ = close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_size <= maximumBytes else { throw .tooLarge }
        let bytes = try contents(descriptor, maximumBytes: maximumBytes)
        return SmallFile(bytes: bytes, mode: status.st_mode & 0o7777)
    }

    private static func contents(_ descriptor: Int32, maximumBytes: Int) throws(Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: maximumBytes + 1)
        var filled = 0
        while filled <= maximumBytes {
            let count = buffer.withUnsafeMutableBytes { raw in
                Glibc.read(descriptor, raw.baseAddress.map { $0 + filled }, raw.count - filled)
            }
            if count == 0 { return Array(buffer[..<filled]) }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw .system(code: errno)
            }
        }
        throw .tooLarge
    }
}
