/// The address of a peer as magnet links carry it.
enum PeerAddress {
    /// Whether the text is `host:port` or `[IPv6]:port`. Only characters that need no encoding pass.
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")), colon > 0, bytes.count <= 260 else {
            return false
        }
        let port = bytes[(colon + 1)...]
        guard (1...5).contains(port.count), port.allSatisfy(ASCII.isDigit),
            (1...65_535).contains(port.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
        else { return false }
        let host = bytes[..<colon]
        if host.first == UInt8(ascii: "[") {
            let address = host.dropFirst().dropLast()
            return host.last == UInt8(ascii: "]") && address.count >= 2
                && address.allSatisfy {
                    Hex.value($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
                }
        }
        return host.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
    }
}
