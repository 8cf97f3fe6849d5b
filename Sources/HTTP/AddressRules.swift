import Glibc

/// Which network addresses are public: reachable by everybody, and so no way into our own network.
///
/// Everything not known as public is not. Addresses that embed an IPv4 address (mapped, NAT64, 6to4,
/// ISATAP) are judged by that. Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC
/// 6890), RFC 4291, RFC 6052, RFC 3056, RFC 5214.
public enum AddressRules {
    /// Whether a host as it stands in a URL is a public address.
    ///
    /// - Parameter host: An address in any spelling that libcurl would connect to, IPv6 with or without
    ///   brackets, or a name.
    /// - Returns: `nil` for a name, which only resolving could tell. `localhost` and names below it are known
    ///   not to be public.
    public static func isPublic(host: String) -> Bool? {
        let lowered = host.lowercased()
        if lowered == "localhost" || lowered.hasSuffix(".localhost") { return false }
        return octets(ofLiteral: lowered).map { reasonNotPublic($0) == nil }
    }

    /// Why an address is not public.
    ///
    /// - Parameter octets: 4 or 16 bytes in network order.
    /// - Returns: A few words for a person, or `nil` for a public address.
    static func reasonNotPublic(_ octets: [UInt8]) -> String? {
        switch octets.count {
        case 4: reasonNotPublic(v4: octets)
        case 16: reasonNotPublic(v6: octets)
        default: "an address of an unknown kind"
        }
    }

    /// The bytes of an address literal in any spelling: dotted, octal, hexadecimal, one number, IPv6.
    static func octets(ofLiteral host: String) -> [UInt8]? {
        var text = Substring(host)
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        if text.utf8.contains(UInt8(ascii: ":")) {
            let address = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0]
            var v6 = in6_addr()
            guard inet_pton(AF_INET6, String(address), &v6) == 1 else { return nil }
            return withUnsafeBytes(of: v6) { Array($0) }
        }
        // inet_aton stops at the first blank and ignores the rest: only let through what can be a number.
        guard text.utf8.allSatisfy({ isNumeral($0) }) else { return nil }
        var v4 = in_addr()
        guard inet_aton(String(text), &v4) != 0 else { return nil }
        return withUnsafeBytes(of: v4) { Array($0) }
    }

    private static func isNumeral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "x"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// One block of addresses: the first bits of an address, and why it is not public.
    private struct Block {
        let prefix: [UInt8]
        let bits: Int
        let reason: String

        init(_ prefix: [UInt8], _ bits: Int, _ reason: String) {
            precondition(bits <= prefix.count * 8, "a block is given by all bytes its bits reach into")
            self.prefix = prefix
            self.bits = bits
            self.reason = reason
        }

        func contains(_ octets: [UInt8]) -> Bool {
            for index in 0..<(bits / 8) where octets[index] != prefix[index] { return false }
            let rest = bits % 8
            guard rest > 0 else { return true }
            return (octets[bits / 8] ^ prefix[bits / 8]) >> (8 - rest) == 0
        }
    }

    private static let v4Blocks = [
        Block([0], 8, "an unspecified address"),
        Block([10], 8, "a private address"),
        Block([100, 64], 10, "an address shared behind a provider's NAT"),
        Block([127], 8, "a loopback address"),
        Block([169, 254], 16, "a link-local address"),
        Block([172, 16], 12, "a private address"),
        Block([192, 0, 0], 24, "a reserved address"),
        Block([192, 0, 2], 24, "a documentation address"),
        Block([192, 88, 99], 24, "a reserved address"),
        Block([192, 168], 16, "a private address"),
        Block([198, 18], 15, "a reserved address"),
        Block([198, 51, 100], 24, "a documentation address"),
        Block([203, 0, 113], 24, "a documentation address"),
        Block([224], 4, "a multicast address"),
        Block([240], 4, "a reserved address"),
    ]

    private static func reasonNotPublic(v4 octets: [UInt8]) -> String? {
        v4Blocks.first { $0.contains(octets) }?.reason
    }

    private static let v6Blocks = [
        Block([0, 0x64, 0xFF, 0x9B, 0, 1], 48, "a private address"),
        Block([0xFC], 7, "a private address"),
        Block([0xFE, 0x80], 10, "a link-local address"),
        Block([0xFE, 0xC0], 10, "a private address"),
        Block([0xFF], 8, "a multicast address"),
        // Teredo (2001::/32) embeds addresses too; its whole neighbourhood is for protocols, not for servers.
        Block([0x20, 0x01, 0], 23, "a reserved address"),
        Block([0x20, 0x01, 0x0D, 0xB8], 32, "a documentation address"),
        Block([0x3F, 0xFF, 0], 20, "a documentation address"),
    ]

    private static let globalUnicast = Block([0x20], 3, "")

    private static func reasonNotPublic(v6 octets: [UInt8]) -> String? {
        if octets[0..<15].allSatisfy({ $0 == 0 }) {
            if octets[15] == 0 { return "an unspecified address" }
            if octets[15] == 1 { return "a loopback address" }
        }
        if let embedded = embeddedV4(octets) {
            return reasonNotPublic(v4: embedded).map { "\($0) inside an IPv6 address" }
        }
        if let block = v6Blocks.first(where: { $0.contains(octets) }) { return block.reason }
        // An ISATAP interface would carry the packet to the IPv4 address in its last bytes.
        let isISATAP = octets[8] & 0xFC == 0 && octets[9] == 0 && octets[10] == 0x5E && octets[11] == 0xFE
        if isISATAP, let reason = reasonNotPublic(v4: Array(octets[12...])) {
            return "\(reason) inside an IPv6 address"
        }
        return globalUnicast.contains(octets) ? nil : "a reserved address"
    }

    private static func embeddedV4(_ octets: [UInt8]) -> [UInt8]? {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        let translated: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]
        let wellKnownNAT64: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        if [mapped, translated, wellKnownNAT64].contains(Array(octets[0..<12])) {
            return Array(octets[12...])
        }
        // 6to4: the relay's IPv4 address follows the prefix 2002::/16.
        if octets[0] == 0x20, octets[1] == 0x02 { return Array(octets[2..<6]) }
        return nil
    }
}
