/// Questions about single bytes of formats that are made of ASCII.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// The same bytes with A to Z in lower case.
    static func lowercased(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Whether the text begins with a prefix given in lower case, in any case of its own.
    static func hasPrefix(_ text: [UInt8], _ prefix: String) -> Bool {
        lowercased(text.prefix(prefix.utf8.count)).elementsEqual(prefix.utf8)
    }

    /// Whether the text ends with a suffix given in lower case, in any case of its own.
    static func hasSuffix(_ text: [UInt8], _ suffix: String) -> Bool {
        lowercased(text.suffix(suffix.utf8.count)).elementsEqual(suffix.utf8)
    }
}
