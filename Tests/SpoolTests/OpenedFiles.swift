import Glibc

@testable import Spool

/// Tells which files of some folders were opened, whoever did it.
final class OpenedFiles {
    private let descriptor: Int32

    init(in folders: [String]) throws {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw SystemFailure.last }
        for folder in folders {
            guard inotify_add_watch(descriptor, folder, UInt32(IN_OPEN)) >= 0 else {
                throw SystemFailure.last
            }
        }
    }

    deinit { close(descriptor) }

    /// The names of those opened since the last call, once for each time, sorted; folders do not count.
    func take() throws -> [String] {
        var names: [String] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else {
                guard errno == EAGAIN else { throw SystemFailure.last }
                return names.sorted()
            }
            try buffer[..<count].withUnsafeBytes { bytes in
                var offset = 0
                while offset < count {
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    guard event.mask & UInt32(IN_Q_OVERFLOW) == 0 else {
                        throw SystemFailure(code: ENOBUFS)
                    }
                    let start = offset + MemoryLayout<inotify_event>.size
                    offset = start + Int(event.len)
                    if event.mask & UInt32(IN_ISDIR) == 0, event.len > 0 {
                        names.append(
                            String(decoding: bytes[start..<offset].prefix { $0 != 0 }, as: UTF8.self))
                    }
                }
            }
        }
    }
}
