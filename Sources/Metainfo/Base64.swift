/// Base64 of RFC 4648 §4: the plain alphabet, with padding, nothing else.
public enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// 0xFF for a byte that is no digit.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    /// - Returns: `nil` for anything but whole groups of four digits: white space, a missing or misplaced
    ///   `=`, the alphabet of URLs, and last digits whose unused bits are set (two texts would mean the same
    ///   bytes).
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard let decoded = text.withContiguousStorageIfAvailable({ decode($0) }) else {
            return Array(text).withUnsafeBufferPointer { decode($0) }
        }
        return decoded
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var window: UInt32 = 0
        var bits = 0
        for digit in text.dropLast(padding) {
            let value = values[Int(digit)]
            guard value != 0xFF else { return nil }
            window = window << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: window >> UInt32(bits)))
            }
        }
        // What is left over is 0, 2 or 4 bits of padding, and they are zero.
        guard window & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return bytes
    }

    /// The text with its padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let window = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let isPadding = index > group.count
                let digit = digits[Int(window >> UInt32(18 - 6 * index) & 63)]
                text.append(isPadding ? UInt8(ascii: "=") : digit)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
