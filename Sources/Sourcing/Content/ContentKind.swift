import HTTP
import Metainfo

/// What a body is, told by its bytes; what a server calls it decides only where bytes say nothing.
enum ContentKind: Equatable {
    case torrent
    /// One line.
    case magnet(String)
    case empty
    case webPage(title: String?, wantsLogin: Bool)
    case nzb
    case feed
    /// The error of Torznab and Newznab, and its description.
    case xmlError(String)
    case xml
    /// The message that it holds, where there is one.
    case json(message: String?)
    /// The name of the compression.
    case compressed(String)
    case text
    case binary

    /// How much of a body is looked at. Unit: bytes.
    private static let sight = 16_384

    init(_ response: HTTPResponse) {
        let body = response.body
        let type = response.header("content-type")?.lowercased() ?? ""
        let trimmed = Self.trimmed(body)
        let head = Array(trimmed.prefix(Self.sight))
        let low = head.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if trimmed.isEmpty {
            self = .empty
        } else if Self.isTorrent(body) {
            self = .torrent
        } else if let link = Self.magnet(trimmed, low) {
            self = .magnet(link)
        } else if let name = Self.compression(body, response) {
            self = .compressed(name)
        } else if low.first == UInt8(ascii: "<") || type.contains("html") || type.contains("xml") {
            self = Self.markup(head, low, type)
        } else if low.first == UInt8(ascii: "{") || low.first == UInt8(ascii: "[") {
            self = .json(message: ErrorMessage.inJSON(Array(trimmed)))
        } else {
            self =
                String(validating: head.dropLast(min(3, max(head.count - 1, 0))), as: UTF8.self) == nil
                    || head.contains(0) ? .binary : .text
        }
    }

    /// A dictionary whose first key has a length.
    private static func isTorrent(_ body: [UInt8]) -> Bool {
        body.count > 1 && body[0] == UInt8(ascii: "d")
            && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(body[1])
    }

    private static func magnet(_ trimmed: ArraySlice<UInt8>, _ low: [UInt8]) -> String? {
        guard low.starts(with: "magnet:".utf8), trimmed.count <= 65_536, !trimmed.contains(0x0A) else {
            return nil
        }
        return String(validating: trimmed, as: UTF8.self)
    }

    /// Nobody asked for compression; a server that compresses all the same says so, or its bytes do.
    private static func compression(_ body: [UInt8], _ response: HTTPResponse) -> String? {
        let signatures: [(String, [UInt8])] = [
            ("gzip", [0x1F, 0x8B]), ("zip", [0x50, 0x4B, 3, 4]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
            ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]), ("bzip2", [0x42, 0x5A, 0x68]),
        ]
        if let known = signatures.first(where: { body.starts(with: $0.1) }) { return known.0 }
        guard let said = response.header("content-encoding")?.lowercased(), said != "identity", !said.isEmpty
        else { return nil }
        return ["br", "deflate", "gzip", "zstd", "compress"].contains(said) ? said : "an unknown way"
    }

    private static func markup(_ head: [UInt8], _ low: [UInt8], _ type: String) -> ContentKind {
        let has = { (text: String) in low.firstRange(of: Array(text.utf8)) != nil }
        if has("<nzb") { return .nzb }
        if has("<html") || has("<!doctype html") || has("<body") || type.contains("html") {
            let wantsLogin = has("type=\"password\"") || has("type='password'") || has("type=password")
            return .webPage(title: title(head, low), wantsLogin: wantsLogin)
        }
        if has("<error"), let description = ErrorMessage.inXML(head) { return .xmlError(description) }
        return has("<rss") || has("<feed") ? .feed : .xml
    }

    private static func title(_ head: [UInt8], _ low: [UInt8]) -> String? {
        guard let start = low.firstRange(of: Array("<title".utf8))?.upperBound,
            let open = low[start...].firstIndex(of: UInt8(ascii: ">")),
            let end = low[open...].firstRange(of: Array("</title".utf8))?.lowerBound
        else { return nil }
        let text = String(decoding: head[(open + 1)..<end], as: UTF8.self)
        return text.allSatisfy(\.isWhitespace) ? nil : text
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmed(_ body: [UInt8]) -> ArraySlice<UInt8> {
        var rest = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest.drop(while: isBlank)
    }
}
