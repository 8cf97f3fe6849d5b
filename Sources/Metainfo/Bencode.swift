/// A bencoded text (BEP 3), parsed strictly into flat tokens that point into the original bytes.
///
/// Nothing is copied and nothing is re-encoded, so the exact bytes of any value (the `info` dictionary above
/// all) are at hand. Containers stand before what they hold; each token knows where the next value begins.
///
/// Strict means: canonical integers, sorted and unique keys, no bytes after the value. A text that reads in
/// two ways would have two info-hashes.
struct Bencode: Sendable {
    /// What a text may be before it is refused. A torrent of 100 000 files has about 700 000 tokens.
    enum Limits {
        static let bytes = 10 * 1_024 * 1_024
        static let depth = 32
        static let tokens = 1_000_000
    }

    enum Kind: UInt8, Sendable {
        case integer, string, list, dictionary
    }

    struct Token: Sendable {
        let kind: Kind
        /// The first byte of the value.
        let start: UInt32
        /// The first byte of a string's content, of an integer's digits, of a container's first value.
        let content: UInt32
        /// The byte after the value.
        var end: UInt32
        /// The index of the token after this value and all that it holds.
        var next: UInt32
    }

    let bytes: [UInt8]
    private(set) var tokens: [Token] = []

    /// - Throws: ``MetainfoError`` with the code `empty`, `too-large` or `bad-torrent` and the offset.
    init(bytes: [UInt8]) throws(MetainfoError) {
        guard !bytes.isEmpty else { throw MetainfoError(code: "empty", message: "The torrent is empty.") }
        guard bytes.count <= Limits.bytes else {
            throw MetainfoError(code: "too-large", message: "The torrent is larger than 10 MiB.")
        }
        self.bytes = bytes
        var parser = BencodeParser(bytes)
        tokens = try parser.parse()
    }

    /// The value of the whole text.
    var root: BencodeValue { BencodeValue(bencode: self, index: 0) }
}

/// One value of a bencoded text: a view, as cheap to copy as two references.
struct BencodeValue: Sendable {
    let bencode: Bencode
    let index: Int

    private var token: Bencode.Token { bencode.tokens[index] }

    var kind: Bencode.Kind { token.kind }

    /// Where the value begins, for messages.
    var offset: Int { Int(token.start) }

    /// The exact bytes of the value, its brackets or length prefix included.
    var raw: ArraySlice<UInt8> { bencode.bytes[Int(token.start)..<Int(token.end)] }

    /// The bytes of a string, else `nil`.
    var string: ArraySlice<UInt8>? {
        guard kind == .string else { return nil }
        return bencode.bytes[Int(token.content)..<Int(token.end)]
    }

    /// The number of an integer, else `nil`. The parser made sure that it fits.
    var integer: Int64? {
        guard kind == .integer else { return nil }
        let digits = bencode.bytes[Int(token.content)..<Int(token.end) - 1]
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// The elements of a list, else `nil`.
    var elements: [BencodeValue]? {
        kind == .list ? children : nil
    }

    /// The members of a dictionary in the order of their keys, else `nil`.
    var members: [(key: ArraySlice<UInt8>, value: BencodeValue)]? {
        guard kind == .dictionary else { return nil }
        let children = children
        return stride(from: 0, to: children.count, by: 2).map { place in
            let key = children[place]
            return (bencode.bytes[Int(key.token.content)..<Int(key.token.end)], children[place + 1])
        }
    }

    /// The value of a key, when this is a dictionary that has it.
    subscript(key: String) -> BencodeValue? {
        guard kind == .dictionary else { return nil }
        var next = index + 1
        while next < Int(token.next) {
            let name = BencodeValue(bencode: bencode, index: next)
            let value = BencodeValue(bencode: bencode, index: next + 1)
            if name.string?.elementsEqual(key.utf8) == true { return value }
            next = Int(value.token.next)
        }
        return nil
    }

    private var children: [BencodeValue] {
        var children: [BencodeValue] = []
        var next = index + 1
        while next < Int(token.next) {
            children.append(BencodeValue(bencode: bencode, index: next))
            next = Int(bencode.tokens[next].next)
        }
        return children
    }
}
