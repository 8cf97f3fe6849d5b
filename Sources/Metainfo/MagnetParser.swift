/// Takes a magnet link apart. Written by hand: the usual URL parsers accept broken escapes, encode again
/// what was encoded, and do not know what `+` means here.
struct MagnetParser {
    private(set) var v1: InfoHash?
    private(set) var v2: InfoHash?
    private(set) var displayName: String?
    private(set) var trackers: [String] = []
    private(set) var webSeeds: [String] = []
    private(set) var peers: [String] = []
    private(set) var selectOnly: String?
    private(set) var exactLength: Int64?
    private(set) var removed: [String] = []

    // Repetitions are found without looking through the lists again and again.
    private var seen: Set<String> = []
    private var trackerCount = 0

    /// - Throws: See ``Magnet/init(text:)``. What was read until then is of no use.
    mutating func parse(_ text: [UInt8]) throws(MetainfoError) {
        guard text.count <= Magnet.Limits.size else {
            throw .badMagnet("The magnet link is longer than 64 kB.")
        }
        guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw Self.controlCharacter }
        let prefix = Array("magnet:?".utf8)
        guard text.count >= prefix.count, ASCII.lowercased(text[..<prefix.count]) == prefix else {
            throw .badMagnet("The link does not begin with magnet:?.")
        }
        for parameter in text[prefix.count...].split(separator: UInt8(ascii: "&")) {
            let equals = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.endIndex
            let key = Self.key(parameter[..<equals])
            let value = try Self.value(parameter[equals...].dropFirst(), plusIsSpace: key == "dn")
            // Links in the wild carry empty parameters; they say nothing.
            if !value.isEmpty { try take(key, value) }
        }
    }

    private mutating func take(_ key: String, _ value: String) throws(MetainfoError) {
        switch key {
        case "xt": try takeTopic(value)
        case "dn" where displayName == nil: displayName = value
        case "tr":
            trackerCount += 1
            guard trackerCount <= Magnet.Limits.trackers else {
                throw .badMagnet("The magnet link has more than \(Magnet.Limits.trackers) trackers.")
            }
            keep(value, as: key, in: \.trackers, if: Self.isAddress(value, of: Self.trackerSchemes))
        case "ws": keep(value, as: key, in: \.webSeeds, if: Self.isAddress(value, of: Self.webSeedSchemes))
        case "x.pe": keep(value, as: key, in: \.peers, if: PeerAddress.isValid(value))
        case "so" where selectOnly == nil && Self.isSelection(value): selectOnly = value
        case "xl" where exactLength == nil: takeLength(value)
        default: drop(key)
        }
    }

    /// `urn:btih:` with 40 hex or 32 base32 digits, `urn:btmh:1220` with 64 hex digits (`12` is SHA-256,
    /// `20` its 32 bytes). Other kinds of hashes are of other networks.
    private mutating func takeTopic(_ value: String) throws(MetainfoError) {
        // Cut by bytes: a combining character after the colon must not vanish with it.
        let bytes = Array(value.utf8)
        let digits = String(decoding: bytes.dropFirst(9), as: UTF8.self)
        switch String(decoding: ASCII.lowercased(bytes.prefix(9)), as: UTF8.self) {
        case "urn:btih:":
            guard let hash = InfoHash(text: digits), hash.version == .v1 else {
                throw Self.badHash("urn:btih: wants 40 hex digits or 32 digits of base32.")
            }
            v1 = try Self.same(v1, hash)
        case "urn:btmh:":
            guard bytes.count == 77, digits.utf8.starts(with: "1220".utf8),
                let hash = InfoHash(text: String(decoding: bytes.dropFirst(13), as: UTF8.self))
            else { throw Self.badHash("urn:btmh: wants 1220 and 64 hex digits.") }
            v2 = try Self.same(v2, hash)
        default: drop("xt")
        }
    }

    /// One link is one torrent: two hashes of a kind must be the same.
    private static func same(_ known: InfoHash?, _ hash: InfoHash) throws(MetainfoError) -> InfoHash {
        guard known == nil || known == hash else {
            throw .badMagnet("The magnet link names two different torrents.")
        }
        return hash
    }

    private mutating func takeLength(_ value: String) {
        if let length = Int64(value), length >= 0, value.utf8.first != UInt8(ascii: "+") {
            exactLength = length
        } else {
            drop("xl")
        }
    }

    private mutating func keep(
        _ value: String, as key: String, in list: WritableKeyPath<MagnetParser, [String]>, if isUsable: Bool
    ) {
        guard isUsable else { return drop(key) }
        if seen.insert(key + "=" + value).inserted { self[keyPath: list].append(value) }
    }

    private mutating func drop(_ key: String) {
        if seen.insert(key).inserted { removed.append(key) }
    }

    private static let trackerSchemes = ["udp", "http", "https", "ws", "wss"]
    private static let webSeedSchemes = ["http", "https"]

    /// The lower-case name, without the number of `tr.1`, cut to what is worth showing.
    private static func key(_ raw: ArraySlice<UInt8>) -> String {
        var key = ASCII.lowercased(raw.prefix(64))
        if let dot = key.lastIndex(of: UInt8(ascii: ".")), dot > 0, dot + 1 < key.count,
            key[(dot + 1)...].allSatisfy(ASCII.isDigit)
        {
            key.removeSubrange(dot...)
        }
        return String(decoding: key, as: UTF8.self)
    }

    private static func value(_ raw: ArraySlice<UInt8>, plusIsSpace: Bool) throws(MetainfoError) -> String {
        guard let bytes = PercentEncoding.decode(raw, plusIsSpace: plusIsSpace) else {
            throw .badMagnet("The magnet link has a % that is not followed by two hex digits.")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .badMagnet("The magnet link holds text that is not UTF-8.")
        }
        // The control characters of ASCII and of Latin-1.
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw controlCharacter
        }
        return text
    }

    private static func isAddress(_ value: String, of schemes: [String]) -> Bool {
        guard let end = value.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = ASCII.lowercased(Array(value.utf8[..<end])[...])
        let rest = value.utf8[end...].dropFirst()
        guard schemes.contains(where: { $0.utf8.elementsEqual(scheme) }), rest.starts(with: "//".utf8),
            let first = rest.dropFirst(2).first
        else { return false }
        return !"/?#:@".utf8.contains(first)
    }

    /// Numbers and ranges of numbers, separated by commas.
    private static func isSelection(_ value: String) -> Bool {
        value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).allSatisfy { part in
            let ends = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            return ends.count <= 2
                && ends.allSatisfy { (1...9).contains($0.count) && $0.allSatisfy(ASCII.isDigit) }
        }
    }

    private static let controlCharacter = MetainfoError.badMagnet(
        "The magnet link holds a control character.")

    private static func badHash(_ message: String) -> MetainfoError {
        MetainfoError(code: "bad-infohash", message: message)
    }
}
