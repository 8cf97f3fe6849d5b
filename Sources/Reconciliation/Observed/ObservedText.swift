internal import Metainfo

/// A value with a form as text from which it can be read back exactly.
protocol ObservedText {
    var observedText: String? { get }
    init?(observedText: String?)
}

extension ObservedField {
    /// Puts the value that `text` means in its place; false where it means none.
    func put<Value: ObservedText>(_ text: String?, _ place: inout Value) -> Bool {
        guard let value = Value(observedText: text) else { return false }
        place = value
        return true
    }

    /// An identity is never without any hash, so the one that comes is told before the one that goes.
    func putHash(_ text: String?, _ torrent: inout Torrent) -> Bool {
        let hash = text.flatMap { InfoHash(text: $0) }
        guard (hash == nil) == (text == nil) else { return false }
        let old = torrent.identity
        let identity =
            self == .infoHashV1
            ? TorrentIdentity(v1: hash, v2: old.v2) : TorrentIdentity(v1: old.v1, v2: hash)
        guard let identity else { return false }
        torrent.identity = identity
        return true
    }
}

extension String: ObservedText {
    var observedText: String? { self }

    init?(observedText: String?) {
        guard let observedText else { return nil }
        self = observedText
    }
}

extension Bool: ObservedText {
    var observedText: String? { self ? "true" : "false" }

    init?(observedText: String?) {
        switch observedText {
        case "true": self = true
        case "false": self = false
        default: return nil
        }
    }
}

extension Int64: ObservedText {
    var observedText: String? { String(self) }

    init?(observedText: String?) {
        guard let observedText, let number = Int64(observedText) else { return nil }
        self = number
    }
}

/// The shortest text that gives the same number again.
extension Double: ObservedText {
    var observedText: String? { String(self) }

    init?(observedText: String?) {
        guard let observedText, let number = Double(observedText) else { return nil }
        self = number
    }
}

extension ServerState: ObservedText {
    var observedText: String? { rawValue }

    init?(observedText: String?) {
        guard let observedText, let state = ServerState(rawValue: observedText) else { return nil }
        self = state
    }
}

/// RFC 3339 where that says it all, else the milliseconds.
extension WallTime: ObservedText {
    var observedText: String? {
        let text = description
        return WallTime(rfc3339: text) == self ? text : String(milliseconds)
    }

    init?(observedText: String?) {
        guard let observedText else { return nil }
        if let time = WallTime(rfc3339: observedText) {
            self = time
        } else if let milliseconds = Int64(observedText) {
            self.init(milliseconds: milliseconds)
        } else {
            return nil
        }
    }
}

extension Optional: ObservedText where Wrapped: ObservedText {
    var observedText: String? { flatMap(\.observedText) }

    init?(observedText: String?) {
        guard let observedText else {
            self = .none
            return
        }
        guard let value = Wrapped(observedText: observedText) else { return nil }
        self = .some(value)
    }
}

/// `qspool, x`. Servers know no tag with a comma in it; should there be one, or an empty one, it is written
/// with backslashes, so that nothing is lost.
extension Array: ObservedText where Element == String {
    private static let comma = UInt8(ascii: ",")
    private static let backslash = UInt8(ascii: "\\")
    private static let none = UInt8(ascii: "0")

    var observedText: String? {
        map { tag in
            guard !tag.isEmpty else { return "\\0" }
            guard tag.utf8.contains(where: { $0 == Self.comma || $0 == Self.backslash }) else { return tag }
            let bytes = tag.utf8.flatMap { byte in
                byte == Self.comma || byte == Self.backslash ? [Self.backslash, byte] : [byte]
            }
            return String(decoding: bytes, as: UTF8.self)
        }.joined(separator: ", ")
    }

    init?(observedText: String?) {
        guard let observedText else { return nil }
        self = []
        guard !observedText.isEmpty else { return }
        var tag: [UInt8] = []
        var bytes = observedText.utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case Self.backslash:
                guard let next = bytes.next() else { return nil }
                if next != Self.none { tag.append(next) }
            case Self.comma:
                guard bytes.next() == UInt8(ascii: " ") else { return nil }
                append(String(decoding: tag, as: UTF8.self))
                tag = []
            default: tag.append(byte)
            }
        }
        append(String(decoding: tag, as: UTF8.self))
    }
}
