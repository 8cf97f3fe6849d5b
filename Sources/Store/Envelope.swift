/// What every stored value is wrapped in: format, length, CRC-32C, payload.
///
///     byte 0      format, from 1
///     bytes 1–4   length of the payload, little-endian
///     bytes 5–8   CRC-32C over the table's number, the key and the payload, little-endian
///     bytes 9–    payload
///
/// The table and the key are part of the checksum, so that a record under a wrong key is found out as well.
enum Envelope {
    static let format: UInt8 = 1
    static let headerSize = 9

    static func seal(_ payload: [UInt8], table: Table, key: [UInt8]) -> [UInt8] {
        let checksum = payload.withUnsafeBytes { payload in
            key.withUnsafeBytes { Checksum.of(tag: table.rawValue, $0, payload) }
        }
        var sealed: [UInt8] = []
        sealed.reserveCapacity(headerSize + payload.count)
        sealed.append(format)
        append(UInt32(payload.count), to: &sealed)
        append(checksum, to: &sealed)
        sealed += payload
        return sealed
    }

    /// The payload, still where it lies.
    ///
    /// - Throws: ``StoreError`` of kind `damaged`, or `schema` for a format that is newer than this code.
    static func open(
        _ sealed: UnsafeRawBufferPointer, table: Table, key: UnsafeRawBufferPointer
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        guard sealed.count >= headerSize else { throw damage(table, key, "is too short to be a record") }
        guard sealed[0] <= format else {
            throw StoreError(
                .schema, during: "read \(table.name)",
                "record \(describe(key)) has format \(sealed[0]), this version knows up to \(format)")
        }
        let payload = UnsafeRawBufferPointer(rebasing: sealed[headerSize...])
        guard sealed[0] == format, number(sealed, at: 1) == payload.count,
            number(sealed, at: 5) == Checksum.of(tag: table.rawValue, key, payload)
        else { throw damage(table, key, "does not match its checksum") }
        return payload
    }

    static func damage(_ table: Table, _ key: UnsafeRawBufferPointer, _ what: String) -> StoreError {
        StoreError(.damaged, during: "read \(table.name)", "record \(describe(key)) \(what)")
    }

    /// A key as far as it is text, the rest in hex.
    static func describe(_ key: UnsafeRawBufferPointer) -> String {
        let shown = key.prefix(80).map { byte -> String in
            if (32...126).contains(byte) && byte != 92 { return String(UnicodeScalar(byte)) }
            return "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\"" + shown.joined() + (key.count > 80 ? "…" : "") + "\""
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
