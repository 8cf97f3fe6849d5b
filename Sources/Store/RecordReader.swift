/// Reads the payload of a record. Every access is checked: damage gives ``RecordDamage``, never a trap.
///
/// It looks at memory that is not its own and must not outlive the transaction that the memory belongs to.
/// What it returns is copied out.
struct RecordReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func readNumber() throws(RecordDamage) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while shift <= 63 {
            let byte = try readByte()
            // Of the tenth byte only one bit has a place.
            guard shift < 63 || byte <= 1 else { break }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw RecordDamage(what: "holds a number that is too large")
    }

    mutating func readSigned() throws(RecordDamage) -> Int64 {
        let number = try readNumber()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func readInt() throws(RecordDamage) -> Int { Int(try readSigned()) }

    mutating func readFlag() throws(RecordDamage) -> Bool {
        switch try readByte() {
        case 0: false
        case 1: true
        default: throw RecordDamage(what: "holds a flag that is neither yes nor no")
        }
    }

    mutating func readDouble() throws(RecordDamage) -> Double {
        let raw = try take(8)
        return Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)))
    }

    mutating func readData() throws(RecordDamage) -> [UInt8] { Array(try take(try readCount())) }

    mutating func readText() throws(RecordDamage) -> String { try text(try take(try readCount())) }

    /// Text of a length that was read before.
    mutating func readText(count: UInt64) throws(RecordDamage) -> String {
        guard count <= UInt64(bytes.count - position) else {
            throw RecordDamage(what: "ends in the middle of a value")
        }
        return try text(try take(Int(count)))
    }

    private func text(_ raw: UnsafeRawBufferPointer) throws(RecordDamage) -> String {
        do {
            return String(copying: try UTF8Span(validating: raw.bindMemory(to: UInt8.self).span))
        } catch {
            throw RecordDamage(what: "holds text that is not UTF-8")
        }
    }

    mutating func read<Value: Recordable>(_ type: Value.Type) throws(RecordDamage) -> Value {
        try Value(from: &self)
    }

    mutating func readOptional<Value: Recordable>(_ type: Value.Type) throws(RecordDamage) -> Value? {
        try readFlag() ? try Value(from: &self) : nil
    }

    /// The elements that ``RecordWriter/write(each:_:)`` wrote.
    mutating func readEach(
        _ body: (inout RecordReader) throws(RecordDamage) -> Void
    ) throws(RecordDamage) {
        for _ in 0..<(try readCount()) { try body(&self) }
    }

    /// A stored word of an enumeration.
    mutating func readWord<Word: RawRepresentable>(
        _ type: Word.Type
    ) throws(RecordDamage) -> Word where Word.RawValue == String {
        let text = try readText()
        guard let word = Word(rawValue: text) else {
            throw RecordDamage(what: "holds the unknown word \(text.debugDescription)")
        }
        return word
    }

    /// A count of elements or bytes. Each takes a byte at least, so a larger one is damage, and is found
    /// before anything is reserved for it.
    private mutating func readCount() throws(RecordDamage) -> Int {
        let count = try readNumber()
        guard count <= UInt64(bytes.count - position) else {
            throw RecordDamage(what: "ends in the middle of a value")
        }
        return Int(count)
    }

    private mutating func readByte() throws(RecordDamage) -> UInt8 {
        guard position < bytes.count else { throw RecordDamage(what: "ends in the middle of a value") }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ count: Int) throws(RecordDamage) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else {
            throw RecordDamage(what: "ends in the middle of a value")
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }
}
