internal import Glibc

/// Memory for a page, filled with `pread`.
final class PageBuffer {
    private let memory: UnsafeMutableRawBufferPointer

    init(size: Int) { memory = .allocate(byteCount: size, alignment: 16) }

    deinit { memory.deallocate() }

    /// Valid as long as the buffer, and until the next load.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

    /// Fills the buffer from the page's beginning; the whole of it, or it throws.
    ///
    /// - Parameter pageSize: `nil` for a buffer of one page.
    func load(_ page: UInt64, pageSize: Int? = nil, from file: Int32) throws(PageFault) {
        let start = page.multipliedReportingOverflow(by: UInt64(pageSize ?? memory.count))
        guard !start.overflow, let offset = off_t(exactly: start.partialValue) else {
            throw PageFault(what: "page \(page) is beyond the end of the file")
        }
        var done = 0
        while done < memory.count {
            let count = pread(
                file, memory.baseAddress?.advanced(by: done), memory.count - done, offset + done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PageFault(what: "page \(page) cannot be read (error \(errno))") }
            guard count > 0 else { throw PageFault(what: "page \(page) is beyond the end of the file") }
            done += count
        }
    }
}
