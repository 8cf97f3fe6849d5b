internal import Glibc

/// Visits every page that a snapshot reaches and judges whether LMDB can read it safely: kind and number of
/// the page, all offsets within it, the order of the keys, every page reached once and within the file, the
/// counts of each tree, and the list of free pages, which must not name a page that is in use.
///
/// Costs about a microsecond a page, and reads the file once.
struct PageWalk {
    private let file: Int32
    private let meta: MetaPage
    private let buffer: PageBuffer
    /// One bit a page of the file: reached, or free.
    private var seen: [UInt64]
    private let pagesInFile: UInt64
    private var freePages: [UInt64] = []

    /// What is counted while a tree is walked.
    private struct Counts {
        var branchPages: UInt64 = 0
        var leafPages: UInt64 = 0
        var overflowPages: UInt64 = 0
        var entries: UInt64 = 0
    }

    private enum Role { case freeList, names, table }

    /// The most pages that LMDB keeps in one transaction (`MDB_IDL_UM_MAX`): so many may be missing at the
    /// end.
    private static let mostUnwritten: UInt64 = 131_072
    /// LMDB's own limit (`CURSOR_STACK`).
    private static let deepest = 32

    init(file: Int32, meta: MetaPage) throws(PageFault) {
        self.file = file
        self.meta = meta
        buffer = PageBuffer(size: meta.pageSize)
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw PageFault(what: "its size cannot be read") }
        pagesInFile = UInt64(max(0, facts.st_size)) / UInt64(meta.pageSize)
        guard meta.lastPage >= 1, meta.lastPage < pagesInFile + Self.mostUnwritten else {
            throw PageFault(what: "it has \(pagesInFile) pages and should have \(meta.lastPage &+ 1)")
        }
        seen = [UInt64](repeating: 0, count: Int(pagesInFile / 64) + 1)
    }

    mutating func check() throws(PageFault) {
        try mark(0)
        try mark(1)
        guard meta.free.flags == MetaPage.freeListFlags else { throw PageFault(what: "its free list is odd") }
        try walk(meta.main, .names)
        try walk(meta.free, .freeList)
        // Last, when all pages that are in use are known.
        for page in freePages {
            guard page >= 2, page <= meta.lastPage else {
                throw PageFault(what: "its free list names page \(page), which cannot be")
            }
            if page < pagesInFile { try mark(page) }
        }
    }

    private mutating func walk(_ tree: MetaPage.Tree, _ role: Role) throws(PageFault) {
        guard role == .freeList || tree.flags == 0 else { throw PageFault(what: "a table has odd flags") }
        guard !tree.isEmpty else {
            guard tree.entries == 0 else { throw PageFault(what: "a table has lost its pages") }
            return
        }
        guard tree.depth >= 1, Int(tree.depth) <= Self.deepest else {
            throw PageFault(what: "a table has depth \(tree.depth)")
        }
        var counts = Counts()
        var pending = [(tree.root, 1, KeyOrder(role == .freeList ? .number : .bytes))]
        while let (number, depth, order) = pending.popLast() {
            try mark(number)
            try buffer.load(number, from: file)
            let page = try PageLayout(buffer.bytes, number: number)
            // Leaves all lie at the tree's depth, branches above it: no loop, and no walk without end.
            guard page.isLeaf == (depth == Int(tree.depth)) else {
                throw PageFault(what: "page \(number) lies at a wrong depth")
            }
            try order.check(page)
            if page.isLeaf {
                counts.leafPages += 1
                counts.entries += UInt64(page.count)
                try visit(page, role, &counts)
            } else {
                // LMDB ends the process over a branch of one, but in the free list.
                guard page.count >= (role == .freeList ? 1 : 2) else {
                    throw PageFault(what: "page \(number) has too few branches")
                }
                counts.branchPages += 1
                for index in 0..<page.count {
                    pending.append(
                        (try page.child(index), depth + 1, try order.order(ofChild: index, of: page)))
                }
            }
        }
        guard
            counts.branchPages == tree.branchPages, counts.leafPages == tree.leafPages,
            counts.overflowPages == tree.overflowPages, counts.entries == tree.entries
        else { throw PageFault(what: "a table does not have the pages or records that it should have") }
    }

    private mutating func visit(_ page: PageLayout, _ role: Role, _ counts: inout Counts) throws(PageFault) {
        var trees: [MetaPage.Tree] = []
        var lists: [(page: UInt64, size: Int)] = []
        for index in 0..<page.count {
            switch try page.content(index) {
            case .table(let tree):
                guard role == .names else {
                    throw PageFault(what: "page \(page.number) holds a table within a table")
                }
                trees.append(tree)
            case .inline(let bytes):
                if role == .freeList { try list(bytes) }
            case .overflow(let first, let size):
                counts.overflowPages += try markOverflow(first, size: size)
                if role == .freeList { lists.append((first, size)) }
            }
        }
        // Only now: these load other pages over this one.
        for tree in trees { try walk(tree, .table) }
        for (first, size) in lists {
            let long = PageBuffer(size: PageLayout.headerSize + size)
            try long.load(first, pageSize: meta.pageSize, from: file)
            try list(UnsafeRawBufferPointer(rebasing: long.bytes[PageLayout.headerSize...]))
        }
    }

    /// A record of the free list: a count and so many page numbers (`MDB_IDL`), perhaps with room behind.
    private mutating func list(_ bytes: UnsafeRawBufferPointer) throws(PageFault) {
        guard bytes.count >= 8 else { throw PageFault(what: "its free list has a record that is too short") }
        let count = bytes.loadUnaligned(as: UInt64.self)
        guard count <= UInt64(bytes.count / 8 - 1) else {
            throw PageFault(what: "its free list has a record that is too short")
        }
        for index in 0..<Int(count) {
            freePages.append(bytes.loadUnaligned(fromByteOffset: 8 + 8 * index, as: UInt64.self))
        }
    }

    /// - Returns: How many pages the value has.
    private mutating func markOverflow(_ first: UInt64, size: Int) throws(PageFault) -> UInt64 {
        guard first < pagesInFile else {
            throw PageFault(what: "page \(first) is beyond the end of the file")
        }
        let head = PageBuffer(size: PageLayout.headerSize)
        try head.load(first, pageSize: meta.pageSize, from: file)
        let pages = try PageLayout.overflowPages(head.bytes, number: first)
        let needed = (UInt64(PageLayout.headerSize - 1) + UInt64(size)) / UInt64(meta.pageSize) + 1
        guard needed <= pages, pages <= pagesInFile - first else {
            throw PageFault(what: "page \(first) begins a value that does not fit")
        }
        for page in first..<first + pages { try mark(page) }
        return pages
    }

    private mutating func mark(_ page: UInt64) throws(PageFault) {
        guard page < pagesInFile, page <= meta.lastPage else {
            throw PageFault(what: "page \(page) is beyond the end of the file")
        }
        let (word, bit) = (Int(page / 64), UInt64(1) << (page % 64))
        guard seen[word] & bit == 0 else { throw PageFault(what: "page \(page) is used twice") }
        seen[word] |= bit
    }
}
