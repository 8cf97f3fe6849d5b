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
    /// `.torrent`; else the host. The query, where keys are, has no say. `nil` for what is no address.
    public static func fileName(_ url: String) -> String? {
        let bytes = Array(url.utf8)
        guard let start = bytes.firstRange(of: Array("://".utf8))?.upperBound else { return nil }
        let parts = bytes[start...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
            .split(separator: UInt8(ascii: "/"))
        guard let host = parts.first, let last = parts.last else { return nil }
        guard parts.count > 1, var name = PercentEncoding.decode(last, plusIsSpace: false) else {
            return String(decoding: host, as: UTF8.self)
        }
        if ASCII.hasSuffix(name, ".torrent") { name.removeLast(".torrent".utf8.count) }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
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
