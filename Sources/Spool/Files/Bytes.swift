import Glibc

/// Names as the file system has them.
enum Bytes {
    /// Whether one comes before the other, byte by byte.
    static func areInOrder(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let order = left.withUnsafeBytes { one in
            right.withUnsafeBytes { other -> Int32 in
                guard let one = one.baseAddress, let other = other.baseAddress else { return 0 }
                return memcmp(one, other, min(left.count, right.count))
            }
        }
        return order != 0 ? order < 0 : left.count < right.count
    }
}
