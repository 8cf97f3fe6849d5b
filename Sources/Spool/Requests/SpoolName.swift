import Metainfo

/// The three suffixes of request files. The raw value is the suffix in lower case, without the dot.
enum RequestSuffix: String, CaseIterable {
    case json, magnet, torrent

    /// The largest file, in bytes.
    var sizeLimit: Int { self == .torrent ? 10 * 1_048_576 : 1_048_576 }

    /// For a sentence.
    var sizeLimitText: String { self == .torrent ? "10 MiB" : "1 MiB" }
}

/// What the name of something in the spool says about it (contract 2.1).
enum SpoolName: Equatable {
    /// Not looked at.
    case skipped
    case request(stem: String, name: String, suffix: RequestSuffix)
    case folder(String)
    /// `_defaults.json`.
    case defaults
    /// A name that cannot be used, and why.
    case unusable(String)

    /// The deepest folder that requests may lie in; the spool itself is 0.
    static let deepest = 8

    init(_ bytes: [UInt8], isFolder: Bool) {
        guard !Self.isSkipped(bytes) else {
            self = .skipped
            return
        }
        let suffix = isFolder ? nil : Self.suffix(of: bytes)
        guard isFolder || suffix != nil else {
            self = .skipped
            return
        }
        guard let name = String(validating: bytes, as: UTF8.self) else {
            self = .unusable("its name is not UTF-8")
            return
        }
        if DisplayText.hasControl(name) {
            self = .unusable("its name holds control characters")
        } else if bytes.count > 255 {
            self = .unusable("its name is longer than 255 bytes")
        } else if let suffix {
            self = Self.file(name, bytes: bytes, suffix: suffix)
        } else if bytes.first == UInt8(ascii: "_") {
            self = .unusable("names that start with _ are reserved")
        } else {
            self = .folder(name)
        }
    }

    private static func file(_ name: String, bytes: [UInt8], suffix: RequestSuffix) -> SpoolName {
        let stem = bytes.dropLast(suffix.rawValue.utf8.count + 1)
        if bytes.first == UInt8(ascii: "_") {
            let isDefaults = suffix == .json && stem.elementsEqual("_defaults".utf8)
            return isDefaults ? .defaults : .unusable("names that start with _ are reserved")
        }
        return .request(stem: String(decoding: stem, as: UTF8.self), name: name, suffix: suffix)
    }

    private static func isSkipped(_ name: [UInt8]) -> Bool {
        guard let first = name.first, first != UInt8(ascii: ".") else { return true }
        return skippedEndings.contains { name.ends(with: $0) }
    }

    private static func suffix(of name: [UInt8]) -> RequestSuffix? {
        for (ending, suffix) in requestEndings where name.ends(with: ending) { return suffix }
        return nil
    }

    private static let skippedEndings = ["~", ".tmp", ".part", ".crdownload", ".swp"].map { Array($0.utf8) }
    private static let requestEndings = RequestSuffix.allCases.map { (Array(".\($0.rawValue)".utf8), $0) }
}

extension [UInt8] {
    /// - Parameter ending: In lower case; letters of any case match.
    fileprivate func ends(with ending: [UInt8]) -> Bool {
        guard count >= ending.count else { return false }
        var index = count - ending.count
        for byte in ending {
            let own = self[index]
            guard own == byte || ((65...90).contains(own) && own | 0x20 == byte) else { return false }
            index += 1
        }
        return true
    }
}
