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
    ///
    /// - Parameter facts: As this descriptor tells them. A file that holds what it says is read in one call;
    ///   one that grows meanwhile shows by its next stamp.
    func read(limit: Int, facts: FileFacts) throws(SystemFailure) -> [UInt8] {
        let size = Int(clamping: facts.stamp.size)
        var bytes = try chunk(min(max(size, 0), limit))
        guard bytes.count != size || size == 0 else { return bytes }
        while bytes.count <= limit {
            let next = try chunk(min(65_536, limit + 1 - bytes.count))
            if next.isEmpty { break }
            bytes += next
        }
        return bytes
    }

    private func chunk(_ size: Int) throws(SystemFailure) -> [UInt8] {
        var failure: SystemFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            guard size > 0 else { return }
            while true {
                let got = Glibc.read(descriptor, buffer.baseAddress, size)
                if got >= 0 {
                    count = got
                    return
                }
                let last = SystemFailure.last
                if last.code != EINTR {
                    failure = last
                    return
                }
            }
        }
        if let failure { throw failure }
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
