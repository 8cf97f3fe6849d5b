/// A branch or leaf page, with every offset checked before it is followed.
///
/// Source: `MDB_page` and `MDB_node` in `mdb.c` of LMDB 0.9: a header of 16 bytes (number, pad, flags, lower,
/// upper), offsets of 2 bytes up to *lower*, and from *upper* to the end nodes without gaps, each with a
/// header of 8 bytes (size in two halves, flags, key size), the key, and the data.
struct PageLayout {
    /// What a node of a leaf holds.
    enum Content {
        case inline(UnsafeRawBufferPointer)
        /// First page and size in bytes of a value too large for the page.
        case overflow(UInt64, size: Int)
        case table(MetaPage.Tree)
    }

    static let headerSize = 16
    private static let nodeHeaderSize = 8
    private static let branchFlag: UInt16 = 0x01
    private static let leafFlag: UInt16 = 0x02
    private static let overflowFlag: UInt16 = 0x04
    private static let bigData: UInt16 = 0x01
    private static let subData: UInt16 = 0x02

    let number: UInt64
    let isLeaf: Bool
    /// How many nodes it has.
    let count: Int
    private let bytes: UnsafeRawBufferPointer
    private let upper: Int

    init(_ bytes: UnsafeRawBufferPointer, number: UInt64) throws(PageFault) {
        let flags = Self.short(bytes, 10)
        let (lower, upper) = (Int(Self.short(bytes, 12)), Int(Self.short(bytes, 14)))
        guard bytes.loadUnaligned(as: UInt64.self) == number,
            flags == Self.leafFlag || flags == Self.branchFlag,
            lower > Self.headerSize, lower & 1 == 0, lower <= upper, upper <= bytes.count
        else { throw PageFault(what: "page \(number) is garbled") }
        self.number = number
        self.bytes = bytes
        self.upper = upper
        isLeaf = flags == Self.leafFlag
        count = (lower - Self.headerSize) / 2
        var used = 0
        for index in 0..<count { used += try size(of: index) }
        guard used == bytes.count - upper else { throw PageFault(what: "page \(number) is garbled") }
    }

    /// The page that a node of a branch leads to.
    func child(_ index: Int) throws(PageFault) -> UInt64 {
        let start = try offset(index)
        return UInt64(Self.short(bytes, start)) | UInt64(Self.short(bytes, start + 2)) << 16
            | UInt64(Self.short(bytes, start + 4)) << 32
    }

    /// The key of a node.
    func key(_ index: Int) throws(PageFault) -> UnsafeRawBufferPointer {
        let start = try offset(index)
        let key = start + Self.nodeHeaderSize
        // Checked with the page: the key lies within it.
        return UnsafeRawBufferPointer(rebasing: bytes[key..<key + Int(Self.short(bytes, start + 6))])
    }

    /// The content of a leaf's node.
    func content(_ index: Int) throws(PageFault) -> Content {
        let start = try offset(index)
        let (flags, size) = (Self.short(bytes, start + 4), dataSize(start))
        // Checked with the page: the data lies within it.
        let data = start + Self.nodeHeaderSize + Int(Self.short(bytes, start + 6))
        switch flags {
        case 0:
            return .inline(UnsafeRawBufferPointer(rebasing: bytes[data..<data + size]))
        case Self.bigData:
            return .overflow(bytes.loadUnaligned(fromByteOffset: data, as: UInt64.self), size: size)
        case Self.subData:
            guard size == MetaPage.Tree.size else { throw garbled }
            return .table(MetaPage.Tree(UnsafeRawBufferPointer(rebasing: bytes[data..<data + size])))
        default: throw garbled
        }
    }

    /// The number of pages of a value, from the head of its first page.
    static func overflowPages(
        _ head: UnsafeRawBufferPointer, number: UInt64
    ) throws(PageFault) -> UInt64 {
        guard head.loadUnaligned(as: UInt64.self) == number, short(head, 10) == overflowFlag else {
            throw PageFault(what: "page \(number) is garbled")
        }
        return UInt64(head.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    }

    /// The bytes that a node takes, the padding to an even number included.
    private func size(of index: Int) throws(PageFault) -> Int {
        let start = try offset(index)
        let keySize = Int(Self.short(bytes, start + 6))
        var size = Self.nodeHeaderSize + keySize
        if isLeaf {
            let isBig = Self.short(bytes, start + 4) & Self.bigData != 0
            size += isBig ? 8 : dataSize(start)
            guard keySize > 0 else { throw garbled }
        }
        guard keySize <= Key.longest, size <= bytes.count - start else { throw garbled }
        return size + (size & 1)
    }

    private func offset(_ index: Int) throws(PageFault) -> Int {
        let offset = Int(Self.short(bytes, Self.headerSize + 2 * index))
        guard offset >= upper, offset & 1 == 0, offset + Self.nodeHeaderSize <= bytes.count else {
            throw garbled
        }
        return offset
    }

    private func dataSize(_ start: Int) -> Int {
        Int(Self.short(bytes, start)) | Int(Self.short(bytes, start + 2)) << 16
    }

    private var garbled: PageFault { PageFault(what: "page \(number) is garbled") }

    private static func short(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt16 {
        bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    }
}
