/// The name of a request: its path below `requests/` without suffix, such as `movies/Blade Runner`.
///
/// Compared and ordered by its bytes. Swift's `String` compares by canonical equivalence, under which two
/// different files of a Linux directory may look equal.
public struct RequestName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    /// The last component: the file's own name without suffix.
    public var lastComponent: String {
        text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[text.utf8.index(after: $0)...]) } ?? text
    }

    /// Whether the request lies in the folder `path` or anywhere below it. The empty path is the spool
    /// itself.
    public func isBelow(folder path: String) -> Bool {
        if path.isEmpty { return true }
        // Asked of every request of a spool: without making anything.
        var bytes = text.utf8.makeIterator()
        for byte in path.utf8 {
            guard bytes.next() == byte else { return false }
        }
        return bytes.next() == UInt8(ascii: "/")
    }

    public var description: String { text }

    public static func == (left: RequestName, right: RequestName) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
    }

    public static func < (left: RequestName, right: RequestName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        // All bytes at once: names are keys of the largest dictionaries we hold.
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0 as UInt8)
    }
}
