/// Addresses of trackers and web seeds as they may be shown.
///
/// Private trackers put a passkey into the path or the query, so both are masked whole; user info is left
/// out.
public enum MaskedURL {
    /// `https://tracker.example/***` for anything behind the host; `***` for what is no address.
    public static func text(_ url: String) -> String {
        let bytes = Array(url.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            bytes[(colon + 1)...].starts(with: "//".utf8),
            bytes[..<colon].allSatisfy(isSchemeCharacter)
        else { return "***" }
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { "/?#\\".utf8.contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        let host = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
        let isBare = end == rest.endIndex || rest[end...].elementsEqual("/".utf8)
        return String(decoding: bytes[..<(colon + 3)] + host, as: UTF8.self) + (isBare ? "" : "/***")
    }

    /// What a file fetched from there would be called: the last part of the path, decoded, without
    /// `.torrent`; the host where there is none, or where it may be a key. The query, where keys are, has no
    /// say. `nil` for what is no address.
    public static func fileName(_ url: String) -> String? {
        let bytes = Array(url.utf8)
        guard let start = bytes.firstRange(of: Array("://".utf8))?.upperBound else { return nil }
        let parts = bytes[start...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            .split(separator: UInt8(ascii: "/"))
        guard let authority = parts.first, let last = parts.last else { return nil }
        let user = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.startIndex
        let host = String(decoding: authority[user...], as: UTF8.self)
        guard parts.count > 1, var name = PercentEncoding.decode(last, plusIsSpace: false) else {
            return host
        }
        if ASCII.hasSuffix(name, ".torrent") { name.removeLast(".torrent".utf8.count) }
        if mayBeKey(name) { return host }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    /// Unbroken letters and digits from here on are no word. Unit: characters.
    private static let shortestKey = 20

    /// Whether a name may be a key, or hold one: 20 or more letters and digits without anything between
    /// them, or 20 or more characters that are all hex digits and hyphens, as in a UUID. Names for people
    /// have dots, hyphens or blanks in that length; one that has none is taken for a key too.
    private static func mayBeKey(_ name: [UInt8]) -> Bool {
        var run = 0
        for byte in name {
            run = isLetterOrDigit(byte) ? run + 1 : 0
            if run >= shortestKey { return true }
        }
        return name.count >= shortestKey
            && name.allSatisfy { $0 == UInt8(ascii: "-") || Hex.value($0) != nil }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isSchemeCharacter(byte) && !"+-.".utf8.contains(byte)
    }

    private static func isSchemeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
