/// What is wrong with the pages of a data file, as the end of a sentence.
struct PageFault: Error, Equatable {
    let what: String
}

/// One of the two meta pages at the beginning of the data file: the root of a snapshot.
///
/// Source: `MDB_page`, `MDB_meta` and `MDB_db` in `mdb.c` of LMDB 0.9 on a 64-bit machine; numbers in the
/// machine's own byte order.
struct MetaPage: Equatable {
    /// Where a tree starts and what it consists of (`MDB_db`).
    struct Tree: Equatable {
        static let size = 48

        let pad: UInt32
        let flags: UInt16
        let depth: UInt16
        let branchPages: UInt64
        let leafPages: UInt64
        let overflowPages: UInt64
        let entries: UInt64
        let root: UInt64

        /// - Parameter bytes: At least ``size`` bytes.
        init(_ bytes: UnsafeRawBufferPointer) {
            pad = bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
            flags = bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
            depth = bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)
            branchPages = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            leafPages = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            overflowPages = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            entries = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
            root = bytes.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
        }

        /// No page at all (`P_INVALID`).
        var isEmpty: Bool { root == .max }
    }

    /// Bytes from the start of the page to the end of what is defined.
    static let size = 152
    static let largestPage = 65_536
    /// `MDB_INTEGERKEY`: the list of free pages is keyed by transaction.
    static let freeListFlags: UInt16 = 0x08

    let pageSize: Int
    let free: Tree
    let main: Tree
    let lastPage: UInt64
    let transaction: UInt64

    /// The page size that the first meta page tells; `nil` when it cannot be one.
    static func pageSize(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= size else { return nil }
        let size = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 40, as: UInt32.self)) }
        return (512...largestPage).contains(size) && size & (size - 1) == 0 ? size : nil
    }

    /// The newer of the two, which LMDB goes by.
    ///
    /// - Parameter bytes: The heads of both pages, ``size`` bytes each.
    static func newest(of bytes: [UInt8]) throws(PageFault) -> MetaPage {
        guard bytes.count == 2 * size else { throw PageFault(what: "the file ends within its first pages") }
        let first = try MetaPage(Array(bytes[..<size]), number: 0)
        let second = try MetaPage(Array(bytes[size...]), number: 1)
        guard first.pageSize == second.pageSize else { throw PageFault(what: "its meta pages disagree") }
        // Commits write the two in turn, even transactions the first and odd ones the second.
        let (old, new) = first.transaction > second.transaction ? (second, first) : (first, second)
        guard new.transaction == 0 || (new.transaction - old.transaction == 1 && first.transaction & 1 == 0)
        else { throw PageFault(what: "its meta pages do not follow one another") }
        return new
    }

    private init(_ bytes: [UInt8], number: UInt64) throws(PageFault) {
        guard let pageSize = Self.pageSize(of: bytes) else { throw PageFault(what: "it is no LMDB file") }
        self.pageSize = pageSize
        let raw = bytes.withUnsafeBytes { raw in
            (
                page: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                flags: raw.loadUnaligned(fromByteOffset: 10, as: UInt16.self),
                magic: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self),
                version: raw.loadUnaligned(fromByteOffset: 20, as: UInt32.self),
                free: Tree(UnsafeRawBufferPointer(rebasing: raw[40..<88])),
                main: Tree(UnsafeRawBufferPointer(rebasing: raw[88..<136])),
                last: raw.loadUnaligned(fromByteOffset: 136, as: UInt64.self),
                transaction: raw.loadUnaligned(fromByteOffset: 144, as: UInt64.self)
            )
        }
        guard raw.magic == 0xBEEF_C0DE, raw.flags == 0x08, raw.page == number else {
            throw PageFault(what: "it is no LMDB file")
        }
        guard raw.version == 1 else {
            throw PageFault(what: "it has LMDB's format \(raw.version), this program knows 1")
        }
        (free, main, lastPage, transaction) = (raw.free, raw.main, raw.last, raw.transaction)
    }
}
