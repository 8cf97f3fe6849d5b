/// CRC-32C (Castagnoli), as of RFC 3720 §B.4: the checksum of every stored value.
///
/// In software, eight bytes a step: fast enough that a recall spends most of its time elsewhere, and without
/// instructions that not every processor has.
enum Checksum {
    /// The checksum of `first` followed by `second`, after the one byte `tag`.
    static func of(tag: UInt8, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var state = ~UInt32(0)
            state = tables[Int((state ^ UInt32(tag)) & 0xFF)] ^ (state >> 8)
            state = advance(state, over: first, tables)
            return ~advance(state, over: second, tables)
        }
    }

    private static func advance(
        _ start: UInt32, over bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        var state = start
        var index = 0
        while bytes.count - index >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let mixed = word ^ UInt64(state)
            state = 0
            for lane in 0..<8 {
                let byte = Int((mixed >> UInt64(8 * lane)) & 0xFF)
                state ^= tables[(7 - lane) * 256 + byte]
            }
            index += 8
        }
        while index < bytes.count {
            state = tables[Int((state ^ UInt32(bytes[index])) & 0xFF)] ^ (state >> 8)
            index += 1
        }
        return state
    }

    /// Eight tables of 256: table *n* advances a byte over *n* further zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0x82F6_3B78 ^ (value >> 1) : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<8 * 256 {
            let previous = tables[index - 256]
            tables[index] = tables[Int(previous & 0xFF)] ^ (previous >> 8)
        }
        return tables
    }()
}
