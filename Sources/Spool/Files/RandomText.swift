import Metainfo

/// Random bytes from the system, as text: the one place of this target where chance comes in.
enum RandomText {
    /// Lower-case hex digits, two a byte.
    static func hex(bytes count: Int) -> String { Hex.encode(bytes(count)) }

    /// A UUID of version 4 (RFC 9562), lower case.
    static func uuid() -> String {
        var bytes = bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Hex.encode(bytes).utf8)
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map {
            String(decoding: digits[$0], as: UTF8.self)
        }
        return parts.joined(separator: "-")
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
