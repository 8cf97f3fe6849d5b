import CSys
import Glibc

/// An open file, closed when it goes.
final class OpenFile {
    private let descriptor: Int32

    init(taking descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func facts() throws(SystemFailure) -> FileFacts {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        return FileFacts(status)
    }

    /// Reads from here to the end, but no more than `limit` bytes and one: a count above `limit` means that
    /// there is more.
    func read(limit: Int, expecting size: Int) throws(SystemFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(size, 0), limit) + 1)
        var buffer = [UInt8](repeating: 0, count: min(max(size + 1, 512), 65_536))
        while bytes.count <= limit {
            let wanted = min(buffer.count, limit + 1 - bytes.count)
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, wanted) }
            if count < 0 {
                let failure = SystemFailure.last
                if failure.code == EINTR { continue }
                throw failure
            }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(SystemFailure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
            }
            if count < 0 {
                let failure = SystemFailure.last
                if failure.code == EINTR { continue }
                throw failure
            }
            done += count
        }
    }

    /// Sets the permission bits, whatever the umask says.
    func changeMode(_ mode: UInt32) throws(SystemFailure) {
        guard fchmod(descriptor, mode) == 0 else { throw .last }
    }

    func changeOwner(_ owner: UInt32, group: UInt32) throws(SystemFailure) {
        guard fchown(descriptor, owner, group) == 0 else { throw .last }
    }

    /// Waits until the bytes are on the disk. After a failure they may be lost whatever is tried again.
    func sync() throws(SystemFailure) {
        guard fsync(descriptor) == 0 else { throw .last }
    }
}
