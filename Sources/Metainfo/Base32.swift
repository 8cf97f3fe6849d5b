/// Base32 of RFC 4648 without padding, as magnet links use it for 20-byte hashes.
public enum Base32 {
    /// - Parameter text: ASCII letters in any case and digits 2 to 7, a multiple of 8 of them. Anything else
    ///   gives `nil`.
    public static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 8 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 5 / 8)
        var window: UInt32 = 0
        var bits = 0
        for digit in text {
            guard let value = value(digit) else { return nil }
            window = (window << 5 | UInt32(value)) & 0xFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: window >> UInt32(bits)))
            }
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a")
        case UInt8(ascii: "2")...UInt8(ascii: "7"): digit - UInt8(ascii: "2") + 26
        default: nil
        }
    }
}
