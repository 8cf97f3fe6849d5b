internal import Glibc

/// How a tree orders its keys, and the stretch of keys that a page may hold.
///
/// A page that lies outside of its stretch would be found by walking and missed by looking up: a record that
/// is there would seem not to be.
struct KeyOrder {
    /// Lexicographic by bytes, a beginning before the whole; or, in the free list, one number of the machine.
    enum Kind { case bytes, number }

    let kind: Kind
    /// No key below it; `nil` where there is no bound.
    var lowest: [UInt8]?
    /// Only keys below it; `nil` where there is no bound.
    var limit: [UInt8]?

    init(_ kind: Kind) { self.kind = kind }

    /// - Throws: ``PageFault`` unless the keys of the page ascend and stay within the bounds.
    func check(_ page: PageLayout) throws(PageFault) {
        var last: UnsafeRawBufferPointer?
        // The first key of a branch stands for all that is lower; LMDB never looks at it.
        for index in (page.isLeaf ? 0 : 1)..<page.count {
            let key = try page.key(index)
            guard kind == .bytes || key.count == 8 else { throw fault(page) }
            if let last {
                guard precedes(last, key) else { throw fault(page) }
            } else if let lowest, lowest.withUnsafeBytes({ precedes(key, $0) }) {
                throw fault(page)
            }
            last = key
        }
        if let last, let limit, !limit.withUnsafeBytes({ precedes(last, $0) }) { throw fault(page) }
    }

    /// The bounds of a branch's child.
    func order(ofChild index: Int, of page: PageLayout) throws(PageFault) -> KeyOrder {
        var order = self
        if index > 0 { order.lowest = Array(try page.key(index)) }
        if index + 1 < page.count { order.limit = Array(try page.key(index + 1)) }
        return order
    }

    private func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        switch kind {
        case .number: return left.loadUnaligned(as: UInt64.self) < right.loadUnaligned(as: UInt64.self)
        case .bytes:
            let common = min(left.count, right.count)
            // An empty buffer has no address to give to `memcmp`.
            guard common > 0, let leftStart = left.baseAddress, let rightStart = right.baseAddress else {
                return left.count < right.count
            }
            let order = memcmp(leftStart, rightStart, common)
            return order != 0 ? order < 0 : left.count < right.count
        }
    }

    private func fault(_ page: PageLayout) -> PageFault {
        PageFault(what: "page \(page.number) has its keys in disorder")
    }
}
