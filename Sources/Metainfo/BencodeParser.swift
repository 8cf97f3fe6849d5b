/// Turns bytes into the tokens of ``Bencode``. Iterative: 20 kB of `l` would overflow the stack of a
/// recursive parser.
struct BencodeParser {
    private struct Container {
        /// Its token.
        let index: Int
        let isDictionary: Bool
        var awaitsKey: Bool
        /// The content of the key before, to see that keys rise.
        var key: Range<Int>?
    }

    private let bytes: [UInt8]
    private var tokens: [Bencode.Token] = []
    private var open: [Container] = []
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tokens.reserveCapacity(min(bytes.count / 16 + 16, Bencode.Limits.tokens))
        open.reserveCapacity(Bencode.Limits.depth)
    }

    /// - Throws: ``MetainfoError`` `bad-torrent` with the offset of the fault.
    mutating func parse() throws(MetainfoError) -> [Bencode.Token] {
        repeat {
            try step()
        } while !open.isEmpty
        guard position == bytes.count else { throw fault("There are bytes after the end of the torrent.") }
        return tokens
    }

    /// Reads one string or integer, or opens or closes one container.
    private mutating func step() throws(MetainfoError) {
        guard position < bytes.count else { throw fault("The torrent ends too early; it may be incomplete.") }
        let byte = bytes[position]
        if byte == UInt8(ascii: "e") { return try close() }

        let isKey = open.last?.awaitsKey == true
        guard tokens.count < Bencode.Limits.tokens else { throw fault("The torrent has too many parts.") }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let content = try string()
            if isKey { return try key(content) }
        case _ where isKey:
            throw fault("A key that is not a text.")
        case UInt8(ascii: "i"): try integer()
        case UInt8(ascii: "l"): return try open(isDictionary: false)
        case UInt8(ascii: "d"): return try open(isDictionary: true)
        default: throw fault("This is not a torrent file, or it is damaged.")
        }
        endValue()
    }

    /// `4:spam`: the length without leading zeros, a colon, that many bytes.
    private mutating func string() throws(MetainfoError) -> Range<Int> {
        let start = position
        var length = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: ":") {
            let digit = bytes[position] &- UInt8(ascii: "0")
            // Nine digits are more than any torrent we accept, and cannot overflow.
            guard digit <= 9, position - start < 9 else {
                throw fault("The length of a text is not a number.")
            }
            length = length * 10 + Int(digit)
            position += 1
        }
        guard bytes[start] != UInt8(ascii: "0") || position == start + 1 else {
            throw fault("The length of a text has a leading zero.", at: start)
        }
        guard position < bytes.count, length <= bytes.count - position - 1 else {
            throw fault("A text ends after the end of the torrent; it may be incomplete.", at: start)
        }
        let content = position + 1..<position + 1 + length
        position = content.upperBound
        append(.string, start: start, content: content.lowerBound)
        return content
    }

    /// Keys rise byte by byte and none comes twice (BEP 3).
    private mutating func key(_ content: Range<Int>) throws(MetainfoError) {
        let last = open.count - 1
        if let previous = open[last].key, !bytes[previous].lexicographicallyPrecedes(bytes[content]) {
            throw fault(
                "The keys of a dictionary are not sorted, or one is there twice.", at: content.lowerBound)
        }
        open[last].key = content
        open[last].awaitsKey = false
    }

    /// `i-42e`: no leading zero, no minus zero, 64 bits.
    private mutating func integer() throws(MetainfoError) {
        let start = position
        position += 1
        let isNegative = position < bytes.count && bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let digits = position
        var value: Int64 = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: "e") {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { throw fault("A number holds something that is not a digit.") }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { throw fault("A number is too large.", at: start) }
            value = sum
            position += 1
        }
        guard position < bytes.count else {
            throw fault("A number ends after the end of the torrent.", at: start)
        }
        let hasLeadingZero = position > digits + 1 && bytes[digits] == UInt8(ascii: "0")
        guard position > digits, !hasLeadingZero, !(isNegative && value == 0), isNegative || value != .min
        else {
            throw fault("A number is not written in its one allowed form.", at: start)
        }
        position += 1
        append(.integer, start: start, content: start + 1)
    }

    private mutating func open(isDictionary: Bool) throws(MetainfoError) {
        guard open.count < Bencode.Limits.depth else { throw fault("The torrent is nested too deep.") }
        open.append(Container(index: tokens.count, isDictionary: isDictionary, awaitsKey: isDictionary))
        position += 1
        append(isDictionary ? .dictionary : .list, start: position - 1, content: position)
    }

    private mutating func close() throws(MetainfoError) {
        guard let container = open.popLast() else {
            throw fault("This is not a torrent file, or it is damaged.")
        }
        guard !container.isDictionary || container.awaitsKey else { throw fault("A key has no value.") }
        position += 1
        tokens[container.index].end = UInt32(position)
        tokens[container.index].next = UInt32(tokens.count)
        endValue()
    }

    /// After a value in a dictionary a key comes next.
    private mutating func endValue() {
        guard let last = open.indices.last, open[last].isDictionary else { return }
        open[last].awaitsKey = true
    }

    private mutating func append(_ kind: Bencode.Kind, start: Int, content: Int) {
        tokens.append(
            Bencode.Token(
                kind: kind, start: UInt32(start), content: UInt32(content), end: UInt32(position),
                next: UInt32(tokens.count + 1)))
    }

    private func fault(_ message: String, at offset: Int? = nil) -> MetainfoError {
        .badTorrent(message, at: offset ?? position)
    }
}
