/// Builds the payload of a record. Equal values give equal bytes, so that what did not change is not written.
struct RecordWriter {
    private(set) var bytes: [UInt8] = []

    /// Seven bits a byte, the lowest first, the top bit set where more follow.
    mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag, so that small negative numbers stay short.
    mutating func write(_ number: Int64) {
        write(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    mutating func write(_ number: Int) { write(Int64(number)) }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// The eight bytes of the bit pattern, so that every value comes back as it was.
    mutating func write(_ number: Double) {
        for shift in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt64(shift))))
        }
    }

    mutating func write(_ data: [UInt8]) {
        write(UInt64(data.count))
        bytes += data
    }

    mutating func write(_ text: String) {
        write(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    /// Bytes whose count was written before.
    mutating func append(_ text: String.UTF8View) { bytes += text }

    mutating func write<Value: Recordable>(_ value: Value) { value.write(to: &self) }

    mutating func write<Value: Recordable>(_ value: Value?) {
        write(value != nil)
        if let value { value.write(to: &self) }
    }

    /// A count and the elements, written by `body` one by one.
    mutating func write<Elements: Collection>(
        each elements: Elements, _ body: (inout RecordWriter, Elements.Element) -> Void
    ) {
        write(UInt64(elements.count))
        for element in elements { body(&self, element) }
    }
}

/// A value with a stored form.
protocol Recordable {
    func write(to writer: inout RecordWriter)
    init(from reader: inout RecordReader) throws(RecordDamage)
}

/// A payload that cannot be read. The one who knows table and key turns it into a ``StoreError``.
struct RecordDamage: Error, Equatable {
    let what: String
}

extension Recordable {
    /// The stored form.
    var record: [UInt8] {
        var writer = RecordWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads a whole payload: bytes that are left over are damage, too.
    init(payload: UnsafeRawBufferPointer) throws(RecordDamage) {
        var reader = RecordReader(payload)
        try self.init(from: &reader)
        guard reader.isAtEnd else { throw RecordDamage(what: "has bytes left over") }
    }
}
